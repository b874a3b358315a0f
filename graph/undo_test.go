package graph_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// step is a change of a random history, and what it made: nil where it was refused or had no effect.
type step struct {
	change   *graph.Change
	imported bool
	commit   *graph.Commit
}

// make makes the change of a step.
func (s *step) make(t *rapid.T, o *schema.Ontology, st *naiveState, first graph.Seq) graph.Seq {
	if s.change.Import = nil; s.imported {
		s.change.Import = &graph.Import{First: first}
	}
	res, problems := graph.Check(o, st, s.change)
	if s.commit = nil; problems != nil || res.Commit.Empty() {
		return first
	}
	if s.commit = &res.Commit; s.imported && first == 0 {
		first = st.seq + 1
	}
	if err := st.apply(&res.Commit); err != nil {
		t.Fatal(err)
	}
	return first
}

// held are the live claims of a state.
func held(st *naiveState) (ids []string) {
	for _, c := range st.claims {
		if c.live {
			ids = append(ids, c.ID().String())
		}
	}
	slices.Sort(ids)
	return ids
}

// without makes the steps that are not imported in another state. It reports whether each did there what it did here: none
// depended on the import.
func without(t *rapid.T, o *schema.Ontology, steps []step) (*naiveState, bool) {
	st, independent := newState(), true
	for _, s := range steps {
		if s.imported {
			if ch := (&graph.Change{Ops: slices.DeleteFunc(slices.Clone(s.change.Ops), func(op graph.Op) bool { return op.Kind != graph.Declare })}); s.commit != nil {
				other := step{change: ch} // entities stay
				other.make(t, o, st, 0)
			}
			continue
		}
		other := step{change: s.change}
		other.make(t, o, st, 0)
		independent = independent && reflect.DeepEqual(effect(s.commit), effect(other.commit))
	}
	return st, independent
}

// effect is what a commit did to claims.
func effect(c *graph.Commit) (ids []string) {
	if c == nil {
		return nil
	}
	for i := range c.Claims {
		ids = append(ids, "+"+c.Claims[i].ID().String())
	}
	for _, r := range c.Retractions {
		ids = append(ids, "-"+r.Claim.String())
	}
	for _, r := range c.Reinstatements {
		ids = append(ids, "="+r.Claim.String())
	}
	return ids
}

// TestUndo: an import undone leaves the graph that there is without it, unless something later depended on it; what
// later changes did to claims stays in any case. To undo again changes nothing, and an undo undone leaves
// what there was before it.
func TestUndo(t *testing.T) {
	o := schema.MustDefault()
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		st := newState()
		first := graph.Seq(0)
		var steps []step
		for range rapid.IntRange(2, 8).Draw(t, "changes") {
			s := step{change: drawChange(t, st), imported: rapid.IntRange(0, 2).Draw(t, "imported") == 0}
			if rapid.IntRange(0, 5).Draw(t, "merges") == 0 {
				s = step{change: drawMerge(t)}
			}
			first = s.make(t, o, st, first)
			steps = append(steps, s)
		}
		if first == 0 {
			return
		}
		before := held(st)
		undo := step{change: &graph.Change{Ops: []graph.Op{{Kind: graph.Undo, Undo: graph.Undone{Import: first}}}}}
		other, independent := without(t, o, steps)
		undo.make(t, o, st, 0)
		undone := st.seq
		if undo.commit == nil {
			if independent && !slices.Equal(held(st), held(other)) {
				t.Fatalf("the undo was refused, or changed nothing")
			}
			return
		}
		if independent {
			compared++
			if got, want := held(st), held(other); !slices.Equal(got, want) {
				t.Fatalf("undone, the graph has %v; without the import %v", got, want)
			}
		}
		after := held(st)
		checkStays(t, st, first, undo.commit)
		again := step{change: undo.change}
		if again.make(t, o, st, 0); again.commit != nil {
			t.Fatalf("undone again: %+v", again.commit)
		}
		back := step{change: &graph.Change{Ops: []graph.Op{{Kind: graph.Undo, Undo: graph.Undone{Import: undone}}}}}
		back.make(t, o, st, 0)
		if got := held(st); !slices.Equal(got, before) {
			t.Fatalf("the undo undone, the graph has %v, and had %v", got, before)
		}
		if again.make(t, o, st, 0); !slices.Equal(held(st), after) {
			t.Fatalf("undone once more, the graph has %v, and had %v\n%s", held(st), after, dump(st))
		}
	})
	if compared == 0 {
		t.Error("no history had an import on which nothing depended")
	}
}

// checkStays checks that an undo leaves alone what others than the import changed last.
func checkStays(t *rapid.T, st *naiveState, first graph.Seq, undo *graph.Commit) {
	its := st.Commits(first)
	check := func(id graph.ClaimID) {
		events := slices.DeleteFunc(st.History(id), func(e graph.Event) bool { return len(st.log[e.Seq-1].Merges) > 0 })
		if len(events) < 2 {
			return // a merge restated it
		}
		if last := events[len(events)-2]; !slices.Contains(its, last.Seq) {
			t.Fatalf("the undo changed %s, which commit %d had changed since", id, last.Seq)
		}
	}
	for _, r := range undo.Retractions {
		check(r.Claim)
	}
	for _, r := range undo.Reinstatements {
		check(r.Claim)
	}
}

