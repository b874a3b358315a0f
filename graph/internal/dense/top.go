package dense

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
)

// Top reads the first edges of a list in an order whose first key is a column, and only as many as needed.
// Blocks sorts the blocks of edges that have equal first keys.
type Top[E comparable] struct {
	Column     uint32
	Descending bool
	Back       bool               // reads from the end of the list
	Tests      []filter.Qualifier // some of the tests that the filters require
	Most       int
	// Orders is the whole order if all its keys are columns and the columns in List.Shown decide what the view
	// shows; else nil.
	Orders []Sorting
	// After, if not nil, is the first key of the position after which the edges begin.
	After  *graph.Value
	Blocks Blocks[E]

	Read             int // how many links were read
	Edges            []E // the result
	HasNext, HasPrev bool
}

// Blocks sorts edges with equal first keys.
type Blocks[E comparable] interface {
	// FirstOf returns the first n edges of a block. If after is set, it skips the edges up to the cursor's
	// position. skipped is true if it skipped some, more if edges are left.
	FirstOf(n int, block []E, after bool) (first []E, skipped, more bool)
}

// reading is the state of Top.
type reading[L any, E comparable] struct {
	*List[L, E]
	*Top[E]
	order *Sorted
	from  int // all places before it are before the page or fail the filters
	last  []uint64
	block []E
	of    Place // a place in the block
	after bool  // the block may have places up to the cursor
}

// maxBlock is the length up to which a block is read; an order by the first key saves nothing for longer
// blocks.
const maxBlock = 512

// Top reads the edges. It returns false if the column has no order or too long blocks, or if the cursor's key
// is not one of its numbers.
func (k *List[L, E]) Top(t *Top[E]) bool {
	order := k.Run.sortedBy(k.Budget, t.Column, t.Descending != t.Back, func(part int) *Numbers { return k.numbers(part, t.Column) })
	if order == nil || t.Back && order.Known() < order.Len() {
		return false // backwards, the places without a number come first
	}
	r := reading[L, E]{List: k, Top: t, order: order, after: t.After != nil}
	if !r.bounds() {
		return false
	}
	if r.from == 0 && r.After == nil && r.Orders != nil && r.fromFront() {
		return true
	}
	return r.read()
}

// bounds finds where the page may begin and end in the order.
func (r *reading[L, E]) bounds() bool {
	kind, unit := r.order.Kind, r.unitOf(r.order.Kind, r.order.Unit)
	key := uint64(0)
	if r.After != nil && r.After.Kind() != graph.NoKind {
		var ok bool
		if key, ok = KeyOf(r.After, kind); !ok || r.After.Text() != unit {
			return false
		}
	}
	for _, x := range r.Tests {
		if uint32(x.Qualifier.Number) != r.Column {
			continue
		}
		if within, _, ok := RangeOf(r.Ontology, x.Test, kind, unit); ok {
			first, last := within.Keys(kind)
			if r.Descending != r.Back {
				first, last = last, first
			}
			r.from, r.last = max(r.from, r.order.Begin(first)), append(r.last, last)
		}
	}
	if r.After == nil {
		return true
	}
	from := r.order.Known()
	if r.After.Kind() != graph.NoKind {
		from = r.order.Begin(key)
	}
	for i := r.from; i < from && !r.HasPrev && !r.Stop(); i++ {
		at := r.order.From(i)[0]
		if r.ended(at) {
			break
		}
		_, r.HasPrev = r.edge(int(at.Part), int(at.At))
	}
	r.from = max(r.from, from)
	return true
}

// ended reports whether a place and all after it fail the filters.
func (r *reading[L, E]) ended(at Place) bool {
	for _, last := range r.last {
		if !at.Known || r.order.Before(last, at.Key) {
			return true
		}
	}
	return false
}

// read reads the page. It returns false if the first block is too long.
func (r *reading[L, E]) read() bool {
	for i := r.from; ; {
		places := r.order.From(i)
		for _, at := range places {
			if at.Key != r.of.Key || at.Known != r.of.Known {
				if r.flush() {
					return true
				}
				r.of = at
			}
			if r.Stop() {
				return true
			}
			if r.ended(at) {
				places = nil
				break
			}
			r.Read++
			if e, ok := r.edge(int(at.Part), int(at.At)); ok {
				if r.block = append(r.block, e); len(r.block) > maxBlock && len(r.Edges) == 0 {
					return false
				}
			}
		}
		if i += len(places); len(places) == 0 {
			r.flush()
			return true
		}
	}
}

// flush appends the edges of a block to the result. It returns true when the result is complete.
func (r *reading[L, E]) flush() bool {
	block := r.block
	if len(block) == 0 {
		return false
	}
	r.block = r.block[:0]
	if len(block) > 1 || r.after {
		var skipped bool
		block, skipped, r.HasNext = r.Blocks.FirstOf(r.Most-len(r.Edges), block, r.after)
		r.HasPrev = r.HasPrev || skipped
		r.after = false // all later edges come after the cursor
	}
	if len(block) > 0 && len(r.Edges) == r.Most {
		r.HasNext = true
		return true
	}
	r.Edges = append(r.Edges, block...)
	return r.HasNext
}
