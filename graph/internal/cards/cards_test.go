package cards

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// written is a card of the texts, by field.
func written(texts []string) *Writer {
	w := NewWriter()
	for f, text := range texts {
		w.Add(uint16(f*7), uint16(100+f), func(dst []byte) ([]byte, error) { return append(dst, text...), nil })
		w.Add(uint16(f*7+1), 0, func(dst []byte) ([]byte, error) { return append(dst, "lost"...), errors.New("no text") })
	}
	return w
}

// TestMemory compares the memory with a map: it has a card as it was kept for a version, or none.
func TestMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := New(rapid.SampledFrom([]int64{0, pageBytes, blockBytes + 3*pageBytes, 4 * blockBytes}).Draw(t, "limit"))
		type of struct {
			entity uint32
			at     Version
		}
		model := map[of][]string{}
		long := rapid.SampledFrom([]int{1, 1000, 9000}).Draw(t, "longest")
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			x := of{uint32(rapid.IntRange(0, 3).Draw(t, "entity")) * 700, Version{uint32(rapid.IntRange(1, 3).Draw(t, "claims")), uint32(rapid.IntRange(0, 1).Draw(t, "withdrawn"))}}
			c, wanted := m.Of(x.entity, x.at)
			if wanted {
				texts := []string{fmt.Sprint(x), "", strings.Repeat("x", rapid.IntRange(0, long).Draw(t, "length"))}
				if c = m.Keep(x.entity, x.at, written(texts)); c != nil {
					model[x] = texts
				}
			}
			if m.Used() > m.limit.Load() {
				t.Fatalf("%d bytes of %d", m.Used(), m.limit.Load())
			}
			if c == nil {
				continue
			}
			if c.Least() != 100 {
				t.Fatalf("the least confidence is %d", c.Least())
			}
			for f, want := range model[x] {
				if text, ok := c.Text(uint16(f * 7)); !ok || text != want {
					t.Fatalf("field %d of %v is %q, %v; want %q", f, x, text, ok, want)
				}
				if text, ok := c.Text(uint16(f*7 + 1)); ok {
					t.Fatalf("a field whose text is an error is %q", text)
				}
			}
			if rapid.IntRange(0, 50).Draw(t, "forget") == 0 {
				m.Forget()
			}
		}
	})
}

// TestFull: when there is no room, cards stay as long as most are of the newest version, and then are
// dropped.
func TestFull(t *testing.T) {
	m := New(blockBytes + pageBytes)
	texts := []string{strings.Repeat("x", 60_000)}
	keep := func(entity uint32, at Version) bool {
		m.Of(entity, at)
		_, wanted := m.Of(entity, at)
		return wanted && m.Keep(entity, at, written(texts)) != nil
	}
	n := uint32(0)
	for keep(n, Version{1, 0}) {
		n++
	}
	if c, _ := m.Of(0, Version{1, 0}); n < 10 || c == nil {
		t.Fatalf("%d cards fit, and the first is %d bytes", n, len(c))
	}
	m.Limit(3*blockBytes + pageBytes)
	for claims := uint32(2); keep(0, Version{claims, 0}); claims++ {
	}
	if m.Used() > blockBytes || !keep(0, Version{100, 0}) {
		t.Errorf("%d bytes are used after the old versions were dropped", m.Used())
	}
}

// TestConcurrent reads and writes cards at the same time.
func TestConcurrent(t *testing.T) {
	m := New(8 * blockBytes)
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			var x uint
			for i := range uint32(3000) {
				n := i * 37 % 2000
				at := Version{1 + i/1000, 0}
				c, wanted := m.Of(n, at)
				if wanted {
					c = m.Keep(n, at, written([]string{fmt.Sprint(n, at)}))
				}
				if text, ok := c.Text(0); ok && text != fmt.Sprint(n, at) {
					t.Errorf("%q", text)
				}
				for range m.Touch(func(yield func(uint32) bool) { yield(n) }, &x) {
				}
				if i%1500 == 1499 {
					m.Forget()
				}
			}
		})
	}
	done.Wait()
}
