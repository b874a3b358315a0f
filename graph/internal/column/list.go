package column

import (
	"iter"
	"slices"
	"sort"
	"sync/atomic"
	"unsafe"
)

// List is a sorted list that never changes. Merger.Put returns another list, which shares all chunks except
// those that differ: adding to a list of a million elements costs as much as adding to one of a thousand. A
// short list is one slice. A longer one consists of chunks, and each chunk can hold what readers compute from
// it (S).
//
//	for part, at := l.First(); len(part) > 0; part, at = l.After(at) {
type List[T, S any] struct {
	first []T         // the first part; the whole of a short list
	tree  *tree[T, S] // nil for a short list
}

// tree has the chunks of a long list, grouped into branches.
type tree[T, S any] struct {
	n        int
	branches [][]*Chunk[T, S]
}

// Chunk is a part of a long list. Lists with the same part share it.
type Chunk[T, S any] struct {
	items []T
	// Side is what a reader computed from the items, stored for other readers; nil until then. It must depend
	// only on the items, because all lists with the chunk share it.
	Side atomic.Pointer[S]
}

// Items returns the elements of the chunk, which must not be changed.
func (c *Chunk[T, S]) Items() []T { return c.items }

// None is the type S of lists from whose chunks readers compute nothing.
type None struct{}

// The maximum lengths. They are variables so that tests can shorten them.
var (
	dividedMost = 63  // elements of an undivided list
	flatMost    = 15  // elements of a list without chunks. It is low because a Side needs a chunk
	chunkMost   = 512 // elements of a chunk
	branchMost  = 64  // chunks of a branch
)

// Shorten sets the maximum lengths for a test: of lists without chunks and undivided lists, of a chunk, and of
// a branch. It returns a function that restores them.
func Shorten(flat, chunk, branch int) (restore func()) {
	d, f, c, b := dividedMost, flatMost, chunkMost, branchMost
	dividedMost, flatMost, chunkMost, branchMost = flat, flat, chunk, branch
	return func() { dividedMost, flatMost, chunkMost, branchMost = d, f, c, b }
}

// branchBits is the number of bits in a position that are the index of a chunk in its branch.
const branchBits = 12

// Len returns the number of elements.
func (l List[T, S]) Len() int {
	if l.tree == nil {
		return len(l.first)
	}
	return l.tree.n
}

// First returns the first part of the list and its position; the part is empty if the list is.
func (l List[T, S]) First() (part []T, at int) { return l.first, 0 }

// After returns the part after the one at a position, and its position; the part is empty at the end.
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

// Chunk returns the chunk at a position, or nil for a short list.
func (l List[T, S]) Chunk(at int) *Chunk[T, S] {
	if l.tree == nil {
		return nil
	}
	return l.tree.branches[at>>branchBits][at&(1<<branchBits-1)]
}

// ID identifies a long list: copies have the same ID, and any other list has another. It is nil for a short
// list.
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

// Within returns the elements for which where returns 0, as a slice that must not be changed. where must return
// a negative number for the elements before them and a positive one for those after. All these elements must be
// in one part.
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

// Short returns a list of sorted elements in one part, whatever its length. The list uses the memory of items.
func Short[T, S any](items []T) List[T, S] { return List[T, S]{first: items} }

// ListOf returns the list of sorted elements. The list uses the memory of items.
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
	Compare func(a, b T) int // 0 only for equal elements
	// Together reports whether two elements belong to one group of neighbours. A list puts a group into one
	// chunk unless the group is longer than a chunk. If Together is nil, there are no groups.
	Together func(a, b T) bool
	// Run returns the number by which a Divided is divided. It must not decrease along the order.
	Run func(T) uint16
}

func (o *Order[T]) together(a, b T) bool { return o.Together != nil && o.Together(a, b) }

// left reports whether an element x belongs before the boundary between two neighbours a and b.
func (o *Order[T]) left(x, a, b T) bool {
	return o.Compare(x, b) < 0 && (!o.together(x, b) || o.together(x, a))
}

// split divides the elements into chunks and appends these to the given ones. If tail is set, the elements are
// the end of a list that grows at its end, and chunks need no free room.
func split[T, S any](chunks []*Chunk[T, S], items []T, o Order[T], tail bool) []*Chunk[T, S] {
	for len(items) > chunkMost {
		size := chunkMost
		if !tail {
			room := max(1, chunkMost*3/4) // less than chunkMost, so that adding an element does not split a chunk again
			pieces := (len(items) + room - 1) / room
			size = (len(items) + pieces - 1) / pieces
		}
		at := o.cut(items, size)
		chunks = append(chunks, &Chunk[T, S]{items: items[:at:at]})
		items = items[at:]
	}
	return append(chunks, &Chunk[T, S]{items: items[:len(items):len(items)]})
}

// cut returns where to cut elements near a size: between two groups if possible within a chunk.
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

// branch appends the chunks to branches as branches.
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

// Merger adds elements to lists of one order.
type Merger[T, S any] struct {
	Order[T]
	block []T // memory for short lists, so that neighbouring lists are together in memory
	Room  int // the number of elements for which memory is allocated at once
}

// Put returns the list with more elements, which must be sorted and distinct. An added element replaces an
// equal element of the list.
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

// Flat merges two sorted slices into one; elements of b replace equal elements of a.
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
	// Usually b has the new elements, which sort after all of a.
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

// grow returns the long list with more elements.
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

// distribute appends to dst the children of a tree node after elements were added. put adds elements to the
// child in which they belong; children without new elements are shared. ends returns the first and the last
// element of a child.
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
