// Package column has what a snapshot is held in: arrays that grow and tables that
// change while older states of them stay as they were, indexes by hash, and their
// sections in a file.
//
// It must not know what is held.
package column

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
