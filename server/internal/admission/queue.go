package admission

import "time"

// queue decides which requests of a lane run, which wait and which are shed. It has only the state
// and gets the time from its caller, so that a test can run it on a simulated clock; lane.go makes
// goroutines wait. ../../decision-overload.md explains the design, with figures.
//
// While the lane keeps up, requests wait in the order of arrival, up to patience. When the oldest
// has waited longer than target throughout an interval, the lane is overloaded. From then on
// requests wait for at most target, only few wait, and the newest runs first, because its client is
// the most likely to be still waiting. The overload ends when no request waits.
type queue struct {
	queueLimits
	working int
	waiting int
	// oldest and newest are the ends of the list of waiting requests.
	oldest, newest *waiter
	// slowSince is when the oldest waiter was first seen to wait longer than target; zero while it
	// does not.
	slowSince  time.Time
	overloaded bool
}

// queueLimits bound a queue.
type queueLimits struct {
	slots    int           // how many requests run at once
	length   int           // how many requests wait at once
	patience time.Duration // the longest wait
	target   time.Duration // the wait that, if exceeded for an interval, means overload
	interval time.Duration
}

// standing is how many requests may wait for each slot while the lane is overloaded.
const standing = 4

// waiter is a request that waits. It can be reused after it has left the queue.
type waiter struct {
	since, until time.Time
	older, newer *waiter
	queued       bool
	// admitted receives one value: whether the request may run. The channel is buffered, so the sender
	// never blocks.
	admitted chan bool
}

func newWaiter() *waiter { return &waiter{admitted: make(chan bool, 1)} }

// start takes a slot if one is free and no request waits.
func (q *queue) start() bool {
	if q.working >= q.slots || q.oldest != nil {
		return false
	}
	q.working++
	return true
}

// join makes w wait, after start returned false. It returns false if the queue is full.
func (q *queue) join(now time.Time, w *waiter) bool {
	q.observe(now)
	if q.full() {
		return false
	}
	w.since, w.until = now, now.Add(q.patience)
	if q.overloaded {
		w.until = now.Add(q.target)
	}
	w.older, w.newer, w.queued = q.newest, nil, true
	if q.newest == nil {
		q.oldest = w
	} else {
		q.newest.newer = w
	}
	q.newest = w
	q.waiting++
	return true
}

// full reports whether no further request may wait. While the lane is overloaded, only a few may
// wait for each slot: the others would get no slot, and refusing them at once is cheapest.
func (q *queue) full() bool {
	if q.overloaded && q.waiting >= standing*q.slots {
		return true
	}
	return q.waiting >= q.length
}

// finish passes the slot of a finished request to a waiting one.
func (q *queue) finish(now time.Time) {
	q.observe(now)
	for q.oldest != nil {
		w := q.oldest
		if q.overloaded {
			w = q.newest
		}
		if now.After(w.until) {
			q.shed(w) // it waited too long, but its timer is late
			continue
		}
		q.remove(w)
		w.admitted <- true
		return
	}
	q.working--
}

// shed ends the wait of w without a slot.
func (q *queue) shed(w *waiter) {
	q.remove(w)
	w.admitted <- false
}

// remove takes w out of the list.
func (q *queue) remove(w *waiter) {
	if w.older == nil {
		q.oldest = w.newer
	} else {
		w.older.newer = w.newer
	}
	if w.newer == nil {
		q.newest = w.older
	} else {
		w.newer.older = w.older
	}
	w.older, w.newer, w.queued = nil, nil, false
	if q.waiting--; q.waiting == 0 {
		q.overloaded, q.slowSince = false, time.Time{}
	}
}

// observe updates slowSince and overloaded: the lane is overloaded if the wait has not been below
// target for an interval.
func (q *queue) observe(now time.Time) {
	switch {
	case q.oldest == nil || now.Sub(q.oldest.since) < q.target:
		q.slowSince = time.Time{}
	case q.slowSince.IsZero():
		q.slowSince = now
	case now.Sub(q.slowSince) >= q.interval:
		q.overloaded = true
	}
}
