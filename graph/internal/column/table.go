package column

import "slices"

// Table is an array whose elements may change while older states remain valid: a change copies the leaf and the
// branch of the element, whatever the length of the table. A nil leaf or branch means that all its elements are
// zero, so that a sparse table is small and quick to read.
type Table[T any] struct {
	branches []*[tableFan]*[tableSize]T
	n        int
}

const (
	tableBits = 7
	tableSize = 1 << tableBits // elements in a leaf
	tableMask = tableSize - 1
	fanBits   = 7
	tableFan  = 1 << fanBits // leaves in a branch
	fanMask   = tableFan - 1
)

// Len returns the number of elements.
func (t *Table[T]) Len() int { return t.n }

// At returns element i, or zero if it was never set.
func (t *Table[T]) At(i uint32) (v T) {
	if p := t.Ref(i); p != nil {
		v = *p
	}
	return v
}

// Ref returns a pointer to element i, or nil if no element in its leaf was set. The caller must not change the
// element.
func (t *Table[T]) Ref(i uint32) *T {
	if int(i) >= t.n {
		return nil
	}
	b := t.branches[i>>(tableBits+fanBits)]
	if b == nil {
		return nil
	}
	leaf := b[i>>tableBits&fanMask]
	if leaf == nil {
		return nil
	}
	return &leaf[i&tableMask]
}

// Edit is a table while it is being changed.
type Edit[T any] struct {
	t Table[T]
	// What this edit has copied or created already: everything if fresh is set, for a new table.
	fresh            bool
	root             bool
	branches, leaves map[uint32]bool
}

// NewEdit returns an edit of an empty table.
func NewEdit[T any]() *Edit[T] { return &Edit[T]{fresh: true} }

// Begin returns an edit of the table. Nothing is copied until the first change.
func (t Table[T]) Begin() *Edit[T] { return &Edit[T]{t: t} }

// At returns element i of the changed table.
func (e *Edit[T]) At(i uint32) T { return e.t.At(i) }

// Set sets one element and grows the table if needed.
func (e *Edit[T]) Set(i uint32, v T) {
	e.Grow(int(i) + 1)
	k := i >> tableBits
	leaf := &e.branch(k >> fanBits)[k&fanMask]
	switch {
	case *leaf == nil:
		*leaf = new([tableSize]T)
	case !e.fresh && !e.leaves[k]:
		c := **leaf
		*leaf = &c
	}
	if !e.fresh {
		if e.leaves == nil {
			e.leaves = map[uint32]bool{}
		}
		e.leaves[k] = true
	}
	(*leaf)[i&tableMask] = v
}

// branch returns branch k, copied if this edit has not copied it yet.
func (e *Edit[T]) branch(k uint32) *[tableFan]*[tableSize]T {
	e.own()
	b := &e.t.branches[k]
	switch {
	case *b == nil:
		*b = new([tableFan]*[tableSize]T)
	case !e.fresh && !e.branches[k]:
		c := **b
		*b = &c
	}
	if !e.fresh {
		if e.branches == nil {
			e.branches = map[uint32]bool{}
		}
		e.branches[k] = true
	}
	return *b
}

// own copies the list of branches if this edit has not copied it yet.
func (e *Edit[T]) own() {
	if !e.fresh && !e.root {
		e.t.branches, e.root = slices.Clone(e.t.branches), true
	}
}

// Grow makes the table at least n elements long.
func (e *Edit[T]) Grow(n int) {
	for n > len(e.t.branches)<<(tableBits+fanBits) {
		e.own()
		e.t.branches = append(e.t.branches, nil)
	}
	e.t.n = max(e.t.n, n)
}

// Table returns the changed table. The edit must not be used afterwards.
func (e *Edit[T]) Table() Table[T] { return e.t }
