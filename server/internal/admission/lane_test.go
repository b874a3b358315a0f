package admission

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestLaneWaits checks that the goroutines around the queue follow its decisions, on a
// clock that the test owns.
func TestLaneWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &Lane{q: queue{queueLimits: standard()}}
		l.q.slots = 1
		if err := l.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := l.Enter(t.Context()); !errors.Is(err, ErrOverloaded) || time.Since(start) != standard().patience {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		start = time.Now()
		if err := l.Enter(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Millisecond {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		got := make(chan error)
		go func() { got <- l.Enter(t.Context()) }()
		synctest.Wait() // it waits for the slot
		l.Leave()
		if err := <-got; err != nil {
			t.Error(err)
		}
		l.Leave()
		if working, waiting := l.Load(); working+waiting > 0 || l.Sheds() != 1 {
			t.Errorf("%d work, %d wait, %d were shed", working, waiting, l.Sheds())
		}
	})
}

// TestLaneRace: many goroutines enter, wait, stop waiting and leave at the same time;
// no slot may be lost.
func TestLaneRace(t *testing.T) {
	l := &Lane{q: queue{queueLimits: queueLimits{slots: 3, length: 20, patience: 2 * time.Millisecond, target: time.Millisecond, interval: time.Millisecond}}}
	done := make(chan bool)
	for i := range 50 {
		go func() {
			defer func() { done <- true }()
			for range 200 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%5)*time.Millisecond)
				if l.Enter(ctx) == nil {
					if working, _ := l.Load(); working > 3 {
						t.Errorf("%d are at work", working)
					}
					l.Leave()
				}
				cancel()
			}
		}()
	}
	for range 50 {
		<-done
	}
	if working, waiting := l.Load(); working+waiting > 0 || l.q.oldest != nil || l.q.newest != nil || l.q.overloaded {
		t.Errorf("%d work and %d wait after the last", working, waiting)
	}
}

// TestLaneIsFree: where slots are free, entering and leaving allocates nothing.
func TestLaneIsFree(t *testing.T) {
	l := &Lane{q: queue{queueLimits: standard()}}
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() {
		if l.Enter(ctx) == nil {
			l.Leave()
		}
	}); n > 0 {
		t.Errorf("%g allocations", n)
	}
}
