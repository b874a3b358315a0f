package graph

import "fmt"

// A change that syncs a source contains everything that the source states now (Change.Sync).

// unstated is a live claim of the source that the change does not state.
type unstated struct {
	id    ClaimID
	claim Claim
}

// compare finds the claims that the source no longer states, and the withdrawn claims that it states again.
func (c *checker) compare(ch *Change) {
	alone := *ch
	alone.Sync = ""
	stated := map[ClaimID]bool{}
	c.returns = map[ClaimID]bool{}
	for _, id := range ClaimIDs(c.o, c.st, &alone) {
		stated[id] = true
		if cl, live, ok := c.st.Claim(id); ok && !live && cl.Source == ch.Sync {
			c.returns[id] = true
		}
	}
	for i := range c.ops {
		if op := &c.ops[i]; op.Kind == Retract {
			delete(c.returns, op.Retract.Claim)
		}
	}
	c.st.StatedBy(ch.Sync, func(id ClaimID, cl *Claim) {
		if !stated[id] && cl.Subject != ch.Sync {
			c.unstated = append(c.unstated, unstated{id, *cl})
		}
	})
}

// answer identifies a question about one subject.
type answer struct {
	link
	question string
}

// sync withdraws the claims that the source no longer states.
func (c *checker) sync(ch *Change) {
	if ch.Sync == "" || len(c.problems) > 0 {
		return
	}
	at := Position{Path: "sync"}
	states := false
	for i := range c.ops {
		states = states || c.ops[i].Kind == Assert && c.ops[i].Claim.Source == ch.Sync && c.ops[i].Claim.Subject != ch.Sync
	}
	if !states {
		c.problem(at, BadInput, "nothing is stated by %s, so that a sync would withdraw all that it said; retract its claims if that is meant", Clip(string(ch.Sync)))
		return
	}
	// A claim supersedes another if each is the only one that answers the question.
	const several = -1
	news := map[answer]int{}
	for i := range c.res.Commit.Claims {
		if cl := &c.res.Commit.Claims[i]; cl.Source == ch.Sync {
			if a, ok := c.answers(cl); ok {
				if _, taken := news[a]; taken {
					i = several
				}
				news[a] = i
			}
		}
	}
	olds := map[answer]int{}
	for i := range c.unstated {
		if a, ok := c.answers(&c.unstated[i].claim); ok {
			olds[a]++
		}
	}
	for i := range c.unstated {
		u := &c.unstated[i]
		if _, gone := c.withdrawn[u.id]; gone {
			continue
		}
		c.withdrawn[u.id] = at
		a, ok := c.answers(&u.claim)
		if by, found := news[a]; ok && found && by != several && olds[a] == 1 {
			c.res.Commit.Claims[by].Supersedes = append(c.res.Commit.Claims[by].Supersedes, u.id)
			continue
		}
		c.res.Commit.Retractions = append(c.res.Commit.Retractions, Retraction{u.id, fmt.Sprintf("%s does not state it any more", ch.Sync)})
	}
}

// answers returns the question that the claim answers, or false if the ontology no longer has its field.
func (c *checker) answers(cl *Claim) (answer, bool) {
	t := c.typeOf(cl.Subject)
	if t == nil || t.Field(cl.Predicate) == nil {
		return answer{}, false
	}
	return answer{link{cl.Subject, cl.Predicate}, cl.Question(t.Field(cl.Predicate))}, true
}
