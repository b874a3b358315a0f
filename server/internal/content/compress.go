package content

import (
	"bytes"
	"compress/gzip"
	"context"
	"strconv"
	"strings"
	"sync"
)

// Packers compress answers. Their fixed number bounds the cores and the memory for compression. If
// none is free, an answer is sent uncompressed.
type Packers struct {
	free    chan *gzip.Writer
	buffers sync.Pool // values of type *bytes.Buffer; a slow client holds a buffer, but no packer
}

// packStep is how many bytes are compressed between checks of the context: about a millisecond.
const packStep = 128 << 10

// keepPacked is the capacity above which a buffer is not reused.
const keepPacked = 4 << 20

// NewPackers returns n packers.
func NewPackers(n int) *Packers {
	p := &Packers{free: make(chan *gzip.Writer, n)}
	for range cap(p.free) {
		p.free <- nil // created at first use
	}
	return p
}

// Pack returns the compressed body, or nil if no packer is free. It stops early if the client has
// disconnected. The caller returns the buffer with Give.
func (p *Packers) Pack(ctx context.Context, body []byte) *bytes.Buffer {
	var z *gzip.Writer
	select {
	case z = <-p.free:
	default:
		return nil
	}
	defer func() { p.free <- z }()
	out, ok := p.buffers.Get().(*bytes.Buffer)
	if !ok {
		out = new(bytes.Buffer)
	}
	if z == nil {
		z, _ = gzip.NewWriterLevel(out, gzip.BestSpeed) // fails only for an invalid level
	} else {
		z.Reset(out)
	}
	for len(body) > 0 && ctx.Err() == nil {
		n := min(len(body), packStep)
		_, _ = z.Write(body[:n]) // a bytes.Buffer never fails
		body = body[n:]
	}
	_ = z.Close()
	return out
}

// Give returns a buffer of Pack for reuse.
func (p *Packers) Give(b *bytes.Buffer) {
	if b.Cap() <= keepPacked {
		b.Reset()
		p.buffers.Put(b)
	}
}

// AcceptsGzip reports whether the client accepts gzip and does not prefer an uncompressed answer.
func AcceptsGzip(header []string) bool {
	named, other, plain := -1.0, 0.0, 0.0
	for _, line := range header {
		for part := range strings.SplitSeq(line, ",") {
			coding, params, _ := strings.Cut(part, ";")
			q := 1.0
			if text, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(params)), "q="); ok {
				var err error
				if q, err = strconv.ParseFloat(text, 64); err != nil || !(q >= 0 && q <= 1) {
					continue
				}
			}
			switch strings.ToLower(strings.TrimSpace(coding)) {
			case "gzip", "x-gzip":
				named = q
			case "*":
				other = q
			case "identity":
				plain = q
			}
		}
	}
	if named < 0 {
		named = other
	}
	return named > 0 && named >= plain
}
