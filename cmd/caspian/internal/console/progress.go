package console

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Progress shows on a terminal what is in progress and for how long, once it takes more than a second. On any
// other output it writes nothing.
type Progress struct {
	text  atomic.Pointer[string]
	start time.Time
	stop  chan struct{}
	ended sync.WaitGroup
}

const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// StartProgress starts to show progress; the caller must call End.
func StartProgress(w io.Writer, format string, a ...any) *Progress {
	p := &Progress{start: time.Now(), stop: make(chan struct{})}
	p.Show(format, a...)
	if IsTerminal(w) {
		p.ended.Go(func() { p.run(w, progressAfter, progressEvery) })
	}
	return p
}

// IsTerminal reports whether an output is shown to a person.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Show sets what is in progress now.
func (p *Progress) Show(format string, a ...any) {
	text := fmt.Sprintf(format, a...)
	p.text.Store(&text)
}

// End stops the display and clears its line.
func (p *Progress) End() {
	close(p.stop)
	p.ended.Wait()
}

func (p *Progress) run(w io.Writer, after, every time.Duration) {
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
