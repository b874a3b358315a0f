// Package hashes has a table of numbered nodes by 20-byte hashes. The table takes 28 bytes for each node,
// without pointers, and about a third more for empty slots.
//
// The package must not know what the nodes are.
package hashes

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// Table has nodes by their hashes. Its zero value is empty. It is divided by the first byte of the hash, so that it
// grows in small steps.
type Table struct {
	parts [256]struct {
		slots []Node // sorted by hash, except where a slot was taken
		n     int
	}
}

// Node is a node with its hash, its number, which is not 0, and the number of its uses.
type Node struct {
	Hash [20]byte
	ID   uint32
	Uses uint32
}

// spareSlots is the number of slots after the last slot to which a hash can lead.
const spareSlots = 64

// Find returns the node with a hash, or nil if there is none. The pointer is valid until the next Add. The
// caller may change the number of uses.
func (t *Table) Find(hash *[20]byte) *Node {
	slots := t.parts[hash[0]].slots
	for i := firstSlot(hash, len(slots)); i < len(slots); i++ {
		if slots[i].ID == 0 {
			return nil
		}
		if slots[i].Hash == *hash {
			return &slots[i]
		}
	}
	return nil
}

func firstSlot(hash *[20]byte, slots int) int {
	if slots <= spareSlots {
		return 0
	}
	i, _ := bits.Mul64(binary.BigEndian.Uint64(hash[1:]), uint64(slots-spareSlots))
	return int(i)
}

// Add adds a node whose hash the table does not have.
func (t *Table) Add(node Node) {
	p := &t.parts[node.Hash[0]]
	for {
		// Of six slots, five may be used before the table grows.
		if (p.n+1)*6 <= (len(p.slots)-spareSlots)*5 && place(p.slots, node) {
			p.n++
			return
		}
		p.slots = grown(p.slots)
	}
}

func place(slots []Node, node Node) bool {
	for i := firstSlot(&node.Hash, len(slots)); i < len(slots); i++ {
		if slots[i].ID == 0 {
			slots[i] = node
			return true
		}
	}
	return false
}

// grown returns the slots with half as many more.
func grown(slots []Node) []Node {
	for size := max(spareSlots+12, len(slots)); ; {
		size += size / 2
		next := make([]Node, size)
		fits := true
		for i := range slots {
			fits = fits && (slots[i].ID == 0 || place(next, slots[i]))
		}
		if fits {
			return next
		}
	}
}

// Each calls fn with all nodes in the order of their hashes, and empties the table.
func (t *Table) Each(fn func(*Node) error) error {
	for p := range t.parts {
		slots := slices.DeleteFunc(t.parts[p].slots, func(s Node) bool { return s.ID == 0 })
		// The nodes are nearly sorted: each has to pass only a few others.
		for i := range slots {
			node := slots[i]
			for ; i > 0 && bytes.Compare(slots[i-1].Hash[:], node.Hash[:]) > 0; i-- {
				slots[i] = slots[i-1]
			}
			slots[i] = node
		}
		for i := range slots {
			if err := fn(&slots[i]); err != nil {
				return err
			}
		}
		t.parts[p].slots, t.parts[p].n = nil, 0
	}
	return nil
}
