package snapshot

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/bench"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// TestRuns compares the part of each adjacency list that belongs to a
// predicate with what reading the whole list finds, in lists short and long,
// grown in steps, and read back from a file.
func TestRuns(t *testing.T) {
	o := schema.MustDefault()
	s := Empty(o)
	err := bench.Synthetic(40_000, 5000, func(ch *graph.Change) error {
		res, problems := graph.Check(o, s.State(), ch)
		if problems != nil {
			return problems
		}
		c := &res.Commit
		c.Seq, c.At = s.Seq()+1, time.Unix(int64(s.Seq()), 0)
		next, err := s.Apply(c)
		s = next
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := s.Encode(&file, graph.Identity{}); err != nil {
		t.Fatal(err)
	}
	loaded, _, err := Decode(&file, int64(file.Len()), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Snapshot{s, loaded} {
		long := 0
		for e := range uint32(s.EntityCount()) {
			if s.out.Ref(e).Len() >= 64 {
				long++
			}
			for _, l := range flat(s.out.Ref(e)) {
				r := s.rows.Ref(l.claim)
				if want := (link{l.claim, s.Object(l.claim), r.valid, r.qualifiers, r.predicate, r.rank, r.nqual}); l != want || r.subject != e {
					t.Fatalf("out of %s: %v instead of %v", s.ID(e), l, want)
				}
			}
			for _, l := range flat(s.in.Ref(e)) {
				r := s.rows.Ref(l.claim)
				if want := (link{l.claim, r.subject, r.valid, r.qualifiers, r.predicate, r.rank, r.nqual}); l != want || s.Object(l.claim) != e {
					t.Fatalf("in of %s: %v instead of %v", s.ID(e), l, want)
				}
			}
			for p := range uint16(len(s.predicates.List)) {
				of := func(list []link) (part []link) {
					for _, l := range list {
						if s.rows.Ref(l.claim).predicate == p {
							part = append(part, l)
						}
					}
					return part
				}
				if got, want := slices.Collect(s.outRun(e, p).All()), of(flat(s.out.Ref(e))); !slices.Equal(got, want) {
					t.Fatalf("%s, %s: %v instead of %v", s.ID(e), s.predicates.List[p], got, want)
				}
				if got, want := slices.Collect(s.inRun(e, p).All()), of(flat(s.in.Ref(e))); !slices.Equal(got, want) {
					t.Fatalf("%s, inverse of %s: %v instead of %v", s.ID(e), s.predicates.List[p], got, want)
				}
			}
		}
		if long < 50 {
			t.Errorf("only %d long lists", long)
		}
	}
}

// flat is an adjacency as one slice.
func flat(a *adjacency) []link { return slices.Concat(slices.Collect(a.Parts())...) }
