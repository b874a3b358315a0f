package dense

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"
)

// Part caches values of one part of a run, which never changes. A value is computed at the first request and
// shared by all readers. It is dropped with the list, or when the budget is exceeded. The zero Part is empty.
// It is safe for concurrent use.
type Part struct {
	columns atomic.Pointer[[]columnOfPart]
	steps   atomic.Pointer[[]stepsOfPart]
	layout  atomic.Pointer[layout]
	alive   atomic.Pointer[alive]
	whole   atomic.Pointer[Run]

	charged atomic.Pointer[charge] // nil until something is cached
	used    atomic.Bool            // since the budget last checked
}

// columnOfPart is one column of a part, and its sorted places once they were requested.
type columnOfPart struct {
	what    uint32
	numbers *Numbers // nil if the list has no such numbers
	places  []uint16
}

// layout lists the places of a part that must be checked one by one.
type layout struct {
	// odd has the places that no column decides in a plain list, oddSeries those in a list of all links. Each
	// has the places of all links of the part to a node, or of none of them.
	odd, oddSeries Set
	types          []uint16 // the types of the nodes, by number
}

// alive has the places of a part whose claims are not withdrawn. It is valid while lost claims of the entity
// are withdrawn.
type alive struct {
	lost uint32
	set  Set
}

// Budget bounds the memory that parts cache. It is safe for concurrent use.
type Budget struct {
	limit atomic.Int64
	used  *atomic.Int64

	mu    sync.Mutex // guards the following
	parts []weak.Pointer[Part]
	hand  int // the next part to check
}

// charge is the number of bytes that one part uses. It outlives the part, so that the bytes can be subtracted.
type charge struct{ bytes atomic.Int64 }

// NewBudget returns a budget of limit bytes.
func NewBudget(limit int64) *Budget {
	b := &Budget{used: new(atomic.Int64)}
	b.limit.Store(limit)
	return b
}

// Limit sets how many bytes may be cached from now on.
func (b *Budget) Limit(bytes int64) { b.limit.Store(bytes) }

// Used returns approximately how many bytes are cached.
func (b *Budget) Used() int64 { return b.used.Load() }

// charge records that a part caches more bytes.
func (b *Budget) charge(p *Part, bytes int) {
	c := p.charged.Load()
	if c == nil {
		c = &charge{}
		if p.charged.CompareAndSwap(nil, c) {
			used := b.used
			runtime.AddCleanup(p, func(c *charge) { used.Add(-c.bytes.Swap(0)) }, c)
			b.mu.Lock()
			if len(b.parts) == cap(b.parts) {
				b.forgetDead()
			}
			b.parts = append(b.parts, weak.Make(p))
			b.mu.Unlock()
		} else {
			c = p.charged.Load()
		}
	}
	p.touch()
	c.bytes.Add(int64(bytes))
	if b.used.Add(int64(bytes)) > b.limit.Load() {
		b.shrink()
	}
}

// forgetDead removes the parts that were garbage-collected. The caller holds b.mu.
func (b *Budget) forgetDead() {
	live := b.parts[:0]
	for _, w := range b.parts {
		if w.Value() != nil {
			live = append(live, w)
		}
	}
	clear(b.parts[len(live):])
	b.parts, b.hand = live, 0
}

// shrink empties parts that were not used recently, until an eighth of the budget is free.
func (b *Budget) shrink() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for steps := 2 * len(b.parts); steps > 0 && b.used.Load() > b.limit.Load()*7/8; steps-- {
		if b.hand >= len(b.parts) {
			b.hand = 0
		}
		p := b.parts[b.hand].Value()
		b.hand++
		if p == nil || p.used.Swap(false) {
			continue
		}
		b.empty(p)
	}
}

// empty drops what a part caches. Readers that already have cached values may continue to use them.
func (b *Budget) empty(p *Part) {
	p.columns.Store(nil)
	p.steps.Store(nil)
	p.layout.Store(nil)
	p.alive.Store(nil)
	p.whole.Store(nil)
	if c := p.charged.Load(); c != nil {
		b.used.Add(-c.bytes.Swap(0))
	}
}

func (p *Part) touch() {
	if !p.used.Load() {
		p.used.Store(true)
	}
}

// numbers returns a column of n numbers. read returns the cell at a place; it is used at the first request.
// numbers returns nil if the values are not numbers of one kind.
func (p *Part) numbers(b *Budget, what uint32, n int, read func(i int) Cell) *Numbers {
	p.touch()
	for {
		old := p.columns.Load()
		if old != nil {
			for i := range *old {
				if c := &(*old)[i]; c.what == what {
					return c.numbers
				}
			}
		}
		c := columnOfPart{what: what, numbers: NumbersOf(n, read)}
		if p.columns.CompareAndSwap(old, with(old, c)) {
			if c.numbers != nil {
				b.charge(p, c.numbers.Bytes())
			}
			return c.numbers
		}
	}
}

