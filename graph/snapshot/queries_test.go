package snapshot_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/groups"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// TestQueries compares filters, orders, pages and sums with the model.
func TestQueries(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		defer snapshot.Shorten(t)()
		commits := drawHistory(t, o)
		s, m := snapshot.Empty(o), newModel(o)
		for i := range commits {
			next, err := s.Apply(&commits[i])
			if err != nil {
				t.Fatal(err)
			}
			s = next
			m.add(commits[i])
		}
		p := pair{s, m}
		view := drawView(t, len(commits))
		v, err := s.View(view, today)
		if err != nil {
			t.Fatal(err)
		}
		l := m.lens(view, today)
		switch rapid.IntRange(0, 2).Draw(t, "of") {
		case 0:
			p.typeQuery(t, v, l)
		case 1:
			p.relationQuery(t, v, l)
		default:
			p.subjectsQuery(t, v, l)
		}
	})
}

func (p pair) typeQuery(t *rapid.T, v *snapshot.View, l *lens) {
	typ := p.m.o.Type(rapid.SampledFrom([]string{"Country", "Actor", "Entity"}).Draw(t, "type"))
	q := &filter.Query{Nodes: drawFilter(t, typ, 2), Order: drawOrder(t, typ, nil, nil)}
	var want []edge
	for _, id := range pool.Of(typ) {
		if l.exists(id) && l.lives(id) && l.keeps(q.Nodes, id) {
			want = append(want, edge{node: id})
		}
	}
	for planning, v := range v.Plannings() {
		t.Logf("planning %d", planning)
		p.pages(t, v, l, q, want, v.OfTypes(typ.Concrete))
	}
}

func (p pair) relationQuery(t *rapid.T, v *snapshot.View, l *lens) {
	e := rapid.SampledFrom(entities()).Draw(t, "entity")
	var many []*schema.Field
	for _, f := range p.m.o.Type(e.Type).Fields {
		if f.Many && f.Kind != schema.Property {
			many = append(many, f)
		}
	}
	if len(many) == 0 {
		return
	}
	f := rapid.SampledFrom(many).Draw(t, "relation")
	series := rapid.Bool().Draw(t, "series")
	q := &filter.Query{Edges: drawEdgeFilter(t, f, 1), Order: drawOrder(t, f.Target, qualifiersOf(f), subjectsOf(f))}
	var want []edge
	for _, x := range l.edges(e.ID, f, series, testsNarrow(q.Edges)) {
		if l.keepsEdge(q.Edges, x) {
			want = append(want, x)
		}
	}
	n, _ := p.s.Number(e.ID)
	for planning, v := range v.Plannings() {
		t.Logf("planning %d", planning)
		p.pages(t, v, l, q, want, v.Relation(n, f, series))
	}
}

// subjectsQuery is for the edges of a relation over all its subjects: what each of
// them shows, one after the other, without the claims that no list has.
func (p pair) subjectsQuery(t *rapid.T, v *snapshot.View, l *lens) {
	f := rapid.SampledFrom(relationsOfMany(p.m.o)).Draw(t, "relation")
	series := rapid.Bool().Draw(t, "series")
	q := &filter.Query{Order: drawOrder(t, f.Target, f.Qualifiers, f.Owner)}
	if rapid.Bool().Draw(t, "filtered") {
		q.Edges = drawEdgeFilter(t, f, 1)
	}
	want := slices.DeleteFunc(l.everywhere(f, series, testsNarrow(q.Edges)), func(x edge) bool { return !l.keepsEdge(q.Edges, x) })
	for planning, v := range v.Plannings() {
		t.Logf("planning %d", planning)
		p.pages(t, v, l, q, want, v.Relation(snapshot.None, f, series), bySubject)
		p.divided(t, v, l, q, want, v.Relation(snapshot.None, f, series))
	}
}

