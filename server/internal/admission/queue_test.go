package admission

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A simulation of a lane on a simulated clock: running requests share the cores of a machine
// evenly, as under Go's scheduler.

// simulated is one request of a simulation.
type simulated struct {
	at   time.Duration // its arrival
	work time.Duration // of one core

	began, ended time.Duration // -1 where it was shed
	waiter       *waiter
}

// machine runs requests through a queue.
type machine struct {
	cores   int
	q       queue
	now     time.Duration
	waiting []*simulated
	working []*simulated
	left    map[*simulated]time.Duration // of their work
	busy    time.Duration                // of all cores
}

var epoch = time.Unix(0, 0)

func (m *machine) clock() time.Time { return epoch.Add(m.now) }

// settle carries out what the queue has decided.
func (m *machine) settle() {
	m.waiting = slices.DeleteFunc(m.waiting, func(r *simulated) bool {
		select {
		case admitted := <-r.waiter.admitted:
			m.begin(r, admitted)
			return true
		default:
			return false
		}
	})
}

func (m *machine) begin(r *simulated, admitted bool) {
	if !admitted {
		r.began, r.ended = m.now, -1
		return
	}
	r.began = m.now
	m.working = append(m.working, r)
	m.left[r] = r.work
}

// advance lets time pass, in which nobody arrives, ends or gives up.
func (m *machine) advance(to time.Duration) {
	m.busy += (to - m.now) * time.Duration(min(len(m.working), m.cores))
	if n := len(m.working); n > 0 {
		each := (to - m.now) * time.Duration(min(n, m.cores)) / time.Duration(n)
		for _, r := range m.working {
			m.left[r] -= each
		}
	}
	m.now = to
}

// next returns when the first request at work ends, and which.
func (m *machine) next() (time.Duration, *simulated) {
	if len(m.working) == 0 {
		return -1, nil
	}
	r := slices.MinFunc(m.working, func(a, b *simulated) int { return cmp.Compare(m.left[a], m.left[b]) })
	n := time.Duration(len(m.working))
	return m.now + (max(0, m.left[r])*n+time.Duration(min(len(m.working), m.cores))-1)/time.Duration(min(len(m.working), m.cores)), r
}

// simulate runs requests, in the order of their arrival, until the last has ended. It returns
// how busy the cores were until the last arrived, from 0 to 1.
func simulate(cores int, limits queueLimits, requests []*simulated) (busy float64) {
	m := &machine{cores: cores, q: queue{queueLimits: limits}, left: map[*simulated]time.Duration{}}
	for i := 0; i < len(requests) || len(m.working) > 0 || len(m.waiting) > 0; {
		end, ends := m.next()
		var late *simulated // who gives up next
		for _, r := range m.waiting {
			if late == nil || r.waiter.until.Before(late.waiter.until) {
				late = r
			}
		}
		switch {
		case late != nil && (end < 0 || late.waiter.until.Sub(epoch) <= end) && (i == len(requests) || late.waiter.until.Sub(epoch) <= requests[i].at):
			m.advance(max(m.now, late.waiter.until.Sub(epoch)))
			m.q.shed(late.waiter)
		case ends != nil && (i == len(requests) || end <= requests[i].at):
			m.advance(end)
			ends.ended = m.now
			m.working = slices.DeleteFunc(m.working, func(r *simulated) bool { return r == ends })
			delete(m.left, ends)
			m.q.finish(m.clock())
		default:
			r := requests[i]
			i++
			m.advance(r.at)
			if i == len(requests) && r.at > 0 {
				busy = float64(m.busy) / float64(r.at) / float64(cores)
			}
			if m.q.start() {
				m.begin(r, true)
				break
			}
			r.waiter = newWaiter()
			if m.q.join(m.clock(), r.waiter) {
				m.waiting = append(m.waiting, r)
			} else {
				m.begin(r, false)
			}
		}
		m.settle()
	}
	return busy
}

