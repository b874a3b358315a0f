package live

import (
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// MaxDrift is how far the wall clock may move against elapsed time, from one commit to
	// the next, if record times are to follow it at once.
	MaxDrift = time.Minute
	// believeAfter is how long a clock that jumped further must keep its new time before
	// record times follow it.
	believeAfter = 10 * time.Minute
)

// clock gives record times. They rise strictly, so that an instant names one sequence
// number; a time far ahead would therefore make all later ones wrong. So a clock that jumps
// is not followed at once: record times continue by elapsed time until the clock either has
// kept its new time for a while (as after the machine slept, if the system does not count
// that) or has come back. A clock that jumps back is followed as far as rising record times
// allow.
type clock struct {
	now     func() time.Time
	elapsed func() time.Duration
	note    *slog.Logger

	// The fields below are used only by the goroutine that has the turn.
	trusted reading
	suspect reading // where the clock went, if it is not trusted
	doubted bool

	drift atomic.Int64 // nanoseconds
}

// reading is the wall clock and the elapsed time at one moment.
type reading struct {
	wall    time.Time
	elapsed time.Duration
}

// at returns what the wall clock should show after this much time.
func (r reading) at(elapsed time.Duration) time.Time { return r.wall.Add(elapsed - r.elapsed) }

func newClock(o Options, note *slog.Logger) *clock {
	c := &clock{now: o.Now, elapsed: o.Elapsed, note: note}
	if c.elapsed == nil {
		if c.elapsed = elapsed(); o.Now != nil {
			start := o.Now()
			c.elapsed = func() time.Duration { return o.Now().Sub(start) }
		}
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.trusted = c.read()
	return c
}

func (c *clock) read() reading {
	// Without Round(0) the difference of two times would not be that of the wall clock.
	return reading{c.now().Round(0).UTC(), c.elapsed()}
}

// stamp returns the record time of a commit made now, if the commit before it has the time
// last.
func (c *clock) stamp(last time.Time) time.Time {
	at := c.time().Truncate(time.Microsecond)
	if !at.After(last) {
		at = last.Add(time.Microsecond)
	}
	return at
}

// time returns the wall clock, as far as it is trusted.
func (c *clock) time() time.Time {
	r := c.read()
	expected := c.trusted.at(r.elapsed)
	drift := r.wall.Sub(expected)
	switch {
	case near(drift):
		if c.doubted {
			c.note.Info("clock_came_back", "clock", r.wall)
		}
		c.trust(r)
		return r.wall
	case !c.doubted || !near(r.wall.Sub(c.suspect.at(r.elapsed))):
		c.doubted, c.suspect = true, r
		c.note.Warn("clock_jumped", "clock", r.wall, "expected", expected, "seconds", drift.Seconds())
	case r.elapsed-c.suspect.elapsed >= believeAfter:
		c.note.Warn("clock_followed", "clock", r.wall, "expected", expected, "seconds", drift.Seconds())
		c.trust(r)
		return r.wall
	}
	c.drift.Store(int64(drift))
	if drift < 0 {
		return r.wall
	}
	return expected
}

func (c *clock) trust(r reading) {
	c.trusted, c.doubted = r, false
	c.drift.Store(0)
}

func near(d time.Duration) bool { return d.Abs() <= MaxDrift }

// compare reports a log whose last commit is ahead of the clock.
func (c *clock) compare(last time.Time) {
	if now := c.now(); last.Sub(now) > MaxDrift {
		c.note.Warn("record_times_ahead_of_clock", "last", last, "clock", now.UTC(), "seconds", last.Sub(now).Seconds())
	}
}

// Drift returns how far the wall clock was from the time that record times follow when the
// last commit was made: 0 while the clock is trusted, positive if it is ahead.
func (g *Graph) Drift() time.Duration { return time.Duration(g.clock.drift.Load()) }
