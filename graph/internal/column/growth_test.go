package column

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

// item is as large as what most long lists hold.
type item [5]uint32

func listOfEven(n int, order Order[item]) List[item, None] {
	items := make([]item, n)
	for i := range items {
		items[i][0] = uint32(2 * i)
	}
	return ListOf[item, None](items, order)
}

// TestGrowth: one change allocates at 1,000,000 elements about what it does at 10,000.
func TestGrowth(t *testing.T) {
	order := Order[item]{Compare: func(a, b item) int { return cmp.Compare(a[0], b[0]) }}
	hash := func(n uint32) uint64 { return mixed(n, 32) }
	for name, build := range map[string]func(n int) (change func(i uint32)){
		"a list, anywhere": func(n int) func(uint32) {
			l := listOfEven(n, order)
			return func(i uint32) {
				m := Merger[item, None]{Order: order}
				l = m.Put(l, []item{{2*i + 1}})
			}
		},
		"a list, at its end": func(n int) func(uint32) {
			l := listOfEven(n, order)
			return func(uint32) {
				m := Merger[item, None]{Order: order}
				l = m.Put(l, []item{{uint32(2 * l.Len())}})
			}
		},
		"a table": func(n int) func(uint32) {
			e := NewEdit[[4]uint64]()
			for i := range uint32(n) {
				e.Set(i, [4]uint64{1})
			}
			table := e.Table()
			return func(i uint32) {
				e := table.Begin()
				e.Set(i, [4]uint64{2})
				table = e.Table()
			}
		},
		"the end of a table": func(n int) func(uint32) {
			e := NewEdit[uint32]()
			e.Grow(n)
			table := e.Table()
			return func(uint32) {
				e := table.Begin()
				e.Set(uint32(table.Len()), 1)
				table = e.Table()
			}
		},
		"an index": func(n int) func(uint32) {
			x := Index{}.WithRange(0, n, hash)
			return func(uint32) {
				x = x.WithRange(n, n+1, hash)
				n++
			}
		},
	} {
		bytes := func(n int) float64 {
			change, r := build(n), rand.New(rand.NewPCG(1, 2))
			const times = 2000
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range times {
				change(uint32(r.IntN(n)))
			}
			runtime.ReadMemStats(&after)
			return float64(after.TotalAlloc-before.TotalAlloc) / times
		}
		small, large := bytes(10_000), bytes(1_000_000)
		exponent := math.Log(large/small) / math.Log(100)
		line := fmt.Sprintf("%s: %.0f bytes at 10,000 elements, %.0f at 1,000,000, exponent %.3f", name, small, large, exponent)
		if t.Log(line); exponent > 0.1 {
			t.Error(line)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	hash := func(n uint32) uint64 { return mixed(n, 32) }
	for _, n := range []int{10_000, 1_000_000} {
		x := Index{}.WithRange(0, n, hash)
		b.Run(fmt.Sprintf("find/%d", n), func(b *testing.B) {
			i := uint32(0)
			for b.Loop() {
				i = (i + 7919) % uint32(n)
				if _, ok := x.Find(hash(i), func(m uint32) bool { return m == i }); !ok {
					b.Fatal(i)
				}
			}
		})
		b.Run(fmt.Sprintf("build/%d", n), func(b *testing.B) {
			for b.Loop() {
				Index{}.WithRange(0, n, hash)
			}
		})
	}
}

func BenchmarkTable(b *testing.B) {
	e := NewEdit[uint32]()
	const n = 1_000_000
	for i := range uint32(n) {
		e.Set(i, i)
	}
	table := e.Table()
	i, sum := uint32(0), uint32(0)
	for b.Loop() {
		i = (i + 7919) % n
		sum += table.At(i)
	}
	_ = sum
}
