package live

import (
	"log/slog"
	"sync"
)

// indexer builds the indexes of values that queries miss, outside of the queries and one after the other, so
// that most processors remain free for readers.
type indexer struct {
	note *slog.Logger

	mu      sync.Mutex // guards the following; held only briefly
	waiting []func()
	running chan struct{} // closed when the running builds have ended; nil if there are none
	closed  bool
}

// start has an index built soon. After finish it builds none.
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
		_ = guard(x.note, "building an index", func() error { build(); return nil }) // logs a panic
	}
}

// next returns the index to build next. If there is none, it returns nil, and run must end.
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

// finish waits for the index being built, and drops the waiting ones.
func (x *indexer) finish() {
	x.mu.Lock()
	x.closed, x.waiting = true, nil
	running := x.running
	x.mu.Unlock()
	if running != nil {
		<-running
	}
}
