package column

import (
	"iter"
	"slices"
	"sort"
	"sync/atomic"
	"unsafe"
)

// List is a sorted list that never changes. Put makes another one, which shares all chunks
// but those that differ: adding to a list of a million elements costs as much as adding to
// one of a thousand. A short list is one slice. A longer one is in chunks, and each chunk
// has room for what readers derive from it (S).
//
//	for part, at := l.First(); len(part) > 0; part, at = l.After(at) {
type List[T, S any] struct {
	first []T         // the first part; of a short list all of it
	tree  *tree[T, S] // nil of a short list
}

// tree has the chunks of a list, in branches.
type tree[T, S any] struct {
	n        int
	branches [][]*Chunk[T, S]
}

// Chunk is a part of a long list. All lists that have the same part share it.
type Chunk[T, S any] struct {
	items []T
	// Side is what a reader derived from the items, kept for other readers; nil before that.
	// It must depend on the items only, because all lists that share them share it.
	Side atomic.Pointer[S]
}

// Items are the elements of the chunk, which must not be changed.
func (c *Chunk[T, S]) Items() []T { return c.items }

// None is the side of lists from which readers derive nothing.
type None struct{}

// The lengths of parts. They are variables only so that tests can shorten them.
var (
	dividedMost = 63  // elements of a list that is not divided
	flatMost    = 15  // elements of a list that is not in chunks: what is kept beside those hangs on chunks
	chunkMost   = 512 // elements of a chunk
	branchMost  = 64  // chunks of a branch
)

// Shorten sets, for a test, how long a list may be without chunks or undivided, and a chunk and a
// branch at most. It returns a function that restores the lengths.
func Shorten(flat, chunk, branch int) (restore func()) {
	d, f, c, b := dividedMost, flatMost, chunkMost, branchMost
	dividedMost, flatMost, chunkMost, branchMost = flat, flat, chunk, branch
	return func() { dividedMost, flatMost, chunkMost, branchMost = d, f, c, b }
}

// branchBits is how many bits of a place count chunks within a branch.
const branchBits = 12

// Len is how many elements there are.
func (l List[T, S]) Len() int {
	if l.tree == nil {
		return len(l.first)
	}
	return l.tree.n
}

// First returns the first elements of the list, and their place; none if it is empty.
func (l List[T, S]) First() (part []T, at int) { return l.first, 0 }

// After returns the elements after those at a place, and their place; none at the end.
func (l List[T, S]) After(at int) (part []T, next int) {
	if l.tree == nil {
		return nil, at
	}
	return l.tree.after(at)
}

func (t *tree[T, S]) after(at int) ([]T, int) {
	b, c := at>>branchBits, at&(1<<branchBits-1)+1
	if c == len(t.branches[b]) {
		if b, c = b+1, 0; b == len(t.branches) {
			return nil, at
		}
	}
	return t.branches[b][c].items, b<<branchBits | c
}

// Chunk returns the chunk with the elements at a place; nil for a short list.
func (l List[T, S]) Chunk(at int) *Chunk[T, S] {
	if l.tree == nil {
		return nil
	}
	return l.tree.branches[at>>branchBits][at&(1<<branchBits-1)]
}

// ID identifies a long list: copies have the same, every other list has another. It is nil
// for a short list.
func (l List[T, S]) ID() unsafe.Pointer { return unsafe.Pointer(l.tree) }

// Parts yields the parts of the list in their order.
func (l List[T, S]) Parts() iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for part, at := l.First(); len(part) > 0 && yield(part); {
			part, at = l.After(at)
		}
	}
}

// All yields the elements in their order.
func (l List[T, S]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for part, at := l.First(); len(part) > 0; part, at = l.After(at) {
			for _, x := range part {
				if !yield(x) {
					return
				}
			}
		}
	}
}

// Has reports whether some element passes a test. It stops at the first that does.
func (l List[T, S]) Has(test func(T) bool) bool {
	for part := range l.Parts() {
		if slices.ContainsFunc(part, test) {
			return true
		}
	}
	return false
}

