package column

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestMerge puts random entries into a table in random portions, and compares each
// state with sorted copies. Earlier states must stay as they were.
func TestMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var table Table[[]int]
	want := map[uint32][]int{}
	type state struct {
		table Table[[]int]
		want  map[uint32][]int
	}
	var states []state
	for range 60 {
		var entries []Entry[int]
		grows := map[uint32]bool{}
		for range r.IntN(8) {
			e := Entry[int]{List: uint32(r.IntN(600)), Item: r.IntN(1000)}
			entries, grows[e.List] = append(entries, e), true
		}
		next := map[uint32][]int{}
		for n, list := range want {
			next[n] = list
		}
		for _, e := range entries {
			next[e.List] = append(slices.Clone(next[e.List]), e.Item)
			slices.Sort(next[e.List])
		}
		want = next
		table = Merge(table, entries, cmp.Compare[int], func(n uint32, list []int) {
			if !grows[n] || !slices.Equal(list, want[n]) {
				t.Fatalf("the list %d grows to %v, want %v", n, list, want[n])
			}
			delete(grows, n)
		})
		if len(grows) > 0 {
			t.Fatalf("not reported as grown: %v", grows)
		}
		states = append(states, state{table, want})
	}
	for i, s := range states {
		for n := range uint32(600) {
			if !slices.Equal(s.table.At(n), s.want[n]) {
				t.Fatalf("state %d, list %d: %v, want %v", i, n, s.table.At(n), s.want[n])
			}
		}
	}
}
