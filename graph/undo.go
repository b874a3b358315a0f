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

// expand replaces the undo in a change by the retractions and reinstatements that it means.
func (c *checker) expand(ch *Change) {
	op := undoOf(ch)
	if op == nil {
		return
	}
	c.ops = slices.DeleteFunc(slices.Clone(ch.Ops), undoes)
	if len(ch.Ops)-len(c.ops) > 1 {
		c.problem(op.Position, BadInput, "the change undoes two things; use a change for each, so that each can be undone in turn")
		return
	}
	u := undoing{c: c, op: op, reason: op.Undo.Reason, superseders: map[Seq]map[ClaimID]ClaimID{}}
	switch {
	case op.Undo.Import != 0 && op.Undo.Source == "":
		u.undoImport(op.Undo.Import)
	case op.Undo.Import == 0 && op.Undo.Source != "":
		u.undoSource(op.Undo.Source)
	default:
		c.problem(op.Position, BadInput, "an undo names an import or a source, one of the two")
		return
	}
	if len(u.ops) == 0 && len(c.problems) == 0 {
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
	// superseders has, for each commit that was read, the claims that it superseded, with the claims that
	// replaced them.
	superseders map[Seq]map[ClaimID]ClaimID
	// cancelled are the commits of undone imports and of the undos.
	cancelled map[Seq]bool
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

// history returns the events of a claim without the cancelled ones. live says whether the claim holds when all
// events count.
func (u *undoing) history(id ClaimID) (events []Event, live bool) {
	all := u.c.st.History(id)
	events = slices.DeleteFunc(slices.Clone(all), func(e Event) bool { return u.cancelled[e.Seq] })
	return events, len(all) > 0 && all[len(all)-1].Live
}

func (u *undoing) retract(id ClaimID) {
	u.ops = append(u.ops, Op{Kind: Retract, Retract: Retraction{id, u.reason}, Position: u.op.Position})
}

func (u *undoing) reinstate(id ClaimID) {
	u.ops = append(u.ops, Op{Kind: Reinstate, Reinstate: Reinstatement{id, u.reason}, Undo: u.op.Undo, Position: u.op.Position})
}

func (u *undoing) undoImport(first Seq) {
	commits := u.c.st.Commits(first)
	if len(commits) == 0 {
		u.c.problem(u.op.Position, UnknownID, "there is no import %d; 'caspian imports' lists them", first)
		return
	}
	if u.reason == "" {
		u.reason = fmt.Sprintf("import %d is undone", first)
	}
	its := func(seq Seq) bool { _, ok := slices.BinarySearch(commits, seq); return ok }
	u.cancel(first)
	seen := map[ClaimID]bool{}
	var touched []ClaimID
	for _, seq := range commits {
		u.c.st.Learned(seq-1, seq, func(id ClaimID, _ Seq, _ bool) {
			if !seen[id] {
				seen[id] = true
				touched = append(touched, id)
			}
		})
	}
	for _, id := range touched {
		events, live := u.history(id)
		if len(events) == 0 || !its(events[len(events)-1].Seq) {
			continue // someone else changed the claim since
		}
		last := events[len(events)-1]
		if live != last.Live {
			continue
		}
		before := Event{}
		for _, e := range events {
			if !its(e.Seq) {
				before = e
			}
		}
		switch {
		case last.Live && !before.Live:
			u.retract(id)
		case !last.Live && before.Live && !u.replaced(id, last.Seq, its):
			u.reinstate(id)
		}
	}
}

// replaced reports whether a claim that a commit withdrew has a replacement that remains after the undo,
// because someone superseded the import's claim by hand.
func (u *undoing) replaced(id ClaimID, seq Seq, its func(Seq) bool) bool {
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
			return !its(last.Seq)
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
			if was.Source == source {
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
