// Package graphtest draws random values for property tests in several packages. Its pools are small, so that
// random claims meet, overlap and disagree.
//
// Read Pool and DrawDate first. The package must not know snapshots or analyses; their tests choose what to
// draw.
package graphtest

import (
	"cmp"
	"slices"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Pool has the ids of a small graph by the names of their types.
type Pool map[string][]graph.ID

// Entities returns all entities of the pool in the order of their ids.
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

// Of returns the ids of the concrete types of a type, in order.
func (p Pool) Of(t *schema.Type) []graph.ID {
	var ids []graph.ID
	for _, c := range t.Concrete {
		ids = append(ids, p[c.Name]...)
	}
	slices.Sort(ids)
	return ids
}

// dates has dates of every precision: some lie within others, some are days apart. The first is missing and the
// second is open.
var dates = []string{"", "..", "2020", "2021-06", "2021-06-15", "2022", "202X", "2023-01-01", "2023-01-10", "2021-34", "2021-28"}

// FirstDays returns the first day of each date that DrawDate can draw, in order.
var FirstDays = []string{"2020-01-01", "2021-04-01", "2021-06-01", "2021-06-15", "2021-12-01", "2022-01-01", "2023-01-01", "2023-01-10"}

// DrawDate draws a date. If known is true, it is neither open nor unknown.
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

// DrawAgreeing draws a valid time that agrees with another: each date may mean the same days, as 2021-06-15 and
// 2021-06 do, or is missing.
func DrawAgreeing(t *rapid.T, iv graph.Interval) graph.Interval {
	draw := func(label string, d graph.Date) graph.Date {
		var meeting []graph.Date
		for _, text := range dates[2:] {
			if e, err := graph.ParseDate(text); err == nil && agree(d, e) {
				meeting = append(meeting, e)
			}
		}
		if rapid.IntRange(0, 3).Draw(t, label+" is missing") == 0 {
			return graph.Date{}
		}
		return rapid.SampledFrom(meeting).Draw(t, label)
	}
	other := graph.Interval{From: draw("from", iv.From), To: draw("to", iv.To)}
	if other.Check() != nil {
		return iv
	}
	return other
}

// DrawInterval draws a valid time that a claim could have, including open and unknown ends.
func DrawInterval(t *rapid.T) graph.Interval {
	iv := graph.Interval{From: DrawDate(t, "from", false), To: DrawDate(t, "to", false)}
	if iv.Check() != nil {
		iv.To = iv.From
	}
	return iv
}
