package admission

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Lane bounds how many requests of one kind run at once. Further requests wait or are shed.
type Lane struct {
	Name string
	mu   sync.Mutex // guards q
	q    queue

	waiters sync.Pool // values of type *parked

	// shut is true while the lane is overloaded and its queue is full, so that requests may be
	// refused before they are read.
	shut   atomic.Bool
	shed   atomic.Int64        // how many requests were refused
	waited prometheus.Observer // observes the waits of the requests that got a slot, in seconds; may be nil
}

// ErrOverloaded is the error of a request that got no slot.
var ErrOverloaded = errors.New("the service has more requests than it can answer; try again later")

// parked is a waiter with its timer.
type parked struct {
	*waiter
	timer *time.Timer
}

// Enter takes a slot, which Leave returns. It waits if no slot is free. It fails with
// ErrOverloaded, or with the context's error.
func (l *Lane) Enter(ctx context.Context) error {
	l.mu.Lock()
	if l.q.start() {
		l.mu.Unlock()
		return nil
	}
	p, ok := l.waiters.Get().(*parked)
	if !ok {
		p = &parked{newWaiter(), time.NewTimer(time.Hour)}
	}
	ok = l.q.join(time.Now(), p.waiter)
	l.unlock()
	var err error
	if ok {
		err = l.wait(ctx, p)
	} else {
		err = ErrOverloaded
	}
	l.waiters.Put(p)
	if errors.Is(err, ErrOverloaded) {
		l.shed.Add(1)
	}
	return err
}

// wait waits until p is admitted or shed.
func (l *Lane) wait(ctx context.Context, p *parked) error {
	p.timer.Reset(time.Until(p.until))
	defer p.timer.Stop()
	var admitted bool
	var err error
	select {
	case admitted = <-p.admitted:
	case <-p.timer.C:
		admitted = l.withdraw(p.waiter)
	case <-ctx.Done():
		err = ctx.Err()
		admitted = l.withdraw(p.waiter)
	}
	switch {
	case admitted && err != nil: // admitted at the moment the context ended
		l.Leave()
		return err
	case admitted:
		if l.waited != nil {
			l.waited.Observe(time.Since(p.since).Seconds())
		}
		return nil
	case err != nil:
		return err
	}
	return ErrOverloaded
}

// withdraw removes w from the queue. It returns true if w was already admitted.
func (l *Lane) withdraw(w *waiter) bool {
	l.mu.Lock()
	defer l.unlock()
	if w.queued {
		l.q.remove(w)
		return false
	}
	return <-w.admitted
}

// Leave returns a slot.
func (l *Lane) Leave() {
	l.mu.Lock()
	if l.q.oldest == nil { // reads the clock only if a request waits
		l.q.working--
		l.mu.Unlock()
		return
	}
	l.q.finish(time.Now())
	l.unlock()
}

// unlock updates shut and unlocks mu.
func (l *Lane) unlock() {
	if shut := l.q.overloaded && l.q.full(); shut != l.shut.Load() {
		l.shut.Store(shut)
	}
	l.mu.Unlock()
}

// Load returns how many requests run and how many wait.
func (l *Lane) Load() (working, waiting int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.q.working, l.q.waiting
}

// Shut reports whether a request would get neither a slot nor a place in the queue.
func (l *Lane) Shut() bool { return l.shut.Load() }

// Shed counts a request that was refused because the lane is shut.
func (l *Lane) Shed() { l.shed.Add(1) }

// Sheds returns how many requests were refused.
func (l *Lane) Sheds() int64 { return l.shed.Load() }
