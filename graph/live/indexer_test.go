package live

import (
	"log/slog"
	"testing"
)

// TestIndexer: one index is built at a time, a panic ends only its own, and finish
// waits for the one under way and drops the others.
func TestIndexer(t *testing.T) {
	x := &indexer{note: slog.New(slog.DiscardHandler)}
	ended := make(chan string, 10)
	x.start(func() { panic("no memory") })
	x.start(func() { ended <- "after a panic" })
	if what := <-ended; what != "after a panic" {
		t.Fatal(what)
	}
	begun, goOn := make(chan struct{}), make(chan struct{})
	x.start(func() {
		close(begun)
		<-goOn
		ended <- "under way"
	})
	<-begun
	x.start(func() { ended <- "waiting" })
	finished := make(chan struct{})
	go func() {
		x.finish()
		close(finished)
	}()
	for waits := true; waits; { // finish drops what waits before it waits itself
		x.mu.Lock()
		waits = !x.closed
		x.mu.Unlock()
	}
	select {
	case <-finished:
		t.Fatal("finish did not wait")
	default:
	}
	close(goOn)
	<-finished
	x.start(func() { ended <- "late" })
	x.finish()
	if close(ended); len(ended) != 1 || <-ended != "under way" {
		t.Error("an index was built after finish")
	}
}
