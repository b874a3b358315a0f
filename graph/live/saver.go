package live

import (
	"log/slog"
	"sync"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// cacheAfter is the least number of claims after the cache that makes it worth
// rewriting. For larger caches, it takes half of their claims, so that writing
// remains a small part of a long import.
const cacheAfter = 20_000

// After a failure the cache is left alone for a while, twice as long each time: on a full
// disk, each attempt takes room that the log needs.
const (
	firstPause  = 10 * time.Second
	longestWait = time.Hour
)

// saver writes the cache, off the path of writes: one snapshot at a time, in a
// goroutine that finish waits for.
type saver struct {
	cache   Cache // nil for none
	of      graph.Identity
	note    *slog.Logger
	elapsed func() time.Duration

	mu      sync.Mutex    // guards what follows, for moments only
	running chan struct{} // closed when the save under way has ended; nil if there is none
	// The commit that the cache holds.
	seq    graph.Seq
	claims int
	// The number of consecutive failures, and the time until which the cache is left alone.
	failures int
	until    time.Duration
}

// consider starts to write the snapshot, if a start after a crash would
// otherwise replay much of the log.
func (s *saver) consider(x *snapshot.Snapshot) {
	if s.cache == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.ClaimCount()-s.claims >= max(cacheAfter, s.claims/2) && s.running == nil && (s.failures == 0 || s.elapsed() >= s.until) {
		s.start(x)
	}
}

// start writes the snapshot in the background. mu is held, and no save is under way.
func (s *saver) start(x *snapshot.Snapshot) {
	ended := make(chan struct{})
	s.running = ended
	go func() {
		defer close(ended)
		s.save(x)
	}()
}

// save writes the snapshot and notes the outcome, of a panic as well.
func (s *saver) save(x *snapshot.Snapshot) {
	err := guard(s.note, "writing the snapshot file", func() error { return s.cache.Save(x, s.of) })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = nil
	if err == nil {
		s.seq, s.claims, s.failures = x.Seq(), x.ClaimCount(), 0
		return
	}
	pause := min(firstPause<<min(s.failures, 10), longestWait)
	s.failures++
	s.until = s.elapsed() + pause
	s.note.Warn("snapshot_file_not_written", "error", err.Error(), "failures", s.failures, "pause_seconds", pause.Seconds())
}

// soon starts to write the snapshot, unless one is being written.
func (s *saver) soon(x *snapshot.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cache != nil && s.running == nil && x.Seq() != s.seq {
		s.start(x)
	}
}

// finish waits for the save under way and writes the snapshot, if it is not
// the one that the cache holds.
func (s *saver) finish(x *snapshot.Snapshot) {
	if s.cache == nil {
		return
	}
	s.wait()
	s.soon(x)
	s.wait()
}

// wait waits for the save under way.
func (s *saver) wait() {
	s.mu.Lock()
	running := s.running
	s.mu.Unlock()
	if running != nil {
		<-running
	}
}
