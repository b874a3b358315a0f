package dense

import (
	"iter"
	"slices"
	"unsafe"

	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// Links answers questions of a List about its links L and the edges E that they make. Node, Cell, Odd and Type
// depend only on the links and on what their claims recorded, so they are the same for every view. The other
// methods are for one view and one query.
type Links[L any, E comparable] interface {
	// Node returns the entity at the other end, Type the number of the entity's type.
	Node(l *L) uint32
	Type(node uint32) (typ uint16, ok bool)
	// Cell returns the value of a column, CellOf the value of an edge's qualifier.
	Cell(l *L, column uint32) Cell
	CellOf(e E, column uint32) Cell
	// NodeOf returns the entity at the other end of an edge.
	NodeOf(e E) uint32
	// Odd reports whether the links to one node are odd, which means that no column decides what a view shows
	// of them. odd is for a plain list, oddSeries for a list of all links.
	Odd(links []L) (odd, oddSeries bool)

	Edge(l *L) E
	// Withdrawn reports whether the claim was ever withdrawn, and whether the view knows that.
	Withdrawn(l *L) (ever, known bool)
	// Shows reports whether the view shows a link that is not odd.
	Shows(l *L) bool
	// Group returns the edges that the links to one node make and that the filters keep. They are valid until
	// the next call.
	Group(links []L) []E
	// KeepsNode and KeepsEdge apply the filters of the query.
	KeepsNode(node uint32) bool
	KeepsEdge(e E) bool
	// Stop counts a step of the work and reports whether to end it.
	Stop() bool
	// Text returns the text with a number.
	Text(n uint32) string
}

// List is a long list of links as one query reads it, with the values that are cached for it.
type List[L any, E comparable] struct {
	Links[L, E]
	Run      *Run
	Budget   *Budget
	Ontology *schema.Ontology
	Series   bool     // the list has all links
	Shown    []Bound  // ranges of columns within which the view shows a link
	Asked    []uint32 // the columns that Shown may contain in any view
	Each     bool     // Shows must be called for each link
	Lost     uint32   // how many claims of the entity were withdrawn

	set   Set
	group map[uint32][]E // the edges of odd groups by node; nil until one is needed
}

// Bound is a range of values in a column.
type Bound struct {
	Column uint32
	Range
}

// NewRun computes the cache of a long list from the caches of its parts. id identifies the list: of two lists
// with the same first part, only one is cached.
func NewRun[L any, E comparable](b *Budget, id unsafe.Pointer, first *Part, parts iter.Seq2[[]L, *Part], x Links[L, E]) *Run {
	return first.run(b, id, func() *Run {
		r := &Run{}
		var lists [][]L
		for part, side := range parts {
			layout := side.layoutOf(b, func() *layout { return newLayout(part, x) })
			lists = append(lists, part)
			r.Parts = append(r.Parts, PartOfRun{Part: side, N: len(part), Odd: layout.odd, OddSeries: layout.oddSeries})
			for _, t := range layout.types {
				if !slices.Contains(r.Types, t) {
					r.Types = append(r.Types, t)
				}
			}
		}
		r.lists = lists
		join(r, lists, x)
		return r
	})
}

// sameNode returns where the links to the node of link from end in a list.
func sameNode[L any, E comparable](links []L, from int, x Links[L, E]) int {
	node, to := x.Node(&links[from]), from+1
	for to < len(links) && x.Node(&links[to]) == node {
		to++
	}
	return to
}

// newLayout finds the odd groups of a part.
func newLayout[L any, E comparable](links []L, x Links[L, E]) *layout {
	l := &layout{odd: make(Set, (len(links)+63)/64), oddSeries: make(Set, (len(links)+63)/64)}
	for from := 0; from < len(links); {
		to := sameNode(links, from, x)
		odd, oddSeries := x.Odd(links[from:to])
		for i := from; i < to; i++ {
			if odd {
				l.odd.Add(i)
			}
			if oddSeries {
				l.oddSeries.Add(i)
			}
		}
		if t, ok := x.Type(x.Node(&links[from])); ok && !slices.Contains(l.types, t) {
			l.types = append(l.types, t)
		}
		from = to
	}
	return l
}

// join finds the groups that have links in several parts.
func join[L any, E comparable](r *Run, lists [][]L, x Links[L, E]) {
	for i := 0; i+1 < len(lists); i++ {
		last := len(lists[i]) - 1
		node, from, to := x.Node(&lists[i][last]), last, 0
		for from > 0 && x.Node(&lists[i][from-1]) == node {
			from--
		}
		group, j := slices.Clip(lists[i][from:]), i+1
		for ; j < len(lists) && x.Node(&lists[j][0]) == node; j++ {
			to = sameNode(lists[j], 0, x)
			group = append(group, lists[j][:to]...)
		}
		if j == i+1 {
			continue
		}
		odd, oddSeries := x.Odd(group)
		for k := i; k < j; k++ {
			a, b := 0, len(lists[k])
			if k == i {
				a = from
			} else if k == j-1 {
				b = to
			}
			if p := &r.Parts[k]; odd {
				p.Odd = p.Odd.With(a, b)
				if oddSeries {
					p.OddSeries = p.OddSeries.With(a, b)
				}
			}
		}
		i = j - 2
	}
}

// parts returns the links, by part.
func (k *List[L, E]) parts() [][]L { return k.Run.lists.([][]L) }

// numbers returns a column of a part, or nil if its values are not numbers of one kind and unit.
func (k *List[L, E]) numbers(part int, column uint32) *Numbers {
	links := k.parts()[part]
	return k.Run.Parts[part].numbers(k.Budget, column, len(links), func(i int) Cell { return k.Cell(&links[i], column) })
}

// odd returns the odd places of a part.
func (k *List[L, E]) odd(part int) Set {
	if k.Series {
		return k.Run.Parts[part].OddSeries
	}
	return k.Run.Parts[part].Odd
}

// shown returns the places of a part that the view shows, except odd ones.
func (k *List[L, E]) shown(part int) Set {
	k.set = NewSet(k.set, k.Run.Parts[part].N)
	in, links := k.set, k.parts()[part]
	in.AndNot(k.odd(part))
	for i := range k.Shown {
		k.numbers(part, k.Shown[i].Column).Keep(&k.Shown[i].Range, in)
	}
	if k.Lost > 0 {
		alive := k.Run.Parts[part].aliveOf(k.Budget, k.Lost, func() Set {
			set := NewSet(nil, len(links))
			for i := range links {
				if ever, _ := k.Withdrawn(&links[i]); ever {
					set.Drop(i)
				}
			}
			return set
		})
		in.Each(func(i int) bool {
			if !alive.Has(i) {
				if _, known := k.Withdrawn(&links[i]); known {
					in.Drop(i)
				}
			}
			return true
		})
	}
	if k.Each {
		in.Each(func(i int) bool {
			if !k.Shows(&links[i]) {
				in.Drop(i)
			}
			return true
		})
	}
	return in
}

// pass removes from the set the places that certainly fail one of the tests. It returns true if all remaining
// places certainly pass.
func (k *List[L, E]) pass(part int, tests []filter.Qualifier, in Set) (all bool) {
	all = true
	for _, t := range tests {
		x, r, exact := k.rangeOf(part, t)
		if all = all && exact; x != nil {
			x.Keep(&r, in)
		}
	}
	return all
}

// rangeOf returns the column x that a test reads, and the range of numbers that pass. x is nil if the test
// requires no range.
func (k *List[L, E]) rangeOf(part int, t filter.Qualifier) (x *Numbers, r Range, exact bool) {
	if x = k.numbers(part, uint32(t.Qualifier.Number)); x == nil {
		return nil, r, false
	}
	r, exact, ok := RangeOf(k.Ontology, t.Test, x.Kind, k.unitOf(x.Kind, x.Unit))
	if !ok {
		return nil, r, false
	}
	return x, r, exact
}

// each calls fn with the edges of the places that pass the filters. If all is true, the places are known to
// pass the tests of qualifiers.
func (k *List[L, E]) each(part int, in Set, all bool, fn func(E) bool) bool {
	links := k.parts()[part]
	last, keeps, first := uint32(0), false, true
	return in.Each(func(i int) bool {
		l := &links[i]
		if node := k.Node(l); first || node != last {
			last, keeps, first = node, k.KeepsNode(node), false
		}
		if !keeps {
			return true
		}
		e := k.Edge(l)
		return !all && !k.KeepsEdge(e) || fn(e) && !k.Stop()
	})
}

// eachOdd is each for the odd groups that begin in the part.
func (k *List[L, E]) eachOdd(part int, fn func(E) bool) bool {
	lists := k.parts()
	last, first := uint32(0), true
	if part > 0 {
		links := lists[part-1]
		last, first = k.Node(&links[len(links)-1]), false
	}
	return k.odd(part).Each(func(i int) bool {
		node := k.Node(&lists[part][i])
		if node == last && !first {
			return true
		}
		last, first = node, false
		for _, e := range k.Group(k.together(part, i)) {
			if k.KeepsEdge(e) && !fn(e) {
				return false
			}
		}
		return !k.Stop()
	})
}

// together returns all links to the node of a place; the place must be the first of them.
func (k *List[L, E]) together(part, at int) []L {
	lists := k.parts()
	node, to := k.Node(&lists[part][at]), sameNode(lists[part], at, k.Links)
	links := slices.Clip(lists[part][at:to])
	for part++; to == len(lists[part-1]) && part < len(lists) && k.Node(&lists[part][0]) == node; part++ {
		to = sameNode(lists[part], 0, k.Links)
		links = append(links, lists[part][:to]...)
	}
	return links
}

// begin returns the place of the first link to the node of a place.
func (k *List[L, E]) begin(part, at int) (int, int) {
	lists := k.parts()
	for node := k.Node(&lists[part][at]); ; {
		for at > 0 && k.Node(&lists[part][at-1]) == node {
			at--
		}
		if at > 0 || part == 0 || k.Node(&lists[part-1][len(lists[part-1])-1]) != node {
			return part, at
		}
		part--
		at = len(lists[part])
	}
}

// edge returns the edge at a place if the list has it and the filters keep it.
func (k *List[L, E]) edge(part, at int) (e E, ok bool) {
	l := &k.parts()[part][at]
	e = k.Edge(l)
	if !k.odd(part).Has(at) {
		return e, k.Shows(l) && k.KeepsNode(k.Node(l)) && k.KeepsEdge(e)
	}
	edges, ok := k.group[k.Node(l)]
	if !ok {
		edges = slices.Clone(k.Group(k.together(k.begin(part, at))))
		if k.group == nil {
			k.group = map[uint32][]E{}
		}
		k.group[k.Node(l)] = edges
	}
	return e, slices.Contains(edges, e) && k.KeepsEdge(e)
}
