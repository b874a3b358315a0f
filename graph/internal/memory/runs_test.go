package memory

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
	for _, s := range []*Graph{s, loaded} {
		long := 0
		for e := range uint32(s.EntityCount()) {
			if s.Out.Ref(e).Len() >= 64 {
				long++
			}
			for _, l := range flat(s.Out.Ref(e)) {
				r := s.Rows.Ref(l.Claim)
				if want := (Link{l.Claim, s.Object(l.Claim), l.Valid, r.Qualifiers, r.Predicate, r.Rank, r.NumQualifiers}); l != want || l.Period() != r.Valid || r.Subject != e {
					t.Fatalf("out of %s: %v instead of %v", s.ID(e), l, want)
				}
			}
			for _, l := range flat(s.In.Ref(e)) {
				r := s.Rows.Ref(l.Claim)
				if want := (Link{l.Claim, r.Subject, l.Valid, r.Qualifiers, r.Predicate, r.Rank, r.NumQualifiers}); l != want || l.Period() != r.Valid || s.Object(l.Claim) != e {
					t.Fatalf("in of %s: %v instead of %v", s.ID(e), l, want)
				}
			}
			for p := range uint16(len(s.Predicates.List)) {
				of := func(list []Link) (part []Link) {
					for _, l := range list {
						if s.Rows.Ref(l.Claim).Predicate == p {
							part = append(part, l)
						}
					}
					return part
				}
				if got, want := slices.Collect(s.OutRun(e, p).All()), of(flat(s.Out.Ref(e))); !slices.Equal(got, want) {
					t.Fatalf("%s, %s: %v instead of %v", s.ID(e), s.Predicates.List[p], got, want)
				}
				if got, want := slices.Collect(s.InRun(e, p).All()), of(flat(s.In.Ref(e))); !slices.Equal(got, want) {
					t.Fatalf("%s, inverse of %s: %v instead of %v", s.ID(e), s.Predicates.List[p], got, want)
				}
			}
		}
		if long < 50 {
			t.Errorf("only %d long lists", long)
		}
	}
}

// flat is an adjacency as one slice.
func flat(a *Adjacency) []Link { return slices.Concat(slices.Collect(a.Parts())...) }
