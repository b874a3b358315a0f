package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// progress shows on a terminal what is in progress and for how long, once it
// takes more than a second. On anything else it writes nothing.
type progress struct {
	text  atomic.Pointer[string]
	start time.Time
	stop  chan struct{}
	ended sync.WaitGroup
}

const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// startProgress begins to show progress; end must be called.
func startProgress(e *environment, format string, a ...any) *progress {
	p := &progress{start: time.Now(), stop: make(chan struct{})}
	p.show(format, a...)
	if f, ok := e.err.(*os.File); ok && terminal(f) {
		p.ended.Add(1)
		go func() { defer p.ended.Done(); p.run(e.err, progressAfter, progressEvery) }()
	}
	return p
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show sets what is in progress now.
func (p *progress) show(format string, a ...any) {
	text := fmt.Sprintf(format, a...)
	p.text.Store(&text)
}

// end stops the display and clears its line.
func (p *progress) end() {
	close(p.stop)
	p.ended.Wait()
}

func (p *progress) run(w io.Writer, after, every time.Duration) {
	shown := false
	for wait := after; ; wait = every {
		select {
		case <-p.stop:
			if shown {
				fmt.Fprint(w, "\r\x1b[K")
			}
			return
		case <-time.After(wait):
			fmt.Fprintf(w, "\r\x1b[K%s (%d s)", *p.text.Load(), int(time.Since(p.start).Seconds()))
			shown = true
		}
	}
}
