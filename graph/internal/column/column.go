// Package column has the data structures of a snapshot: arrays that grow, tables and lists
// that change, and indexes by hash, each while its older states stay as they were; and their
// sections in a file.
//
// The package must not know what its elements mean.
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

// Len returns the number of elements.
func (c *Column[T]) Len() int { return c.n }

// At returns the element with the number.
func (c *Column[T]) At(i uint32) T { return c.chunks[i>>chunkBits][i&chunkMask] }

// Ref returns a pointer to the stored element, which must not be changed.
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
