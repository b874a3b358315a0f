package column

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// pairs sort by both of their numbers; those of one first number are a group.
type pair [2]int

var byPair = Order[pair]{
	Compare: func(a, b pair) int {
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		return cmp.Compare(a[1]/2, b[1]/2) // odd ones equal the even ones before them
	},
	Together: func(a, b pair) bool { return a[0] == b[0] },
	Run:      func(x pair) uint16 { return uint16(x[0] / 10) },
}

// naive puts an element into a sorted slice, in place of the one that it equals.
func naive(list []pair, x pair) []pair {
	list = slices.Clone(list)
	for i, y := range list {
		switch c := byPair.Compare(y, x); {
		case c == 0:
			list[i] = x
			return list
		case c > 0:
			return slices.Insert(list, i, x)
		}
	}
	return append(list, x)
}

// TestListAgainstSlices puts elements into lists in any order, at the end, and into
// few groups, some or many at a time, and compares with sorted slices. What was made
// before must stay as it was, with what is beside its chunks.
func TestListAgainstSlices(t *testing.T) {
	defer Shorten(5, 8, 3)()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		groups, members, most := 1+r.IntN(60), 1+r.IntN(40), 1+r.IntN(30)
		m := Merger[pair, int]{Order: byPair, Room: r.IntN(10)}
		type version struct {
			list    List[pair, int]
			divided Divided[pair, int]
			want    []pair
		}
		versions := []version{{}}
		for step := range 60 {
			v := versions[len(versions)-1]
			var items []pair
			for range 1 + r.IntN(most) {
				x := pair{r.IntN(groups), r.IntN(members)}
				if seed%3 == 0 { // at the end
					x = pair{step, r.IntN(members)}
				}
				if !slices.ContainsFunc(items, func(y pair) bool { return byPair.Compare(x, y) == 0 }) {
					items = append(items, x)
				}
			}
			slices.SortFunc(items, byPair.Compare)
			for _, x := range items {
				v.want = naive(v.want, x)
			}
			v.list, v.divided = m.Put(v.list, items), m.Divide(v.divided, items)
			for c := range chunks(v.list) {
				if side := c.Side.Load(); side != nil && *side != sum(c.items) {
					t.Fatalf("seed %d: a chunk has what belongs beside another", seed)
				}
				n := sum(c.items)
				c.Side.Store(&n)
			}
			versions = append(versions, v)
		}
		for i, v := range versions {
			what := fmt.Sprintf("seed %d, version %d", seed, i)
			check(t, what, v.list, v.want)
			checkDivided(t, what, v.divided, v.want)
		}
		last, what := versions[len(versions)-1].want, fmt.Sprintf("seed %d, made at once", seed)
		check(t, what, ListOf[pair, int](last, byPair), last)
		checkDivided(t, what, DividedOf[pair, int](last, byPair), last)
	}
}

func chunks(l List[pair, int]) map[*Chunk[pair, int]]bool {
	all := map[*Chunk[pair, int]]bool{}
	for part, at := l.First(); len(part) > 0; part, at = l.After(at) {
		if c := l.Chunk(at); c != nil {
			all[c] = true
		}
	}
	return all
}

func sum(items []pair) int {
	n := len(items)
	for _, x := range items {
		n += 1000*x[0] + x[1]
	}
	return n
}

func check(t *testing.T, what string, l List[pair, int], want []pair) {
	t.Helper()
	if err := l.Check(byPair); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if got := slices.Collect(l.All()); !slices.Equal(got, want) || l.Len() != len(want) {
		t.Fatalf("%s: %d elements %v, want %v", what, l.Len(), got, want)
	}
	if got := slices.Concat(slices.Collect(l.Parts())...); !slices.Equal(got, want) {
		t.Fatalf("%s: the parts have %v, want %v", what, got, want)
	}
	for group := -1; group <= 61; group++ {
		var of []pair
		for _, x := range want {
			if x[0] == group {
				of = append(of, x)
			}
		}
		if got := l.Within(func(x pair) int { return cmp.Compare(x[0], group) }); !slices.Equal(got, of) {
			t.Fatalf("%s: the group %d has %v, want %v", what, group, got, of)
		}
	}
}

func checkDivided(t *testing.T, what string, d Divided[pair, int], want []pair) {
	t.Helper()
	if err := d.Check(byPair); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if got := slices.Concat(slices.Collect(d.Parts())...); !slices.Equal(got, want) || d.Len() != len(want) {
		t.Fatalf("%s: divided, %d elements %v, want %v", what, d.Len(), got, want)
	}
	for number := range uint16(8) {
		var of []pair
		for _, x := range want {
			if byPair.Run(x) == number && d.Short() == nil {
				of = append(of, x)
			}
		}
		if got := slices.Collect(d.Run(number).All()); !slices.Equal(got, of) {
			t.Fatalf("%s: the run %d has %v, want %v", what, number, got, of)
		}
	}
	if n := 0; len(want) > 0 && (!d.Has(func(x pair) bool { n++; return x == want[len(want)/2] }) || n != len(want)/2+1) {
		t.Fatalf("%s: %d elements were read for the one in the middle of %d", what, n, len(want))
	}
}

// TestMerge puts random entries into a table in random portions, and compares each
// state with sorted copies. Earlier states must stay as they were.
func TestMerge(t *testing.T) {
	defer Shorten(3, 6, 2)()
	r := rand.New(rand.NewPCG(1, 2))
	order := Order[int]{Compare: cmp.Compare[int]}
	var table Table[List[int, None]]
	type state struct {
		table Table[List[int, None]]
		want  map[uint32][]int
	}
	states := []state{{want: map[uint32][]int{}}}
	for range 60 {
		want := map[uint32][]int{}
		for n, list := range states[len(states)-1].want {
			want[n] = list
		}
		var entries []Entry[int]
		for range r.IntN(40) {
			e := Entry[int]{List: uint32(r.IntN(30) * 20), Item: r.IntN(1000)}
			entries = append(entries, e)
			if !slices.Contains(want[e.List], e.Item) {
				want[e.List] = append(slices.Clone(want[e.List]), e.Item)
				slices.Sort(want[e.List])
			}
		}
		table = Merge(table, entries, order)
		states = append(states, state{table, want})
	}
	for i, s := range states {
		for n := range uint32(600) {
			l := s.table.At(n)
			if got := slices.Collect(l.All()); !slices.Equal(got, s.want[n]) {
				t.Fatalf("state %d, list %d: %v, want %v", i, n, got, s.want[n])
			}
			if err := l.Check(order); err != nil {
				t.Fatal(err)
			}
		}
	}
}
