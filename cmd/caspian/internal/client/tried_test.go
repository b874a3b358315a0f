package client

import (
	"slices"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// TestTried: what a dry run sends again of earlier changes refers to nothing that is not sent.
func TestTried(t *testing.T) {
	claim := func(value string, old ...graph.ClaimID) graph.Op {
		return graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: "aktau", Predicate: "name", Value: graph.StringValue(value), Source: "ports", Supersedes: old}}
	}
	a := claim("A")
	b := claim("B", a.Claim.ID())
	c := claim("C", b.Claim.ID())
	city := graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: "aktau", Type: "City"}}
	var earlier tried
	for i, ops := range [][]graph.Op{{city, a}, {b}, {c}, {claim("D", c.Claim.ID())}} {
		again := earlier.needed(ops)
		if i > 0 && (len(again) != 2 || again[0].Entity.ID != "aktau" || len(withdrawn(&again[1])) > 0) {
			t.Errorf("with change %d, %v is sent again", i, again)
		}
		var ids []graph.ClaimID
		for _, op := range ops {
			if op.Kind == graph.Assert {
				ids = append(ids, op.Claim.ID())
			}
		}
		earlier.add(ops, ids)
		earlier.withdraw(ops, nil)
		if last := ops[len(ops)-1]; i > 0 && !slices.Equal(last.Claim.Supersedes, []graph.ClaimID{[]graph.Op{a, b, c}[i-1].Claim.ID()}) {
			t.Errorf("change %d itself lost what it replaces", i)
		}
	}
}

// TestTriedAgain: a claim is sent again until a change that withdraws it was accepted, and stated again where a later one
// reinstates it.
func TestTriedAgain(t *testing.T) {
	a := graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: "aktau", Predicate: "name", Value: graph.StringValue("A"), Source: "ports"}}
	id := a.Claim.ID()
	retract := []graph.Op{{Kind: graph.Retract, Retract: graph.Retraction{Claim: id}}}
	reinstate := []graph.Op{{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Claim: id}}}
	var earlier tried
	earlier.add([]graph.Op{a}, []graph.ClaimID{id})
	for range 2 { // the first attempt was refused
		if again := earlier.needed(append(retract[:1:1], retract...)); len(again) != 1 {
			t.Fatalf("%v is sent again", again)
		}
	}
	earlier.withdraw(retract, nil)
	left, back := earlier.reinstated(reinstate)
	if len(left) != 0 || len(back) != 1 {
		t.Fatalf("%v is left, and %v stated again", left, back)
	}
	earlier.withdraw(left, back)
	if again := earlier.needed(retract); len(again) != 1 {
		t.Errorf("withdrawn again, %v is sent again", again)
	}
}
