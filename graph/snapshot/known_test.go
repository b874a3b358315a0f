package snapshot_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// TestUnknownRelations compares the filters on relations with the model where few
// claims are made, so that what sources declare of their lists decides.
func TestUnknownRelations(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		defer snapshot.Shorten(t)()
		commit := graph.Commit{Seq: 1, At: epoch.Add(time.Hour), Entities: entities()}
		typ := o.Type(rapid.SampledFrom([]string{"Country", "Country", "City", "Person", "Post", "Meeting"}).Draw(t, "type"))
		var relations []*schema.Field
		for _, f := range typ.Fields {
			if f.Kind != schema.Property {
				relations = append(relations, f)
			}
		}
		asked := rapid.SampledFrom(relations).Draw(t, "asked")
		seen := map[graph.ClaimID]bool{}
		add := func(c graph.Claim) {
			if id := c.ID(); !seen[id] {
				seen[id] = true
				commit.Claims = append(commit.Claims, c)
			}
		}
		drawCoverage(t, relations, asked, add)
		for _, id := range pool.Of(typ) { // so that most exist, and are covered by some source
			add(graph.Claim{Subject: id, Predicate: "name", Value: graph.StringValue("Name"), Source: rapid.SampledFrom(pool["Source"]).Draw(t, "named by"),
				Confidence: 1, Valid: graph.Interval{From: graph.DayDate(1900, 1, 1), To: graph.DayDate(2100, 1, 1)}})
		}
		for range rapid.IntRange(1, 6).Draw(t, "claims") {
			c := drawClaim(t, o)
			if c.Subject = rapid.SampledFrom(slices.Concat(pool.Of(typ), pool["Post"])).Draw(t, "about"); o.Type(typeOf(c.Subject)).Field(c.Predicate) == nil {
				continue
			}
			if rapid.Bool().Draw(t, "undated") {
				c.Valid = graph.Interval{}
			}
			add(c)
		}
		s, err := snapshot.Empty(o).Apply(&commit)
		if err != nil {
			t.Fatal(err)
		}
		m := newModel(o)
		m.add(commit)
		view := drawNearView(t)
		v, err := s.View(view, today)
		if err != nil {
			t.Fatal(err)
		}
		l := m.lens(view, today)
		q := &filter.Query{Nodes: drawRelationFilter(t, asked, 2)}
		var got, want []string
		for _, e := range v.OfTypes(typ.Concrete).Select(q, nil) {
			got = append(got, string(s.ID(e.Node)))
		}
		for _, id := range pool.Of(typ) {
			if l.exists(id) && l.lives(id) && l.keeps(q.Nodes, id) {
				want = append(want, string(id))
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s: got %v, want %v", asked.Name, got, want)
		}
	})
}

// drawNearView is a view of what is known now, often on a day when a source looked.
func drawNearView(t *rapid.T) graph.View {
	view := drawView(t, 1)
	if view.KnownAt = nil; rapid.Bool().Draw(t, "near") {
		view.During, view.Mode = graph.Interval{}, graph.OnDate
		view.AsOf = rapid.SampledFrom(lookedOn).Draw(t, "near on")
	}
	if rapid.IntRange(0, 2).Draw(t, "surely") == 0 {
		view.Holds = graph.HoldsYes
	}
	return view
}

// drawCoverage has the sources say when they looked, and for which relations they are complete or partial.
func drawCoverage(t *rapid.T, relations []*schema.Field, asked *schema.Field, add func(graph.Claim)) {
	for _, source := range pool["Source"] {
		say := func(predicate string, v graph.Value) {
			add(graph.Claim{Subject: source, Predicate: predicate, Value: v, Source: source, Confidence: rapid.SampledFrom([]float64{0.5, 1}).Draw(t, "surely")})
		}
		for _, predicate := range []string{"date", "coversUntil"} {
			if rapid.Bool().Draw(t, predicate) {
				say(predicate, graph.DateValue(rapid.SampledFrom(lookedOn).Draw(t, "looked")))
			}
		}
		for _, predicate := range []string{"completeFor", "partialFor"} {
			if rapid.IntRange(0, 2).Draw(t, predicate) == 0 {
				say(predicate, graph.StringValue(rapid.SampledFrom(relations).Draw(t, "of").Name))
			}
			if rapid.Bool().Draw(t, predicate+" asked") {
				say(predicate, graph.StringValue(asked.Name))
			}
		}
	}
}

var lookedOn = []graph.Date{graph.DayDate(2023, 1, 1), graph.DayDate(2023, 6, 1), graph.DayDate(2024, 3, 1), graph.DayDate(2021, 3, 1)}

func typeOf(id graph.ID) string {
	for _, e := range entities() {
		if e.ID == id {
			return e.Type
		}
	}
	return ""
}

func drawRelationFilter(t *rapid.T, asked *schema.Field, depth int) *filter.Node {
	if depth > 0 {
		switch rapid.IntRange(0, 5).Draw(t, "logic") {
		case 0:
			return &filter.Node{Not: drawRelationFilter(t, asked, depth-1)}
		case 1:
			return &filter.Node{Or: []*filter.Node{drawRelationFilter(t, asked, depth-1), drawRelationFilter(t, asked, depth-1)}}
		case 2:
			return &filter.Node{And: []*filter.Node{drawRelationFilter(t, asked, depth-1), drawRelationFilter(t, asked, depth-1)}}
		}
	}
	r := filter.Relation{Field: asked}
	e := &filter.Edge{}
	if rapid.Bool().Draw(t, "which") {
		e = drawEdgeFilter(t, asked, 1)
	}
	switch rapid.IntRange(0, 3).Draw(t, "quantifier") {
	case 0:
		r.Some = e
	case 1:
		r.Every = e
	case 2:
		r.None = e
	default:
		unknown := rapid.Bool().Draw(t, "unknown")
		r.Unknown = &unknown
	}
	return &filter.Node{Relations: []filter.Relation{r}}
}
