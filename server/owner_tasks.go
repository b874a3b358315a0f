package server

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/caspian-kg/caspian/codes"
)

// Owner tasks are served only over the owner's socket. Each reads the whole store, so the deadlines
// of requests do not apply. A task ends when the client disconnects or the service stops.

// OwnerTasks are the tasks that the owner of a store may request from the service.
type OwnerTasks struct {
	// Backup writes the log up to its newest commit.
	Backup func(ctx context.Context, w io.Writer) error
	// Verify verifies the store and returns its report, to be encoded as JSON.
	Verify func(ctx context.Context) (any, error)
}

func (s *Server) owned(h func(http.ResponseWriter, *http.Request, *OwnerTasks)) http.HandlerFunc {
	return s.ready(func(w http.ResponseWriter, r *http.Request, b *Backend) {
		if !byOwner(r) || b.Owner == nil {
			writeError(w, http.StatusForbidden, jsonType, codes.OwnerOnly,
				r.URL.Path+" is for the owner of the store, by the socket in its folder; on this machine 'caspian backup' and 'caspian verify' ask there by themselves")
			return
		}
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // fails only for a recorder in a test
		h(w, r, b.Owner)
	})
}

// serveBackup streams a backup.
func (s *Server) serveBackup(w http.ResponseWriter, r *http.Request, tasks *OwnerTasks) {
	s.download(w, r, &Export{Media: "application/gzip", Write: tasks.Backup})
}

// serveVerify answers with the report of verifying the store.
func (s *Server) serveVerify(w http.ResponseWriter, r *http.Request, tasks *OwnerTasks) {
	report, err := tasks.Verify(r.Context())
	if err != nil {
		s.log.Error("verify_failed", "error", err.Error())
		writeError(w, http.StatusInternalServerError, jsonType, codes.Internal, err.Error())
		return
	}
	body, err := json.Marshal(report)
	if err != nil {
		panic(err) // cannot fail, because the report has no types that JSON lacks
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
}
