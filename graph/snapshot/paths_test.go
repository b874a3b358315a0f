package snapshot_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// drawFound is a filter that some path finds entities for, most often.
func drawFound(t *rapid.T, typ *schema.Type, depth int) *filter.Node {
	f := &filter.Node{}
	switch k := rapid.IntRange(0, 9).Draw(t, "found"); {
	case k == 0 && depth > 0:
		f.And = []*filter.Node{drawFound(t, typ, depth-1), drawFilter(t, typ, depth-1)}
	case k == 1 && depth > 0:
		f.Or = []*filter.Node{drawFound(t, typ, depth-1), drawFound(t, typ, depth-1)}
	case k < 5 && depth > 0:
		var relations []*schema.Field
		for _, f := range typ.Fields {
			if f.Kind != schema.Property {
				relations = append(relations, f)
			}
		}
		if len(relations) == 0 {
			f.ID = drawIDs(t)
			break
		}
		field := rapid.SampledFrom(relations).Draw(t, "relation")
		f.Relations = []filter.Relation{{Field: field, Some: &filter.Edge{Node: drawFound(t, field.Target, depth-1)}}}
	case k == 6 && typ.Field("iso2") != nil:
		v := drawScalar(t, schema.String, nil)
		f.Properties = []filter.Property{{Field: typ.Field("iso2"), Test: &filter.Test{ByBytes: true, In: []graph.Value{v, drawScalar(t, schema.String, nil)}}}}
	case k == 7:
		field := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(typ.Fields), func(f *schema.Field) bool { return f.Kind != schema.Property })).Draw(t, "property")
		f.Properties = []filter.Property{{Field: field, Test: drawTest(t, field.Scalar, field.Enum)}}
	case k == 8:
		f.Name = drawTest(t, schema.String, nil)
	default:
		f.ID = drawIDs(t)
	}
	return f
}

// linked is a commit of many relations, names and codes, so that lists are long.
func linked(o *schema.Ontology, seq graph.Seq, seed uint64) graph.Commit {
	r := rand.New(rand.NewPCG(seed, 1))
	c := graph.Commit{Seq: seq, At: epoch.Add(time.Duration(seq) * time.Hour)}
	for _, e := range entities() {
		for _, f := range stored(o, e.Type) {
			for range r.IntN(3) {
				claim := graph.Claim{Subject: e.ID, Predicate: f.Name, Source: pool["Source"][r.IntN(3)], Confidence: 0.8, Locator: "linked"}
				switch {
				case f.Kind == schema.Relation:
					to := pool.Of(f.Target)
					claim.Value = graph.EntityValue(to[r.IntN(len(to))])
				case f.Scalar == schema.String:
					claim.Value = graph.StringValue([]string{"Alpha", "Beta", "Àlpha beta"}[r.IntN(3)])
				default:
					continue
				}
				if !slices.ContainsFunc(c.Claims, func(x graph.Claim) bool { return x.ID() == claim.ID() }) {
					c.Claims = append(c.Claims, claim)
				}
			}
		}
	}
	return c
}

// drawIndexed is a reading of which there can be an index.
func drawIndexed(t *rapid.T, typ *schema.Type) filter.Reading {
	readings := []filter.Reading{{Own: "name"}}
	for _, f := range typ.Fields {
		if f.Kind == schema.Property && f.Scalar != schema.Coordinates && f.Name != "name" {
			readings = append(readings, filter.Reading{Property: f})
		}
	}
	return rapid.SampledFrom(readings).Draw(t, "indexed")
}

// drawPage is the part of a list that a query asks for.
func drawPage(t *rapid.T, q *filter.Query, cursors []string) {
	few := func(name string) *int { n := rapid.IntRange(0, 4).Draw(t, name); return &n }
	if rapid.Bool().Draw(t, "first?") {
		q.First = few("first")
	}
	if rapid.IntRange(0, 2).Draw(t, "last?") == 0 {
		q.Last = few("last")
	}
	if cursors = append(cursors, ""); rapid.Bool().Draw(t, "cursors?") {
		q.After = rapid.SampledFrom(cursors).Draw(t, "after")
		q.Before = rapid.SampledFrom(cursors).Draw(t, "before")
	}
}

