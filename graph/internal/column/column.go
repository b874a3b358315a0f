// Package column has the data structures of a snapshot: arrays that grow, tables and lists that change, and
// hash indexes. Changing one leaves its older states valid. The package also reads and writes them as sections
// of a file.
//
// The package must not know what its elements mean.
package column

import "slices"

// Column is an append-only array in chunks of equal size. A copy of the header is an older state: appending to
// the newest copy never changes what older copies contain, so snapshots share the chunks. Only one goroutine
// may append.
type Column[T any] struct {
	chunks []*[chunkSize]T
	n      int
	forked bool // the last chunk is that of another column, which may append to it
}

const (
	chunkBits = 12
	chunkSize = 1 << chunkBits
	chunkMask = chunkSize - 1
)

// Len returns the number of elements.
func (c *Column[T]) Len() int { return c.n }

// At returns element i.
func (c *Column[T]) At(i uint32) T { return c.chunks[i>>chunkBits][i&chunkMask] }

// Ref returns a pointer to element i, which the caller must not change.
func (c *Column[T]) Ref(i uint32) *T { return &c.chunks[i>>chunkBits][i&chunkMask] }

// Append adds an element and returns its number.
func (c *Column[T]) Append(v T) uint32 {
	if c.n == len(c.chunks)<<chunkBits || c.forked {
		c.grow()
	}
	i := uint32(c.n)
	c.chunks[i>>chunkBits][i&chunkMask] = v
	c.n++
	return i
}

// Fork returns a column with the same elements, to which another goroutine may append. It copies nothing until
// then.
func (c *Column[T]) Fork() Column[T] { return Column[T]{c.chunks, c.n, true} }

// grow makes room for an element in a chunk that no other column has.
func (c *Column[T]) grow() {
	if c.forked {
		// The capacity ends with the chunks, so that appending never writes into the other column's list.
		c.chunks, c.forked = slices.Clip(c.chunks), false
		if used := c.n & chunkMask; used > 0 {
			last := new([chunkSize]T)
			copy(last[:used], c.chunks[len(c.chunks)-1][:used]) // the rest may be changing
			c.chunks = append(c.chunks[:len(c.chunks)-1:len(c.chunks)-1], last)
			return
		}
	}
	c.chunks = append(c.chunks, new([chunkSize]T))
}
