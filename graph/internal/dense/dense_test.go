package dense

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// list draws values of one kind, some of which are missing.
func drawList(t *rapid.T, kind graph.Kind, name string) []graph.Value {
	ints := rapid.OneOf(rapid.Int64Range(-3, 3), rapid.Int64Range(math.MinInt32, math.MaxInt32), rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, math.MaxInt32, math.MaxInt32 + 1}))
	if rapid.Bool().Draw(t, "small") {
		ints = rapid.Int64Range(-3, 3)
	}
	floats := rapid.OneOf(rapid.Float64Range(-2, 2), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 0.1, 1e300, -1e300, 1}))
	missing := rapid.SampledFrom([]int{0, 0, 1, 5}).Draw(t, "missing")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) graph.Value {
		switch {
		case missing > 0 && rapid.IntRange(0, 9).Draw(t, "is missing") < missing:
			return graph.Value{}
		case kind == graph.IntKind:
			return graph.IntValue(ints.Draw(t, "int"))
		case kind == graph.QuantityKind:
			return graph.QuantityValue(floats.Draw(t, "amount"), "km")
		}
		return graph.FloatValue(floats.Draw(t, "float"))
	}), 0, 200).Draw(t, name)
}

func kinds(t *rapid.T) graph.Kind {
	return rapid.SampledFrom([]graph.Kind{graph.IntKind, graph.FloatKind, graph.QuantityKind}).Draw(t, "kind")
}

func cells(values []graph.Value) func(i int) Cell {
	return func(i int) Cell {
		v := values[i]
		b, _ := v.Bits()
		return Cell{Bits: b, Kind: v.Kind()}
	}
}

func unitOf(kind graph.Kind) string {
	if kind == graph.QuantityKind {
		return "km"
	}
	return ""
}

// TestKeep compares ranges with the tests that they come from.
func TestKeep(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		kind := kinds(t)
		values := drawList(t, kind, "values")
		x := NumbersOf(len(values), cells(values))
		bounds := append(drawList(t, kind, "bounds"), drawList(t, graph.FloatKind, "floats")...)
		bounds = slices.DeleteFunc(append(bounds, drawList(t, graph.IntKind, "ints")...), func(v graph.Value) bool { return v.Kind() == graph.NoKind })
		bounds = append(bounds, graph.QuantityValue(1, "m"), graph.QuantityValue(0.001, "km"))
		test := &filter.Test{}
		for _, to := range []**graph.Value{&test.Eq, &test.Lt, &test.Lte, &test.Gt, &test.Gte} {
			if rapid.IntRange(0, 3).Draw(t, "bound") == 0 {
				*to = &rapid.SampledFrom([][]graph.Value{{rapid.SampledFrom(bounds).Draw(t, "of")}}).Draw(t, "one")[0]
			}
		}
		switch rapid.IntRange(0, 9).Draw(t, "more") {
		case 0:
			test.IsNull = new(bool)
			*test.IsNull = rapid.Bool().Draw(t, "null")
		case 1:
			test.Ne = &bounds[0]
		case 2:
			test.Unit = o.Units[rapid.SampledFrom([]string{"km", "t"}).Draw(t, "unit")]
		}
		r, exact, ok := RangeOf(o, test, kind, unitOf(kind))
		if !ok {
			return
		}
		in := NewSet(nil, len(values))
		drop := -1
		if len(values) > 0 {
			drop = rapid.IntRange(0, len(values)-1).Draw(t, "drop")
			in.Drop(drop)
		}
		x.Keep(&r, in)
		count := 0
		for i, v := range values {
			want := test.Passes(o, v) && i != drop
			if in.Has(i) != want && (exact || want) {
				t.Fatalf("%d: %v of kept: %v, want %v (exact %v) by %+v, %+v", i, v, in.Has(i), want, exact, test, r)
			}
			if in.Has(i) {
				count++
			}
		}
		if in.Len() != count {
			t.Fatalf("the set has %d places instead of %d", in.Len(), count)
		}
	})
}

// TestAddTo compares sums with those of one number after the other.
func TestAddTo(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		kind := kinds(t)
		values := drawList(t, kind, "values")
		x := NumbersOf(len(values), cells(values))
		in := NewSet(nil, len(values))
		every := rapid.SampledFrom([]int{1, 2, 3, 40, 1000}).Draw(t, "every")
		var got, want aggregate.Stats
		for i, v := range values {
			switch {
			case every != 1000 && i%every != 0:
				in.Drop(i)
			case v.Kind() != graph.NoKind:
				want.Add(v.Float(), unitOf(kind))
			}
		}
		x.AddTo(&got, in, unitOf(kind), true)
		got.Settle(o)
		want.Settle(o)
		if got.Count != want.Count || got.Min != want.Min || got.Max != want.Max || got.Unit != want.Unit || math.Abs(got.Sum-want.Sum) > 1e-15*math.Abs(want.Sum) {
			t.Fatalf("%+v instead of %+v of %v", got, want, values)
		}
	})
}

