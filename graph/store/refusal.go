package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
)

// refusal says why the database is open only for reading, and when to try again.
type refusal struct {
	cause error // nil if the options ask for reading only
	again time.Time
	pause time.Duration
}

// The pauses between two attempts to write to a disk that accepted no writes.
const (
	firstPause = time.Second
	maxPause   = 16 * time.Second
	// probeSize is how much room must be free in addition to the size of the journals, which become tables when
	// the database opens.
	probeSize   = 1 << 20
	probePrefix = "probe-"
)

// cannotWrite reports whether an error means that the file system can be read but accepts no writes.
func cannotWrite(err error) bool {
	for _, e := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, fs.ErrPermission} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// refuse records why no writes are accepted. Each failed attempt doubles the pause before the next.
func (s *embedded) refuse(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &refusal{cause: cause, pause: firstPause}
	if s.pause > 0 {
		r.pause = min(2*s.pause, maxPause)
	}
	s.pause = r.pause
	r.again = s.now().Add(r.pause)
	s.refusal = r
}

func (s *embedded) now() time.Time {
	if s.opts.Now != nil {
		return s.opts.Now()
	}
	return time.Now()
}

// reason returns why a file system accepts no writes, without the path, which only the operator may see.
func reason(err error) error {
	var no syscall.Errno
	if errors.As(err, &no) {
		return no
	}
	return errors.New("permission denied")
}

// Writable returns an error that says why the store accepts no writes at present. If it is time to try again
// and nobody is writing, it tries first.
func (s *embedded) Writable() error {
	err := s.refused()
	if err == nil || !s.writing.TryLock() {
		return err
	}
	defer s.writing.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	return s.writable()
}

func (s *embedded) refused() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch r := s.refusal; {
	case r == nil:
		return nil
	case r.cause == nil:
		return commits.ReadOnly()
	default:
		return graph.Errorf(graph.Unavailable, "the store accepts no writes: %v; free space or make its file system writable, and write again; the store tries it from time to time", reason(r.cause))
	}
}

// writable makes the store writable if it is time to try, and otherwise returns the reason at once. The caller
// holds writing.
func (s *embedded) writable() error {
	err := s.refused()
	if err == nil || s.refusal.cause == nil || s.now().Before(s.refusal.again) {
		return err
	}
	if cause := s.probe(); cause != nil {
		s.refuse(cause)
		return s.refused()
	}
	if err := s.shut(); err != nil {
		return err
	}
	if err := s.open(); err != nil {
		return fmt.Errorf("store: reopen for writing: %w", err)
	}
	if err := s.refused(); err != nil {
		return err
	}
	s.pause = 0
	return nil
}

// probe tests whether the file system has room, which is cheaper than opening the database for writing.
func (s *embedded) probe() error {
	size := int64(probeSize)
	logs, _ := filepath.Glob(filepath.Join(s.dir, quadsDir, "*.log"))
	for _, l := range logs {
		if info, err := os.Stat(l); err == nil {
			size += info.Size()
		}
	}
	f, err := os.CreateTemp(s.dir, probePrefix)
	if err != nil {
		return err
	}
	block := make([]byte, 64<<10)
	for ; size > 0 && err == nil; size -= int64(len(block)) {
		_, err = f.Write(block)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}