// Within are the elements for which where is 0, in one slice that must not be changed;
// where is negative for those before them and positive for those after them.
func (l List[T, S]) Within(where func(T) int) []T {
	part, at := l.part(func(x T) bool { return where(x) >= 0 })
	cut := func(part []T) []T {
		from := sort.Search(len(part), func(i int) bool { return where(part[i]) >= 0 })
		to := from
		for to < len(part) && where(part[to]) == 0 {
			to++
		}
		return part[from:to:to]
	}
	found := cut(part)
	if l.tree == nil || len(part) > 0 && where(part[len(part)-1]) > 0 {
		return found
	}
	for {
		if part, at = l.After(at); len(part) == 0 {
			return found
		}
		more := cut(part)
		if len(found) == 0 {
			found = more
		} else {
			found = append(found, more...)
		}
		if len(more) < len(part) {
			return found
		}
	}
}

// Short returns a list of sorted elements in one part, however many there are. It keeps
// their memory.
func Short[T, S any](items []T) List[T, S] { return List[T, S]{first: items} }

// ListOf returns the list of sorted elements. It keeps their memory.
func ListOf[T, S any](items []T, o Order[T]) List[T, S] {
	if len(items) <= flatMost {
		return List[T, S]{first: items}
	}
	return listOf(len(items), branch(nil, split[T, S](nil, items, o, false), false))
}

func listOf[T, S any](n int, branches [][]*Chunk[T, S]) List[T, S] {
	return List[T, S]{branches[0][0].items, &tree[T, S]{n, branches}}
}

// Order is how a list is sorted.
type Order[T any] struct {
	Compare func(a, b T) int // 0 for one element only
	// Together reports whether two elements belong to one group of neighbours, which a
	// list keeps in one chunk unless the group is longer than that. nil: none do.
	Together func(a, b T) bool
	// Run is by what a Divided is divided; it does not decrease along the order.
	Run func(T) uint16
}

func (o *Order[T]) together(a, b T) bool { return o.Together != nil && o.Together(a, b) }

// left reports whether an element goes before the boundary between two neighbours.
func (o *Order[T]) left(x, a, b T) bool {
	return o.Compare(x, b) < 0 && (!o.together(x, b) || o.together(x, a))
}

// split appends chunks of the elements; with tail they are the end of a list that is
// appended to, which needs no room before it.
func split[T, S any](chunks []*Chunk[T, S], items []T, o Order[T], tail bool) []*Chunk[T, S] {
	for len(items) > chunkMost {
		size := chunkMost
		if !tail {
			room := max(1, chunkMost*3/4) // so that the next element does not split one again
			pieces := (len(items) + room - 1) / room
			size = (len(items) + pieces - 1) / pieces
		}
		at := o.cut(items, size)
		chunks = append(chunks, &Chunk[T, S]{items: items[:at:at]})
		items = items[at:]
	}
	return append(chunks, &Chunk[T, S]{items: items[:len(items):len(items)]})
}

// cut is where to cut elements near a size: between two groups if there is such a
// place within a chunk.
func (o *Order[T]) cut(items []T, size int) int {
	for at := size; at > 0; at-- {
		if !o.together(items[at-1], items[at]) {
			return at
		}
	}
	for at := size + 1; at <= chunkMost && at < len(items); at++ {
		if !o.together(items[at-1], items[at]) {
			return at
		}
	}
	return size
}

// branch appends branches of the chunks.
func branch[T, S any](branches [][]*Chunk[T, S], chunks []*Chunk[T, S], tail bool) [][]*Chunk[T, S] {
	for len(chunks) > branchMost {
		size := branchMost
		if !tail {
			pieces := (len(chunks) + branchMost - 1) / branchMost
			size = (len(chunks) + pieces - 1) / pieces
		}
		branches, chunks = append(branches, chunks[:size:size]), chunks[size:]
	}
	return append(branches, chunks)
}

