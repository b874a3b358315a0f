package live

import (
	"log/slog"
	"sync"
)

// indexer builds the indexes of values that queries miss: apart from the queries, and
// one after the other, so that most of the processors stay with readers.
type indexer struct {
	note *slog.Logger

	mu      sync.Mutex // guards what follows, for moments only
	waiting []func()
	running chan struct{} // closed when the builds under way have ended; nil if there are none
	closed  bool
}

// start has an index built soon; it builds none that is asked for after finish.
func (x *indexer) start(build func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return
	}
	if x.waiting = append(x.waiting, build); x.running == nil {
		x.running = make(chan struct{})
		go x.run(x.running)
	}
}

func (x *indexer) run(ended chan struct{}) {
	defer close(ended)
	for build := x.next(); build != nil; build = x.next() {
		_ = guard(x.note, "building an index", func() error { build(); return nil }) // a panic is logged
	}
}

// next takes the index to build next, or nil if there is none, and run ends.
func (x *indexer) next() func() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed || len(x.waiting) == 0 {
		x.running = nil
		return nil
	}
	build := x.waiting[0]
	x.waiting = x.waiting[1:]
	return build
}

// finish waits for the index that is being built, and drops those that wait.
func (x *indexer) finish() {
	x.mu.Lock()
	x.closed, x.waiting = true, nil
	running := x.running
	x.mu.Unlock()
	if running != nil {
		<-running
	}
}
