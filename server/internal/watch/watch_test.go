package watch

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// world is a graph of one number.
type world struct {
	mu       sync.Mutex
	seq      uint64
	value    int
	replaced chan struct{}
	runs     int
}

func (w *world) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.replaced
}

func (w *world) set(value int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seq++
	w.value = value
	close(w.replaced)
	w.replaced = make(chan struct{})
}

func (w *world) answer(context.Context) Answer {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.runs++
	body := fmt.Sprintf("%d on %s", w.value, time.Now().UTC().Format("2006-01-02"))
	return Answer{Begun: time.Now(), Seq: w.seq, Body: fmt.Appendf(nil, "%s at %d", body, w.seq), Data: len(body)}
}

const second = time.Second

func watched(t *testing.T, test func(t *testing.T, g *world, w *Watches)) {
	synctest.Test(t, func(t *testing.T) {
		g := &world{replaced: make(chan struct{})}
		w := New(Options{Next: g.next, Now: time.Now, Pause: second / 2, Retry: 5 * second, MaxBytes: 1000,
			Full: func() Answer { return Answer{Body: []byte("full"), Data: 4, Failed: true} }})
		defer w.End()
		test(t, g, w)
	})
}

// watch begins as a client does.
func watch(t *testing.T, g *world, w *Watches) (*Watcher, Answer) {
	replaced := g.next()
	has := g.answer(t.Context())
	v, ok := w.Watch(Key{}, has, replaced, g.answer)
	if !ok {
		t.Fatal("refused")
	}
	return v, has
}

// TestLastState: many who watch a query that changes at random times all see its last state, each
// sees no older one after a newer one and none twice, and it runs at most twice a second.
func TestLastState(t *testing.T) {
	watched(t, func(t *testing.T, g *world, w *Watches) {
		rnd := rand.New(rand.NewPCG(3, 4))
		begun := time.Now()
		var all sync.WaitGroup
		ctx, stop := context.WithTimeout(t.Context(), 20*second)
		defer stop()
		joined := 0
		for time.Since(begun) < 10*second {
			if joined < 50 {
				joined++
				v, last := watch(t, g, w)
				all.Go(func() {
					defer v.Leave()
					for {
						a, err := v.Wait(ctx)
						if err != nil {
							break
						}
						if string(a.Body[:a.Data]) == string(last.Body[:last.Data]) || a.Seq < last.Seq {
							t.Errorf("%s after %s", a.Body, last.Body)
						}
						last = a
					}
					if got, want := string(last.Body[:last.Data]), fmt.Sprintf("%d on 2000-01-01", g.value); got != want {
						t.Errorf("the last answer is %s, want %s", got, want)
					}
				})
			}
			g.set(rnd.IntN(3))
			time.Sleep(time.Duration(rnd.IntN(200)) * time.Millisecond) // on the clock of a bubble
		}
		all.Wait()
		if runs := g.runs - joined; runs > 25 {
			t.Errorf("%d runs in ten seconds with changes", runs)
		}
		if n, bytes := w.Queries(); n != 0 || bytes != 0 {
			t.Errorf("%d queries and %d bytes are left", n, bytes)
		}
	})
}

// TestBackAgain: a value that returns to what older watchers have reaches the one that saw another.
func TestBackAgain(t *testing.T) {
	watched(t, func(t *testing.T, g *world, w *Watches) {
		first, _ := watch(t, g, w)
		defer first.Leave()
		time.Sleep(second) // on the clock of a bubble
		g.set(1)
		second, _ := watch(t, g, w)
		defer second.Leave()
		g.set(0)
		if a, err := second.Wait(t.Context()); err != nil || a.Seq != 2 {
			t.Errorf("%s %v", a.Body, err)
		}
	})
}

// TestMidnight: the query runs again when a day begins, although nothing was recorded.
func TestMidnight(t *testing.T) {
	watched(t, func(t *testing.T, g *world, w *Watches) {
		v, _ := watch(t, g, w)
		defer v.Leave()
		a, err := v.Wait(t.Context())
		if err != nil || string(a.Body) != "0 on 2000-01-02 at 0" || time.Now().Second() != 0 {
			t.Errorf("%s %v at %s", a.Body, err, time.Now())
		}
	})
}

// TestRoom: what exceeds the bound is refused, and later replaced by a failure until there is room.
func TestRoom(t *testing.T) {
	watched(t, func(t *testing.T, g *world, w *Watches) {
		long := func(n int) func(context.Context) Answer {
			return func(context.Context) Answer { return Answer{Begun: time.Now(), Body: make([]byte, n), Data: n} }
		}
		if _, ok := w.Watch(Key{1}, long(1001)(t.Context()), g.next(), long(1)); ok {
			t.Error("more than there is room for")
		}
		v, _ := w.Watch(Key{1}, long(600)(t.Context()), g.next(), long(1001))
		g.set(1)
		if a, _ := v.Wait(t.Context()); string(a.Body) != "full" {
			t.Errorf("%d bytes", len(a.Body))
		}
		v.Leave()
		if n, bytes := w.Queries(); n != 0 || bytes != 0 {
			t.Errorf("%d queries and %d bytes are left", n, bytes)
		}
	})
}

// TestRetry: a run that failed is repeated by itself.
func TestRetry(t *testing.T) {
	watched(t, func(t *testing.T, g *world, w *Watches) {
		failures := 0
		v, _ := w.Watch(Key{}, g.answer(t.Context()), g.next(), func(ctx context.Context) Answer {
			a := g.answer(ctx)
			if failures++; failures == 1 {
				a.Body, a.Data, a.Failed = []byte("failed"), 6, true
			}
			return a
		})
		defer v.Leave()
		g.set(7)
		start := time.Now()
		for _, want := range []string{"failed", "7 on 2000-01-01 at 1"} {
			if a, err := v.Wait(t.Context()); err != nil || string(a.Body) != want {
				t.Errorf("%s %v, want %s", a.Body, err, want)
			}
		}
		if took := time.Since(start); took > 7*second {
			t.Errorf("it took %s", took)
		}
	})
}