// arrivals are requests at random times, as many independent clients would send them.
func arrivals(rng *rand.Rand, rate float64, total time.Duration, work func(*rand.Rand) time.Duration) []*simulated {
	var list []*simulated
	at := time.Duration(0)
	for {
		at += time.Duration(rng.ExpFloat64() / rate * float64(time.Second))
		if at >= total {
			return list
		}
		list = append(list, &simulated{at: at, work: work(rng)})
	}
}

// outcome sums up a simulation.
type outcome struct {
	served, shed         int
	goodput              float64 // work done by those served, as a share of what the cores can do
	wait, p50, p99, last time.Duration
}

func summary(cores int, total time.Duration, requests []*simulated) outcome {
	var o outcome
	var took []time.Duration
	done := time.Duration(0)
	for _, r := range requests {
		o.wait = max(o.wait, r.began-r.at)
		if r.ended < 0 {
			o.shed++
			continue
		}
		o.served++
		if r.ended <= total {
			done += r.work
		}
		took = append(took, r.ended-r.at)
	}
	slices.Sort(took)
	if len(took) > 0 {
		o.p50, o.p99, o.last = took[len(took)/2], took[len(took)*99/100], took[len(took)-1]
	}
	o.goodput = float64(done) / float64(total) / float64(cores)
	return o
}

// mixed returns durations with the given mean, most of them short and a few long.
func mixed(mean time.Duration) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration {
		if r.IntN(20) == 0 {
			return mean * 10
		}
		return mean * 10 / 19
	}
}

// standard returns the limits of reads by default, on a machine of two cores.
func standard() queueLimits {
	return queueLimits{slots: 8, length: 1000, patience: 500 * time.Millisecond, target: queueTarget, interval: queueInterval}
}

// TestQueueFigures checks that the queue reaches its goal. It prints the table of
// decision-overload.md, which compares the queue with the earlier design (1,000 requests at
// once, none waits) and with plain queues.
func TestQueueFigures(t *testing.T) {
	if raced {
		t.Skip("runs on one goroutine")
	}
	const cores, mean = 2, 20 * time.Millisecond
	total := 30 * time.Second
	if !testing.Verbose() {
		total = 10 * time.Second
	}
	plain := func(slots, length int, patience time.Duration) queueLimits {
		return queueLimits{slots: slots, length: length, patience: patience, target: time.Hour, interval: time.Hour}
	}
	for _, kind := range []struct {
		name   string
		limits queueLimits
	}{
		{"1,000 slots, no queue", plain(1000, 0, 0)},
		{"8 slots, no queue", plain(8, 0, 0)},
		{"8 slots, queue of 1,000", plain(8, 1000, time.Hour)},
		{"8 slots, 500 ms at most", plain(8, 1000, 500*time.Millisecond)},
		{"8 slots, adaptive", standard()},
	} {
		if kind.limits != standard() && !testing.Verbose() {
			continue
		}
		for _, load := range []float64{0.9, 1, 3, 10} {
			requests := arrivals(rand.New(rand.NewPCG(1, 2)), load*cores/mean.Seconds(), total, mixed(mean))
			simulate(cores, kind.limits, requests)
			o := summary(cores, total, requests)
			t.Logf("| %s | %g × | %.0f %% | %d ms | %d ms | %.0f %% |", kind.name, load, 100*o.goodput,
				o.p50.Milliseconds(), o.p99.Milliseconds(), 100*float64(o.shed)/float64(len(requests)))
			if kind.limits != standard() {
				continue
			}
			if load > 1 && o.goodput < 0.95 || load == 1 && o.goodput < 0.85 {
				t.Errorf("at %g × the capacity %.0f %% of the work is done", load, 100*o.goodput)
			}
			if o.p99 > time.Second {
				t.Errorf("at %g × the 99th percentile is %s", load, o.p99)
			}
		}
	}
}

