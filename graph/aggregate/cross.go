package aggregate

import (
	"cmp"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// By is a list divided by one of several keys.
type By struct {
	Parts
	// Bytes is true if texts of the key are ordered by bytes.
	Bytes bool
}

// Cross computes the groups of a list that is divided by several keys at once, from the groups of each key.
// There is a group for each combination that occurs; the largest come first, then the keys decide in turn.
// There must be at least one key. counts, if not nil, says how many items each element of the list represents.
func Cross(o *schema.Ontology, keys []By, counts []int, parts *Parts) {
	n := len(keys[0].Of)
	of := append(parts.Of[:0], keys[0].Of...)
	// tuples has, for each group so far, the numbers of its keys' groups.
	width := len(keys)
	tuples := make([]int32, 0, width*len(keys[0].Groups))
	for i := range keys[0].Groups {
		tuples = append(append(tuples, int32(i)), make([]int32, width-1)...)
	}
	for k := 1; k < width; k++ {
		pairs := newPairs(len(tuples)/width, len(keys[k].Groups), n)
		var next []int32
		for i, a := range of {
			b := keys[k].Of[i]
			seat, seen := pairs.seat(a, b)
			if !seen {
				at := len(next)
				next = append(next, tuples[int(a)*width:int(a+1)*width]...)
				next[at+k] = b
			}
			of[i] = seat
		}
		tuples = next
	}
	parts.Of = of
	sums := make([]int, len(tuples)/width)
	for i, t := range of {
		if counts == nil {
			sums[t]++
		} else {
			sums[t] += counts[i]
		}
	}
	sortTuples(o, keys, tuples, sums, parts)
}

// sortTuples sorts the groups and renumbers parts.Of accordingly; counts has the sizes of the groups.
func sortTuples(o *schema.Ontology, keys []By, tuples []int32, counts []int, parts *Parts) {
	width := len(keys)
	ranks := make([][]int32, width)
	for k := range keys {
		ranks[k] = rank(o, &keys[k])
	}
	order := make([]int32, len(counts))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if c := cmp.Compare(counts[b], counts[a]); c != 0 {
			return c
		}
		x, y := tuples[int(a)*width:], tuples[int(b)*width:]
		for k := range keys {
			if c := cmp.Compare(ranks[k][x[k]], ranks[k][y[k]]); c != 0 {
				return c
			}
		}
		return 0
	})
	place := make([]int32, len(order))
	parts.Groups = slices.Grow(parts.Groups[:0], len(order))
	more := make([]graph.Value, 0, len(order)*(width-1))
	for i, t := range order {
		place[t] = int32(i)
		tuple := tuples[int(t)*width:]
		at := len(more)
		for k := 1; k < width; k++ {
			more = append(more, keys[k].Groups[tuple[k]].Key)
		}
		parts.Groups = append(parts.Groups, Group{Key: keys[0].Groups[tuple[0]].Key, More: more[at:len(more):len(more)], Count: counts[t]})
	}
	for i, t := range parts.Of {
		parts.Of[i] = place[t]
	}
}

// rank returns the position of each group of a key in the order of the keys.
func rank(o *schema.Ontology, by *By) []int32 {
	n := len(by.Groups)
	texts, order, ranks := make([]string, n), make([]int32, n), make([]int32, n)
	text := func(i int32) string {
		if texts[i] == "" {
			texts[i] = orderText(&by.Groups[i].Key, by.Bytes)
		}
		return texts[i]
	}
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return compareKeys(o, &by.Groups[a].Key, &by.Groups[b].Key, a, b, text)
	})
	for place, i := range order {
		ranks[i] = int32(place)
	}
	return ranks
}

// pairs numbers the pairs that occur, in the order of first occurrence.
type pairs struct {
	dense []int32 // by a and b, the number + 1; nil if there are too many possible pairs
	width int
	found map[uint64]int32
	n     int32
}

// newPairs returns pairs of numbers below as and bs, of which at most n occur.
func newPairs(as, bs, n int) *pairs {
	if as*bs <= 4*n+1024 {
		return &pairs{dense: make([]int32, as*bs), width: bs}
	}
	return &pairs{found: map[uint64]int32{}}
}

// seat returns the number of a pair, and whether the pair occurred before.
func (p *pairs) seat(a, b int32) (int32, bool) {
	if p.dense != nil {
		x := &p.dense[int(a)*p.width+int(b)]
		if *x != 0 {
			return *x - 1, true
		}
		p.n++
		*x = p.n
		return p.n - 1, false
	}
	key := uint64(a)<<32 | uint64(b)
	if i, ok := p.found[key]; ok {
		return i, true
	}
	p.found[key] = p.n
	p.n++
	return p.n - 1, false
}