// TestUndoCases: what is documented of undos beyond the simple case.
func TestUndoCases(t *testing.T) {
	o := schema.MustDefault()
	people := func(n int64, source graph.ID, supersedes ...graph.Claim) graph.Op {
		c := graph.Claim{Subject: "KAZ", Predicate: "population", Value: graph.IntValue(n), Valid: wholeYear(2020), Source: source, Confidence: 1}
		for i := range supersedes {
			c.Supersedes = append(c.Supersedes, supersedes[i].ID())
		}
		return graph.Op{Kind: graph.Assert, Claim: c}
	}
	retract := func(op graph.Op) graph.Op {
		return graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: op.Claim.ID()}}
	}
	undo := func(n graph.Seq, source graph.ID) graph.Op {
		return graph.Op{Kind: graph.Undo, Undo: graph.Undone{Import: n, Source: source}}
	}
	base := []graph.Op{people(1, "list")}
	for _, id := range []graph.ID{"list", "other"} {
		base = append(base, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: "Source"}})
	}
	base = append(base, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: "KAZ", Type: "Country"}})
	one, two := people(1, "list"), people(2, "other", people(1, "list").Claim)
	im := &graph.Import{Label: "edition"}
	for name, x := range map[string]struct {
		changes []graph.Change
		want    []graph.Op // that hold in the end
		fault   string     // of the last change
	}{
		"superseded": {changes: []graph.Change{{Ops: []graph.Op{two}, Import: im}, {Ops: []graph.Op{undo(2, "")}}}, want: []graph.Op{one}},
		"corrected by hand": {changes: []graph.Change{{Ops: []graph.Op{two}, Import: im}, {Ops: []graph.Op{people(3, "list", two.Claim)}}, {Ops: []graph.Op{undo(2, "")}}},
			want: []graph.Op{people(3, "list")}},
		"correction withdrawn": {changes: []graph.Change{{Ops: []graph.Op{two}, Import: im}, {Ops: []graph.Op{people(3, "list", two.Claim)}}, {Ops: []graph.Op{retract(people(3, "list"))}}, {Ops: []graph.Op{undo(2, "")}}},
			want: []graph.Op{one}},
		"withdrawn by hand": {changes: []graph.Change{{Ops: []graph.Op{two}, Import: im}, {Ops: []graph.Op{retract(two)}}, {Ops: []graph.Op{undo(2, "")}}}, want: []graph.Op{one}},
		"sync":              {changes: []graph.Change{{Ops: []graph.Op{people(4, "list")}, Sync: "list", Import: im}, {Ops: []graph.Op{undo(2, "")}}}, want: []graph.Op{one}},
		"in two commits": {changes: []graph.Change{{Ops: []graph.Op{people(4, "list")}, Import: im}, {Ops: []graph.Op{people(5, "list")}, Import: &graph.Import{First: 2}}, {Ops: []graph.Op{undo(2, "")}}},
			want: []graph.Op{one}},
		"of a source":         {changes: []graph.Change{{Ops: []graph.Op{two}}, {Ops: []graph.Op{people(3, "other", two.Claim)}}, {Ops: []graph.Op{undo(0, "other")}}}, want: []graph.Op{one}},
		"of a source, undone": {changes: []graph.Change{{Ops: []graph.Op{two}}, {Ops: []graph.Op{undo(0, "other")}}, {Ops: []graph.Op{undo(3, "")}}}, want: []graph.Op{two}},
		"unknown":             {changes: []graph.Change{{Ops: []graph.Op{undo(7, "")}}}, want: []graph.Op{one}, fault: "there is no import 7; 'caspian imports' lists them"},
		"no import":           {changes: []graph.Change{{Ops: []graph.Op{undo(1, "")}}}, want: []graph.Op{one}, fault: "there is no import 1; 'caspian imports' lists them"},
		"unknown source":      {changes: []graph.Change{{Ops: []graph.Op{undo(0, "nowhere")}}}, want: []graph.Op{one}, fault: "there is no source nowhere"},
		"of nothing":          {changes: []graph.Change{{Ops: []graph.Op{undo(0, "")}}}, want: []graph.Op{one}, fault: "an undo names an import or a source, one of the two"},
		"two":                 {changes: []graph.Change{{Ops: []graph.Op{undo(1, ""), undo(2, "")}}}, want: []graph.Op{one}, fault: "the change undoes two things; use a change for each, so that each can be undone in turn"},
		"part of another": {changes: []graph.Change{{Ops: []graph.Op{two}, Import: im}, {Ops: []graph.Op{undo(2, "")}, Import: &graph.Import{First: 2}}}, want: []graph.Op{two},
			fault: "import: an undo is a separate import; leave out the import 2 to go on with"},
		"no import to go on": {changes: []graph.Change{{Ops: []graph.Op{two}, Import: &graph.Import{First: 9}}}, want: []graph.Op{one}, fault: "import: there is no import 9 to go on with; leave it out to begin one"},
	} {
		t.Run(name, func(t *testing.T) {
			st := newState()
			commit(t, o, st, &graph.Change{Ops: base})
			fault := ""
			for i := range x.changes {
				res, problems := graph.Check(o, st, &x.changes[i])
				if fault = ""; problems != nil {
					fault = problems.Error()
				} else if err := st.apply(&res.Commit); err != nil {
					t.Fatal(err)
				}
			}
			var want []string
			for _, op := range x.want {
				want = append(want, op.Claim.ID().String())
			}
			if slices.Sort(want); fault != x.fault || !slices.Equal(held(st), want) {
				t.Errorf("the fault is %q, %v hold; want %q, %v", fault, held(st), x.fault, want)
			}
		})
	}
}
