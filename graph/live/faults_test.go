package live

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// TestFailingLog checks that a change which the log refuses is in no snapshot, and that the
// next change succeeds.
func TestFailingLog(t *testing.T) {
	log, g := begun(t)
	before := g.Snapshot()
	log.fail = errors.New("disk full")
	_, err := g.Commit(t.Context(), change("k", named("a")))
	if err == nil || !strings.Contains(err.Error(), "appending commit 2: disk full") {
		t.Errorf("a failing log: %v", err)
	}
	if g.Snapshot() != before {
		t.Error("the graph changed")
	}
	if r := commit(t, g, change("k", named("a"))); r.Seq != 2 || r.Replayed || r.Claims != 1 {
		t.Errorf("once it works again: %+v", r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Commit(ctx, change("", named("b"))); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled change: %v", err)
	}
	if r := commit(t, g, change("", named("b"))); r.Seq != 3 {
		t.Errorf("after it: %+v", r)
	}
}

// TestFailingGroup: if the append fails, nothing of the group is recorded, and
// every caller gets the error.
func TestFailingGroup(t *testing.T) {
	log, g := begun(t)
	before := g.Snapshot()
	digest := before.Digest()
	log.fail = errors.New("disk full")
	_, errs := enqueue(t, g, []*graph.Change{change("", named("a")), change("", named("b")), change("", graph.Op{})})
	for i, err := range errs {
		if err == nil || !strings.Contains(err.Error(), "appending commit 2: disk full") {
			t.Errorf("change %d: %v", i, err)
		}
	}
	if g.Snapshot() != before || before.Digest() != digest {
		t.Error("the graph changed")
	}
	if r := commit(t, g, change("", named("b"))); r.Seq != 2 || r.Claims != 1 {
		t.Errorf("once it works again: %+v", r)
	}
	if g.Snapshot().Digest() != open(t, log, Options{}).Snapshot().Digest() {
		t.Error("an abandoned change came back")
	}
}

// TestDoubt: a commit may be durable although its Append failed. The commit is neither lost
// nor made twice.
func TestDoubt(t *testing.T) {
	log, g := begun(t)
	commitInDoubt(t, log, g)
	log.stale = true // as a log's whose files could not be read back
	log.blind = errors.New("still away")
	if _, err := g.Commit(t.Context(), change("", named("b"))); !errors.Is(err, log.blind) || g.Snapshot().Seq() != 1 {
		t.Errorf("while the log cannot be read: %v", err)
	}
	log.blind = nil
	doubtResolved(t, log, g)
}

// TestPanics checks that, whatever panics and whenever, the changes of that group get an
// error, nothing is acknowledged that the log does not have, and the next change succeeds.
func TestPanics(t *testing.T) {
	for _, c := range []struct {
		what   string
		method string // of the log
		kept   bool   // the log has the group all the same
		exit   bool   // the goroutine ends instead
	}{
		{"asked for its head", "Head", false, false},
		{"asked for a key", "Key", false, false},
		{"before it keeps a group", "AppendGroup", false, false},
		{"after it kept a group", "AppendGroup", true, false},
		{"ending the goroutine", "AppendGroup", false, true},
		{"ending the goroutine after it kept a group", "AppendGroup", true, true},
	} {
		t.Run(c.what, func(t *testing.T) {
			log, g := begun(t)
			log.before = func(method string) {
				if method != c.method {
					return
				}
				log.before = nil
				if c.kept {
					log.keep([]*graph.Commit{{Seq: 2, At: frozen.AddDate(0, 0, 1), Key: "a", KeyDigest: change("", named("a")).Digest(),
						Claims: []graph.Claim{named("a").Claim}}})
				}
				if c.exit {
					runtime.Goexit()
				}
				panic("out of order")
			}
			receipts, errs := enqueue(t, g, []*graph.Change{change("a", named("a")), change("b", named("b"))})
			for i, err := range errs {
				alone := c.method == "Key" && i > 0 // whose key was asked for is the one at fault
				if !alone && !c.exit && (err == nil || !strings.Contains(err.Error(), "panicked: out of order")) {
					t.Errorf("change %d: %+v, %v", i, receipts[i], err)
				}
				if receipts[i] != nil && log.Head() < receipts[i].Seq {
					t.Errorf("change %d is acknowledged as %d, and the log ends at %d", i, receipts[i].Seq, log.Head())
				}
			}
			if c.exit && (receipts[0] != nil || receipts[1] != nil) {
				t.Errorf("acknowledged: %+v, %+v", receipts[0], receipts[1])
			}
			if r := commit(t, g, change("a", named("a"))); c.kept != r.Replayed || g.Snapshot().Seq() != log.Head() {
				t.Errorf("the same again: %+v; the graph is at %d, the log at %d", r, g.Snapshot().Seq(), log.Head())
			}
			commit(t, g, change("", named("c")))
			if g.Snapshot().Digest() != open(t, log, Options{}).Snapshot().Digest() {
				t.Error("the log gives another graph")
			}
		})
	}
}

// TestPanickingReplay: while the log cannot be read after a failure, writes
// are refused; then they go on.
func TestPanickingReplay(t *testing.T) {
	log, g := begun(t)
	commitInDoubt(t, log, g)
	log.before = func(method string) {
		if method == "Replay" {
			panic("out of order")
		}
	}
	for range 2 {
		if _, err := g.Commit(t.Context(), change("", named("b"))); err == nil || !strings.Contains(err.Error(), "cannot be read to its end") {
			t.Errorf("while the log cannot be read: %v", err)
		}
	}
	log.before = nil
	doubtResolved(t, log, g)
}

// TestPanickingSnapshot checks that if a snapshot panics, in the middle of a change or at
// its end, only that change fails.
func TestPanickingSnapshot(t *testing.T) {
	for _, late := range []bool{false, true} {
		log, g := begun(t)
		g.apply = func(s *snapshot.Snapshot, c *graph.Commit) (*snapshot.Snapshot, error) {
			if c.Key != "bad" {
				return s.Apply(c)
			}
			if late {
				_, _ = s.Apply(c)
			}
			panic("out of bounds")
		}
		receipts, errs := enqueue(t, g, []*graph.Change{
			change("", named("a")), change("bad", named("b"), named("new text")), change("", named("c"), named("new text")),
		})
		if errs[0] != nil || errs[2] != nil || errs[1] == nil || receipts[2].Seq != 3 || g.Snapshot().Seq() != 3 {
			t.Errorf("late %v: %+v, %v", late, receipts, errs)
		}
		if g.Snapshot().Digest() != open(t, log, Options{}).Snapshot().Digest() {
			t.Errorf("late %v: the log gives another graph", late)
		}
	}
}

// TestLostCommits checks that nothing more is written to a log that lost acknowledged
// commits.
func TestLostCommits(t *testing.T) {
	log, g := begun(t)
	commit(t, g, change("", named("a")))
	log.commits = log.commits[:1]
	if _, err := g.Commit(t.Context(), change("", named("b"))); err == nil || !strings.Contains(err.Error(), "it ends at commit 1, and commit 2 was acknowledged") {
		t.Errorf("it took: %v", err)
	}
	if len(log.commits) != 1 {
		t.Error("it was appended")
	}
}

// TestOutcomeAfterDurability checks that while the log is being written, no caller has an
// outcome and no reader sees the change. Changes without effect also wait, since their
// outcome may depend on what is not durable yet.
func TestOutcomeAfterDurability(t *testing.T) {
	log, g := begun(t)
	done := make(chan struct{}, 3)
	log.before = func(method string) {
		if method == "AppendGroup" && (len(done) > 0 || g.Snapshot().Seq() != 1) {
			t.Errorf("%d outcomes, and the graph is at %d", len(done), g.Snapshot().Seq())
		}
	}
	enqueueThen(t, g, []*graph.Change{change("k", named("a")), change("k", named("a")), change("", named("a"))}, func() { done <- struct{}{} })
}

// TestCancelledCallers: a context that ends fails its own change and no other.
func TestCancelledCallers(t *testing.T) {
	log, g := begun(t)
	commitInDoubt(t, log, g)
	// There are four requests: one is cancelled while the group reads the log, one was
	// cancelled before, and two continue.
	ctx, cancel := context.WithCancel(t.Context())
	log.before = func(method string) {
		if method == "Replay" {
			cancel()
		}
	}
	requests := []*request{}
	for i, ctx := range []context.Context{ctx, t.Context(), t.Context()} {
		requests = append(requests, &request{ctx: ctx, change: change("", named(fmt.Sprint(i))), ops: 1, done: make(chan struct{})})
	}
	g.turn <- struct{}{}
	for _, r := range requests {
		g.enqueue(r)
	}
	g.writeUntil(requests[2])
	if !errors.Is(requests[0].err, context.Canceled) || requests[1].err != nil || requests[2].err != nil || requests[2].receipt.Seq != 4 {
		t.Errorf("%v, %v, %v", requests[0].err, requests[1].err, requests[2].err)
	}

	// Callers that wait return at once, and nothing of their changes is written.
	g.turn <- struct{}{}
	ctx, cancel = context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := g.Commit(ctx, change("", named("left")))
		left <- err
	}()
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left: %v", err)
	}
	<-g.turn
	if r := commit(t, g, change("", named("z"))); r.Seq != 5 || len(g.queue) != 0 {
		t.Errorf("after it: %+v, %d wait", r, len(g.queue))
	}
}
