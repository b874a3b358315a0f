package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// clone copies the state, to be changed.
func (s *naiveState) clone() *naiveState {
	d := newState()
	d.seq, d.types = s.seq, maps.Clone(s.types)
	for _, c := range s.claims {
		n := *c
		d.claims = append(d.claims, &n)
		d.byID[n.ID()] = &n
	}
	return d
}

// admit is Check, slow and obvious: it makes the change on a copy, step by
// step, and looks at the whole in the end.
func admit(st *naiveState, ch *graph.Change) error {
	s := st.clone()
	for _, op := range ch.Ops {
		if op.Kind == graph.Declare {
			if have, ok := s.types[op.Entity.ID]; ok && have != op.Entity.Type {
				return fmt.Errorf("%s has two types", op.Entity.ID)
			}
			s.types[op.Entity.ID] = op.Entity.Type
		}
	}
	var added []*naiveClaim
	for _, op := range ch.Ops {
		if op.Kind != graph.Assert {
			continue
		}
		c := op.Claim
		for _, id := range []graph.ID{c.Subject, c.Source, c.Value.Entity()} {
			if _, ok := s.types[id]; !ok && id != "" {
				return fmt.Errorf("%s is not declared", id)
			}
		}
		if c.Value.Entity() == c.Subject {
			return fmt.Errorf("%s leads to itself", c.Subject)
		}
		c.Normalise()
		id := c.ID()
		_, known := s.byID[id]
		if !known {
			n := &naiveClaim{c, true}
			s.claims, s.byID[id], added = append(s.claims, n), n, append(added, n)
		}
		for _, old := range c.Supersedes {
			target := s.byID[old]
			switch {
			case known && target != nil && target.live && !slices.Contains(s.byID[id].Supersedes, old):
				return fmt.Errorf("%s is known and supersedes", id)
			case known:
			case target == nil || !target.live || old == id:
				return fmt.Errorf("%s cannot be superseded", old)
			default:
				target.live = false
			}
		}
	}
	again, err := s.withdraw(ch)
	if err != nil {
		return err
	}
	for _, c := range append(added, again...) {
		for _, most := range s.Values(c.Source, "confidenceCap") {
			if c.live && c.Confidence > most.Float() {
				return fmt.Errorf("%s is above the cap", c.ID())
			}
		}
	}
	return s.sound()
}

// withdraw makes the retractions of a change and then its reinstatements. It returns the claims
// that hold again, which must fit the graph as new ones must.
func (s *naiveState) withdraw(ch *graph.Change) (again []*naiveClaim, err error) {
	retracted := map[graph.ClaimID]bool{}
	for _, op := range ch.Ops {
		if op.Kind == graph.Retract {
			target := s.byID[op.Retract.Claim]
			if target == nil {
				return nil, fmt.Errorf("%s cannot be retracted", op.Retract.Claim)
			}
			target.live, retracted[op.Retract.Claim] = false, true
		}
	}
	for _, op := range ch.Ops {
		if op.Kind == graph.Reinstate {
			target := s.byID[op.Reinstate.Claim]
			if target == nil || retracted[op.Reinstate.Claim] {
				return nil, fmt.Errorf("%s cannot be reinstated", op.Reinstate.Claim)
			}
			if !target.live {
				again = append(again, target)
			}
			target.live = true
		}
	}
	return again, nil
}

// drawChange draws a change over few entities, so that it meets the state.
func drawChange(t *rapid.T, st *naiveState) *graph.Change {
	types := map[graph.ID]string{"s1": "Source", "s2": "Source", "KAZ": "Country", "UZB": "Country", "a": "Topic", "b": "Topic", "c": "Topic", "d": "Topic"}
	all := slices.Sorted(maps.Keys(types))
	ch := &graph.Change{}
	add := func(op graph.Op) {
		op.Position = graph.Position{Path: fmt.Sprintf("operations[%d]", len(ch.Ops))}
		ch.Ops = append(ch.Ops, op)
	}
	if len(st.types) < len(all) && rapid.IntRange(0, 9).Draw(t, "declare all") > 0 {
		for _, id := range all {
			add(graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: types[id]}})
		}
	}
	var here []graph.ClaimID
	someClaim := func() graph.ClaimID {
		pool := append([]graph.ClaimID{{1}}, here...)
		for _, c := range st.claims {
			pool = append(pool, c.ID())
		}
		return pool[len(pool)-1-rapid.IntRange(0, min(len(pool)-1, 12)).Draw(t, "claim")]
	}
	for range rapid.IntRange(1, 6).Draw(t, "operations") {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			id := rapid.SampledFrom(all).Draw(t, "declared")
			add(graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: types[id]}})
		case 1:
			add(graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: someClaim()}})
		case 2:
			add(graph.Op{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Claim: someClaim()}})
		default:
			c := drawClaim(t)
			if rapid.IntRange(0, 4).Draw(t, "supersedes") == 0 {
				c.Supersedes = append(c.Supersedes, someClaim())
			}
			add(graph.Op{Kind: graph.Assert, Claim: c})
			c.Normalise()
			here = append(here, c.ID())
		}
	}
	return ch
}

