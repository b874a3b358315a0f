package live

import (
	"log/slog"
	"sync"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// cacheAfter is the least number of claims after the cached snapshot that makes it worth rewriting. A larger
// cache is rewritten after half as many claims as it has, so that writing it remains a small part of a long
// import.
const cacheAfter = 20_000

// After a failure the cache is not written for a while, twice as long each time: on a full disk, each attempt
// takes room that the log needs.
const (
	firstPause  = 10 * time.Second
	longestWait = time.Hour
)

// saver writes the cache in the background: one snapshot at a time, in a goroutine for which finish waits.
type saver struct {
	cache   Cache // nil if there is none
	of      graph.Identity
	note    *slog.Logger
	elapsed func() time.Duration

	mu      sync.Mutex    // guards the following; held only briefly
	running chan struct{} // closed when the running save has ended; nil if there is none
	// The last commit in the cached snapshot.
	seq    graph.Seq
	claims int
	// The number of consecutive failures, and the time before which the cache is not written.
	failures int
	until    time.Duration
}

// consider starts to write the snapshot if otherwise a start after a crash would replay much of the log.
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

// start writes the snapshot in the background. The caller holds mu, and no save is running.
func (s *saver) start(x *snapshot.Snapshot) {
	ended := make(chan struct{})
	s.running = ended
	go func() {
		defer close(ended)
		s.save(x)
	}()
}

// save writes the snapshot and records the result, even of a panic.
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

// finish waits for the running save and writes the snapshot, unless the cache has it.
func (s *saver) finish(x *snapshot.Snapshot) {
	if s.cache == nil {
		return
	}
	s.wait()
	s.soon(x)
	s.wait()
}

// wait waits until no save is running.
func (s *saver) wait() {
	s.mu.Lock()
	running := s.running
	s.mu.Unlock()
	if running != nil {
		<-running
	}
}
