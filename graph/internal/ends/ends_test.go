package ends

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// claims are the entities of claims by number; entities are ordered by the number itself.
type claims []uint32

func (c claims) Claims() uint32 { return uint32(len(c)) }

func (c claims) Entities() uint32 { return 25 }

func (c claims) All() ([]uint32, bool) {
	all := slices.Clone(c)
	slices.Sort(all)
	return slices.Compact(all), true
}

func (c claims) Since(n uint32) []uint32 { return slices.Clone(c[n:]) }

func (c claims) Compare(a, b uint32) int { return cmp.Compare(a, b) }

// ended is a source whose reading is ended.
type ended struct{ claims }

func (ended) All() ([]uint32, bool) { return nil, false }

// TestMemory: a list has all entities of the claims of any snapshot that asks, in order,
// and none that no claim has; what was ended is not remembered.
func TestMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := claims(rapid.SliceOfN(rapid.Uint32Range(0, 30), 1, 60).Draw(t, "claims"))
		var m Memory[string]
		if m.Of("a", ended{all}) != nil {
			t.Fatal("what was ended has a list")
		}
		most := 0
		for range rapid.IntRange(1, 6).Draw(t, "snapshots") {
			n := rapid.IntRange(0, len(all)).Draw(t, "claims of one")
			most = max(most, n)
			want, _ := all[:most].All()
			want = slices.DeleteFunc(want, func(x uint32) bool { return x >= 25 })
			if got := m.Of("a", all[:n]); !slices.Equal(got, want) {
				t.Fatalf("%v instead of %v", got, want)
			}
		}
	})
}
