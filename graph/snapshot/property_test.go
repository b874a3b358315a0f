package snapshot_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

var today = graph.DayDate(2024, 5, 1).First()

func load(t testing.TB) *schema.Ontology {
	t.Helper()
	o, err := schema.Load("test.graphql", testOntology)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// pair is a snapshot and the model of the same history.
type pair struct {
	s *snapshot.Snapshot
	m *model
}

// answers compares every answer of a view with the model's.
func (p pair) answers(t *rapid.T, view graph.View) {
	v, err := p.s.View(view, today)
	if err != nil {
		t.Fatal(err)
	}
	l := p.m.lens(view, today)
	var shown []string
	v.AllClaims(func(n uint32) bool { shown = append(shown, p.s.ClaimID(n).String()+v.Holds(n).String()); return true })
	var want []string
	for _, f := range l.listed() {
		want = append(want, f.id.String()+l.holds(f).String())
	}
	equal(t, "claims", shown, want)
	p.learned(t)
	for _, f := range relationsOfMany(p.m.o) {
		series := rapid.Bool().Draw(t, "series of all")
		want := p.wanted(l, []filter.Key{bySubject}, l.everywhere(f, series, false))
		got := []string{}
		for e := range v.Relation(snapshot.None, f, series).All() {
			got = append(got, string(p.s.ID(e.Node))+" "+p.claim(e.Claim))
		}
		equal(t, "all "+f.Name, got, want)
	}
	for _, e := range entities() {
		n, ok := p.s.Number(e.ID)
		if !ok {
			t.Fatalf("%s is missing", e.ID)
		}
		equal(t, "exists", v.Exists(n), l.exists(e.ID))
		_, found := v.Find("id", string(e.ID))
		equal(t, "found", found, l.exists(e.ID) ||
			e.Type == "Source" && slices.ContainsFunc(l.visible(), func(f *fact) bool { return f.Subject == e.ID }))
		equal(t, "name of "+string(e.ID), v.Name(n), l.name(e.ID))
		for _, f := range p.m.o.Type(e.Type).Fields {
			p.answersField(t, v, l, e.ID, n, f)
		}
	}
}

// answersField compares what a field of an entity shows.
func (p pair) answersField(t *rapid.T, v *snapshot.View, l *lens, of graph.ID, n uint32, f *schema.Field) {
	what := fmt.Sprintf("%s.%s", of, f.Name)
	none, _ := v.None(n, f)
	equal(t, what+" is none", p.claim(none), id(l.nothing(of, f)))
	switch {
	case f.Kind == schema.Property && !f.Many:
		equal(t, what, p.claim(claimOf(v.One(n, f))), id(l.stated(of, f)))
	case f.Kind == schema.Property:
		var got, want []string
		for _, c := range v.Values(n, f, nil) {
			got = append(got, p.claim(c))
		}
		for _, c := range l.values(of, f) {
			want = append(want, id(c))
		}
		slices.Sort(got)
		slices.Sort(want)
		equal(t, what, got, want)
	case !f.Many:
		got, want := "none", "none"
		if to, ok := v.One(n, f); ok {
			got = string(p.s.ID(to.Node)) + p.claim(to.Claim)
		}
		if to := l.one(of, f); to != nil {
			want = string(to.node) + id(to.claim)
		}
		equal(t, what, got, want)
	default:
		for _, series := range []bool{false, true} {
			equal(t, what, p.list(l, slices.Collect(v.Relation(n, f, series).All())), p.wanted(l, nil, l.edges(of, f, series, false)))
		}
	}
}

func (p pair) claim(n uint32) string {
	if n == snapshot.None {
		return "none"
	}
	return p.s.ClaimID(n).String()
}

func id(f *fact) string {
	if f == nil {
		return "none"
	}
	return f.id.String()
}

// list renders edges in the model's order by id, since they come in none.
func (p pair) list(l *lens, es []snapshot.Edge) []string {
	back := make([]edge, len(es))
	for i, e := range es {
		back[i] = edge{node: p.s.ID(e.Node)}
		if e.Claim != snapshot.None {
			back[i].claim = p.m.byID[p.s.ClaimID(e.Claim)]
		}
	}
	return p.wanted(l, nil, back)
}

func (p pair) wanted(l *lens, order []filter.Key, es []edge) []string {
	out := []string{}
	for _, e := range l.sorted(order, es) {
		out = append(out, string(e.node)+" "+id(e.claim))
	}
	return out
}

func equal[T any](t *rapid.T, what string, got, want T) {
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Fatalf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// learned compares what each stretch of the log recorded and withdrew.
func (p pair) learned(t *rapid.T) {
	since := graph.Seq(rapid.IntRange(0, len(p.m.commits)).Draw(t, "since"))
	last := graph.Seq(rapid.IntRange(int(since), len(p.m.commits)).Draw(t, "last"))
	var got, want []string
	p.s.Learned(since, last, func(n uint32, seq graph.Seq, withdrawn bool) bool {
		sign := "+"
		if withdrawn {
			sign = "-"
		}
		got = append(got, fmt.Sprint(sign, seq, " ", p.s.ClaimID(n)))
		return true
	})
	for _, f := range p.m.claims {
		if f.seq > since && f.seq <= last {
			want = append(want, fmt.Sprint("+", f.seq, " ", f.id))
		}
	}
	for seq := since + 1; seq <= last; seq++ {
		for _, f := range p.m.claims {
			if f.ended == seq {
				want = append(want, fmt.Sprint("-", seq, " ", f.id))
			}
		}
	}
	equal(t, fmt.Sprintf("learned after %d to %d", since, last), got, want)
}

// TestAgainstModel compares every answer of snapshots with the plain list of
// claims: built at once, applied step by step, and read back from a file.
func TestAgainstModel(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		defer snapshot.Shorten(t)()
		commits := drawHistory(t, o)
		stepped := snapshot.Empty(o)
		var steps []*snapshot.Snapshot
		m := newModel(o)
		for i := range commits {
			next, err := stepped.Apply(&commits[i])
			if err != nil {
				t.Fatal(err)
			}
			stepped, steps = next, append(steps, next)
			m.add(commits[i])
		}
		bulk := replayed(t, snapshot.Empty(o), pointers(commits))
		equal(t, "digest", bulk.Digest(), stepped.Digest())
		same := []*snapshot.Snapshot{stepped, bulk}
		if rapid.IntRange(0, 4).Draw(t, "file") == 0 {
			var file bytes.Buffer
			if err := stepped.Encode(&file, graph.Identity{Store: "s", Epoch: 2}); err != nil {
				t.Fatal(err)
			}
			read, of, err := snapshot.Decode(&file, int64(file.Len()), o)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "store of the file", of, graph.Identity{Store: "s", Epoch: 2})
			equal(t, "digest of the file", read.Digest(), stepped.Digest())
			same = append(same, read)
		}
		view := drawView(t, len(commits))
		for _, s := range same {
			pair{s, m}.answers(t, view)
		}
		// Older snapshots stay as they were.
		if len(steps) > 1 {
			k := rapid.IntRange(0, len(steps)-1).Draw(t, "older")
			old := newModel(o)
			for _, c := range commits[:k+1] {
				old.add(c)
			}
			pair{steps[k], old}.answers(t, view)
		}
	})
}
