package memory

import (
	"fmt"
	"slices"
	"sort"

	"github.com/caspian-kg/caspian/graph"
)

// merged is a merge of an entity into another, or the end of one.
type merged struct {
	entity, into uint32 // into: None where the entity stands for itself again
	seq          uint32
	before       uint32 // the number of the entity's merge before this one, counted from 1; 0 for none
}

// merge takes a merge, or the end of one.
func (b *change) merge(m graph.Merged, seq graph.Seq) error {
	n := merged{into: None, seq: uint32(seq)}
	var ok bool
	if n.entity, ok = b.number(m.From); !ok {
		return fmt.Errorf("snapshot: the log merges %s, which is not declared", m.From)
	}
	if m.Into != "" {
		if n.into, ok = b.number(m.Into); !ok {
			return fmt.Errorf("snapshot: the log merges %s into %s, which is not declared", m.From, m.Into)
		}
	}
	s := b.s
	now := s.into(n.entity, seq)
	if (now == None) == (n.into == None) {
		return fmt.Errorf("snapshot: the log merges %s into %q, and it is merged already, or not merged", m.From, m.Into)
	}
	if now != None {
		s.sum.Unmerge(graph.Merged{From: m.From, Into: s.ID(now)})
	} else {
		s.sum.Merge(m)
	}
	s.noteMerge(n)
	return nil
}

func (s *Graph) noteMerge(n merged) {
	n.before = s.mergedAt.At(n.entity)
	e := s.mergedAt.Begin()
	e.Set(n.entity, s.merges.Append(n)+1)
	s.mergedAt = e.Table()
}

// into is what an entity was merged into at a sequence number; None if it stood for itself.
func (s *Graph) into(entity uint32, at graph.Seq) uint32 {
	for i := s.mergedAt.At(entity); i != 0; {
		m := s.merges.Ref(i - 1)
		if graph.Seq(m.seq) <= at {
			return m.into
		}
		i = m.before
	}
	return None
}

// Meant is the number of the entity that an id meant at a sequence number: its own, or that of the
// entity into which it was merged.
func (s *Graph) Meant(id graph.ID, at graph.Seq) (uint32, bool) {
	n, ok := s.Number(id)
	for ok {
		into := s.into(n, at)
		if into == None {
			break
		}
		n = into
	}
	return n, ok
}

// Into is what an entity is merged into, and whether it is.
func (s *Graph) Into(id graph.ID) (graph.ID, bool) { return s.intoNow(s.Number(id)) }

func (s *Graph) intoNow(entity uint32, known bool) (graph.ID, bool) {
	if known {
		if into := s.into(entity, s.seq); into != None {
			return s.ID(into), true
		}
	}
	return "", false
}

// HasMerges reports whether any entity was ever merged.
func (s *Graph) HasMerges() bool { return s.merges.Len() > 0 }

// Merges calls fn with the merges, and the ends of merges, of the commits after one and up to another,
// in order, until fn returns false.
func (s *Graph) Merges(since, last graph.Seq, fn func(m graph.Merged, seq graph.Seq) bool) {
	from := sort.Search(s.merges.Len(), func(i int) bool { return graph.Seq(s.merges.Ref(uint32(i)).seq) > since })
	for i := uint32(from); int(i) < s.merges.Len(); i++ {
		m := s.merges.Ref(i)
		if graph.Seq(m.seq) > last || !fn(s.mergedOf(m), graph.Seq(m.seq)) {
			return
		}
	}
}

func (s *Graph) mergedOf(m *merged) graph.Merged {
	of := graph.Merged{From: s.ID(m.entity)}
	if m.into != None {
		of.Into = s.ID(m.into)
	}
	return of
}

// Merged calls fn with each entity that is merged, in the order of the merges.
func (s *Graph) Merged(fn func(graph.Merged) error) error {
	for i := range uint32(s.merges.Len()) {
		if m := s.merges.Ref(i); m.into != None && s.mergedAt.At(m.entity) == i+1 {
			if err := fn(s.mergedOf(m)); err != nil {
				return err
			}
		}
	}
	return nil
}

// names reports whether a claim names the entity.
func (s *Graph) names(n, entity uint32) bool {
	if s.Subject(n) == entity || s.Object(n) == entity || s.Source(n) == entity {
		return true
	}
	for _, e := range s.QualifierEntities(n) {
		if e == entity {
			return true
		}
	}
	return false
}

func (s state) Naming(id graph.ID, fn func(graph.ClaimID, *graph.Claim)) {
	entity, ok := s.Number(id)
	if !ok {
		return
	}
	list := slices.Collect(s.Cited.At(entity).All())
	for _, links := range []*Adjacency{s.Out.Ref(entity), s.In.Ref(entity)} {
		for part := range links.Parts() {
			for _, l := range part {
				list = append(list, l.Claim)
			}
		}
	}
	slices.Sort(list)
	for _, n := range slices.Compact(list) {
		if s.Live(n) && s.names(n, entity) {
			s.pass(n, fn)
		}
	}
}

func (g growing) Naming(id graph.ID, fn func(graph.ClaimID, *graph.Claim)) {
	entity, ok := g.b.number(id)
	for n := uint32(0); ok && int(n) < g.b.s.Rows.Len(); n++ {
		if g.live(n) && g.b.s.names(n, entity) {
			g.b.s.pass(n, fn)
		}
	}
}

func (g growing) Into(id graph.ID) (graph.ID, bool) { return g.b.s.intoNow(g.b.number(id)) }

func (g growing) Merges(since, last graph.Seq, fn func(graph.Merged, graph.Seq) bool) {
	g.b.s.Merges(since, last, fn)
}

// mergeList are the merges as the file has them.
func (s *Graph) mergeList() [][3]uint32 {
	list := make([][3]uint32, s.merges.Len())
	for i := range list {
		m := s.merges.Ref(uint32(i))
		list[i] = [3]uint32{m.entity, m.into, m.seq}
	}
	return list
}

// readMerges takes the merges of a file; it reports whether they are sound.
func (s *Graph) readMerges(list [][3]uint32) bool {
	for _, m := range list {
		if int(m[0]) >= s.IDs.Len() || m[1] != None && int(m[1]) >= s.IDs.Len() || graph.Seq(m[2]) > s.seq {
			return false
		}
		s.noteMerge(merged{entity: m[0], into: m[1], seq: m[2]})
	}
	return true
}
