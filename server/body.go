package server

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/server/internal/admission"
)

var gzipReaders sync.Pool // has values of type *gzip.Reader

// body reads the body of a POST or QUERY, which must have the given media type. The limit applies to the body as sent
// and to the unpacked body.
func (s *Server) body(w http.ResponseWriter, r *http.Request, media string) ([]byte, *requestError) {
	packed, bad := checkHeaders(r.Header, media)
	if bad != nil {
		if bad.status == http.StatusUnsupportedMediaType {
			w.Header().Set("Accept-Encoding", "gzip")
		}
		return nil, bad
	}
	if !packed && r.ContentLength > s.opts.MaxBody {
		w.Header().Set("Connection", "close") // because the body is not read
		return nil, s.tooLarge()
	}
	t := w.(*responseRecorder)
	// net/http's own deadline applies to the first piece, which usually is the whole body.
	arriving := &arrival{src: r.Body, of: s, to: t, timed: t.by == nil || t.by.ReadTimeout != s.opts.BodyTimeout}
	if arriving.timed {
		arriving.limit()
	}
	src := io.Reader(arriving)
	if packed || r.ContentLength < 0 { // net/http reads no more of any other body than its length
		src = http.MaxBytesReader(w, struct {
			io.Reader
			io.Closer
		}{arriving, r.Body}, s.opts.MaxBody)
	}
	buf := s.buffer(t)
	if packed {
		z, err := unpacker(src)
		if err != nil {
			return nil, s.unread(err)
		}
		defer gzipReaders.Put(z)
		src = io.LimitReader(z, s.opts.MaxBody+1)
	} else if r.ContentLength > 0 {
		buf.Grow(int(min(r.ContentLength, s.opts.MaxBody, admission.ShortBody)) + bytes.MinRead) // bounded, because a client may announce more than it sends
	}
	t.quota = s.admission.BodyQuota() // ServeHTTP releases the quota
	if _, err := buf.ReadFrom(t.quota.Of(src)); err != nil {
		return nil, s.unread(err)
	}
	if int64(buf.Len()) > s.opts.MaxBody {
		return nil, s.tooLarge()
	}
	// If the body was not read to its end, the deadline remains, because net/http continues to
	// read.
	s.endReading(t, arriving.timed)
	return buf.Bytes(), nil
}

// serverOf returns the http.Server that received a request, or nil if there is none, as in tests.
func serverOf(r *http.Request) *http.Server {
	hs, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	return hs
}

// arrival reads a body. Each piece must arrive within BodyTimeout.
type arrival struct {
	src   io.Reader
	of    *Server
	to    *responseRecorder
	timed bool // the body has its own deadline instead of net/http's deadline for the request
}

func (a *arrival) limit() {
	a.timed = true
	_ = http.NewResponseController(a.to.ResponseWriter).SetReadDeadline(time.Now().Add(a.of.opts.BodyTimeout)) // fails only for a recorder in a test
}

func (a *arrival) Read(p []byte) (int, error) {
	n, err := a.src.Read(p)
	if err == nil && !a.timed { // the body has more pieces
		a.limit()
	}
	return n, err
}

// endReading removes the deadline for reading the request, which would cancel the work on the
// request when it passes. If Lasts will be called for a request that runs long, endReading leaves
// the removal to Lasts.
func (s *Server) endReading(t *responseRecorder, timed bool) {
	if t.watched && !timed && t.by != nil && t.by.ReadHeaderTimeout > 0 &&
		t.by.ReadTimeout-t.by.ReadHeaderTimeout-time.Since(t.start) > s.opts.QueueTime+time.Second {
		t.hurried = true
		return
	}
	_ = http.NewResponseController(t.ResponseWriter).SetReadDeadline(time.Time{})
}

// keepBuffer is the largest capacity of a buffer that is reused.
const keepBuffer = admission.ShortBody

// buffer returns the buffer for a body. Only requests with one answer return their buffer for
// reuse, because the variables of a subscription remain in it.
func (s *Server) buffer(t *responseRecorder) *bytes.Buffer {
	if !t.watched {
		return new(bytes.Buffer)
	}
	if b, ok := s.buffers.Get().(*bytes.Buffer); ok {
		t.body = b
	} else {
		t.body = new(bytes.Buffer)
	}
	return t.body
}

// giveBackBody returns a request's buffer for reuse.
func (s *Server) giveBackBody(t *responseRecorder) {
	if b := t.body; b != nil && b.Cap() <= keepBuffer {
		b.Reset()
		s.buffers.Put(b)
	}
	t.body = nil
}

func unpacker(src io.Reader) (*gzip.Reader, error) {
	if z, ok := gzipReaders.Get().(*gzip.Reader); ok {
		return z, z.Reset(src)
	}
	return gzip.NewReader(src)
}

func (s *Server) tooLarge() *requestError {
	return &requestError{status: http.StatusRequestEntityTooLarge, code: codes.RequestTooLarge,
		message: fmt.Sprintf("the body is larger than the limit of %d bytes, unpacked; send less in one request", s.opts.MaxBody)}
}

// unread returns the refusal of a body that could not be read.
func (s *Server) unread(err error) *requestError {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return s.tooLarge()
	case errors.Is(err, admission.ErrNoRoom):
		return &requestError{status: http.StatusServiceUnavailable, code: codes.Overloaded,
			message: fmt.Sprintf("the bodies of the requests in progress fill the limit of %d bytes; try again in a second, or send less in one request", s.opts.MaxBodies)}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &requestError{status: http.StatusRequestTimeout, code: codes.RequestIncomplete,
			message: fmt.Sprintf("the body did not arrive within %s", s.opts.BodyTimeout)}
	case strings.HasPrefix(err.Error(), "gzip:") || strings.HasPrefix(err.Error(), "flate:"):
		return unreadable("the body is not well-formed gzip: %v", err)
	}
	return &requestError{status: http.StatusBadRequest, code: codes.RequestIncomplete, message: "the body ended too soon"}
}

// checkHeaders checks the media type and the encoding of a body. packed is true if the body is
// compressed with gzip.
func checkHeaders(h http.Header, media string) (packed bool, bad *requestError) {
	unsupported := func(format string, a ...any) (bool, *requestError) {
		return false, &requestError{status: http.StatusUnsupportedMediaType, code: codes.UnsupportedMediaType, message: fmt.Sprintf(format, a...)}
	}
	text := ""
	if given := h["Content-Type"]; len(given) > 0 {
		text = given[0]
	}
	if text == "" {
		return unsupported("the request has no Content-Type; send %s", media)
	}
	typ, params, err := media, map[string]string(nil), error(nil)
	if text != media { // spares the time to parse the type
		typ, params, err = mime.ParseMediaType(text)
	}
	switch {
	case err != nil || typ != media:
		// Forms and plain text are refused where a request may write: a page of another site could
		// send them with its visitor's rights, and without a preflight.
		return unsupported("the Content-Type %q is not supported; send %s", text, media)
	case params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8"):
		return unsupported("the charset %q is not supported; send UTF-8", params["charset"])
	}
	switch enc := strings.Join(h["Content-Encoding"], ", "); strings.ToLower(enc) {
	case "", "identity":
		return false, nil
	case "gzip", "x-gzip":
		return true, nil
	default:
		return unsupported("the Content-Encoding %q is not supported; send the body uncompressed, or with gzip", enc)
	}
}
