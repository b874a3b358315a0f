package graph

import (
	"fmt"
	"slices"
)

// An undo is expanded into retractions and reinstatements before the change is checked. A claim returns to the
// state that it had before the import touched it, unless someone else changed the claim since: other changes
// are kept.

// Undone says what an undo takes back: an import, or everything that a source states.
type Undone struct {
	Import Seq
	Source ID
	// Reason is recorded with the withdrawals; "" means a default text.
	Reason string
}

// Event is the point from which a claim held or was withdrawn.
type Event struct {
	Seq  Seq
	Live bool
}

// undoOf returns the undo operation of a change, or nil if it has none.
func undoOf(ch *Change) *Op {
	if i := slices.IndexFunc(ch.Ops, undoes); i >= 0 {
		return &ch.Ops[i]
	}
	return nil
}

func undoes(op Op) bool { return op.Kind == Undo }

// expand replaces undo and unmerge in a change by the retractions and reinstatements that they mean.
func (c *checker) expand(ch *Change) {
	takes := func(op Op) bool { return undoes(op) || op.Kind == Unmerge }
	if !slices.ContainsFunc(ch.Ops, takes) {
		return
	}
	c.ops = slices.DeleteFunc(slices.Clone(ch.Ops), takes)
	op, undos := undoOf(ch), 0
	for i := range ch.Ops {
		switch ch.Ops[i].Kind {
		case Unmerge:
			c.unmerge(&ch.Ops[i])
		case Undo:
			undos++
		}
	}
	switch {
	case undos == 0:
		return
	case undos > 1:
		c.problem(op.Position, BadInput, "the change undoes two things; use a change for each, so that each can be undone in turn")
		return
	}
	u := newUndoing(c, op, op.Undo.Reason)
	switch {
	case op.Undo.Import != 0 && op.Undo.Source == "":
		u.undoImport(op.Undo.Import)
	case op.Undo.Import == 0 && op.Undo.Source != "":
		u.undoSource(op.Undo.Source)
	default:
		c.problem(op.Position, BadInput, "an undo names an import or a source, one of the two")
		return
	}
	if len(u.ops) == 0 && len(c.parted) == 0 && len(c.problems) == 0 {
		c.notice(op.Position, Duplicate, "there is nothing left to undo: what it did was undone or changed since")
	}
	c.ops = append(c.ops, u.ops...)
}

// undoing collects what an undo retracts and reinstates.
type undoing struct {
	c      *checker
	op     *Op
	reason string
	ops    []Op
	// commits are the commits to undo, in order.
	commits []Seq
	// superseders has, for each commit that was read, the claims that it superseded, with the claims that
	// replaced them.
	superseders map[Seq]map[ClaimID]ClaimID
	// cancelled are the commits of undone imports and of the undos.
	cancelled map[Seq]bool
	// again are the entities that it merges again, which restates what it takes back of them.
	again map[ID]bool
}

func newUndoing(c *checker, op *Op, reason string) *undoing {
	return &undoing{c: c, op: op, reason: reason, superseders: map[Seq]map[ClaimID]ClaimID{}, again: map[ID]bool{}}
}

// its reports whether a commit is one of those to undo.
func (u *undoing) its(seq Seq) bool {
	_, ok := slices.BinarySearch(u.commits, seq)
	return ok
}

// cancel finds the commits that undos took back, and the commits of those undos; together they have no effect. An
// undo that is itself being undone is not among them.
func (u *undoing) cancel(target Seq) {
	u.cancelled = map[Seq]bool{}
	u.c.st.Undos(func(undo, undid Seq) {
		if undo != target && !u.cancelled[undo] {
			for _, seq := range append(u.c.st.Commits(undid), undo) {
				u.cancelled[seq] = true
			}
		}
	})
}

// history is that of a claim without what is cancelled and what merges of others did; live is whether the claim, or that
// which a merge put in its place, holds.
func (u *undoing) history(id ClaimID) (events []Event, live bool) {
	_, live, _ = u.c.st.Claim(u.c.now(id))
	return slices.DeleteFunc(slices.Clone(u.c.st.History(id)), func(e Event) bool {
		return u.cancelled[e.Seq] || !u.its(e.Seq) && u.merges(id, e)
	}), live
}

// merges reports whether a claim was withdrawn since an entity that it names was merged, or holds again since it is so no more.
func (u *undoing) merges(id ClaimID, e Event) (found bool) {
	if !u.c.merging {
		return false
	}
	cl, _, _ := u.c.st.Claim(id)
	u.c.st.Merges(e.Seq-1, e.Seq, func(m Merged, _ Seq) bool {
		found = cl.Names(m.From) && e.Live == (m.Into == "")
		return !found
	})
	return found
}

func (u *undoing) retract(id ClaimID) {
	u.ops = append(u.ops, Op{Kind: Retract, Retract: Retraction{u.c.now(id), u.reason}, Position: u.op.Position})
}

