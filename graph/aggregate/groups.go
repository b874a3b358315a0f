// Package aggregate sums up lists of values (Stats) and groups them (Grouper).
//
// It must not know where the values come from: graph/snapshot reads them.
package aggregate

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Group is the elements of a list with equal values of the key, or of all keys.
type Group struct {
	Key   graph.Value   // the zero Value means missing
	More  []graph.Value // the keys after the first, if the list is divided by several
	Count int
}

// Parts has the groups of a list, the largest first, then by key.
type Parts struct {
	Groups []Group
	// Of is, for each element of the list, the index of its group.
	Of []int32
}

// Count returns the number of groups. A nil p is one group of all elements.
func (p *Parts) Count() int {
	if p == nil {
		return 1
	}
	return len(p.Groups)
}

// At returns the index of the group of an element.
func (p *Parts) At(i int) int32 {
	if p == nil {
		return 0
	}
	return p.Of[i]
}

// Grouper finds the groups of a list of values. Only one goroutine may use it, for one list; Release returns
// its memory for reuse.
type Grouper struct {
	keys   []graph.Value
	byText map[graph.Value]int32 // for values that several cells may represent

	// Most values are found by their cells: seats is a hash table by cell, with indexes into seen + 1.
	seats []int32
	seen  []seenCell
	shift uint

	counts, place, sorted []int32
	texts                 []string
}

type seenCell struct {
	Cell
	group int32
}

var grouperPool = sync.Pool{New: func() any { return &Grouper{byText: map[graph.Value]int32{}} }}

// keepGrouped bounds the memory that is kept for the next list.
const keepGrouped = 1 << 17

// NewGrouper returns a grouper for a list of n values.
func NewGrouper(n int) *Grouper {
	g := grouperPool.Get().(*Grouper)
	g.seat(n)
	return g
}

// Release returns the memory for reuse. The grouper must not be used again.
func (g *Grouper) Release() {
	if len(g.seats) > keepGrouped {
		return
	}
	clear(g.keys)
	clear(g.byText)
	clear(g.texts)
	g.keys, g.seen = g.keys[:0], g.seen[:0]
	grouperPool.Put(g)
}

// seat allocates the hash table for n values.
func (g *Grouper) seat(n int) {
	size := uint(bits.Len(uint(n))) + 1
	g.seats = append(g.seats[:0], make([]int32, 1<<size)...)
	g.shift = 64 - size
}

// Find returns the group of the value in a cell; ok is false if the cell is new, so that Add must be called.
func (g *Grouper) Find(c Cell) (group int32, ok bool) {
	if x := g.seats[g.at(c)]; x != 0 {
		return g.seen[x-1].group, true
	}
	return 0, false
}

// at returns the index in seats of a cell, or the empty index where it belongs.
func (g *Grouper) at(c Cell) uint64 {
	i := ((c.Bits^uint64(c.Unit)<<40)*0x9E3779B97F4A7C15 + uint64(c.Kind)) >> g.shift
	for g.seats[i] != 0 && g.seen[g.seats[i]-1].Cell != c {
		i = (i + 1) & (1<<(64-g.shift) - 1)
	}
	return i
}

// Add returns the group of the value in a cell that Find did not find.
func (g *Grouper) Add(c Cell, val graph.Value) int32 {
	var k int32
	if c.Textual() {
		k = g.Of(val)
	} else {
		k = int32(len(g.keys))
		g.keys = append(g.keys, val)
	}
	i := g.at(c)
	g.seen = append(g.seen, seenCell{c, k})
	g.seats[i] = int32(len(g.seen))
	return k
}

// Of returns the group of a value without a cell.
func (g *Grouper) Of(val graph.Value) int32 {
	k, ok := g.byText[val]
	if !ok {
		k = int32(len(g.keys))
		g.keys = append(g.keys, val)
		g.byText[val] = k
	}
	return k
}

// Sort sets parts.Groups to the groups, the largest first and then by key. Before the call, parts.Of must have for
// each element of the list the group that Find, Add or Of returned. Sort replaces each by its index in parts.Groups.
// If byBytes is set, texts are ordered by bytes.
func (g *Grouper) Sort(o *schema.Ontology, byBytes bool, parts *Parts) {
	n := len(g.keys)
	g.counts = append(g.counts[:0], make([]int32, n)...)
	g.place = append(g.place[:0], make([]int32, n)...)
	g.sorted, g.texts = g.sorted[:0], g.texts[:0]
	for _, k := range parts.Of {
		g.counts[k]++
	}
	for k := range g.keys {
		g.sorted, g.texts = append(g.sorted, int32(k)), append(g.texts, "")
	}
	text := func(k int32) string {
		if g.texts[k] == "" {
			g.texts[k] = orderText(&g.keys[k], byBytes)
		}
		return g.texts[k]
	}
	slices.SortFunc(g.sorted, func(a, b int32) int {
		if d := g.counts[b] - g.counts[a]; d != 0 {
			return int(d)
		}
		return compareKeys(o, &g.keys[a], &g.keys[b], a, b, text)
	})
	parts.Groups = slices.Grow(parts.Groups[:0], n)
	for i, k := range g.sorted {
		parts.Groups = append(parts.Groups, Group{Key: g.keys[k], Count: int(g.counts[k])})
		g.place[k] = int32(i)
	}
	for i, k := range parts.Of {
		parts.Of[i] = g.place[k]
	}
}

// orderText returns the text by which a textual key is ordered.
func orderText(key *graph.Value, byBytes bool) string {
	if key.Kind() == graph.StringKind && !byBytes {
		return text.Key(key.String())
	}
	return key.String()
}

// compareKeys compares the keys with the numbers a and b; text returns, by number, the text by which a textual
// key is ordered.
func compareKeys(o *schema.Ontology, x, y *graph.Value, a, b int32, text func(int32) string) int {
	if x.Kind() == graph.StringKind && y.Kind() == graph.StringKind {
		return strings.Compare(text(a), text(b))
	}
	// 1 km and 1000 m are the same amount, but make two groups.
	return cmp.Or(graph.Compare(o, x, y), strings.Compare(text(a), text(b)))
}
