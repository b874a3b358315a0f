package live

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// sharedLog is a log that knows that others append to it.
type sharedLog struct{ *memory }

func (l sharedLog) Refresh(context.Context) (graph.Seq, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return graph.Seq(len(l.commits)), l.blind
}

// TestFollow: a graph shows what others append, says for how long it has not known of more, and goes on after a log
// that could not be read. It follows no log that lost commits which it has shown.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memory{}
		start := time.Now()
		elapsed := func() time.Duration { return time.Since(start) }
		writer, g := open(t, log, Options{}), open(t, sharedLog{log}, Options{Elapsed: elapsed})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { g.Follow(ctx, 50*time.Millisecond); close(done) }()
		commit(t, writer, change("", base()...))
		time.Sleep(60 * time.Millisecond) // on the clock of the bubble
		synctest.Wait()
		if g.Snapshot().Digest() != writer.Snapshot().Digest() || g.Lag() > 50*time.Millisecond || writer.Lag() != 0 {
			t.Errorf("at commit %d, lag %s", g.Snapshot().Seq(), g.Lag())
		}

		log.set(func() { log.blind = errors.New("away") })
		commit(t, writer, change("", named("a")))
		time.Sleep(10 * time.Second) // on the clock of the bubble
		synctest.Wait()
		if g.Snapshot().Seq() != 1 || g.Lag() < 9*time.Second {
			t.Errorf("of a log that cannot be read: commit %d, lag %s", g.Snapshot().Seq(), g.Lag())
		}
		log.set(func() { log.blind = nil })
		time.Sleep(longestPause) // on the clock of the bubble
		synctest.Wait()
		if g.Snapshot().Seq() != 2 || g.Lag() > longestPause {
			t.Errorf("afterwards: commit %d, lag %s", g.Snapshot().Seq(), g.Lag())
		}

		log.set(func() { log.commits = slices.Clone(log.commits[:1]) })
		time.Sleep(10 * time.Second) // on the clock of the bubble
		synctest.Wait()
		if g.Snapshot().Seq() != 2 || g.Lag() < 9*time.Second {
			t.Errorf("of a log that lost a commit: lag %s", g.Lag())
		}
		cancel()
		<-done
		writer.Follow(t.Context(), time.Second) // nobody else appends to its log, as far as it knows
	})
}

// busyLog is a log in which something happens while it looks at its head.
type busyLog struct {
	sharedLog
	meanwhile func()
}

func (l busyLog) Refresh(ctx context.Context) (graph.Seq, error) {
	head, err := l.sharedLog.Refresh(ctx)
	l.meanwhile()
	return head, err
}

// TestFollowOwn: a commit that the graph makes during the look is not taken for one that the log lost.
func TestFollowOwn(t *testing.T) {
	log := &memory{}
	g := open(t, sharedLog{log}, Options{})
	if err := g.follow(t.Context(), busyLog{sharedLog{log}, func() { commit(t, g, change("", base()...)) }}); err != nil {
		t.Error(err)
	}
}

// TestReach: a bookmark that the writer gave is reached at another node when that has the commit, and not before.
func TestReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memory{}
		writer := open(t, log, Options{})
		commit(t, writer, change("", base()...))
		g := open(t, sharedLog{log}, Options{})
		commit(t, writer, change("", named("a")))
		s := writer.Snapshot()
		b := writer.Bookmark(s, s.Seq())
		reached := make(chan error, 1)
		go func() { reached <- g.Reach(t.Context(), b) }()
		synctest.Wait()
		select {
		case err := <-reached:
			t.Fatalf("before the commit: %v", err)
		default:
		}
		if err := g.follow(t.Context(), sharedLog{log}); err != nil {
			t.Fatal(err)
		}
		if err := <-reached; err != nil || g.Bookmark(g.Snapshot(), 2) != b {
			t.Errorf("with the commit: %v", err)
		}
		late, cancel := context.WithTimeout(t.Context(), Patience)
		defer cancel()
		var ge *graph.Error
		if err := g.Reach(late, graph.NewBookmark(g.Identity(), 3, s.RecordedAt(2))); !errors.As(err, &ge) || ge.Code != graph.Unavailable {
			t.Errorf("of a commit that nobody made: %v", err)
		}
		if err := g.Reach(t.Context(), graph.NewBookmark(g.Identity(), 2, s.RecordedAt(1))); !errors.As(err, &ge) || ge.Code != graph.HistoryReplaced {
			t.Errorf("of a commit that was lost: %v", err)
		}
	})
}

// TestFollowSays: each reason why the log cannot be followed is noted once, also one that follows another.
func TestFollowSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, notes := &memory{}, &bytes.Buffer{}
		commit(t, open(t, log, Options{}), change("", base()...))
		g := open(t, sharedLog{log}, Options{Logger: slog.New(slog.NewTextHandler(notes, nil))})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { g.Follow(ctx, 50*time.Millisecond); close(done) }()
		for range 2 {
			log.set(func() { log.blind = errors.New("away") })
			time.Sleep(10 * time.Second) // on the clock of the bubble
			log.set(func() { log.blind, log.commits = nil, nil })
			time.Sleep(10 * time.Second) // on the clock of the bubble
		}
		cancel()
		<-done
		if n := strings.Count(notes.String(), "log_not_followed"); n != 4 {
			t.Errorf("%d notes of 4 changes:\n%s", n, notes)
		}
	})
}

// TestFollowSaves: a graph that only follows writes its cache as one that writes does.
func TestFollowSaves(t *testing.T) {
	log, kept := &memory{}, &cache{}
	writer, g := open(t, log, Options{}), open(t, sharedLog{log}, Options{Cache: kept})
	commit(t, writer, change("", base()...))
	commit(t, writer, many("a"))
	if err := g.follow(t.Context(), sharedLog{log}); err != nil {
		t.Fatal(err)
	}
	g.saver.wait()
	if kept.saves != 1 || kept.kept.Seq() != 2 {
		t.Errorf("the cache was written %d times", kept.saves)
	}
}

// overtakenLog is a log that others fill first.
type overtakenLog struct {
	sharedLog
	first func()
}

func (l overtakenLog) Fill(context.Context, func(func(*graph.Commit, func() error) error) error) error {
	l.first()
	return graph.Errorf(graph.SeqMismatch, "commit 1 cannot follow commit 1")
}

// TestFillOvertaken: a graph that others filled first has what they wrote when its own filling has failed.
func TestFillOvertaken(t *testing.T) {
	log := &memory{}
	writer := open(t, log, Options{})
	g := open(t, overtakenLog{sharedLog{log}, func() { commit(t, writer, change("", base()...)) }}, Options{})
	err := g.Fill(t.Context(), func(to *Filling) error {
		_, err := to.Commit(t.Context(), change("", named("a")))
		return err
	})
	if !overtaken(err) || g.Snapshot().Digest() != writer.Snapshot().Digest() {
		t.Errorf("%v; the graph is at commit %d", err, g.Snapshot().Seq())
	}
	commit(t, g, change("", named("b")))
}

func (m *memory) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}
