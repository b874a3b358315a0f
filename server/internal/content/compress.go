package content

import (
	"bytes"
	"compress/gzip"
	"context"
	"strconv"
	"strings"
	"sync"
)

// Packers compress answers. Their number is fixed, which bounds the cores and the memory that
// compression takes; an answer that finds none free is sent uncompressed.
type Packers struct {
	free    chan *gzip.Writer
	buffers sync.Pool // of *bytes.Buffer: a slow client holds one, and no packer
}

// packStep is how much is compressed between looks at the context: about a millisecond.
const packStep = 128 << 10

// keepPacked is the capacity above which a buffer is not kept.
const keepPacked = 4 << 20

// NewPackers makes n packers.
func NewPackers(n int) *Packers {
	p := &Packers{free: make(chan *gzip.Writer, n)}
	for range cap(p.free) {
		p.free <- nil // made when it is needed
	}
	return p
}

// Pack returns the body compressed, or nil if no packer is free. It stops early when the
// client has gone. The caller gives the buffer back.
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
		z, _ = gzip.NewWriterLevel(out, gzip.BestSpeed) // fails on a wrong level only
	} else {
		z.Reset(out)
	}
	for len(body) > 0 && ctx.Err() == nil {
		n := min(len(body), packStep)
		_, _ = z.Write(body[:n]) // a bytes.Buffer takes everything
		body = body[n:]
	}
	_ = z.Close()
	return out
}

// Give takes back a buffer of Pack.
func (p *Packers) Give(b *bytes.Buffer) {
	if b.Cap() <= keepPacked {
		b.Reset()
		p.buffers.Put(b)
	}
}

// AcceptsGzip reports whether the client takes gzip, and does not prefer the answer as it is.
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
