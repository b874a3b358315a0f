package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// packers compress answers. There are only so many, so that compression takes neither all
// cores nor memory without bound; who finds none sends the answer as it is.
type packers struct {
	free    chan *gzip.Writer
	buffers sync.Pool // of *bytes.Buffer: a slow client holds one, and no packer
}

// packStep is how much is compressed between looks at the context: about a millisecond.
const packStep = 128 << 10

// keepPacked is the capacity above which a buffer is not kept.
const keepPacked = 4 << 20

func newPackers() *packers {
	p := &packers{free: make(chan *gzip.Writer, 2*runtime.GOMAXPROCS(0))}
	for range cap(p.free) {
		p.free <- nil // made when it is needed
	}
	return p
}

// pack compresses the body, nil where no packer is free. It stops early when the client
// has gone. The caller gives the buffer back.
func (p *packers) pack(ctx context.Context, body []byte) *bytes.Buffer {
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

func (p *packers) give(b *bytes.Buffer) {
	if b.Cap() <= keepPacked {
		b.Reset()
		p.buffers.Put(b)
	}
}

// send writes an answer, compressed where that is worth it and the client takes it. The
// headers but for the encoding and the length are set before.
func (s *Server) send(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if s.opts.CompressAbove >= 0 && len(body) > s.opts.CompressAbove && acceptsGzip(r.Header.Values("Accept-Encoding")) {
		if out := s.packers.pack(r.Context(), body); out != nil {
			defer s.packers.give(out)
			body = out.Bytes()
			h.Set("Content-Encoding", "gzip")
			if tag := h.Get("ETag"); tag != "" {
				h.Set("ETag", "W/"+tag) // other bytes, the same answer
			}
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	var err error
	if len(body) <= sendPiece { // the kernel takes it, or the server's own deadline holds
		_, err = w.Write(body)
	} else {
		err = sendAll(w, http.NewResponseController(w), s.opts.Live.WriteTimeout, body)
	}
	if err != nil {
		s.log.Debug("answer_not_sent", "error", err.Error())
	}
}

// acceptsGzip tells whether the client takes gzip, and not rather nothing of the kind.
func acceptsGzip(header []string) bool {
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
