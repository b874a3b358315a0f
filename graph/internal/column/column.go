// Package column has the data structures of a snapshot: arrays that grow, tables and lists that change, and
// hash indexes. Changing one leaves its older states valid. The package also reads and writes them as sections
// of a file.
//
// The package must not know what its elements mean.
package column

// Column is an append-only array in chunks of equal size. A copy of the header is an older state: appending to
// the newest copy never changes what older copies contain, so snapshots share the chunks. Only one goroutine
// may append.
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

// At returns element i.
func (c *Column[T]) At(i uint32) T { return c.chunks[i>>chunkBits][i&chunkMask] }

// Ref returns a pointer to element i, which the caller must not change.
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
