package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// progress tells on a terminal what takes more than a second. On anything else
// it says nothing.
type progress struct {
	w     io.Writer // nil where it says nothing
	start time.Time

	mu    sync.Mutex // guards shown and last
	shown bool
	last  time.Time
}

func newProgress(e *environment) *progress {
	p := &progress{start: time.Now()}
	if f, ok := e.err.(*os.File); ok && terminal(f) {
		p.w = e.err
	}
	return p
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show says what is under way, at most ten times a second.
func (p *progress) show(format string, a ...any) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.start) < time.Second || now.Sub(p.last) < 100*time.Millisecond {
		return
	}
	p.last, p.shown = now, true
	fmt.Fprintf(p.w, "\r\x1b[K"+format, a...)
}

// end clears the line for what comes next.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