// Merger puts elements into lists of one order.
type Merger[T, S any] struct {
	Order[T]
	block []T // room for short lists, so that neighbours are together
	Room  int // how many elements to make room for at once
}

// Put returns the list with more elements, which are sorted and differ from each
// other; those that equal one of the list replace it.
func (m *Merger[T, S]) Put(l List[T, S], items []T) List[T, S] {
	switch {
	case len(items) == 0:
		return l
	case l.tree != nil:
		return m.grow(l.tree, items)
	case len(l.first)+len(items) <= flatMost:
		return List[T, S]{first: m.Flat(l.first, items)}
	}
	return ListOf[T, S](m.merge(make([]T, 0, len(l.first)+len(items)), l.first, items), m.Order)
}

// Flat returns two sorted lists as one; elements of b replace those of a that they equal.
func (m *Merger[T, S]) Flat(a, b []T) []T {
	n := len(a) + len(b)
	if cap(m.block)-len(m.block) < n {
		m.block = make([]T, 0, max(n, min(m.Room, 4096)))
	}
	at := len(m.block)
	m.block = m.merge(m.block, a, b)
	return m.block[at:len(m.block):len(m.block)]
}

func (m *Merger[T, S]) merge(dst, a, b []T) []T {
	// Usually b has the new elements, and they sort after all of a.
	if len(a) == 0 || m.Compare(a[len(a)-1], b[0]) < 0 {
		return append(append(dst, a...), b...)
	}
	for _, y := range b {
		k, equal := slices.BinarySearchFunc(a, y, m.Compare)
		dst = append(append(dst, a[:k]...), y)
		if a = a[k:]; equal {
			a = a[1:]
		}
	}
	return append(dst, a...)
}

// grow puts elements into the chunks where they belong.
func (m *Merger[T, S]) grow(t *tree[T, S], items []T) List[T, S] {
	n := t.n
	last := t.branches[len(t.branches)-1]
	end := last[len(last)-1]
	branches := distribute(make([][]*Chunk[T, S], 0, len(t.branches)+1), t.branches, items, &m.Order,
		func(b []*Chunk[T, S]) (from, to T) {
			z := b[len(b)-1].items
			return b[0].items[0], z[len(z)-1]
		},
		func(branches [][]*Chunk[T, S], old []*Chunk[T, S], items []T) [][]*Chunk[T, S] {
			tail := false
			chunks := distribute(make([]*Chunk[T, S], 0, len(old)+1), old, items, &m.Order,
				func(c *Chunk[T, S]) (from, to T) { return c.items[0], c.items[len(c.items)-1] },
				func(chunks []*Chunk[T, S], c *Chunk[T, S], items []T) []*Chunk[T, S] {
					merged := m.merge(make([]T, 0, len(c.items)+len(items)), c.items, items)
					n += len(merged) - len(c.items)
					tail = c == end && m.Compare(c.items[len(c.items)-1], items[0]) < 0
					return split(chunks, merged, m.Order, tail)
				})
			return branch(branches, chunks, tail)
		})
	return listOf(n, branches)
}

// distribute appends to dst the kids of a tree, after elements were put into those
// where they belong; the others are shared. ends are the first and the last element of a kid.
func distribute[K, T any](dst, kids []K, items []T, o *Order[T], ends func(K) (from, to T), put func(dst []K, kid K, items []T) []K) []K {
	for len(items) > 0 {
		left := func(x T, kid int) bool {
			_, a := ends(kids[kid])
			b, _ := ends(kids[kid+1])
			return o.left(x, a, b)
		}
		k := sort.Search(len(kids)-1, func(i int) bool { return left(items[0], i) })
		n := len(items)
		if k+1 < len(kids) {
			n = sort.Search(n, func(i int) bool { return !left(items[i], k) })
		}
		dst = put(append(dst, kids[:k]...), kids[k], items[:n])
		kids, items = kids[k+1:], items[n:]
	}
	return append(dst, kids...)
}