func drawClaim(t *rapid.T) graph.Claim {
	country := rapid.SampledFrom([]graph.ID{"KAZ", "UZB"})
	topic := rapid.SampledFrom([]graph.ID{"a", "b", "c", "d"})
	c := graph.Claim{
		Source:     rapid.SampledFrom([]graph.ID{"s1", "s2"}).Draw(t, "source"),
		Locator:    rapid.SampledFrom([]string{"", "", "p2"}).Draw(t, "locator"),
		Confidence: rapid.SampledFrom([]float64{0.3, 0.5, 0.5, 0.9}).Draw(t, "confidence"),
	}
	switch rapid.IntRange(0, 5).Draw(t, "predicate") {
	case 0:
		c.Subject, c.Predicate, c.Value = topic.Draw(t, "topic"), "broader", graph.EntityValue(topic.Draw(t, "broader"))
	case 1:
		c.Subject, c.Predicate, c.Value = topic.Draw(t, "topic"), "broader", graph.EntityValue(topic.Draw(t, "broader"))
	case 2:
		c.Subject, c.Predicate, c.Value = country.Draw(t, "country"), "iso2", graph.StringValue(rapid.SampledFrom([]string{"KZ", "UZ"}).Draw(t, "code"))
	case 3:
		c.Subject, c.Predicate, c.Value = country.Draw(t, "country"), "population", graph.IntValue(rapid.Int64Range(1, 3).Draw(t, "people"))
		c.Valid = graph.Interval{From: graph.DayDate(2025, 1, 1), To: graph.DayDate(2025, 1, 1)}
	case 4:
		c.Subject, c.Predicate, c.Value = country.Draw(t, "country"), "borders", graph.EntityValue(country.Draw(t, "neighbour"))
		c.Qualifiers = []graph.QualifierValue{{Name: "lengthKm", Value: graph.FloatValue(rapid.Float64Range(1, 3).Draw(t, "km"))}}
	default:
		c.Subject, c.Predicate = c.Source, "confidenceCap"
		c.Value = graph.FloatValue(rapid.SampledFrom([]float64{0.4, 0.6, 0.95}).Draw(t, "cap"))
	}
	return c
}

// TestCheckModel: Check accepts what the naive reading accepts and nothing
// else; what it accepts leaves a sound state; the same change again is empty.
func TestCheckModel(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		st := newState()
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			ch := drawChange(t, st)
			want := admit(st, ch)
			res, problems := graph.Check(o, st, ch)
			if (want == nil) != (problems == nil) {
				t.Fatalf("the naive reading says %v, Check says %v", want, problems)
			}
			if !slices.IsSortedFunc(problems, func(a, b graph.Problem) int {
				return slices.IndexFunc(ch.Ops, func(op graph.Op) bool { return op.Position == a.Position }) -
					slices.IndexFunc(ch.Ops, func(op graph.Op) bool { return op.Position == b.Position })
			}) {
				t.Fatalf("the problems are not in the order of the operations: %v", problems)
			}
			if problems != nil {
				continue
			}
			if n := len(res.Commit.Entities) + len(res.Commit.Claims) + len(res.Commit.Retractions) + len(res.Commit.Reinstatements) + res.Known; n != len(ch.Ops) {
				t.Fatalf("%d operations are accounted for of %d", n, len(ch.Ops))
			}
			if err := st.apply(&res.Commit); err != nil {
				t.Fatal(err)
			}
			again, problems := graph.Check(o, st, ch)
			if problems != nil || !again.Commit.Empty() || again.Known != len(ch.Ops) {
				t.Fatalf("the same change again: %v, %+v", problems, again)
			}
			if !slices.Equal(again.IDs, res.IDs) {
				t.Fatalf("the same change gives other ids")
			}
		}
	})
}
