package column

import "slices"

// Table is an array whose elements may change: an older state keeps what it had, since
// a change copies the leaf and the branch of the element, however long the table is.
// A nil leaf or branch has zero elements only, so that a table of which little is set
// is small and soon read.
type Table[T any] struct {
	branches []*[tableFan]*[tableSize]T
	n        int
}

const (
	tableBits = 7
	tableSize = 1 << tableBits // elements of a leaf
	tableMask = tableSize - 1
	fanBits   = 7
	tableFan  = 1 << fanBits // leaves of a branch
	fanMask   = tableFan - 1
)

// Len returns the number of elements.
func (t *Table[T]) Len() int { return t.n }

// At returns the element with the number, zero if none was set.
func (t *Table[T]) At(i uint32) (v T) {
	if p := t.Ref(i); p != nil {
		v = *p
	}
	return v
}

// Ref returns a pointer to the element, or nil if no element of its leaf was set.
// The caller must not change it.
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

// Edit is a table that is being changed.
type Edit[T any] struct {
	t Table[T]
	// What this change has copied or made already; of a new table, all.
	fresh            bool
	root             bool
	branches, leaves map[uint32]bool
}

// NewEdit starts an empty table.
func NewEdit[T any]() *Edit[T] { return &Edit[T]{fresh: true} }

// Begin starts a change on a copy of the table, which costs nothing until then.
func (t Table[T]) Begin() *Edit[T] { return &Edit[T]{t: t} }

// At is the element with the number as it is now.
func (e *Edit[T]) At(i uint32) T { return e.t.At(i) }

// Set changes one element, growing the table as needed.
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

// branch is a branch that belongs to this change.
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

// own makes the list of branches this change's own.
func (e *Edit[T]) own() {
	if !e.fresh && !e.root {
		e.t.branches, e.root = slices.Clone(e.t.branches), true
	}
}

// Grow makes the table at least n long.
func (e *Edit[T]) Grow(n int) {
	for n > len(e.t.branches)<<(tableBits+fanBits) {
		e.own()
		e.t.branches = append(e.t.branches, nil)
	}
	e.t.n = max(e.t.n, n)
}

// Table is the table as it is now. The edit must not be used after it.
func (e *Edit[T]) Table() Table[T] { return e.t }
