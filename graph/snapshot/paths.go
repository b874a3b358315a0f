package snapshot

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// paths implements access.Graph for a view.
type paths struct{ *View }

var _ access.Graph = paths{}

// ID implements access.Graph.
func (p paths) ID(node uint32) graph.ID { return p.s.ID(node) }

// Number implements access.Graph.
func (p paths) Number(id graph.ID) (uint32, bool) { return p.Meant(id) }

// TouchIDs implements access.Graph.
func (p paths) TouchIDs(ids iter.Seq[graph.ID]) {
	if p.interrupt != nil {
		p.interrupt.Touched += p.s.TouchIDs(ids)
	}
}

// Coded implements access.Graph. The index has only the codes of types whose own field is
// searchable, so it can answer only if the fields of all types are.
func (p paths) Coded(f *schema.Field, code string) (nodes []uint32, ok bool) {
	for _, of := range p.s.Ontology().Predicate(f.Name) {
		if !of.Search {
			return nil, false
		}
	}
	p.s.Keyed(f.Name, code, func(n uint32) { nodes = append(nodes, p.s.Rows.Ref(n).Subject) })
	return nodes, true
}

// leading calls fn with the adjacency lists of the entity to whose other ends may be the entities
// from which the relation leads to it.
func (p paths) leading(f *schema.Field, to uint32, fn func(memory.Run)) {
	switch {
	case f.Kind == schema.Inverse:
		fn(p.s.OutRun(to, memory.PredicateOf(f.InverseOf[0])))
	case f.Kind == schema.Relation:
		fn(p.s.InRun(to, memory.PredicateOf(f)))
		if f.Symmetric {
			fn(p.s.OutRun(to, memory.PredicateOf(f)))
		}
		if f.Mirror != nil {
			fn(p.s.OutRun(to, memory.PredicateOf(f.Mirror.Of)))
		}
	default:
		p.leading(f.Path.Then, to, func(list memory.Run) {
			for l := range list.FirstOfGroups(sameOther) {
				if l.Other != memory.None && !p.stop() {
					p.leading(f.Path.Through, l.Other, fn)
				}
			}
		})
	}
}

// Leading implements access.Graph.
func (p paths) Leading(f *schema.Field, to uint32) (n int) {
	p.leading(f, to, func(list memory.Run) { n += list.Groups(sameOther) })
	return n
}

// sameOther reports whether two links have the same entity at their other end.
func sameOther(a, b *memory.Link) bool { return a.Other == b.Other }

// WalkLeading implements access.Graph.
func (p paths) WalkLeading(f *schema.Field, to uint32, fn func(node uint32)) {
	p.leading(f, to, func(list memory.Run) {
		for l := range list.FirstOfGroups(sameOther) {
			if l.Other != memory.None && !p.stop() {
				fn(l.Other)
			}
		}
	})
}
