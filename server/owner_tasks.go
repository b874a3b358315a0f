package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/caspian-kg/caspian/codes"
)

// Only the owner may request these, over the owner's socket. Each reads the whole store, so
// that no deadline of a request applies. A task ends when the client goes away or the
// service stops.

// trailFault is the trailer that says why an export ended early; it is empty where
// the export is whole.
const trailFault = "Caspian-Fault"

// OwnerTasks are what the owner of a store may request from the service on it.
type OwnerTasks struct {
	// Export writes the newest snapshot in the named format. An error before the first byte
	// means that the request was wrong.
	Export func(ctx context.Context, w io.Writer, format string) error
	// Verify verifies the store and returns what is written as JSON.
	Verify func(ctx context.Context) (any, error)
}

func (s *Server) owned(h func(http.ResponseWriter, *http.Request, *OwnerTasks)) http.HandlerFunc {
	return s.ready(func(w http.ResponseWriter, r *http.Request, b *Backend) {
		if !byOwner(r) || b.Owner == nil {
			writeError(w, http.StatusForbidden, jsonType, codes.OwnerOnly,
				r.URL.Path+" is for the owner of the store, by the socket in its folder; on this machine 'caspian export' and 'caspian verify' ask there by themselves")
			return
		}
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a recorder in a test has none
		h(w, r, b.Owner)
	})
}

// serveExport streams all that the newest snapshot knows.
func (s *Server) serveExport(w http.ResponseWriter, r *http.Request, tasks *OwnerTasks) {
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("Trailer", trailFault)
	buffered := bufio.NewWriterSize(w, 256<<10)
	err := tasks.Export(r.Context(), buffered, r.URL.Query().Get("format"))
	if err == nil {
		err = buffered.Flush()
	}
	switch {
	case err == nil:
	case w.(*responseRecorder).bytes == 0:
		h.Del("Trailer")
		writeError(w, http.StatusBadRequest, jsonType, codes.BadUserInput, err.Error())
	default:
		s.log.Error("export_failed", "error", err.Error())
		h.Set(trailFault, "the export is not whole: "+oneLine(err.Error()))
	}
}

// serveVerify answers what verifying the store found.
func (s *Server) serveVerify(w http.ResponseWriter, r *http.Request, tasks *OwnerTasks) {
	report, err := tasks.Verify(r.Context())
	if err != nil {
		s.log.Error("verify_failed", "error", err.Error())
		writeError(w, http.StatusInternalServerError, jsonType, codes.Internal, err.Error())
		return
	}
	body, err := json.Marshal(report)
	if err != nil {
		panic(err) // a report of ours
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
}

// ReadFault is why an export that a service sent is not whole, or nil if it is.
// The body must have been read to its end.
func ReadFault(res *http.Response) error {
	if fault := res.Trailer.Get(trailFault); fault != "" {
		return errors.New(fault)
	}
	return nil
}

// oneLine fits a text into a header.
func oneLine(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = ' '
		}
	}
	return string(b[:min(len(b), 1000)])
}
