package live

import (
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// MaxDrift is how far the wall clock may move relative to elapsed time, from one commit to the next, for
	// record times to follow it at once.
	MaxDrift = time.Minute
	// believeAfter is how long a clock that jumped further must keep its new time before record times follow
	// it.
	believeAfter = 10 * time.Minute
)

// clock gives record times. They strictly increase, so that an instant identifies one sequence number; a time
// far in the future would therefore make all later ones wrong. So record times do not follow a clock that jumps
// at once. They continue by elapsed time until the clock has kept its new time for a while (for example after
// the machine slept, if the system does not count that) or has returned. They follow a clock that jumps back as
// far as increasing record times allow.
type clock struct {
	now     func() time.Time
	elapsed func() time.Duration
	note    *slog.Logger

	// Only the goroutine that has the turn uses the fields below.
	trusted reading
	suspect reading // the reading after a jump, while it is not trusted
	doubted bool

	drift atomic.Int64 // in nanoseconds
}

// reading has the wall clock and the elapsed time at one moment.
type reading struct {
	wall    time.Time
	elapsed time.Duration
}

// at returns what the wall clock should show at an elapsed time.
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
	// Round(0) removes Go's monotonic reading, so that differences are those of the wall clock.
	return reading{c.now().Round(0).UTC(), c.elapsed()}
}

// stamp returns the record time of a commit made now; last is the record time of the commit before.
func (c *clock) stamp(last time.Time) time.Time {
	at := c.time().Truncate(time.Microsecond)
	if !at.After(last) {
		at = last.Add(time.Microsecond)
	}
	return at
}

// time returns the time of the wall clock if it is trusted, else the expected time.
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

// compare logs a warning if the last commit of the log is ahead of the clock.
func (c *clock) compare(last time.Time) {
	if now := c.now(); last.Sub(now) > MaxDrift {
		c.note.Warn("record_times_ahead_of_clock", "last", last, "clock", now.UTC(), "seconds", last.Sub(now).Seconds())
	}
}

// Drift returns by how much the wall clock differed, at the last commit, from the time that record times
// follow. It is 0 while the clock is trusted, and positive if the clock is ahead.
func (g *Graph) Drift() time.Duration { return time.Duration(g.clock.drift.Load()) }
