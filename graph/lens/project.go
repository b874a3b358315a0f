package lens

import (
	"fmt"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// A projection is made commit by commit: each commit of the whole graph becomes one with the same number and time
// that has what is not hidden. So record times, resuming and bookmarks work as without a lens. Three rules make it
// the graph that would be if the hidden claims had never been stated:
//
//   - an entity is declared when the first claim that is not hidden names it;
//   - a claim that only a hidden claim superseded was never withdrawn;
//   - a commit of which nothing is left has no import, and an import is numbered by the first commit that is left.

// projection is a snapshot under a lens.
type projection struct {
	base, shown *snapshot.Snapshot
	merged      map[uint32]bool         // the hidden entities that rules do not name: merges say that they are the same
	first       map[graph.Seq]graph.Seq // by the first commit of an import: the first one of which something is left
}

// merged returns the sources that the rules name, and all that were ever merged with them.
func (l *Lens) merged(s *snapshot.Snapshot) map[uint32]bool {
	hidden := map[uint32]bool{}
	for _, id := range l.sources {
		if n, ok := s.Number(id); ok {
			hidden[n] = true
		}
	}
	for again := true; again; {
		again = false
		s.Merges(0, s.Seq(), func(m graph.Merged, _ graph.Seq) bool {
			from, _ := s.Number(m.From)
			into, ok := s.Number(m.Into)
			if ok && hidden[from] != hidden[into] {
				hidden[from], hidden[into], again = true, true, true
			}
			return true
		})
	}
	return hidden
}

// grow returns the projection of a later snapshot. It is nil if a merge hides what was shown, so that the
// projection must be built again.
func (p *projection) grow(l *Lens, to *snapshot.Snapshot) (*projection, error) {
	hidden := l.merged(to)
	for n := range hidden {
		if !p.merged[n] && int(n) < p.base.EntityCount() {
			return nil, nil
		}
	}
	next := &projection{base: to, merged: hidden, first: p.first}
	var err error
	next.shown, err = p.shown.Replay(func(g graph.Growth) error {
		for seq := p.base.Seq() + 1; seq <= to.Seq(); seq++ {
			c := &part{lens: l, whole: to, hidden: hidden, grown: g, declared: map[graph.ID]bool{},
				commit: graph.Commit{Seq: seq, At: to.RecordedAt(seq)}}
			c.read()
			c.nameImport(next.first)
			if err := g.Add(&c.commit); err != nil {
				return err
			}
		}
		return nil
	})
	return next, err
}

// part is what is left of one commit.
type part struct {
	lens     *Lens
	whole    *snapshot.Snapshot
	hidden   map[uint32]bool
	grown    graph.Growth // the projection up to the commit before
	declared map[graph.ID]bool
	commit   graph.Commit
	less     bool // a merge of the commit is hidden
}

// hides reports whether the rules hide a claim of the whole graph.
func (c *part) hides(n uint32) bool {
	s := c.whole
	if types := c.lens.fields[s.Predicate(n)]; types != nil && slices.Contains(types, s.TypeName(s.Subject(n))) {
		return true
	}
	if c.hidesEntity(s.Subject(n)) || c.hidesEntity(s.Source(n)) {
		return true
	}
	if x := s.Object(n); x != snapshot.None && c.hidesEntity(x) {
		return true
	}
	for _, x := range s.QualifierEntities(n) {
		if c.hidesEntity(x) {
			return true
		}
	}
	by := s.Details(n).AttributedTo
	if by == "" {
		return false
	}
	x, ok := s.Number(graph.ID(by))
	return ok && c.hidesEntity(x)
}

func (c *part) hidesEntity(entity uint32) bool {
	return c.hidden[entity] || len(c.lens.types) > 0 && c.lens.types[c.whole.TypeName(entity)]
}

// declare adds an entity to the commit unless the projection has it.
func (c *part) declare(entity uint32) {
	id := c.whole.ID(entity)
	if c.declared[id] {
		return
	}
	if _, ok := c.grown.TypeOf(id); !ok {
		c.declared[id] = true
		c.commit.Entities = append(c.commit.Entities, graph.Entity{ID: id, Type: c.whole.TypeName(entity)})
	}
}

// read fills the commit.
func (c *part) read() {
	s, seq := c.whole, c.commit.Seq
	var added []uint32
	gone := map[graph.ClaimID]uint32{}   // the visible claims that the commit withdraws
	hiding := map[graph.ClaimID]bool{}   // what hidden claims of the commit supersede
	replaced := map[graph.ClaimID]bool{} // what visible ones do
	s.Learned(seq-1, seq, func(n uint32, _ graph.Seq, withdrawn bool) bool {
		hides := c.hides(n)
		switch {
		case withdrawn && !hides:
			gone[s.ClaimID(n)] = n
		case withdrawn:
		case hides:
			if c.isNew(n) {
				for _, old := range s.Details(n).Supersedes {
					hiding[old] = true
				}
			}
		default:
			added = append(added, n)
		}
		return true
	})
	for _, n := range added {
		if c.isNew(n) {
			c.state(n, gone, replaced)
		}
	}
	s.Learned(seq-1, seq, func(n uint32, _ graph.Seq, withdrawn bool) bool { // in the order of the log
		id := s.ClaimID(n)
		if _, ok := gone[id]; withdrawn && ok && !replaced[id] && !hiding[id] && c.isLive(id) {
			c.commit.Retractions = append(c.commit.Retractions, graph.Retraction{Claim: id, Reason: s.Reason(n)})
			replaced[id] = true
		}
		return true
	})
	for _, n := range added {
		if id := s.ClaimID(n); !c.isNew(n) && (!c.isLive(id) || replaced[id]) {
			c.commit.Reinstatements = append(c.commit.Reinstatements, graph.Reinstatement{Claim: id, Reason: s.Reason(n)})
		}
	}
	c.merge()
}

// state adds a claim that the commit states, with those that it supersedes and that are not hidden.
func (c *part) state(n uint32, gone map[graph.ClaimID]uint32, replaced map[graph.ClaimID]bool) {
	s := c.whole
	c.declare(s.Subject(n))
	c.declare(s.Source(n))
	if x := s.Object(n); x != snapshot.None {
		c.declare(x)
	}
	for _, x := range s.QualifierEntities(n) {
		c.declare(x)
	}
	claim := s.ClaimAt(n)
	var old []graph.ClaimID
	for _, id := range claim.Supersedes {
		if _, ok := gone[id]; ok && c.isLive(id) && !replaced[id] {
			replaced[id] = true
			old = append(old, id)
		}
	}
	claim.Supersedes = old
	c.commit.Claims = append(c.commit.Claims, claim)
}

// isNew reports whether the row of a claim is the one that stated it, and not one that reinstates it.
func (c *part) isNew(n uint32) bool {
	_, before := c.whole.ClaimNumberAt(c.whole.ClaimID(n), c.commit.Seq-1)
	return !before
}

// isLive reports whether the projection has the claim, not withdrawn, or the commit states it.
func (c *part) isLive(id graph.ClaimID) bool {
	_, live, ok := c.grown.Claim(id)
	return live || !ok
}

// merge adds the merges of entities that the projection has.
func (c *part) merge() {
	has := func(id graph.ID) bool {
		_, ok := c.grown.TypeOf(id)
		return ok || c.declared[id]
	}
	c.whole.Merges(c.commit.Seq-1, c.commit.Seq, func(m graph.Merged, _ graph.Seq) bool {
		_, merged := c.grown.Into(m.From)
		if has(m.From) && (m.Into == "" && merged || m.Into != "" && !merged && has(m.Into)) {
			c.commit.Merges = append(c.commit.Merges, m)
		} else {
			c.less = true
		}
		return true
	})
}

// nameImport sets the import of the commit.
func (c *part) nameImport(first map[graph.Seq]graph.Seq) {
	im := c.whole.ImportAt(c.commit.Seq)
	if im == nil || c.commit.Empty() {
		return
	}
	whole := im.First
	if at, ok := first[whole]; ok {
		c.commit.Import = &graph.Import{First: at}
		return
	}
	first[whole] = c.commit.Seq
	of := *im
	if begin := c.whole.ImportAt(whole); begin != nil {
		of = *begin
	}
	of.First, of.Undid = c.commit.Seq, first[of.Undid]
	visible := func(id graph.ID) graph.ID {
		if n, ok := c.whole.Number(id); ok && c.hidesEntity(n) {
			return ""
		}
		return id
	}
	of.Sync, of.UndidSource = visible(of.Sync), visible(of.UndidSource)
	if c.less {
		of.Label = fmt.Sprintf("a change of %d", c.commit.Seq) // the label names merged entities
	}
	c.commit.Import = &of
}
