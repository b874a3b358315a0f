// Package watch runs queries again when their answers may have changed, each once for all who watch
// it, and wakes these only where the answer has changed.
//
// Read Watches first, then query.go. The package must not know what a query is, nor how watchers get
// their answers.
package watch

import (
	"context"
	"crypto/sha256"
	"hash/maphash"
	"sync"
	"time"
)

// Options are how queries are repeated; all are needed.
type Options struct {
	// Next returns a channel that is closed when another state of the graph has replaced the newest.
	Next func() <-chan struct{}
	// Now is the clock for days. Every query runs again when a day begins in UTC.
	Now func() time.Time
	// Pause is the least time between the beginnings of two runs of a query. It also rests for as
	// long as the last run took.
	Pause time.Duration
	// Retry is when a run that failed is repeated although nothing has changed.
	Retry time.Duration
	// MaxBytes bounds the last answers of all queries together.
	MaxBytes int
	// Full is what watchers get instead of an answer for which there is no room.
	Full func() Answer
}

// Answer is the result of one run. Nobody may write into its body.
type Answer struct {
	// Begun is when the run began. One that began later read no older state.
	Begun time.Time
	// Seq is the sequence number that it read.
	Seq  uint64
	Body []byte
	// Data is the length of the part of the body that is compared; the rest names the state.
	Data int
	// Failed reports that another run may have another result although nothing has changed.
	Failed bool
}

// Key identifies a query.
type Key [sha256.Size]byte

// Watches are the queries of a server that are watched. It is safe for concurrent use.
type Watches struct {
	opts    Options
	seed    maphash.Seed
	ctx     context.Context // ends all
	cancel  context.CancelFunc
	running sync.WaitGroup // of the goroutines of queries

	mu      sync.Mutex // guards all below, and the state of queries
	queries map[Key]*query
	bytes   int // of their answers
}

// New returns a Watches without queries. The caller must End it.
func New(o Options) *Watches {
	w := &Watches{opts: o, seed: maphash.MakeSeed(), queries: map[Key]*query{}}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w
}

// End ends all queries, and waits until none runs. Watchers wait for nothing from then on.
func (w *Watches) End() {
	w.mu.Lock() // so that none begins meanwhile
	w.cancel()
	w.mu.Unlock()
	w.running.Wait()
}

// Queries returns how many queries are watched, and the bytes of their answers.
func (w *Watches) Queries() (n, bytes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queries), w.bytes
}

// Watch adds a watcher of a query, who has an answer that he made for himself. replaced is from Next,
// before that answer was begun. run answers the query again; its context ends with the last watcher. Watch
// fails where there is no room for the answer, or after End.
func (w *Watches) Watch(key Key, has Answer, replaced <-chan struct{}, run func(context.Context) Answer) (*Watcher, bool) {
	sum := w.sum(has)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx.Err() != nil {
		return nil, false
	}
	q := w.queries[key]
	if q == nil {
		if w.bytes+len(has.Body) > w.opts.MaxBytes {
			return nil, false
		}
		w.bytes += len(has.Body)
		q = &query{of: w, key: key, run: run, answer: has, sum: sum, changed: make(chan struct{})}
		var ctx context.Context
		ctx, q.cancel = context.WithCancel(w.ctx)
		w.queries[key] = q
		w.running.Add(1)
		go q.repeat(ctx, replaced)
	} else {
		q.offer(has, sum)
	}
	q.watchers++
	return &Watcher{q: q, begun: has.Begun, sum: sum}, true
}

func (w *Watches) sum(a Answer) uint64 { return maphash.Bytes(w.seed, a.Body[:a.Data]) }

// Watcher is one who watches a query. It is for one goroutine at a time.
type Watcher struct {
	q     *query
	begun time.Time // of the answer that it has
	sum   uint64
}

// Wait waits for an answer that differs from the last one, or for the end of the context, whose
// error it returns. Answers in between are left out.
func (v *Watcher) Wait(ctx context.Context) (Answer, error) {
	w := v.q.of
	for {
		w.mu.Lock()
		a, sum, changed := v.q.answer, v.q.sum, v.q.changed
		w.mu.Unlock()
		if a.Begun.After(v.begun) {
			v.begun = a.Begun
			if sum != v.sum {
				v.sum = sum
				return a, nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Answer{}, ctx.Err()
		}
	}
}

// Leave ends the watch. It must be called once.
func (v *Watcher) Leave() {
	w := v.q.of
	w.mu.Lock()
	defer w.mu.Unlock()
	if v.q.watchers--; v.q.watchers == 0 {
		v.q.cancel()
		delete(w.queries, v.q.key)
		w.bytes -= len(v.q.answer.Body)
	}
}
