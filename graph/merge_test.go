package graph_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

func mergeOf(from, into graph.ID) *graph.Change {
	return &graph.Change{Ops: []graph.Op{{Kind: graph.Merge, Merge: graph.Merged{From: from, Into: into}}}}
}

func unmergeOf(from graph.ID) *graph.Change {
	return &graph.Change{Ops: []graph.Op{{Kind: graph.Unmerge, Merge: graph.Merged{From: from}}}}
}

// drawMerge draws a merge of two entities, or the end of one.
func drawMerge(t *rapid.T) *graph.Change {
	pairs := [][2]graph.ID{{"KAZ", "UZB"}, {"a", "b"}, {"b", "c"}, {"c", "a"}, {"d", "b"}, {"s1", "s2"}}
	p := rapid.SampledFrom(pairs).Draw(t, "pair")
	if rapid.Bool().Draw(t, "unmerge") {
		return unmergeOf(p[0])
	}
	return mergeOf(p[0], p[1])
}

// substituted are the ids of the live claims with one entity in the place of another: without relations of an entity with
// itself, and without claims that were withdrawn of the other.
func substituted(st *naiveState, from, into graph.ID) (ids []string) {
	value := func(v graph.Value) graph.Value {
		if v.Kind() == graph.EntityKind && v.Entity() == from {
			return graph.EntityValue(into)
		}
		return v
	}
	for _, c := range st.claims {
		if !c.live {
			continue
		}
		d := c.Claim
		if d.Subject == from {
			d.Subject = into
		}
		if d.Source == from {
			d.Source = into
		}
		d.Value = value(d.Value)
		d.Qualifiers = slices.Clone(d.Qualifiers)
		for i := range d.Qualifiers {
			d.Qualifiers[i].Value = value(d.Qualifiers[i].Value)
		}
		self := d.Value.Kind() == graph.EntityKind && d.Value.Entity() == d.Subject && c.Value.Entity() != c.Subject
		was := st.byID[d.ID()]
		if !self && (was == nil || was.live || slices.Contains(was.Supersedes, c.ID())) {
			ids = append(ids, d.ID().String())
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// TestMerge: a merge leaves what held, with one entity in the place of the other; files read before change nothing after it;
// taken back at once, it has changed nothing; taken back and made again, it leaves the same.
func TestMerge(t *testing.T) {
	o := schema.MustDefault()
	merged := 0
	rapid.Check(t, func(t *rapid.T) {
		st := newState()
		var steps []step
		for range rapid.IntRange(2, 7).Draw(t, "changes") {
			s := step{change: drawChange(t, st)}
			if rapid.IntRange(0, 4).Draw(t, "merges") == 0 {
				s.change = drawMerge(t)
			}
			s.make(t, o, st, 0)
			steps = append(steps, s)
		}
		p := rapid.SampledFrom([][2]graph.ID{{"KAZ", "UZB"}, {"a", "b"}, {"c", "b"}, {"s1", "s2"}}).Draw(t, "pair")
		before, want := held(st), []string(nil)
		if st.into[p[1]] == "" {
			want = substituted(st, p[0], p[1])
		}
		m := step{change: mergeOf(p[0], p[1])}
		if m.make(t, o, st, 0); m.commit == nil || want == nil {
			return
		}
		merged++
		after := held(st)
		if !slices.Equal(after, want) {
			t.Fatalf("merged, %v hold; want %v", after, want)
		}
		parted := slices.ContainsFunc(st.log, func(c graph.Commit) bool {
			return slices.ContainsFunc(c.Merges, func(m graph.Merged) bool { return m.Into == "" })
		})
		for i := range steps {
			if steps[i].commit == nil || parted {
				continue // what was stated while entities were merged is a new claim of the other one now
			}
			again := step{change: &graph.Change{Ops: slices.DeleteFunc(slices.Clone(steps[i].change.Ops), func(op graph.Op) bool {
				return op.Kind != graph.Declare && op.Kind != graph.Assert
			})}}
			if again.make(t, o, st, 0); again.commit != nil {
				t.Fatalf("change %d again made %+v\n%s", i, again.commit.Claims, dump(st))
			}
		}
		for range 2 {
			u := step{change: unmergeOf(p[0])}
			u.make(t, o, st, 0)
			if got := held(st); !slices.Equal(got, before) {
				t.Fatalf("unmerged, %v hold, and held %v\n%s", got, before, dump(st))
			}
			back := step{change: &graph.Change{Ops: []graph.Op{{Kind: graph.Undo, Undo: graph.Undone{Import: st.seq}}}}}
			if rapid.Bool().Draw(t, "merge again") {
				back.change = m.change
			}
			back.make(t, o, st, 0)
			if got := held(st); !slices.Equal(got, after) || st.into[p[0]] != p[1] {
				t.Fatalf("merged again, %v hold, and held %v\n%s", got, after, dump(st))
			}
		}
	})
	if merged == 0 {
		t.Error("no history merged anything")
	}
}

// TestUndoThroughMerges: an import made before a merge is undone as if there were no merge, before or after that is taken back.
func TestUndoThroughMerges(t *testing.T) {
	o := schema.MustDefault()
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		st, plain := newState(), newState()
		base, im := drawChange(t, st), drawChange(t, st)
		for _, s := range []*naiveState{st, plain} {
			x := step{change: base}
			x.make(t, o, s, 0)
			x = step{change: im, imported: true}
			if x.make(t, o, s, 0); x.commit == nil {
				return
			}
		}
		first := st.seq
		undo := func(s *naiveState) bool {
			x := step{change: &graph.Change{Ops: []graph.Op{{Kind: graph.Undo, Undo: graph.Undone{Import: first}}}}}
			x.make(t, o, s, 0)
			return x.commit != nil
		}
		p := rapid.SampledFrom([][2]graph.ID{{"KAZ", "UZB"}, {"a", "b"}, {"s1", "s2"}}).Draw(t, "pair")
		// Where both say the same, which of them the import stated is lost.
		if m := (step{change: mergeOf(p[0], p[1])}); true {
			if m.make(t, o, st, 0); m.commit == nil || len(m.commit.Retractions) > 0 {
				return
			}
		}
		if !undo(plain) || !undo(st) {
			return
		}
		compared++
		if got, want := held(st), substituted(plain, p[0], p[1]); !slices.Equal(got, want) {
			t.Fatalf("undone through the merge, %v hold; want %v\n%s", got, want, dump(st))
		}
		u := step{change: unmergeOf(p[0])}
		if u.make(t, o, st, 0); !slices.Equal(held(st), held(plain)) {
			t.Fatalf("undone and unmerged, %v hold; want %v", held(st), held(plain))
		}
	})
	if compared == 0 {
		t.Error("no import was undone through a merge")
	}
}

// TestMergeCases: what a merge refuses, and what it says.
func TestMergeCases(t *testing.T) {
	o := schema.MustDefault()
	declare := func(id graph.ID, typ string) graph.Op {
		return graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: typ}}
	}
	name := func(id graph.ID, text string) graph.Op {
		return graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: id, Predicate: "name", Value: graph.StringValue(text), Source: "s", Confidence: 1}}
	}
	base := &graph.Change{Ops: []graph.Op{declare("s", "Source"), declare("x", "City"), declare("y", "City"), declare("z", "City"), declare("KAZ", "Country"),
		name("x", "Verny"), name("y", "Almaty"), name("z", "Alma-Ata")}}
	for about, x := range map[string]struct {
		changes []*graph.Change
		want    string // the faults or notices of the last
	}{
		"conflict":     {[]*graph.Change{mergeOf("x", "y")}, `x and y differ in name (Verny, and Almaty); conflicts shows which of it cannot both be so`},
		"itself":       {[]*graph.Change{mergeOf("x", "x")}, "x cannot be merged with itself"},
		"back":         {[]*graph.Change{mergeOf("x", "y"), mergeOf("y", "x")}, "y cannot be merged with itself"},
		"types":        {[]*graph.Change{mergeOf("x", "KAZ")}, "x is a City and KAZ a Country; only entities of one type can be merged"},
		"unknown":      {[]*graph.Change{mergeOf("x", "w")}, `there is no entity "w" to merge`},
		"twice":        {[]*graph.Change{mergeOf("x", "y"), mergeOf("x", "z")}, "x is merged into y; unmerge it first, or merge y"},
		"again":        {[]*graph.Change{mergeOf("x", "y"), mergeOf("x", "y")}, ""},
		"chain":        {[]*graph.Change{mergeOf("x", "y"), mergeOf("y", "z"), unmergeOf("x")}, "y, into which x is merged, is merged into z; take that back first"},
		"no such":      {[]*graph.Change{unmergeOf("w")}, `there is no entity "w" to unmerge`},
		"not merged":   {[]*graph.Change{unmergeOf("x")}, ""},
		"chain undone": {[]*graph.Change{mergeOf("x", "y"), mergeOf("y", "z"), unmergeOf("y"), unmergeOf("x")}, ""},
	} {
		t.Run(about, func(t *testing.T) {
			st := newState()
			commit(t, o, st, base)
			got := ""
			for _, ch := range x.changes {
				res, problems := graph.Check(o, st, ch)
				if problems != nil {
					got = problems.Error()
					continue
				}
				var notices []string
				for _, n := range res.Notices {
					notices = append(notices, n.Message)
				}
				got = strings.Join(notices, "; ")
				if !res.Commit.Empty() {
					if err := st.apply(&res.Commit); err != nil {
						t.Fatal(err)
					}
				}
			}
			if got != x.want {
				t.Errorf("got %q, want %q", got, x.want)
			}
		})
	}
}
