package memory

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
)

// InOrder returns the entities of a set in the order of their ids.
func (s *Graph) InOrder(set map[uint32]bool) []uint32 {
	nodes := slices.Collect(maps.Keys(set))
	s.SortByID(nodes)
	return nodes
}

// SortByID sorts entities by their ids.
func (s *Graph) SortByID(nodes []uint32) {
	type keyed struct {
		lead uint64 // the first bytes of the id
		node uint32
	}
	list := make([]keyed, len(nodes))
	for i, n := range nodes {
		var lead [8]byte
		copy(lead[:], s.IDs.At(n))
		list[i] = keyed{binary.BigEndian.Uint64(lead[:]), n}
	}
	slices.SortFunc(list, func(a, b keyed) int {
		if a.lead != b.lead {
			return cmp.Compare(a.lead, b.lead)
		}
		return strings.Compare(s.IDs.At(a.node), s.IDs.At(b.node))
	})
	for i := range list {
		nodes[i] = list[i].node
	}
}