// divided compares the groups that entities at one end make, and their sums.
func (p pair) divided(t *rapid.T, v *snapshot.View, l *lens, q *filter.Query, want []edge, from *snapshot.List) {
	node, subject := filter.Reading{Own: "name"}, filter.Reading{Of: filter.OfSubject, Own: "name"}
	nodeType, subjectID := filter.Reading{Own: "type"}, filter.Reading{Of: filter.OfSubject, Own: "id"}
	sums := []filter.Reading{{Qualifier: "share"}, {Property: p.m.o.Type("Country").Field("population")}, {Of: filter.OfSubject, Property: p.m.o.Type("Country").Field("population")}}
	for _, by := range [][]filter.Reading{nil, {node}, {subject}, {node, nodeType}, {subjectID, subject}, {node, subject}} {
		d, ok := from.Divide(q, by)
		if !ok {
			continue
		}
		groups := map[string][]edge{}
		if by == nil {
			groups[""] = nil
		}
		for _, e := range want {
			key := ""
			for _, r := range by {
				key += keyText(l.read(r, e))
			}
			groups[key] = append(groups[key], e)
		}
		equal(t, fmt.Sprintf("groups by %v", by), len(d.Groups), len(groups))
		for _, sum := range sums {
			for i, st := range d.Stats(sum, false, nil) {
				key := ""
				for _, k := range append([]graph.Value{d.Groups[i].Key}, d.Groups[i].More...)[:len(by)] {
					key += keyText(k)
				}
				count, total := 0, [2]float64{}
				for _, e := range groups[key] {
					if x := l.read(sum, e); x != (graph.Value{}) {
						count, total = count+1, addEnds(total, x)
					}
				}
				if d.Groups[i].Count != len(groups[key]) || st.Known() != count || !nearEnds(sumsOf(&st), total) {
					t.Fatalf("by %v, %q: %d with %d and %v of %v, want %d with %d and %v", by, key, d.Groups[i].Count, st.Known(), sumsOf(&st), sum, len(groups[key]), count, total)
				}
			}
		}
	}
}

// bySubject is how lists of all subjects go on where their order ties.
var bySubject = filter.Key{By: filter.Reading{Of: filter.OfSubject, Own: "id"}}

// everywhere is where a relation leads from any entity that may have it.
func (l *lens) everywhere(f *schema.Field, series, narrow bool) []edge {
	var all []edge
	for _, id := range pool.Of(f.Owner) {
		all = append(all, l.edges(id, f, series, narrow)...)
	}
	return slices.DeleteFunc(all, func(x edge) bool { return x.mirror || !l.selected(x.claim.Source) })
}

// pages compares the whole list, then the list joined from pages, forwards and
// backwards, then a sum and the groups.
func (p pair) pages(t *rapid.T, v *snapshot.View, l *lens, q *filter.Query, want []edge, from *snapshot.List, ties ...filter.Key) {
	expect := p.wanted(l, append(slices.Clip(q.Order), ties...), want)
	render := func(es []snapshot.Edge) []string {
		out := []string{}
		for _, e := range es {
			out = append(out, string(p.s.ID(e.Node))+" "+p.claim(e.Claim))
		}
		return out
	}
	run := func(q filter.Query) *snapshot.Page {
		var page snapshot.Page
		if err := from.Run(&q, &page); err != nil {
			t.Fatal(err)
		}
		equal(t, "total", page.Total(), len(want))
		return &page
	}
	equal(t, "list", render(run(*q).Edges), expect)
	none := *q
	none.First = new(int)
	if page := run(none); len(page.Edges) > 0 || page.HasNext != (len(want) > 0) {
		t.Fatalf("a page of none has %d edges, more after it: %v of %d", len(page.Edges), page.HasNext, len(want))
	}
	size := rapid.IntRange(1, 3).Draw(t, "page")
	var forward, backward []string
	for cut := *q; ; {
		cut.First = &size
		page := run(cut)
		forward = append(forward, render(page.Edges)...)
		if !page.HasNext {
			break
		}
		cut.After = page.Cursor(len(page.Edges) - 1)
	}
	for cut := *q; ; {
		cut.Last = &size
		page := run(cut)
		backward = append(render(page.Edges), backward...)
		if !page.HasPrev {
			break
		}
		cut.Before = page.Cursor(0)
	}
	equal(t, "pages forward", append([]string{}, forward...), expect)
	equal(t, "pages backward", append([]string{}, backward...), expect)

	p.groups(t, v, l, want, from.Select(q, nil))
}