// TestPaths compares what each path finds with what a walk over the whole list does:
// edges, pages with any cursors, and totals.
func TestPaths(t *testing.T) {
	o := load(t)
	used := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		defer snapshot.Shorten(t)()
		commits := drawHistory(t, o)
		commits = append(commits, linked(o, graph.Seq(len(commits)+1), rapid.Uint64().Draw(t, "links")))
		s := replayed(t, snapshot.Empty(o), pointers(commits[:len(commits)/2]))
		s.IndexValues(1<<20, func(build func()) { build() })
		s = replayed(t, s, pointers(commits[len(commits)/2:]))
		var view graph.View
		if rapid.Bool().Draw(t, "view?") {
			view = drawView(t, len(commits))
		}
		v, err := s.View(view, today)
		if err != nil {
			t.Fatal(err)
		}
		list, q := drawListed(t, o, s)
		plannings := v.Plannings()
		first := q.First
		q.First = nil
		whole := runs(t, list(plannings[1]), q)
		q.First = first
		cursors := make([]string, len(whole.Edges))
		for i := range cursors {
			cursors[i] = whole.Cursor(i)
		}
		drawPage(t, q, cursors)
		want := shownPage(s, runs(t, list(plannings[1]), q))
		for i, v := range plannings {
			p := runs(t, list(v), q)
			if p.Path() != nil {
				used[strings.Fields(p.Path().String())[0]]++
			}
			equal(t, fmt.Sprintf("page by %v, planning %d", p.Path(), i), shownPage(s, p), want)
			kept := list(v).Select(q, nil)
			equal(t, fmt.Sprintf("total by %v, planning %d", p.Path(), i), []int{p.Total(), len(kept)}, []int{len(whole.Edges), len(whole.Edges)})
		}
	})
	t.Log("paths:", used)
}

// drawListed is a list, and a query for which it may have a path.
func drawListed(t *rapid.T, o *schema.Ontology, s *snapshot.Snapshot) (list func(*snapshot.View) *snapshot.List, q *filter.Query) {
	q = &filter.Query{}
	e := rapid.SampledFrom(entities()).Draw(t, "entity")
	switch rapid.IntRange(0, 4).Draw(t, "list") {
	case 4: // orders that an index has, with equal values
		typ := o.Type(rapid.SampledFrom([]string{"Country", "Entity"}).Draw(t, "type"))
		if rapid.Bool().Draw(t, "filter?") {
			q.Nodes = drawFound(t, typ, 0)
		}
		q.Order = append([]filter.Key{{By: drawIndexed(t, typ), Descending: rapid.Bool().Draw(t, "down")}}, drawOrder(t, typ, nil, nil)...)
		n := rapid.IntRange(0, 4).Draw(t, "most")
		q.First = &n
		list = func(v *snapshot.View) *snapshot.List { return v.OfTypes(typ.Concrete) }
	case 0, 1:
		typ := o.Type(rapid.SampledFrom([]string{"Country", "Actor", "Entity"}).Draw(t, "type"))
		q.Nodes, q.Order = drawFound(t, typ, 2), drawOrder(t, typ, nil, nil)
		list = func(v *snapshot.View) *snapshot.List { return v.OfTypes(typ.Concrete) }
	case 2:
		f := rapid.SampledFrom(relationsOfMany(o)).Draw(t, "relation")
		q.Edges, q.Order = &filter.Edge{Node: drawFound(t, f.Target, 1)}, drawOrder(t, f.Target, f.Qualifiers, f.Owner)
		if rapid.Bool().Draw(t, "subject?") {
			q.Edges.Subject = drawFound(t, f.Owner, 1)
		}
		series := rapid.Bool().Draw(t, "series")
		list = func(v *snapshot.View) *snapshot.List { return v.Relation(snapshot.None, f, series) }
	default:
		many := slices.DeleteFunc(slices.Clone(o.Type(e.Type).Fields), func(f *schema.Field) bool { return !f.Many || f.Kind == schema.Property })
		if len(many) == 0 {
			t.Skip("it has no relation of many")
		}
		f := rapid.SampledFrom(many).Draw(t, "field")
		q.Edges, q.Order = &filter.Edge{Node: drawFound(t, f.Target, 1)}, drawOrder(t, f.Target, qualifiersOf(f), nil)
		if rapid.Bool().Draw(t, "by node?") {
			q.Order = append([]filter.Key{{By: drawIndexed(t, f.Target), Descending: rapid.Bool().Draw(t, "down")}}, q.Order...)
			most := rapid.IntRange(0, 4).Draw(t, "most")
			if q.First = &most; rapid.Bool().Draw(t, "all?") {
				q.Edges = nil
			}
		}
		n, _ := s.Number(e.ID)
		series := rapid.Bool().Draw(t, "series")
		list = func(v *snapshot.View) *snapshot.List { return v.Relation(n, f, series) }
	}
	return list, q
}

