package live

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

func TestRecordTimesRise(t *testing.T) {
	log := &memory{}
	now := frozen
	g := open(t, log, Options{Now: func() time.Time { return now }})
	commit(t, g, change("", base()...))
	for i := range 5 {
		commit(t, g, change("", named(fmt.Sprint(i))))
	}
	now = now.Add(-time.Hour) // a clock that is put back
	commit(t, g, change("", named("back")))
	now = now.Add(2 * time.Hour).In(time.FixedZone("", 5*3600))
	commit(t, g, change("", named("on")))
	s := g.Snapshot()
	for i, c := range log.commits {
		if i > 0 && !c.At.After(log.commits[i-1].At) {
			t.Errorf("commit %d is of %s, the one before it of %s", c.Seq, c.At, log.commits[i-1].At)
		}
		if c.At != c.At.Truncate(time.Microsecond) || c.At.Location() != time.UTC || !s.RecordedAt(c.Seq).Equal(c.At) || knownAt(t, s, c.At) != c.Seq {
			t.Errorf("commit %d is of %s; the snapshot says %s and finds %d", c.Seq, c.At, s.RecordedAt(c.Seq), knownAt(t, s, c.At))
		}
	}
	if last := log.commits[len(log.commits)-1]; !last.At.Equal(now.Truncate(time.Microsecond)) {
		t.Errorf("a clock that is ahead is kept: %s", last.At)
	}
}

// TestJumpingClock: a clock that jumps ahead once does not make later record
// times wrong, one that stays is followed, and in any case they rise.
func TestJumpingClock(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for what, steps := range map[string][]struct {
		pass, jump time.Duration // before a commit: how much time passes, and how far the clock jumps in addition
		at         time.Duration // the record time, since the start
		drift      time.Duration
	}{
		"an even one":          {{0, 0, 0, 0}, {time.Second, 0, time.Second, 0}, {1000 * time.Hour, 0, 1000*time.Hour + time.Second, 0}},
		"corrected bit by bit": {{time.Hour, 50 * time.Second, time.Hour + 50*time.Second, 0}, {time.Hour, 50 * time.Second, 2*time.Hour + 100*time.Second, 0}},
		"ahead and back": {
			{time.Hour, year, time.Hour, year}, {time.Minute, 0, time.Hour + time.Minute, year},
			{time.Minute, -year, time.Hour + 2*time.Minute, 0}, {time.Minute, 0, time.Hour + 3*time.Minute, 0},
		},
		"ahead for good": {
			{time.Hour, year, time.Hour, year}, {9 * time.Minute, 0, time.Hour + 9*time.Minute, year},
			{time.Minute, 0, year + time.Hour + 10*time.Minute, 0}, {time.Minute, 0, year + time.Hour + 11*time.Minute, 0},
		},
		"ahead and further": {
			{time.Hour, time.Hour, time.Hour, time.Hour}, {9 * time.Minute, year, time.Hour + 9*time.Minute, year + time.Hour},
			{9 * time.Minute, 0, time.Hour + 18*time.Minute, year + time.Hour}, {time.Minute, 0, year + 2*time.Hour + 19*time.Minute, 0},
		},
		"back": {
			{time.Hour, 0, time.Hour, 0}, {time.Minute, -30 * time.Minute, time.Hour + time.Microsecond, -30 * time.Minute},
			{10 * time.Minute, 0, time.Hour + 2*time.Microsecond, 0}, {30 * time.Minute, 0, time.Hour + 11*time.Minute, 0},
		},
		"back and ahead again": {
			{time.Hour, 0, time.Hour, 0}, {time.Minute, -year, time.Hour + time.Microsecond, -year}, {time.Minute, year, time.Hour + 2*time.Minute, 0},
		},
	} {
		t.Run(what, func(t *testing.T) {
			now, past := frozen.Truncate(time.Microsecond), time.Duration(0)
			start := now
			log := &memory{}
			g := open(t, log, Options{Now: func() time.Time { return now }, Elapsed: func() time.Duration { return past }})
			for i, s := range steps {
				past += s.pass
				now = now.Add(s.pass + s.jump)
				r := commit(t, g, change("", append(base(), named(fmt.Sprint(i)))...))
				at := g.Snapshot().RecordedAt(r.Seq)
				if want := start.Add(s.at).Truncate(time.Microsecond); !at.Equal(want) {
					t.Errorf("commit %d is of %s, not of %s", r.Seq, at, want)
				}
				if d := g.Drift(); d != s.drift {
					t.Errorf("after commit %d the drift is %s, not %s", r.Seq, d, s.drift)
				}
			}
		})
	}
}

// TestSystemClock checks that the two clocks of the system run alike.
func TestSystemClock(t *testing.T) {
	g, err := Open(t.Context(), &memory{}, schema.MustDefault(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := commit(t, g, change("", base()...))
	if at := g.Snapshot().RecordedAt(r.Seq); time.Since(at).Abs() > MaxDrift || g.Drift() != 0 {
		t.Errorf("recorded at %s, with a drift of %s", at, g.Drift())
	}
}

// TestClockBelowTheLog checks that a log written under a clock that was ahead is reported.
func TestClockBelowTheLog(t *testing.T) {
	log := &memory{}
	commit(t, open(t, log, Options{Now: func() time.Time { return frozen.AddDate(1, 0, 0) }}), change("", base()...))
	var notes strings.Builder
	g := open(t, log, Options{Logger: slog.New(slog.NewTextHandler(&notes, nil))})
	if !strings.Contains(notes.String(), "record_times_ahead_of_clock") {
		t.Errorf("the notes are %q", &notes)
	}
	if r := commit(t, g, change("", named("a"))); g.Snapshot().RecordedAt(r.Seq).Sub(g.Snapshot().RecordedAt(1)) != time.Microsecond {
		t.Error("record times do not rise by the least")
	}
}

// knownAt returns the last commit that a view of the time knows of.
func knownAt(t *testing.T, s *snapshot.Snapshot, at time.Time) graph.Seq {
	t.Helper()
	v, err := s.View(graph.View{KnownAt: &at}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return v.KnownSeq()
}
