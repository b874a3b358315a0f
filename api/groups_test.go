package api_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// exported is what the edges of a list show, and the groups of the same list.
type exported struct {
	Edges []struct {
		Share   *float64
		From    string
		Subject struct {
			PartOf struct{ Nodes []struct{ ID string } }
		}
		Node struct {
			ID         string
			Population *float64
		}
	}
	Aggregate struct {
		Groups []struct {
			Keys                 []*string
			Count, CountDistinct int
			CountShare           float64
			Median               struct{ Share *float64 }
			Share                struct{ Node struct{ Population *float64 } }
		}
	}
}

// tally is a group as the edges show it.
type tally struct {
	count  int
	nodes  map[string]bool
	shares []float64
	people []float64
	sum    float64
}

// tallies groups the edges by the regions of their subjects and the decades of their dates.
func (list *exported) tallies() (groups map[string]*tally, total float64) {
	groups = map[string]*tally{}
	for _, e := range list.Edges {
		if e.Node.Population != nil {
			total += *e.Node.Population
		}
		regions := []string{"null"}
		if of := e.Subject.PartOf.Nodes; len(of) > 0 {
			regions = nil
			for _, n := range of {
				regions = append(regions, n.ID)
			}
		}
		decade := "null"
		if len(e.From) >= 4 {
			decade = e.From[:3] + "X"
		}
		for _, region := range regions {
			g := groups[region+" "+decade]
			if g == nil {
				g = &tally{nodes: map[string]bool{}}
				groups[region+" "+decade] = g
			}
			g.count++
			g.nodes[e.Node.ID] = true
			if e.Share != nil {
				g.shares = append(g.shares, *e.Share)
			}
			if e.Node.Population != nil {
				g.people = append(g.people, *e.Node.Population)
				g.sum += *e.Node.Population
			}
		}
	}
	return groups, total
}

// TestGroupsAgainstEdges compares groups by the regions of the subjects with what the list of the edges shows, in several
// views.
func TestGroupsAgainstEdges(t *testing.T) {
	a := seeded(t)
	const query = `query($view: View) { countryExportsTo(view: $view, where: {subject: {id: {lt: "F"}}}) {
		edges { share from subject { partOf { nodes { id } } } node { id population } }
		aggregate { groups(by: [subject_partOf, claim_validFrom], dates: DECADE) { keys count countShare countDistinct(of: node_id) median { share } share { node { population } } } }
	} }`
	for _, view := range []string{`{}`, `{"asOf": "2015"}`, `{"minConfidence": 0.85}`, `{"sources": ["factbook"]}`, `{"during": "2010/2020"}`} {
		r := a.Begin().Execute(t.Context(), &api.Request{Query: query, Variables: []byte(`{"view": ` + view + `}`)})
		var answer struct {
			Data struct{ CountryExportsTo exported }
		}
		if err := json.Unmarshal(r.Body, &answer); err != nil || r.Errors > 0 {
			t.Fatalf("%v: %.300s", err, r.Body)
		}
		list := &answer.Data.CountryExportsTo
		want, total := list.tallies()
		if len(list.Aggregate.Groups) != len(want) || len(list.Edges) == 0 {
			t.Fatalf("%s: %d groups of %d edges, want %v", view, len(list.Aggregate.Groups), len(list.Edges), slices.Sorted(maps.Keys(want)))
		}
		for _, g := range list.Aggregate.Groups {
			key := ""
			for i, k := range g.Keys {
				if k == nil {
					key += "null"
				} else {
					key += *k
				}
				key += []string{" ", ""}[i]
			}
			w := want[key]
			if w == nil || g.Count != w.count || g.CountDistinct != len(w.nodes) || !near(g.CountShare, float64(w.count)/float64(len(list.Edges))) ||
				!nearKnown(g.Median.Share, middle(w.shares)) || !nearKnown(g.Share.Node.Population, w.sum/total) && len(w.people) > 0 {
				t.Errorf("%s, %s: %+v, want %+v", view, key, g, w)
			}
		}
		r.Release()
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// nearKnown compares a number that may be null with one that is NaN then.
func nearKnown(a *float64, b float64) bool {
	return a == nil && math.IsNaN(b) || a != nil && near(*a, b)
}

func middle(xs []float64) float64 {
	if len(xs) == 0 {
		return math.NaN()
	}
	slices.Sort(xs)
	return (xs[(len(xs)-1)/2] + xs[len(xs)/2]) / 2
}

// TestGroupsCut checks conditions, orders and limits of groups against all groups of the same list.
func TestGroupsCut(t *testing.T) {
	a := seeded(t)
	type group struct {
		Key   string
		Count int
		Sum   struct{ LengthKm float64 }
	}
	groups := func(args string) (all []group) {
		r := a.Begin().Execute(t.Context(), &api.Request{Query: `{ countryBorders { aggregate { groups(by: [subject_id]` + args + `) { key count sum { lengthKm } } } } }`})
		defer r.Release()
		var answer struct {
			Data struct {
				CountryBorders struct {
					Aggregate struct{ Groups json.RawMessage }
				}
			}
		}
		if err := json.Unmarshal(r.Body, &answer); err != nil || r.Errors > 0 {
			t.Fatalf("%v: %.300s", err, r.Body)
		}
		if err := json.Unmarshal(answer.Data.CountryBorders.Aggregate.Groups, &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	all := groups(``)
	kept := slices.DeleteFunc(slices.Clone(all), func(g group) bool {
		return g.Count < 5 || g.Sum.LengthKm >= 8000
	})
	slices.SortStableFunc(kept, func(a, b group) int { return cmp.Compare(b.Sum.LengthKm, a.Sum.LengthKm) })
	got := groups(`, having: {count: {gte: 5}, aggregate: {sum: {lengthKm: {lt: 8000}}}}, orderBy: [{aggregate: {sum: {lengthKm: DESC}}}], first: 7`)
	if len(kept) < 7 || fmt.Sprint(got) != fmt.Sprint(kept[:7]) {
		t.Errorf("got %v, want the first 7 of %v", got, kept)
	}
}
