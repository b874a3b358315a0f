package memory

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
)

// Prefetching adds up what it reads, so that the compiler does not drop the reads.

// TouchName prefetches the first letters of the name and of the id of an entity.
func (s *Graph) TouchName(entity uint32) (x uint) {
	if n := s.Named.Ref(entity); n != nil && n.Name != "" {
		x += uint(n.Name[0])
	}
	if id := s.IDs.At(entity); id != "" {
		x += uint(id[0])
	}
	return x
}

// TouchIDs prefetches what Number reads.
func (s *Graph) TouchIDs(ids iter.Seq[graph.ID]) (x uint) {
	for id := range ids {
		x += s.entityNumbers.Touch(hashText(string(id)))
	}
	for id := range ids {
		if n, ok := s.entityNumbers.Find(hashText(string(id)), func(uint32) bool { return true }); ok {
			x += uint(len(s.IDs.At(n)))
		}
	}
	return x
}

// touched is how many claims of an entity are prefetched.
const touched = 24

// TouchClaims prefetches the claims that state values of entities with few claims: first the lists, then the
// rows of the claims. It leaves out claims of relations, whose rows are elsewhere in memory. Prefetching texts
// too was not faster.
func (s *Graph) TouchClaims(entities iter.Seq[uint32]) (x uint) {
	for n := range entities {
		if links := s.Out.Ref(n).Short(); len(links) > 0 {
			x += uint(links[0].Claim) + uint(links[len(links)-1].Claim) + uint(links[len(links)/2].Claim)
		}
	}
	for n := range entities {
		links := s.Out.Ref(n).Short()
		for i := range links[:min(len(links), touched)] {
			if links[i].Other == None {
				x += uint(s.Rows.Ref(links[i].Claim).Value)
			}
		}
	}
	return x
}
