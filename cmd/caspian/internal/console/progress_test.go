package console

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := &Progress{start: time.Now(), stop: make(chan struct{})}
		p.Show("reading %d files", 3)
		p.ended.Go(func() { p.run(&out, time.Second, 200*time.Millisecond) })
		time.Sleep(1100 * time.Millisecond) // of the bubble's clock
		p.Show("checking")
		time.Sleep(time.Second) // of the same clock
		p.End()
		text := out.String()
		for _, want := range []string{"\r\x1b[Kreading 3 files (1 s)", "\r\x1b[Kchecking (2 s)"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q has no %q", text, want)
			}
		}
		if !strings.HasSuffix(text, "\r\x1b[K") {
			t.Errorf("the line is not cleared: %q", text)
		}
	})
}

// TestShortProgress checks that work that ends within a second is not shown.
func TestShortProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := &Progress{start: time.Now(), stop: make(chan struct{})}
		p.Show("short")
		p.ended.Go(func() { p.run(&out, time.Second, 200*time.Millisecond) })
		time.Sleep(900 * time.Millisecond) // of the bubble's clock
		p.End()
		if out.Len() > 0 {
			t.Errorf("it shows %q", out.String())
		}
	})
}
