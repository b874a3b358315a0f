// Package graphtest draws values for property tests that several packages
// share. Its pools are small, so that random claims meet, overlap and disagree.
//
// Read Pool and DrawDate first. The package must not know snapshots or analyses: those
// that test them choose what to draw.
package graphtest

import (
	"cmp"
	"slices"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Pool is the ids of a small world by the names of their types.
type Pool map[string][]graph.ID

// Entities are all of the pool, in the order of their ids.
func (p Pool) Entities() []graph.Entity {
	var list []graph.Entity
	for typ, ids := range p {
		for _, id := range ids {
			list = append(list, graph.Entity{ID: id, Type: typ})
		}
	}
	slices.SortFunc(list, func(a, b graph.Entity) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Of are the ids of the concrete types of a type, in order.
func (p Pool) Of(t *schema.Type) []graph.ID {
	var ids []graph.ID
	for _, c := range t.Concrete {
		ids = append(ids, p[c.Name]...)
	}
	slices.Sort(ids)
	return ids
}

// dates have every precision, some within others, some days apart; the first
// is missing and the second is open.
var dates = []string{"", "..", "2020", "2021-06", "2021-06-15", "2022", "202X", "2023-01-01", "2023-01-10"}

// FirstDays are the first days that a drawn date may mean, in order.
var FirstDays = []string{"2020-01-01", "2021-06-01", "2021-06-15", "2022-01-01", "2023-01-01", "2023-01-10"}

// DrawDate draws a date; where known neither an open nor an unknown one.
func DrawDate(t *rapid.T, label string, known bool) graph.Date {
	from := dates
	if known {
		from = dates[2:]
	}
	d, err := graph.ParseDate(rapid.SampledFrom(from).Draw(t, label))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// DrawInterval draws a valid time, open and unknown ends included, that could
// be a claim's.
func DrawInterval(t *rapid.T) graph.Interval {
	iv := graph.Interval{From: DrawDate(t, "from", false), To: DrawDate(t, "to", false)}
	if iv.Check() != nil {
		iv.To = iv.From
	}
	return iv
}
