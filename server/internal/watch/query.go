package watch

import (
	"context"
	"time"
)

// query is one query with all its watchers.
type query struct {
	of     *Watches
	key    Key
	run    func(context.Context) Answer
	cancel context.CancelFunc

	// Guarded by Watches.mu:
	watchers int
	answer   Answer
	sum      uint64        // of answer
	changed  chan struct{} // closed when another answer has replaced it
}

// repeat runs the query whenever its answer may have changed.
func (q *query) repeat(ctx context.Context, replaced <-chan struct{}) {
	w := q.of
	defer w.running.Done()
	day, rest, failed := dayOf(w.opts.Now()), w.opts.Pause, false
	for {
		if !sleep(ctx, rest) || !q.stale(ctx, replaced, day, failed) {
			return
		}
		replaced, day = w.opts.Next(), dayOf(w.opts.Now()) // before it reads
		start := time.Now()
		a := q.run(ctx)
		if ctx.Err() != nil {
			return
		}
		rest, failed = max(w.opts.Pause-time.Since(start), time.Since(start)), a.Failed
		sum := w.sum(a) // may take long, so without the lock
		w.mu.Lock()
		q.offer(a, sum)
		w.mu.Unlock()
	}
}

// minute is how often the day is checked: timers do not run while a machine is suspended.
const minute = time.Minute

// stale waits until the answer may have changed. It returns false where the context ends before.
func (q *query) stale(ctx context.Context, replaced <-chan struct{}, day int64, failed bool) bool {
	var retry <-chan time.Time
	if failed {
		t := time.NewTimer(q.of.opts.Retry)
		defer t.Stop()
		retry = t.C
	}
	for {
		now := q.of.opts.Now()
		if dayOf(now) != day {
			return true
		}
		midnight := time.Unix((day+1)*secondsOfDay, 0)
		t := time.NewTimer(min(midnight.Sub(now), minute))
		select {
		case <-t.C:
			continue
		case <-replaced:
		case <-retry:
		case <-ctx.Done():
		}
		t.Stop()
		return ctx.Err() == nil
	}
}

// offer makes an answer that of the query, if it is newer, and wakes the watchers where its sum differs.
// The caller holds Watches.mu.
func (q *query) offer(a Answer, sum uint64) {
	w := q.of
	if !a.Begun.After(q.answer.Begun) || q.watchers == 0 {
		return
	}
	if w.bytes+len(a.Body)-len(q.answer.Body) > w.opts.MaxBytes {
		begun := a.Begun
		a = w.opts.Full()
		a.Begun, sum = begun, w.sum(a)
	}
	w.bytes += len(a.Body) - len(q.answer.Body)
	differs := sum != q.sum
	q.answer, q.sum = a, sum
	if differs {
		close(q.changed)
		q.changed = make(chan struct{})
	}
}

const secondsOfDay = 24 * 60 * 60

func dayOf(t time.Time) int64 { return t.Unix() / secondsOfDay }

// sleep returns false where the context ends before the time is over.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
