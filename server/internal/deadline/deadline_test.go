package deadline

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

type lasting func()

func (f lasting) Lasts() { f() }

func ended(c context.Context) bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}

// TestAgainstContext checks that, at each moment, a Context behaves as one of
// context.WithTimeout, except while its parent is not watched.
func TestAgainstContext(t *testing.T) {
	for _, timeout := range []time.Duration{time.Millisecond, Young, 2 * Young, time.Second} {
		for _, parentEnds := range []time.Duration{0, time.Millisecond / 2, Young - 1, 3 * Young, time.Hour} {
			for _, ends := range []time.Duration{time.Millisecond, Young + 1, 10 * Young, 2 * time.Second} {
				synctest.Test(t, func(t *testing.T) {
					parent, leave := context.WithCancel(t.Context())
					defer leave()
					if parentEnds == 0 {
						leave()
					} else {
						time.AfterFunc(parentEnds, leave)
					}
					want, cancel := context.WithTimeout(parent, timeout)
					got := new(Watches).Begin(parent, time.Now(), timeout, nil)
					started := time.Now()
					for time.Since(started) < ends {
						time.Sleep(time.Millisecond - 1) // on the clock of the bubble
						synctest.Wait()
						age := time.Since(started)
						if age > Young && ended(got) != ended(want) {
							t.Fatalf("timeout %v, parent ends after %v: after %v ended is %t", timeout, parentEnds, age, ended(got))
						}
						if age <= Young && ended(got) && !ended(want) {
							t.Fatalf("timeout %v, parent ends after %v: after %v it has ended", timeout, parentEnds, age)
						}
						if g, w := got.Err(), want.Err(); !errors.Is(g, w) {
							t.Fatalf("timeout %v, parent ends after %v: after %v the error is %v, not %v", timeout, parentEnds, age, g, w)
						}
						if (got.Err() != nil) != ended(got) {
							t.Fatal("Err and Done disagree")
						}
					}
					cancel()
					got.End()
					if g, w := got.Err(), want.Err(); !errors.Is(g, w) || !ended(got) {
						t.Fatalf("at the end the error is %v, not %v", g, w)
					}
					g, _ := got.Deadline()
					if w, _ := want.Deadline(); !g.Equal(w) {
						t.Fatalf("the deadline is %v, not %v", g, w)
					}
				})
			}
		}
	}
}

// TestLasts checks that a request is reported when it is no longer young, and only once,
// however many short requests used its watch before.
func TestLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lasted atomic.Int64
		var watches Watches
		begin := func() *Context {
			return watches.Begin(t.Context(), time.Now(), time.Minute, lasting(func() { lasted.Add(1) }))
		}
		for range 100 {
			c := begin()
			time.Sleep(Young / 10) // on the clock of the bubble
			c.End()
			if lasted.Load() > 0 {
				t.Fatal("a short request is reported")
			}
		}
		c := begin()
		time.Sleep(Young - 1) // on the clock of the bubble
		synctest.Wait()
		if lasted.Load() != 0 {
			t.Fatal("a young request is reported")
		}
		time.Sleep(time.Nanosecond) // on the clock of the bubble
		synctest.Wait()
		if lasted.Load() != 1 {
			t.Fatal("it is not reported")
		}
		time.Sleep(time.Second) // on the clock of the bubble
		c.End()
		if lasted.Load() != 1 {
			t.Fatalf("it is reported %d times", lasted.Load())
		}
		time.Sleep(2 * time.Minute) // on the clock of the bubble
		if synctest.Wait(); lasted.Load() != 1 || !errors.Is(c.Err(), context.Canceled) {
			t.Fatalf("after its end: reported %d times, %v", lasted.Load(), c.Err())
		}
	})
}

// TestAllocations: a short request pays for its context alone.
func TestAllocations(t *testing.T) {
	now := time.Now()
	var watches Watches
	if n := testing.AllocsPerRun(1000, func() {
		c := watches.Begin(t.Context(), now, time.Hour, nil)
		if c.Err() != nil {
			t.Fatal(c.Err())
		}
		c.End()
	}); n > 1.1 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkContext(b *testing.B) {
	parent, cancel := context.WithCancel(b.Context())
	defer cancel()
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		var watches Watches
		for b.Loop() {
			c := watches.Begin(parent, time.Now(), time.Minute, nil)
			c.Done()
			c.End()
		}
	})
	b.Run("context", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c, end := context.WithTimeout(parent, time.Minute)
			c.Done()
			end()
		}
	})
}