// TestQueueCases are small cases whose every decision is known: two slots, one core, 300 ms
// of patience, a target of 30 ms over 60 ms.
func TestQueueCases(t *testing.T) {
	limits := queueLimits{slots: 2, length: 6, patience: 300 * time.Millisecond, target: 30 * time.Millisecond, interval: 60 * time.Millisecond}
	type arrival struct{ at, work int } // in ms
	for _, tc := range []struct {
		name     string
		arrivals []arrival
		want     string // when each ends, or that it was shed
	}{
		{"nobody waits", []arrival{{0, 10}, {20, 10}}, "10 30"},
		{"two share the core", []arrival{{0, 10}, {0, 10}}, "20 20"},
		{"in order while it keeps up", []arrival{{0, 10}, {0, 10}, {1, 10}, {2, 10}}, "20 20 40 40"},
		{"no longer than patience", []arrival{{0, 1000}, {0, 1000}, {10, 10}}, "2000 2000 shed@310"},
		{"no more than the length", []arrival{{0, 20}, {0, 20}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}}, "40 40 42 42 44 44 46 46 shed@1"},
		// The first that waits is seen to wait above 30 ms at 40, when the fourth comes. 60 ms
		// later, when the first ends, the lane is overloaded.
		{"the newest first when overloaded", []arrival{{0, 50}, {0, 100}, {1, 10}, {40, 10}, {90, 10}}, "100 180 160 140 120"},
		{"a short wait when overloaded", []arrival{{0, 500}, {0, 500}, {1, 1}, {40, 1}, {110, 1}, {120, 1}}, "1000 1000 shed@301 shed@340 shed@140 shed@150"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var requests []*simulated
			for _, a := range tc.arrivals {
				requests = append(requests, &simulated{at: time.Duration(a.at) * time.Millisecond, work: time.Duration(a.work) * time.Millisecond})
			}
			simulate(1, limits, requests)
			var got []string
			for _, r := range requests {
				if r.ended < 0 {
					got = append(got, fmt.Sprintf("shed@%d", r.began.Milliseconds()))
				} else {
					got = append(got, fmt.Sprint(r.ended.Milliseconds()))
				}
			}
			if s := strings.Join(got, " "); s != tc.want {
				t.Errorf("%s, want %s", s, tc.want)
			}
		})
	}
}

// TestQueueProperties: whatever arrives, nobody waits longer than patience, no more work than
// there are slots, everybody is served or shed, and the cores are busy while somebody waits.
func TestQueueProperties(t *testing.T) {
	if raced {
		t.Skip("runs on one goroutine")
	}
	rapid.Check(t, func(rt *rapid.T) {
		cores := rapid.IntRange(1, 4).Draw(rt, "cores")
		limits := queueLimits{
			slots:    cores * rapid.IntRange(1, 4).Draw(rt, "slots of a core"),
			length:   rapid.IntRange(1, 100).Draw(rt, "length"),
			patience: 500 * time.Millisecond, target: 50 * time.Millisecond, interval: 100 * time.Millisecond,
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		mean := time.Duration(rapid.IntRange(4, 40).Draw(rt, "mean in ms")) * time.Millisecond
		load := rapid.Float64Range(0.1, 12).Draw(rt, "load")
		const total = 2 * time.Second
		requests := arrivals(rng, load*float64(cores)/mean.Seconds(), total, mixed(mean))
		cpu := simulate(cores, limits, requests)
		o := summary(cores, total, requests)
		if o.wait > limits.patience {
			rt.Errorf("somebody waited %s", o.wait)
		}
		if o.served+o.shed != len(requests) {
			rt.Errorf("%d served and %d shed of %d", o.served, o.shed, len(requests))
		}
		most, busy := 0, map[time.Duration]int{}
		for _, r := range requests {
			if r.ended >= 0 {
				busy[r.began]++
				busy[r.ended]--
			}
		}
		n := 0
		at := make([]time.Duration, 0, len(busy))
		for when := range busy {
			at = append(at, when)
		}
		slices.Sort(at)
		for _, when := range at {
			n += busy[when]
			most = max(most, n)
		}
		if most > limits.slots {
			rt.Errorf("%d were at work in %d slots", most, limits.slots)
		}
		if load > 3 && cpu < 0.75 { // with one slot a core, it is free until the next arrives
			rt.Errorf("the cores are busy for %.0f %% of the time at %.1f × the capacity", 100*cpu, load)
		}
	})
}