func runs(t *rapid.T, l *snapshot.List, q *filter.Query) *snapshot.Page {
	p := new(snapshot.Page)
	if err := l.Run(q, p); err != nil {
		t.Fatal(err)
	}
	return p
}

func shownPage(s *snapshot.Snapshot, p *snapshot.Page) string {
	var b strings.Builder
	for i, e := range p.Edges {
		fmt.Fprintln(&b, s.ID(e.Node), e.Claim, p.Cursor(i))
	}
	fmt.Fprintln(&b, "next", p.HasNext, "prev", p.HasPrev)
	return b.String()
}

// TestLinksOfFew reads a page of the countries that are members of one, of which
// there are many claims by few members, or one by each of many. The first are to be found from
// that one, the others by reading all until the page is full.
func TestLinksOfFew(t *testing.T) {
	const all, claims, page = 6000, 3000, 10
	for _, members := range []int{30, 3000} {
		s, err := snapshot.Empty(schema.MustDefault()).Replay(func(g graph.Growth) error {
			c := graph.Commit{Seq: 1, At: epoch.Add(time.Second), Entities: []graph.Entity{{ID: "source", Type: "Source"}, {ID: "club", Type: "Organisation"}}}
			for i := range all {
				c.Entities = append(c.Entities, graph.Entity{ID: organisation(i), Type: "Country"})
			}
			for i := range claims {
				claim := member(organisation(i%members*(all/members)), "club")
				claim.Locator = fmt.Sprint(i)
				c.Claims = append(c.Claims, claim)
			}
			return g.Add(&c)
		})
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.View(graph.View{}, today)
		if err != nil {
			t.Fatal(err)
		}
		o := s.Ontology()
		country, first, club := o.Type("Country"), page, graph.StringValue("club")
		some := &filter.Edge{Node: &filter.Node{ID: &filter.Test{ByBytes: true, Eq: &club}}}
		q := &filter.Query{First: &first, Nodes: &filter.Node{Relations: []filter.Relation{{Field: country.Field("memberOf"), Some: some}}}}
		var p snapshot.Page
		if err := v.OfTypes(country.Concrete).Run(q, &p); err != nil {
			t.Fatal(err)
		}
		if want := min(members, 6*page); len(p.Edges) != page || p.Read > want || p.Path().Rows > 2*want {
			t.Errorf("%d claims by %d members: by %v it reads %d and expected %d, want at most %d", claims, members, p.Path(), p.Read, p.Path().Rows, want)
		}
	}
}

// TestPrefixInOrder reads the first names that begin with a text, of which there are many
// and which are few of all, along the index, and no more of them than the page shows.
func TestPrefixInOrder(t *testing.T) {
	const all, page = 12_000, 10
	s, err := snapshot.Empty(schema.MustDefault()).Replay(func(g graph.Growth) error {
		c := graph.Commit{Seq: 1, At: epoch.Add(time.Second), Entities: []graph.Entity{{ID: "source", Type: "Source"}}}
		for i := range all {
			id := organisation(i)
			c.Entities = append(c.Entities, graph.Entity{ID: id, Type: "Organisation"})
			name := fmt.Sprintf("%c%c %d", 'a'+i%5, 'a'+i/5%5, i/3) // some are equal
			c.Claims = append(c.Claims, graph.Claim{Subject: id, Predicate: "name", Value: graph.StringValue(name), Source: "source", Confidence: 1})
		}
		return g.Add(&c)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.IndexValues(1<<24, func(build func()) { build() })
	v, err := s.View(graph.View{}, today)
	if err != nil {
		t.Fatal(err)
	}
	first, typ := page, s.Ontology().Type("Organisation")
	q := &filter.Query{First: &first, Nodes: &filter.Node{Name: &filter.Test{StartsWith: "cb"}}, Order: []filter.Key{{By: filter.Reading{Own: "name"}}, {By: filter.Reading{Own: "id"}, Descending: true}}}
	var p snapshot.Page
	if err := v.OfTypes(typ.Concrete).Run(q, &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Edges) != page || p.Read > 2*page || p.Total() < 480 {
		t.Errorf("by %v it reads %d for %d of %d", p.Path(), p.Read, len(p.Edges), p.Total())
	}
}
