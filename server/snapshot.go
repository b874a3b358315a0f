package server

import (
	"context"
	"io"
	"net/http"

	"github.com/caspian-kg/caspian/codes"
)

// maxSnapshots bounds the snapshots that are sent at a time, so that many nodes that start together start in turn.
const maxSnapshots = 2

// serveSnapshot streams the newest snapshot as a snapshot file, from which another node of the store starts. It has all that
// was ever recorded, so that it takes the right to write, even where writes are refused.
func (s *Server) serveSnapshot(w http.ResponseWriter, r *http.Request, b *Backend) {
	if callerOf(w).may < mayWrite {
		s.refuse(w, r, jsonType, &requestError{status: http.StatusUnauthorized, code: codes.Unauthenticated,
			message: "a snapshot has all that was ever recorded: send Authorization: Bearer TOKEN with a token that may write (--auth, or the file token in the folder of the store)"})
		return
	}
	if !oneOf(w, s.snapshots, "nodes fetch snapshots") {
		return
	}
	defer func() { <-s.snapshots }()
	now := b.Graph.Snapshot()
	(&location{now.Seq(), sequenceText(now.Seq()), b.Graph.Bookmark(now, now.Seq()).String()}).label(w)
	s.download(w, r, &Export{Media: "application/octet-stream", Write: func(_ context.Context, to io.Writer) error {
		return now.Encode(to, b.Graph.Identity())
	}})
}
