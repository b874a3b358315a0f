package runs

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type pair struct{ a, b uint32 }

func compare(x, y pair) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) }

// TestSorter compares with sorting in memory, with buffers of a few records.
func TestSorter(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		s := New(dir, rapid.IntRange(1, 20).Draw(rt, "most"), compare)
		var want []pair
		for range rapid.IntRange(0, 200).Draw(rt, "records") {
			p := pair{rapid.Uint32Range(0, 9).Draw(rt, "a"), rapid.Uint32().Draw(rt, "b")}
			want = append(want, p)
			if err := s.Add(p); err != nil {
				rt.Fatal(err)
			}
		}
		slices.SortFunc(want, compare)
		var got []pair
		if err := s.Each(func(p pair) error { got = append(got, p); return nil }); err != nil {
			rt.Fatal(err)
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%v, want %v", got, want)
		}
		if err := s.Close(); err != nil {
			rt.Fatal(err)
		}
	})
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left over are %v", left)
	}
}

func TestSorterFails(t *testing.T) {
	s := New(t.TempDir(), 2, compare)
	defer s.Close()
	for i := range uint32(5) {
		if err := s.Add(pair{i, i}); err != nil {
			t.Fatal(err)
		}
	}
	stop := errors.New("stop")
	if err := s.Each(func(p pair) error {
		if p.a == 3 {
			return stop
		}
		return nil
	}); err != stop {
		t.Errorf("the error of fn is returned as %v", err)
	}
	if err := s.file.Truncate(12); err != nil {
		t.Fatal(err)
	}
	if err := s.Each(func(pair) error { return nil }); err == nil {
		t.Error("a run that was cut short is read without an error")
	}
	full := New(t.TempDir()+"/missing", 1, compare)
	if err := errors.Join(full.Add(pair{}), full.Add(pair{})); err == nil {
		t.Error("there is no folder for the runs, and no error")
	}
}
