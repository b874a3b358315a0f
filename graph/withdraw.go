package graph

import (
	"github.com/caspian-kg/caspian/graph/text"
)

// Check processes withdrawals and reinstatements last, because a change may withdraw what it states, and
// reinstate what it supersedes.

func (c *checker) retract(op *Op) {
	r := Retraction{Claim: c.meant(op.Retract.Claim), Reason: text.Clean(op.Retract.Reason)}
	c.text(op.Position, place{field: "reason"}, r.Reason, MaxText, false)
	c.retracted[r.Claim] = op.Position
	if c.withdraw(op.Position, r.Claim, true) {
		c.res.Commit.Retractions = append(c.res.Commit.Retractions, r)
	}
}

// withdraw records that a claim is retracted or superseded. It returns true if the claim exists and is not
// withdrawn.
func (c *checker) withdraw(at Position, id ClaimID, retract bool) bool {
	verb := "supersede"
	if retract {
		verb = "retract"
	}
	_, live, ok := c.st.Claim(id)
	_, here := c.stated[id]
	switch {
	case here && !ok:
		// The same change stated the claim before, as in a copy of a store: it is recorded and withdrawn at
		// once, so that a request by its id still finds it.
	case !ok:
		c.problem(at, UnknownID, "there is no claim %s to %s", id, verb)
		return false
	case !live && retract:
		c.res.Known++
		return false
	case !live:
		c.problem(at, BadInput, "the claim %s was withdrawn already and cannot be superseded", id)
		return false
	}
	if first, twice := c.withdrawn[id]; twice {
		if retract {
			c.res.Known++
		} else {
			c.problem(at, Duplicate, "the claim %s is withdrawn twice in this change (first at %s)", id, first)
		}
		return false
	}
	c.withdrawn[id] = at
	return true
}

// reinstate makes a claim hold again that was withdrawn before, or that the change supersedes. The claim must
// still fit the ontology and the graph, as a new claim must.
func (c *checker) reinstate(op *Op) {
	r := Reinstatement{Claim: c.meant(op.Reinstate.Claim), Reason: text.Clean(op.Reinstate.Reason)}
	c.text(op.Position, place{field: "reason"}, r.Reason, MaxText, false)
	cl, live, ok := c.claim(r.Claim)
	if to, changed := c.restated(&cl); ok && changed { // it was withdrawn before a merge
		id := to.ID()
		if _, _, known := c.st.Claim(id); !known {
			ids := c.res.IDs
			c.accept(op.Position, &formed{claim: to, field: c.fieldOf(&to), id: id})
			c.res.IDs = ids
			return
		}
		r.Claim = id
		cl, live, ok = c.st.Claim(id)
	}
	_, now := c.withdrawn[r.Claim]
	retracted, twice := c.retracted[r.Claim]
	switch {
	case !ok:
		c.problem(op.Position, UnknownID, "there is no claim %s to reinstate", r.Claim)
		return
	case twice:
		c.problem(op.Position, Duplicate, "the claim %s is retracted in the same change (at %s); leave out one of the two", r.Claim, retracted)
		return
	case live && !now, c.reinstated[r.Claim]:
		c.res.Known++
		return
	}
	// An undo brings back claims that held before, even if a later confidence cap would refuse them.
	if op.Undo == (Undone{}) && !now {
		c.capped(op.Position, &cl)
	}
	c.holdAgain(op.Position, r, &cl)
}

// claim returns a claim of the state, or one that the change states. live says whether it held before the withdrawals
// of the change.
func (c *checker) claim(id ClaimID) (cl Claim, live, ok bool) {
	cl, live, ok = c.st.Claim(id)
	if stated, here := c.stated[id]; here && !ok && stated.claim >= 0 {
		return c.res.Commit.Claims[stated.claim], true, true
	}
	return cl, live, ok
}

// holdAgain reinstates a claim if it fits the ontology and the graph.
func (c *checker) holdAgain(at Position, r Reinstatement, cl *Claim) {
	if why := Misfit(c.o, withDeclared{c.st, c}, cl); why != "" && !c.accepts {
		c.problem(at, WrongType, "the claim %s does not fit the ontology any more: %s", r.Claim, why)
		return
	}
	// A claim that the change itself supersedes has never stopped holding.
	_, now := c.withdrawn[r.Claim]
	if !now {
		c.bound(at, c.fieldOf(cl), cl)
	}
	c.reinstated[r.Claim] = true
	c.res.Commit.Reinstatements = append(c.res.Commit.Reinstatements, r)
}
