package graph

import (
	"fmt"
	"slices"
	"strings"
)

// Check considers the graph as it will be, without the claims that the change withdraws. Here it finds the
// circles that the change would close in that graph.

// link is one predicate of one entity.
type link struct {
	subject   ID
	predicate string
}

// edge is one transitive relation that the change states.
type edge struct {
	link
	to ID
}

// recordWithdrawals records the claims that the change withdraws, by retraction or supersession, and does not
// reinstate.
func (c *checker) recordWithdrawals() {
	for i := range c.ops {
		if op := &c.ops[i]; op.Kind == Reinstate {
			c.back[op.Reinstate.Claim] = true
		}
	}
	take := func(id ClaimID) {
		if c.leaving[id] || c.back[id] {
			return
		}
		c.leaving[id] = true
		if cl, live, ok := c.st.Claim(id); ok && live {
			l := link{cl.Subject, cl.Predicate}
			c.gone[l] = append(c.gone[l], cl.Value)
		}
	}
	for i := range c.unstated {
		take(c.unstated[i].id)
	}
	for i := range c.ops {
		switch op := &c.ops[i]; op.Kind {
		case Retract:
			take(op.Retract.Claim)
		case Assert:
			for _, old := range op.Claim.Supersedes {
				take(old)
			}
		}
	}
}

// values returns the values of the state's live claims that the change does not withdraw.
func (c *checker) values(l link) []Value {
	vs := c.st.Values(l.subject, l.predicate)
	gone := c.gone[l]
	if len(gone) == 0 {
		return vs
	}
	vs = slices.Clone(vs)
	for _, g := range gone {
		if i := slices.Index(vs, g); i >= 0 {
			vs = slices.Delete(vs, i, i+1)
		}
	}
	return vs
}

// capField is the field by which a source limits the confidence of its claims.
const capField = "confidenceCap"

// collectCaps collects the caps on confidence that the change states.
func (c *checker) collectCaps(op *Op) {
	cl := op.Claim
	if cl.Predicate != capField {
		return
	}
	cl.Subject = c.resolve(cl.Subject)
	v, err := ParseValue(FloatKind, cl.Value.String())
	if err != nil {
		return // assert says so
	}
	cl.Value = v
	cl.Normalise()
	id := cl.ID()
	if _, _, known := c.st.Claim(id); known || c.leaving[id] {
		return // the source's cap applies already, or no longer
	}
	c.recordCap(&cl)
}

func (c *checker) recordCap(cl *Claim) {
	if have, ok := c.caps[cl.Subject]; !ok || cl.Value.Float() < have {
		c.caps[cl.Subject] = cl.Value.Float()
	}
}

// collectCap collects the cap that the change reinstates.
func (c *checker) collectCap(op *Op) {
	if cl, _, ok := c.st.Claim(op.Reinstate.Claim); ok && cl.Predicate == capField {
		c.recordCap(&cl)
	}
}

// cap is the highest confidence that a claim of the source may have: the lowest
// of the caps that apply to it.
func (c *checker) cap(source ID) (most float64, ok bool) {
	most, ok = c.caps[source]
	for _, v := range c.values(link{source, capField}) {
		if !ok || v.Float() < most {
			most, ok = v.Float(), true
		}
	}
	return most, ok
}

// circles refuses transitive relations by which the change would close a circle. It visits each entity once,
// however many relations there are; if circles share an entity, it reports one of them.
func (c *checker) circles() {
	starts := make([]edge, 0, len(c.edges))
	for e := range c.edges {
		starts = append(starts, e)
	}
	slices.SortFunc(starts, func(a, b edge) int { return c.edges[a] - c.edges[b] })
	w := walk{c: c, seen: map[link]int{}, reported: map[link]bool{}}
	for _, e := range starts {
		w.from(e.link)
	}
}

// walk visits entities along transitive relations, depth first.
type walk struct {
	c        *checker
	seen     map[link]int // its position on the current path from 1, or done
	way      []step
	reported map[link]bool // the entities in circles that were already reported
}

const done = -1

type step struct {
	at   link
	next []ID
}

func (w *walk) from(start link) {
	w.enter(start)
	for len(w.way) > 0 {
		top := &w.way[len(w.way)-1]
		if len(top.next) == 0 {
			w.seen[top.at] = done
			w.way = w.way[:len(w.way)-1]
			continue
		}
		to := link{top.next[0], start.predicate}
		top.next = top.next[1:]
		if at := w.seen[to]; at > 0 {
			w.report(w.way[at-1:])
		} else {
			w.enter(to)
		}
	}
}

// enter visits an entity that was not visited before.
func (w *walk) enter(l link) {
	if w.seen[l] != 0 {
		return
	}
	next := slices.Clone(w.c.links[l])
	for _, v := range w.c.values(l) {
		next = append(next, v.Entity())
	}
	w.way = append(w.way, step{l, next})
	w.seen[l] = len(w.way)
}

// report reports a circle at the first operation that is part of it.
func (w *walk) report(circle []step) {
	first, at := -1, 0
	for i, s := range circle {
		if w.reported[s.at] {
			return
		}
		to := circle[(i+1)%len(circle)].at.subject
		if op, ok := w.c.edges[edge{s.at, to}]; ok && (first < 0 || op < first) {
			first, at = op, i
		}
	}
	if first < 0 {
		return // the circle was already in the state
	}
	var names []string
	for i := range circle {
		s := circle[(at+i)%len(circle)]
		w.reported[s.at] = true
		names = append(names, string(s.at.subject))
	}
	const most = 8
	if n := len(names); n > most {
		names = append(names[:most-1:most-1], fmt.Sprintf("%d more", n-most+1))
	}
	names = append(names, string(circle[at].at.subject))
	w.c.op = first
	w.c.problem(w.c.ops[first].Position, Cycle, "%s %s would run in a circle: %s", names[0], circle[at].at.predicate, strings.Join(names, " → "))
}