// quantities compares the sums of areas, in whatever units they are stated.
func (p pair) quantities(t *rapid.T, v *snapshot.View, l *lens, want []edge, all []snapshot.Edge) {
	by := filter.Reading{Property: p.m.o.Type("Country").Field("area")}
	var areas []graph.Value
	for _, e := range want {
		if a := l.read(by, e); a != (graph.Value{}) {
			areas = append(areas, a)
		}
	}
	st := v.Stats(all, by, nil, nil)[0]
	near := func(a, b float64) bool {
		return a == b || math.Abs(a-b) <= 1e-15*max(math.Abs(a), math.Abs(b))
	}
	for i := range 2 { // by the lower and by the upper ends
		sum, least, most, ok := sumUp(areas, i)
		if (st.Err() == nil) != ok || st.Known() != len(areas) {
			t.Fatalf("%v sum up to %+v (%v)", areas, st, st.Err())
		}
		got := func(figure func(*aggregate.Stats) float64) float64 {
			low, high := st.Bounds(figure)
			return [...]float64{low, high}[i]
		}
		gotSum, gotLeast, gotMost := sumsOf(&st)[i], got(func(s *aggregate.Stats) float64 { return s.Min }), got(func(s *aggregate.Stats) float64 { return s.Max })
		if ok && (!near(gotSum, sum) || gotLeast != least || gotMost != most) {
			t.Fatalf("%v sum up to %v from %v to %v, want %v, from %v to %v", areas, gotSum, gotLeast, gotMost, sum, least, most)
		}
	}
}

// groups compares the groups of a list, with their counts and the sums of shares.
func (p pair) groups(t *rapid.T, v *snapshot.View, l *lens, want []edge, all []snapshot.Edge) {
	share := filter.Reading{Qualifier: "share"}
	p.quantities(t, v, l, want, all)
	names := []filter.Reading{{Own: "type"}, {Own: "name"}, {Qualifier: "resource"}, {Qualifier: "scope"}, share, {Of: filter.OfSubject, Own: "name"}, {Of: filter.OfSource, Own: "id"}}
	keys := [][]filter.Reading{rapid.SliceOfN(rapid.SampledFrom(names), 2, 3).Draw(t, "group keys")}
	for _, by := range names {
		keys = append(keys, []filter.Reading{by})
	}
	for _, by := range keys {
		type group struct {
			count int
			sum   [2]float64
		}
		expect := map[string]group{}
		for _, e := range want {
			key := ""
			for _, r := range by {
				key += keyText(l.read(r, e))
			}
			g := expect[key]
			expect[key] = group{g.count + 1, addEnds(g.sum, l.read(share, e))}
		}
		var parts aggregate.Parts
		groups.Divide(v, all, keysOf(by), &parts)
		shares := v.Stats(all, share, &parts, nil)
		got := map[string]group{}
		for i, g := range parts.Groups {
			if err := shares[i].Err(); err != nil {
				t.Fatal(err)
			}
			if i > 0 && g.Count > parts.Groups[i-1].Count {
				t.Errorf("a group of %d comes after a smaller one", g.Count)
			}
			key := keyText(g.Key)
			for _, more := range g.More {
				key += keyText(more)
			}
			got[key] = group{g.Count, sumsOf(&shares[i])}
		}
		if len(got) != len(parts.Groups) {
			t.Errorf("a key has two groups: %v", parts.Groups)
		}
		for k, g := range expect {
			if got[k].count != g.count || !nearEnds(got[k].sum, g.sum) {
				t.Errorf("by %v, %q: %v instead of %v", by, k, got[k], g)
			}
		}
		equal(t, "groups", len(got), len(expect))
	}
}

// relationsOfMany are the stored ones, each once.
func relationsOfMany(o *schema.Ontology) (many []*schema.Field) {
	for _, typ := range o.Types {
		for _, f := range typ.Fields {
			if f.Owner == typ && f.Many && f.Kind == schema.Relation {
				many = append(many, f)
			}
		}
	}
	return many
}

func keyText(v graph.Value) string { return v.Kind().String() + v.String() + "\x00" }

// claimOf is the claim of an edge, None where there is none.
func claimOf(e snapshot.Edge, ok bool) uint32 {
	if !ok {
		return snapshot.None
	}
	return e.Claim
}
