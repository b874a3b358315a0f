package metamorphic

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/store"
)

// faultyLog is between the graph and its log and misbehaves once for each
// fault that it is given.
type faultyLog struct {
	store.Log

	mu sync.Mutex
	// next is the fault of the next call by the name of the method: fail, panic,
	// and of an append late (a panic once it is written), kept and doubt (in doubt, written
	// or not).
	next map[string]string
	hits int // faults since reset
	// cancels end the contexts of callers once the log is being read.
	cancels []context.CancelFunc

	// gate, if not nil, holds the next append until it is closed, so that
	// others queue up for the writer.
	gate    atomic.Pointer[chan struct{}]
	waiting chan struct{}
}

var errLog = errors.New("the log does not work")

func (l *faultyLog) take(method string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.next[method]
	if f != "" {
		delete(l.next, method)
		l.hits++
	}
	return f
}

func (l *faultyLog) AppendGroup(ctx context.Context, cs []*graph.Commit) error {
	if gate := l.gate.Swap(nil); gate != nil {
		close(l.waiting)
		<-*gate
	}
	switch fault := l.take("append"); fault {
	case "fail":
		return errLog
	case "panic":
		panic("the log broke down before it wrote")
	case "doubt":
		return fmt.Errorf("%w: %w", errLog, store.ErrInDoubt)
	case "late", "kept":
		if err := l.Log.AppendGroup(ctx, cs); err != nil {
			return err
		}
		if fault == "late" {
			panic("the log broke down after it wrote")
		}
		return fmt.Errorf("%w: %w", errLog, store.ErrInDoubt)
	}
	return l.Log.AppendGroup(ctx, cs)
}

func (l *faultyLog) Replay(ctx context.Context, after graph.Seq, fn func(*graph.Commit) error) error {
	l.mu.Lock()
	for _, cancel := range l.cancels {
		cancel()
	}
	l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	switch l.take("replay") {
	case "fail":
		return errLog
	case "panic":
		panic("the log broke down in a replay")
	}
	return l.Log.Replay(ctx, after, fn)
}

func (l *faultyLog) Key(ctx context.Context, key string) (graph.Seq, error) {
	switch l.take("key") {
	case "fail":
		return 0, errLog
	case "panic":
		panic("the log broke down over a key")
	}
	return l.Log.Key(ctx, key)
}

// faultyCache is a snapshot file on a disk that may be full.
type faultyCache struct {
	live.Cache
	full atomic.Bool
	dead atomic.Bool // the process it belongs to was killed
}

func (c *faultyCache) Save(s *snapshot.Snapshot, of graph.Identity) error {
	if c.dead.Load() {
		return nil
	}
	if c.full.Load() {
		return errFull
	}
	return c.Cache.Save(s, of)
}