// order returns the places sorted by a column that has numbers.
func (p *Part) order(b *Budget, what uint32, x *Numbers) []uint16 {
	for {
		old := p.columns.Load()
		if old != nil {
			for i := range *old {
				if c := &(*old)[i]; c.what == what && c.places != nil {
					return c.places
				}
			}
		}
		places := orderOf(x)
		if p.columns.CompareAndSwap(old, with(old, columnOfPart{what, x, places})) {
			b.charge(p, 2*len(places))
			return places
		}
	}
}

// with returns a copy of the list in which c replaces the column with the same name.
func with(old *[]columnOfPart, c columnOfPart) *[]columnOfPart {
	var list []columnOfPart
	if old != nil {
		for _, x := range *old {
			if x.what != c.what {
				list = append(list, x)
			}
		}
	}
	list = append(list, c)
	return &list
}

// layoutOf returns the layout of the part. find computes it at the first request.
func (p *Part) layoutOf(b *Budget, find func() *layout) *layout {
	p.touch()
	if l := p.layout.Load(); l != nil {
		return l
	}
	l := find()
	if p.layout.CompareAndSwap(nil, l) {
		b.charge(p, 8*(len(l.odd)+len(l.oddSeries))+2*len(l.types)+64)
	}
	return l
}

// aliveOf returns the places whose claims are not withdrawn, when lost claims of the entity are withdrawn. find
// computes them if the last request had another lost.
func (p *Part) aliveOf(b *Budget, lost uint32, find func() Set) Set {
	if a := p.alive.Load(); a != nil && a.lost == lost {
		return a.set
	}
	a := &alive{lost, find()}
	if p.alive.Swap(a) == nil {
		b.charge(p, 8*len(a.set)+32)
	}
	return a.set
}

// Run caches values of all parts of one list together.
type Run struct {
	Parts []PartOfRun
	Types []uint16 // the types of the nodes, by number

	of     unsafe.Pointer
	lists  any // of type [][]L, by part
	sorted atomic.Pointer[[]sortedRun]
	fronts atomic.Pointer[[]keptFront]
}

// PartOfRun is a part with the sets of its layout, to which the groups with links in several parts are added.
type PartOfRun struct {
	*Part
	N              int // the number of places
	Odd, OddSeries Set
}

type sortedRun struct {
	what       uint32
	descending bool
	places     *Sorted // nil if there is no such order
}

// run returns the cache of the list whose first part is p. find computes it at the first request. of identifies
// the list, because two lists may share their first part.
func (p *Part) run(b *Budget, of unsafe.Pointer, find func() *Run) *Run {
	p.touch()
	r := p.whole.Load()
	if r == nil || r.of != of {
		r = find()
		r.of = of
		p.whole.Store(r)
		b.charge(p, 128*len(r.Parts))
	}
	return r
}

// sortedBy returns the places of the run sorted by their numbers, or nil if the numbers are not of one kind.
func (r *Run) sortedBy(b *Budget, what uint32, descending bool, numbers func(part int) *Numbers) *Sorted {
	for {
		old := r.sorted.Load()
		if old != nil {
			for i := range *old {
				if s := &(*old)[i]; s.what == what && s.descending == descending {
					return s.places
				}
			}
		}
		s := r.sort(b, what, descending, numbers)
		var list []sortedRun
		if old != nil {
			list = slices.Clip(*old)
		}
		if list = append(list, sortedRun{what, descending, s}); r.sorted.CompareAndSwap(old, &list) {
			if s != nil {
				b.charge(r.Parts[0].Part, 40*len(s.parts)+1024)
			}
			return s
		}
	}
}

func (r *Run) sort(b *Budget, what uint32, descending bool, numbers func(part int) *Numbers) *Sorted {
	list := make([]ordered, len(r.Parts))
	var kind *Numbers
	for i := range list {
		x := numbers(i)
		switch {
		case x == nil || x.n > maxOrdered:
			return nil
		case x.known == 0:
		case kind == nil:
			kind = x
		case x.Kind != kind.Kind || x.Unit != kind.Unit:
			return nil
		}
		list[i] = ordered{x, r.Parts[i].order(b, what, x)}
	}
	s := newSorted(list, descending)
	if kind != nil {
		s.Kind, s.Unit = kind.Kind, kind.Unit
	}
	return s
}
