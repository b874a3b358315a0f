package server

import (
	"context"
	"io"
	"net/http"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/server/roles"
)

// maxSnapshots bounds how many snapshots are sent at once. If many nodes start together, they get the snapshot one
// after the other.
const maxSnapshots = 2

// serveSnapshot streams the newest snapshot as a snapshot file, from which another node can start. The file contains
// everything that was ever recorded, so serveSnapshot requires the role of an editor from whom nothing is hidden, even if the service refuses writes.
func (s *Server) serveSnapshot(w http.ResponseWriter, r *http.Request, b *Backend) {
	const contains = "a snapshot contains everything that was ever recorded, so it requires "
	switch c := callerOf(w); {
	case c.Role >= roles.Editor && c.lens == nil:
	case c.bearer != "":
		writeError(w, http.StatusForbidden, jsonType, codes.Forbidden, contains+"the role of an editor from whom nothing is hidden")
		return
	default:
		s.refuse(w, r, jsonType, &requestError{status: http.StatusUnauthorized, code: codes.Unauthenticated,
			message: contains + "a token that may write: send Authorization: Bearer TOKEN (--auth, or the file token in the folder of the store)"})
		return
	}
	if !oneOf(w, s.snapshots, "nodes fetch snapshots") {
		return
	}
	defer func() { <-s.snapshots }()
	now := b.Graph.Snapshot()
	newLocation(now.Seq(), b.Graph.Bookmark(now, now.Seq())).label(w)
	s.download(w, r, &Export{Media: "application/octet-stream", Write: func(_ context.Context, to io.Writer) error {
		return now.Encode(to, b.Graph.Identity())
	}})
}