func (u *undoing) reinstate(id ClaimID) {
	u.ops = append(u.ops, Op{Kind: Reinstate, Reinstate: Reinstatement{id, u.reason}, Undo: Undone{Reason: u.reason}, Position: u.op.Position})
}

func (u *undoing) undoImport(first Seq) {
	u.commits = u.c.st.Commits(first)
	if len(u.commits) == 0 {
		u.c.problem(u.op.Position, UnknownID, "there is no import %d; 'caspian imports' lists them", first)
		return
	}
	if u.reason == "" {
		u.reason = fmt.Sprintf("import %d is undone", first)
	}
	u.cancel(first)
	for _, seq := range u.commits {
		u.c.st.Merges(seq-1, seq, func(m Merged, _ Seq) bool { u.part(m, seq); return true })
	}
	u.takeBack(func(ClaimID) bool { return true })
}

// takeBack gives the claims that the commits touched the state that they had before, unless others changed it since.
func (u *undoing) takeBack(wanted func(ClaimID) bool) {
	seen := map[ClaimID]bool{}
	var touched []ClaimID
	for _, seq := range u.commits {
		u.c.st.Learned(seq-1, seq, func(id ClaimID, _ Seq, _ bool) {
			if !seen[id] && wanted(id) {
				seen[id] = true
				touched = append(touched, id)
			}
		})
	}
	for _, id := range touched {
		events, live := u.history(id)
		if len(events) == 0 || !u.its(events[len(events)-1].Seq) {
			continue // someone else changed the claim since
		}
		last := events[len(events)-1]
		if live != last.Live {
			continue
		}
		before := Event{}
		for _, e := range events {
			if !u.its(e.Seq) {
				before = e
			}
		}
		switch {
		case last.Live && !before.Live:
			u.retract(id)
		case !last.Live && before.Live && !u.replaced(id, last.Seq) && !u.restatesAgain(id):
			u.reinstate(id)
		}
	}
}

// restatesAgain reports whether a claim restates one of an entity that is merged again.
func (u *undoing) restatesAgain(id ClaimID) bool {
	cl, _, _ := u.c.st.Claim(id)
	for from := range u.again {
		if u.c.supersedesOf(&cl, from) {
			return true
		}
	}
	return false
}

// replaced reports whether a claim that a commit withdrew has a replacement that remains after the undo,
// because someone superseded the import's claim by hand.
func (u *undoing) replaced(id ClaimID, seq Seq) bool {
	for {
		by, ok := u.superseder(id, seq)
		if !ok {
			return false
		}
		events, _ := u.history(by)
		if len(events) == 0 {
			return false
		}
		last := events[len(events)-1]
		if last.Live {
			return !u.its(last.Seq)
		}
		if !u.its(last.Seq) && u.merges(id, Event{Seq: seq}) {
			return true // what a merge restated and others withdrew does not hold by its other name either
		}
		id, seq = by, last.Seq
	}
}

// superseder returns the claim that superseded another in a commit.
func (u *undoing) superseder(id ClaimID, seq Seq) (by ClaimID, ok bool) {
	list, known := u.superseders[seq]
	if !known {
		list = map[ClaimID]ClaimID{}
		u.c.st.Learned(seq-1, seq, func(n ClaimID, _ Seq, withdrawn bool) {
			if withdrawn {
				return
			}
			c, _, _ := u.c.st.Claim(n)
			if len(c.Supersedes) == 0 || u.c.st.History(n)[0].Seq != seq {
				return
			}
			for _, old := range c.Supersedes {
				list[old] = n
			}
		})
		u.superseders[seq] = list
	}
	by, ok = list[id]
	return by, ok
}

// undoSource withdraws what a source states about other entities than itself, and reinstates the claims of
// other sources that these claims superseded.
func (u *undoing) undoSource(source ID) {
	if _, ok := u.c.st.TypeOf(source); !ok {
		u.c.problem(u.op.Position, UnknownID, "there is no source %s", Clip(string(source)))
		return
	}
	if u.reason == "" {
		u.reason = fmt.Sprintf("what %s states is undone", source)
	}
	source = u.c.resolve(source)
	seen := map[ClaimID]bool{}
	var reinstate func(c *Claim, by Seq)
	reinstate = func(c *Claim, by Seq) {
		for _, old := range c.Supersedes {
			events := u.c.st.History(old)
			last := events[len(events)-1]
			if seen[old] || last.Live || last.Seq != by {
				continue
			}
			seen[old] = true
			was, _, _ := u.c.st.Claim(old)
			if u.c.resolve(was.Source) == source {
				reinstate(&was, events[0].Seq)
			} else {
				u.reinstate(old)
			}
		}
	}
	u.c.st.StatedBy(source, func(id ClaimID, c *Claim) {
		if c.Subject != source {
			u.retract(id)
			reinstate(c, u.c.st.History(id)[0].Seq)
		}
	})
}
