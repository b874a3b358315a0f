// Package column has what a snapshot is held in: arrays that grow and tables that
// change while older states of them stay as they were, indexes by hash, and their
// sections in a file.
//
// It must not know what is held.
package column

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/internal/layers"
)

// Column is an append-only array in chunks of one size. A copy of the header
// is an older state: appending through the newest copy never changes what an
// older one can see, so snapshots share their columns. One writer appends.
type Column[T any] struct {
	chunks []*[chunkSize]T
	n      int
}

const (
	chunkBits = 12
	chunkSize = 1 << chunkBits
	chunkMask = chunkSize - 1
)

// Len is how many elements there are.
func (c *Column[T]) Len() int { return c.n }

// At is the element with the number.
func (c *Column[T]) At(i uint32) T { return c.chunks[i>>chunkBits][i&chunkMask] }

// Ref is the element where it is stored; it must not be changed.
func (c *Column[T]) Ref(i uint32) *T { return &c.chunks[i>>chunkBits][i&chunkMask] }

// Append adds an element and returns its number.
func (c *Column[T]) Append(v T) uint32 {
	if c.n == len(c.chunks)<<chunkBits {
		c.chunks = append(c.chunks, new([chunkSize]T))
	}
	i := uint32(c.n)
	c.chunks[i>>chunkBits][i&chunkMask] = v
	c.n++
	return i
}

// Table is an array whose elements may change: an older state keeps what it
// had, since a change copies the chunk. Chunks that this writer copied since
// the last publication are its own. A nil chunk has zero elements only, so that
// a table of which little is set is small and soon read.
type Table[T any] struct {
	chunks []*[tableSize]T
	n      int
}

const (
	tableBits = 8
	tableSize = 1 << tableBits
	tableMask = tableSize - 1
)

// Len is how many elements there are.
func (t *Table[T]) Len() int { return t.n }

// At is the element with the number, zero where none was set.
func (t *Table[T]) At(i uint32) T {
	if int(i) >= t.n {
		var zero T
		return zero
	}
	c := t.chunks[i>>tableBits]
	if c == nil {
		var zero T
		return zero
	}
	return c[i&tableMask]
}

// Ref returns a pointer to the element, or nil if no element of its chunk was set.
// The caller must not change it.
func (t *Table[T]) Ref(i uint32) *T {
	if int(i) >= t.n || t.chunks[i>>tableBits] == nil {
		return nil
	}
	return &t.chunks[i>>tableBits][i&tableMask]
}

// Edit is the set of chunks that the running change has copied already.
type Edit[T any] struct {
	t     *Table[T]
	owned map[uint32]bool // nil: every chunk is the writer's own
}

// Begin starts a change on a copy of the table.
func (t Table[T]) Begin() *Edit[T] {
	c := Table[T]{chunks: append([]*[tableSize]T(nil), t.chunks...), n: t.n}
	return &Edit[T]{t: &c, owned: map[uint32]bool{}}
}

// Set changes one element, growing the table as needed.
func (e *Edit[T]) Set(i uint32, v T) {
	e.Grow(int(i) + 1)
	k := i >> tableBits
	switch c := e.t.chunks[k]; {
	case c == nil:
		e.t.chunks[k] = new([tableSize]T)
	case e.owned != nil && !e.owned[k]:
		copied := *c
		e.t.chunks[k] = &copied
	}
	if e.owned != nil {
		e.owned[k] = true
	}
	e.t.chunks[k][i&tableMask] = v
}

// Grow makes the table at least n long.
func (e *Edit[T]) Grow(n int) {
	for n > len(e.t.chunks)<<tableBits {
		e.t.chunks = append(e.t.chunks, nil)
	}
	e.t.n = max(e.t.n, n)
}

// Index finds numbered things by a hash of what they are. It is a stack of layers as
// layers.Index is; each is an open-addressed table and not sorted, since a hash is
// found in one step, and by no other order.
type Index struct{ layers []layer }

type layer struct {
	slots []uint32 // number + 1; 0 is empty
	n     int
}

// Len is how many numbers there are.
func (l layer) Len() int { return l.n }

// Find returns the number for which same answers true.
func (x *Index) Find(hash uint64, same func(uint32) bool) (uint32, bool) {
	for l := len(x.layers) - 1; l >= 0; l-- {
		slots := x.layers[l].slots
		mask := uint64(len(slots) - 1)
		for i := hash & mask; slots[i] != 0; i = (i + 1) & mask {
			if same(slots[i] - 1) {
				return slots[i] - 1, true
			}
		}
	}
	return 0, false
}

// With returns the Index with more numbers; hash gives the hash of a number.
func (x Index) With(numbers []uint32, hash func(uint32) uint64) Index {
	if len(numbers) == 0 {
		return x
	}
	stay, total := layers.Stay(x.layers, len(numbers))
	size := 8
	for size < total*3/2 {
		size *= 2
	}
	l := layer{slots: make([]uint32, size), n: total}
	mask := uint64(size - 1)
	put := func(n uint32) {
		i := hash(n) & mask
		for l.slots[i] != 0 {
			i = (i + 1) & mask
		}
		l.slots[i] = n + 1
	}
	for _, n := range numbers {
		put(n)
	}
	for i := len(x.layers) - 1; i >= stay; i-- {
		for _, s := range x.layers[i].slots {
			if s != 0 {
				put(s - 1)
			}
		}
	}
	return Index{append(slices.Clip(x.layers[:stay]), l)}
}

// WithRange is With for the numbers from one up to another, without that.
func (x Index) WithRange(from, to int, hash func(uint32) uint64) Index {
	numbers := make([]uint32, 0, to-from)
	for i := from; i < to; i++ {
		numbers = append(numbers, uint32(i))
	}
	return x.With(numbers, hash)
}

// Numbers are all numbers of the index.
func (x *Index) Numbers() []uint32 {
	var all []uint32
	for _, l := range x.layers {
		for _, n := range l.slots {
			if n != 0 {
				all = append(all, n-1)
			}
		}
	}
	return all
}

// NewEdit starts an empty table.
func NewEdit[T any]() *Edit[T] { return &Edit[T]{t: &Table[T]{}} }

// At is the element with the number as it is now.
func (e *Edit[T]) At(i uint32) T { return e.t.At(i) }

// Table is the table as it is now.
func (e *Edit[T]) Table() Table[T] { return *e.t }
