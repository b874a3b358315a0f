package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := &progress{start: time.Now().Add(-90 * time.Second), stop: make(chan struct{})}
	p.show("reading %d files", 3)
	p.ended.Add(1)
	go func() { defer p.ended.Done(); p.run(&out, time.Millisecond, time.Millisecond) }()
	time.Sleep(20 * time.Millisecond)
	p.end()
	if text := out.String(); !strings.Contains(text, "\r\x1b[Kreading 3 files (90 s)") || !strings.HasSuffix(text, "\r\x1b[K") {
		t.Errorf("%q", text)
	}
	out.Reset()
	p = &progress{start: time.Now(), stop: make(chan struct{})}
	p.show("short")
	close(p.stop)
	p.run(&out, time.Hour, time.Hour)
	if out.Len() > 0 {
		t.Errorf("it shows what took no time: %q", &out)
	}
}
