package column

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestWalk compares walks from any place, in both directions, with a slice.
func TestWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		defer Shorten(rapid.IntRange(0, 2).Draw(t, "flat"), rapid.IntRange(1, 4).Draw(t, "chunk"), rapid.IntRange(2, 3).Draw(t, "branch"))()
		o := Order[int]{Compare: cmp.Compare[int]}
		items := rapid.SliceOfNDistinct(rapid.IntRange(0, 60), 0, 40, rapid.ID).Draw(t, "items")
		slices.Sort(items)
		l := ListOf[int, None](items, o)
		read := func(w Walk[int, None]) (got []int) {
			for len(w.Part) > 0 {
				part := slices.Clone(w.Part)
				if w.Back {
					slices.Reverse(part)
				}
				got = append(got, part...)
				w.Turn()
			}
			return got
		}
		backwards := func(list []int) []int {
			list = slices.Clone(list)
			slices.Reverse(list)
			return list
		}
		if got := read(l.Walk(false)); !slices.Equal(got, items) {
			t.Fatalf("%v, want %v", got, items)
		}
		if got := read(l.Walk(true)); !slices.Equal(got, backwards(items)) {
			t.Fatalf("%v, want %v backwards", got, items)
		}
		from := rapid.IntRange(-1, 61).Draw(t, "from")
		where := func(x int) int { return cmp.Compare(x, from) }
		at, found := slices.BinarySearch(items, from)
		if got := read(l.From(where, false)); !slices.Equal(got, items[at:]) {
			t.Fatalf("from %d: %v, want %v", from, got, items[at:])
		}
		if found {
			at++
		}
		if got := read(l.From(where, true)); !slices.Equal(got, backwards(items[:at])) {
			t.Fatalf("back from %d: %v, want %v backwards", from, got, items[:at])
		}
	})
}

// TestGroups compares the groups of neighbours with a slice, counted and read.
func TestGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		defer Shorten(rapid.IntRange(0, 2).Draw(t, "flat"), rapid.IntRange(1, 9).Draw(t, "chunk"), rapid.IntRange(2, 3).Draw(t, "branch"))()
		items := rapid.SliceOfNDistinct(rapid.IntRange(0, 90), 0, 60, rapid.ID).Draw(t, "items")
		slices.Sort(items)
		l := ListOf[int, None](items, Order[int]{Compare: cmp.Compare[int]})
		size := rapid.IntRange(1, 40).Draw(t, "group")
		same := func(a, b *int) bool { return *a/size == *b/size }
		want := slices.CompactFunc(slices.Clone(items), func(a, b int) bool { return same(&a, &b) })
		if got := slices.Collect(l.FirstOfGroups(same)); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		chunks := 0
		for range l.Parts() {
			chunks++
		}
		got := l.Groups(same)
		if chunks <= sampled && got != len(want) || len(want) > 0 && got < 1 || got > len(items) {
			t.Fatalf("%d groups in %d chunks, want %d", got, chunks, len(want))
		}
	})
}
