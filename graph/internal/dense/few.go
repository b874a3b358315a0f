package dense

import (
	"cmp"
	"slices"

	"github.com/caspian-kg/caspian/graph"
)

// Few sorts the edges of a short list by numeric keys. It reuses its memory for the next list.
type Few[E any] struct {
	Edges  []E
	orders []Sorting
	back   bool
	keys   []fewKey // for each edge, its keys in the order
	kinds  []Cell   // for each key of the order, a cell with the kind and unit of its numbers
	places []int32
}

// fewKey is one key of an edge.
type fewKey struct {
	missing bool
	key     uint64
}

// Begin starts a new list, whose edges Sort will put into an order, or into its reverse if back is set.
func (f *Few[E]) Begin(orders []Sorting, back bool) {
	f.orders, f.back, f.Edges, f.keys, f.places = orders, back, f.Edges[:0], f.keys[:0], f.places[:0]
	f.kinds = append(f.kinds[:0], make([]Cell, len(orders))...)
}

// Add adds an edge. The caller must then call Key for each key of the order, with the edge's cell.
func (f *Few[E]) Add(e E) {
	f.places = append(f.places, int32(len(f.Edges)))
	f.Edges = append(f.Edges, e)
}

// Key records the next key of the last edge. It returns false if the key cannot be compared with those of the
// previous edges; the list then has no order.
func (f *Few[E]) Key(c Cell) bool {
	at := len(f.keys) % len(f.orders)
	k := fewKey{missing: c.Kind == graph.NoKind}
	switch kind := &f.kinds[at]; {
	case k.missing:
	case kind.Kind == graph.NoKind:
		*kind = c
	case kind.Kind != c.Kind || kind.Unit != c.Unit:
		return false
	}
	switch c.Kind {
	case graph.NoKind:
	case graph.IntKind:
		k.key = wholeKey(int64(c.Bits))
	case graph.FloatKind, graph.QuantityKind:
		x := c.Number()
		if x != x {
			return false
		}
		k.key = floatKey(x)
	default:
		return false
	}
	if !k.missing && f.orders[at].Descending {
		k.key = ^k.key
	}
	f.keys = append(f.keys, k)
	return true
}

// Sort sorts the edges by their keys. tie compares two edges with equal keys, in the order of the page.
func (f *Few[E]) Sort(tie func(a, b E) int) {
	n := len(f.orders)
	slices.SortFunc(f.places, func(a, b int32) int {
		x, y := f.keys[int(a)*n:int(a)*n+n], f.keys[int(b)*n:int(b)*n+n]
		for i := range x {
			c := 0
			if x[i].missing == y[i].missing {
				c = cmp.Compare(x[i].key, y[i].key)
			} else if c = -1; x[i].missing {
				c = 1
			}
			if f.back {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return tie(f.Edges[a], f.Edges[b])
	})
}

// First appends the first edges of the order to dst, at most most, or all if most is negative. more is true if
// edges are left.
func (f *Few[E]) First(dst []E, most int) (_ []E, more bool) {
	if most < 0 || most > len(f.places) {
		most = len(f.places)
	}
	for _, i := range f.places[:most] {
		dst = append(dst, f.Edges[i])
	}
	return dst, most < len(f.places)
}