// TestSorted compares the merged order of the parts of a run with sorting it.
func TestSorted(t *testing.T) {
	b := NewBudget(1 << 30)
	rapid.Check(t, func(t *rapid.T) {
		kind := kinds(t)
		parts := make([]*Part, rapid.IntRange(1, 5).Draw(t, "parts"))
		lists := make([][]graph.Value, len(parts))
		type place struct {
			part, at int
			v        graph.Value
		}
		var all []place
		for i := range parts {
			parts[i], lists[i] = new(Part), drawList(t, kind, "values")
			for at, v := range lists[i] {
				all = append(all, place{i, at, v})
			}
		}
		descending := rapid.Bool().Draw(t, "descending")
		compare := func(a, b place) int { return compareInOrder(&a.v, &b.v, descending) }
		slices.SortFunc(all, func(a, b place) int { return cmp.Or(compare(a, b), a.part-b.part, a.at-b.at) })
		var of int
		run := parts[0].run(b, unsafe.Pointer(&of), func() *Run {
			r := &Run{}
			for i, p := range parts {
				r.Parts = append(r.Parts, PartOfRun{Part: p, N: len(lists[i])})
			}
			return r
		})
		s := run.sortedBy(b, 7, descending, func(i int) *Numbers { return parts[i].numbers(b, 7, len(lists[i]), cells(lists[i])) })
		if s.Len() != len(all) {
			t.Fatalf("%d places instead of %d", s.Len(), len(all))
		}
		seen := map[[2]int]bool{}
		for i := 0; i < len(all); {
			for _, p := range s.From(i) {
				got := place{int(p.Part), int(p.At), lists[p.Part][p.At]}
				if compare(got, all[i]) != 0 || p.Known != (all[i].v.Kind() != graph.NoKind) {
					t.Fatalf("%d: %v instead of %v", i, got, all[i])
				}
				seen[[2]int{got.part, got.at}] = true
				i++
			}
		}
		if len(seen) != len(all) {
			t.Fatalf("%d different places of %d", len(seen), len(all))
		}
		if len(all) > 0 {
			from := rapid.SampledFrom(all).Draw(t, "from")
			if key, ok := KeyOf(&from.v, kind); ok {
				want, _ := slices.BinarySearchFunc(all, from, compare)
				if got := s.Begin(key); got != want {
					t.Fatalf("%v begins at %d instead of %d", from.v, got, want)
				}
			}
		}
	})
}

// compareInOrder compares values in an order, in which missing ones come last.
func compareInOrder(a, b *graph.Value, descending bool) int {
	x, y := a.Kind() == graph.NoKind, b.Kind() == graph.NoKind
	switch {
	case x && y:
		return 0
	case x:
		return 1
	case y:
		return -1
	}
	c := graph.Compare(nil, a, b)
	if descending {
		c = -c
	}
	return c
}

// TestBudget: parts are emptied when the budget is spent, and those that are gone are not counted.
func TestBudget(t *testing.T) {
	values := make([]graph.Value, 1000)
	for i := range values {
		values[i] = graph.IntValue(int64(i))
	}
	b := NewBudget(100_000)
	parts := make([]*Part, 200)
	var done sync.WaitGroup
	for worker := range 4 {
		done.Go(func() {
			for i := range parts {
				if worker == 0 {
					parts[i] = new(Part)
				}
				p := new(Part)
				for what := range uint32(3) {
					if x := p.numbers(b, what, len(values), cells(values)); x.Known() != len(values) {
						t.Error("numbers are missing")
					}
				}
			}
		})
	}
	done.Wait()
	for _, p := range parts {
		p.numbers(b, 0, len(values), cells(values))
	}
	if used := b.Used(); used > 110_000 {
		t.Errorf("%d bytes are used of 100,000", used)
	}
	runtime.KeepAlive(parts)
	clear(parts)
	for range 100 {
		if runtime.GC(); b.Used() == 0 {
			return
		}
		runtime.Gosched()
	}
	if used := b.Used(); used > 20_000 { // cleanups run some time after a collection
		t.Errorf("%d bytes are used by nothing", used)
	}
}

func BenchmarkKeepAndAdd(b *testing.B) {
	const n = 512
	years, values := make([]graph.Value, n), make([]graph.Value, n)
	for i := range years {
		years[i], values[i] = graph.IntValue(int64(1990+i*7919%36)), graph.IntValue(int64(i*104729%10_000_000))
	}
	x, y := NumbersOf(n, cells(years)), NumbersOf(n, cells(values))
	from := graph.IntValue(2005)
	r, _, _ := RangeOf(nil, &filter.Test{Gte: &from}, graph.IntKind, "")
	var in Set
	for b.Loop() {
		var st aggregate.Stats
		in = NewSet(in, n)
		x.Keep(&r, in)
		y.AddTo(&st, in, "", false)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/edge")
}

func BenchmarkKeep(b *testing.B) {
	const n = 512
	years := make([]graph.Value, n)
	for i := range years {
		years[i] = graph.IntValue(int64(1990 + i*7919%36))
	}
	x := NumbersOf(n, cells(years))
	from := graph.IntValue(2005)
	r, _, _ := RangeOf(nil, &filter.Test{Gte: &from}, graph.IntKind, "")
	var in Set
	for b.Loop() {
		in = NewSet(in, n)
		x.Keep(&r, in)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/edge")
}
