package dense

import "slices"

// Sorting is a key of an order: a column, ascending or descending.
type Sorting struct {
	Column     uint32
	Descending bool
}

// front has the first edges of a run in an order, together with the cells that views test, side by side in
// memory: a page within it is read in sequence. The links alone decide which edges it has, not a view. It never
// changes.
type front[E any] struct {
	edges  []E
	places []Place
	cells  [][]int64 // for each column in List.Asked
	next   int       // the number of places in the order that it covers; none of them is odd
	whole  bool      // a longer front would have no more edges
}

// keptFront is a front and its order.
type keptFront struct {
	order  []Sorting
	series bool
	front  any // of type *front[E]
}

// mostFronts is the maximum number of orders of one run that have a front.
const mostFronts = 8

// Variables, so that tests can change them.
var (
	firstFront = 32  // edges of a new front; it grows fourfold each time
	mostFront  = 512 // the maximum number of edges
)

// Shorten makes fronts short until restore is called. It is for tests that do not run in parallel.
func Shorten(first, most int) (restore func()) {
	f, m := firstFront, mostFront
	firstFront, mostFront = first, most
	return func() { firstFront, mostFront = f, m }
}

// frontOf returns a front of the order with more than n edges, or with all edges. It returns nil if too many
// orders have a front.
func (r *reading[L, E]) frontOf(n int) *front[E] {
	for {
		old := r.Run.fronts.Load()
		at, f := r.knownFront(old)
		switch {
		case f != nil && (len(f.edges) > n || f.whole):
			return f
		case f == nil && at == mostFronts:
			return nil
		}
		f = r.makeFront(max(firstFront, 4*n))
		list := make([]keptFront, at, at+1)
		if old != nil {
			list = slices.Clone(*old)
		}
		if at == len(list) {
			list = append(list, keptFront{order: slices.Clone(r.Orders), series: r.Series})
		}
		if list[at].front = f; r.Run.fronts.CompareAndSwap(old, &list) {
			r.Budget.charge(r.Run.Parts[0].Part, len(f.edges)*(24+24+8*len(r.Asked))+200)
			return f
		}
	}
}

// knownFront returns the front of the order and its index in the list. If there is none, it returns nil and the
// list's length.
func (r *reading[L, E]) knownFront(list *[]keptFront) (at int, f *front[E]) {
	if list == nil {
		return 0, nil
	}
	for i := range *list {
		if k := &(*list)[i]; k.series == r.Series && slices.Equal(k.order, r.Orders) {
			return i, k.front.(*front[E])
		}
	}
	return len(*list), nil
}

// makeFront returns a front of n edges. It has fewer if the run has fewer, or if a block with an odd edge comes
// before.
func (r *reading[L, E]) makeFront(n int) *front[E] {
	f := &front[E]{cells: make([][]int64, len(r.Asked)), whole: n >= mostFront}
	for len(f.edges) < n {
		end := r.blockEnd(f.next)
		if end == f.next || end-f.next > maxBlock || !r.addBlock(f, end) {
			f.whole = true
			break
		}
	}
	return f
}

// blockEnd returns the end of the block of edges with equal keys that begins at from, a place in the order.
func (r *reading[L, E]) blockEnd(from int) int {
	var first Place
	for i := from; ; {
		places := r.order.From(i)
		for _, at := range places {
			if i == from {
				first = at
			} else if at.Key != first.Key || at.Known != first.Known || i-from > maxBlock {
				return i
			}
			i++
		}
		if len(places) == 0 {
			return i
		}
	}
}

// addBlock adds the places up to end. It returns false if one of them is odd.
func (r *reading[L, E]) addBlock(f *front[E], end int) bool {
	places := make(map[E]Place, end-f.next)
	block := make([]E, 0, end-f.next)
	for i := f.next; i < end; i++ {
		at := r.order.From(i)[0]
		if r.odd(int(at.Part)).Has(int(at.At)) {
			return false
		}
		e := r.Edge(&r.parts()[at.Part][at.At])
		places[e] = at
		block = append(block, e)
	}
	if len(block) > 1 {
		block, _, _ = r.Blocks.FirstOf(len(block), block, false)
	}
	for _, e := range block {
		at := places[e]
		f.edges, f.places = append(f.edges, e), append(f.places, at)
		for i, column := range r.Asked {
			f.cells[i] = append(f.cells[i], int64(r.Cell(&r.parts()[at.Part][at.At], column).Bits))
		}
	}
	f.next = end
	return true
}

// fromFront reads the page from the front. It returns false if the front does not have the whole page; the page
// then continues after the front.
func (r *reading[L, E]) fromFront() bool {
	var room [4]askedCells
	for i := 0; ; {
		f := r.frontOf(i)
		if f == nil {
			return false
		}
		asked := r.asked(f, room[:0])
		for ; i < len(f.edges); i++ {
			if r.last != nil && r.ended(f.places[i]) {
				return true
			}
			r.Read++
			if e := f.edges[i]; meets(asked, i) && r.KeepsNode(r.NodeOf(e)) && r.KeepsEdge(e) {
				if len(r.Edges) == r.Most {
					r.HasNext = true
					return true
				}
				r.Edges = append(r.Edges, e)
			}
		}
		if r.from = f.next; f.whole {
			return r.from == r.order.Len()
		}
	}
}

// askedCells has the cells of a front in one column, and the range that the view requires.
type askedCells struct {
	of     []int64
	lo, hi int64
}

// asked appends to dst the ranges that the view requires in the columns of a front.
func (r *reading[L, E]) asked(f *front[E], dst []askedCells) []askedCells {
	for i := range r.Shown {
		b := &r.Shown[i]
		dst = append(dst, askedCells{f.cells[slices.Index(r.Asked, b.Column)], b.wholeLo, b.wholeHi})
	}
	return dst
}

// meets reports whether edge i is within all required ranges.
func meets(asked []askedCells, i int) bool {
	for j := range asked {
		if n := asked[j].of[i]; n < asked[j].lo || n > asked[j].hi {
			return false
		}
	}
	return true
}
