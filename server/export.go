package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/caspian-kg/caspian/codes"
)

// trailFault is the trailer that says why an export ended early; it is empty if the export is
// complete.
const trailFault = "Caspian-Fault"

// Export is one export: the media type of its bytes, and the function that writes them.
type Export struct {
	Media string
	Write func(ctx context.Context, w io.Writer) error
}

// maxExports bounds the exports that run at once, not counting the owner's, because each reads the whole
// graph.
const maxExports = 2

// slowExport is the time that a client may take to read one part of an export.
const slowExport = 30 * time.Second

// serveExport streams a part of the newest snapshot to a client that may read. The deadlines of requests do not apply.
// The export ends early if the client disconnects or reads too slowly.
func (s *Server) serveExport(w http.ResponseWriter, r *http.Request, b *Backend) {
	if b.Export == nil {
		writeError(w, http.StatusNotFound, jsonType, codes.NotFound, "this service exports nothing")
		return
	}
	if !byOwner(r) && s.opts.DocumentsOnly {
		writeError(w, http.StatusForbidden, jsonType, codes.OwnerOnly, "the service answers only its trusted documents; its owner can export with 'caspian export' on its machine")
		return
	}
	if !byOwner(r) {
		if !oneOf(w, s.exports, "exports are running") {
			return
		}
		defer func() { <-s.exports }()
	}
	x, err := b.Export(r.URL.Query())
	if err != nil {
		writeError(w, http.StatusBadRequest, jsonType, codes.BadUserInput, err.Error())
		return
	}
	s.download(w, r, x)
}

// oneOf takes one of the places for downloads, or answers with a refusal and returns false.
func oneOf(w http.ResponseWriter, places chan struct{}, taken string) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
		w.Header().Set("Retry-After", strconv.Itoa(1+rand.N(10))) // so that clients refused together do not all return together
		writeError(w, http.StatusServiceUnavailable, jsonType, codes.Overloaded, "other "+taken+"; try again when one has ended")
		return false
	}
}

// download writes an export. If an error ends it early, the trailer says so.
func (s *Server) download(w http.ResponseWriter, r *http.Request, x *Export) {
	h := w.Header()
	h.Set("Content-Type", x.Media)
	h.Set("Cache-Control", "no-store")
	h.Set("Trailer", trailFault)
	if r.Method == http.MethodHead {
		return
	}
	buffered := bufio.NewWriterSize(&patient{w: w, control: http.NewResponseController(w)}, 256<<10)
	err := x.Write(r.Context(), buffered)
	if err == nil {
		err = buffered.Flush()
	}
	switch {
	case err == nil:
	case r.Context().Err() != nil: // the client has disconnected
		s.log.Debug("export_left", "error", err.Error())
	case w.(*responseRecorder).bytes == 0:
		h.Del("Trailer")
		writeError(w, http.StatusInternalServerError, jsonType, codes.Internal, "the export failed; the log of the service says why")
		s.log.Error("export_failed", "error", err.Error())
	default:
		s.log.Error("export_failed", "error", err.Error())
		h.Set(trailFault, "the export is not whole: "+oneLine(err.Error()))
	}
}

// patient is a writer that sets a new deadline for each part.
type patient struct {
	w       io.Writer
	control *http.ResponseController
}

func (p *patient) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(slowExport)) // fails only for a recorder in a test
	return p.w.Write(b)
}

// ReadFault returns the reason why an export from a service is incomplete, or nil if it is
// complete. The caller must have read the body to its end.
func ReadFault(res *http.Response) error {
	if fault := res.Trailer.Get(trailFault); fault != "" {
		return errors.New(fault)
	}
	return nil
}

// oneLine makes a text fit into a header: every character outside printable ASCII is replaced.
func oneLine(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = ' '
		}
	}
	return string(b[:min(len(b), 1000)])
}
