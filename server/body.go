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

var gzipReaders sync.Pool // of *gzip.Reader

// body reads the body of a POST or QUERY. The limit holds for what is sent and for what that
// becomes when it is unpacked.
func (s *Server) body(w http.ResponseWriter, r *http.Request) ([]byte, *requestError) {
	packed, bad := checkHeaders(r.Header)
	if bad != nil {
		if bad.status == http.StatusUnsupportedMediaType {
			w.Header().Set("Accept-Encoding", "gzip")
		}
		return nil, bad
	}
	if !packed && r.ContentLength > s.opts.MaxBody {
		w.Header().Set("Connection", "close") // it is not read
		return nil, s.tooLarge()
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(s.opts.BodyTimeout)) // a recorder in a test has none

	var src io.Reader = http.MaxBytesReader(w, r.Body, s.opts.MaxBody)
	var buf bytes.Buffer
	if packed {
		z, err := unpacker(src)
		if err != nil {
			return nil, s.unread(err)
		}
		defer gzipReaders.Put(z)
		src = io.LimitReader(z, s.opts.MaxBody+1)
	} else if r.ContentLength > 0 {
		buf.Grow(int(min(r.ContentLength, s.opts.MaxBody, admission.ShortBody)) + bytes.MinRead) // a client may announce more than it sends
	}
	quota := &w.(*responseRecorder).quota // which ServeHTTP gives back
	*quota = s.admission.BodyQuota()
	if _, err := buf.ReadFrom(quota.Of(src)); err != nil {
		return nil, s.unread(err)
	}
	if int64(buf.Len()) > s.opts.MaxBody {
		return nil, s.tooLarge()
	}
	// A deadline that stayed would cancel the work on the request when it passes. Where the
	// body was not read to its end it stays: net/http goes on reading to the end.
	_ = control.SetReadDeadline(time.Time{})
	return buf.Bytes(), nil
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

// unread says why a body could not be read.
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

// checkHeaders reports whether the body is packed with gzip.
func checkHeaders(h http.Header) (packed bool, bad *requestError) {
	unsupported := func(format string, a ...any) (bool, *requestError) {
		return false, &requestError{status: http.StatusUnsupportedMediaType, code: codes.UnsupportedMediaType, message: fmt.Sprintf(format, a...)}
	}
	text := h.Get("Content-Type")
	if text == "" {
		return unsupported("the request has no Content-Type; send application/json")
	}
	typ, params, err := jsonType, map[string]string(nil), error(nil)
	if text != jsonType { // parsing costs time
		typ, params, err = mime.ParseMediaType(text)
	}
	switch {
	case err != nil || typ != jsonType:
		// Forms and plain text are refused: a page of another site could send
		// them with its visitor's rights, and without a preflight.
		return unsupported("the Content-Type %q is not supported; send application/json", text)
	case params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8"):
		return unsupported("the charset %q is not supported; send UTF-8", params["charset"])
	}
	switch enc := strings.Join(h.Values("Content-Encoding"), ", "); strings.ToLower(enc) {
	case "", "identity":
		return false, nil
	case "gzip", "x-gzip":
		return true, nil
	default:
		return unsupported("the Content-Encoding %q is not supported; send the body uncompressed, or with gzip", enc)
	}
}
