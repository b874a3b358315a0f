package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

// reach waits until the graph has the commit that the request's bookmark names. The request holds no slot
// during the wait. Afterwards it reads from a snapshot that has the commit.
func reach(w *responseRecorder, r *http.Request, b *Backend) *requestError {
	text := r.Header.Get(BookmarkHeader)
	if text == "" {
		return nil
	}
	bookmark, err := graph.ParseBookmark(text)
	if err != nil {
		return unreadable("the header %s: %v", BookmarkHeader, err)
	}
	ctx, cancel := context.WithTimeout(r.Context(), live.Patience)
	defer cancel()
	if w.slot.Pause(ctx, func() { err = b.Graph.Reach(ctx, bookmark) }) != nil {
		return &requestError{status: http.StatusServiceUnavailable, code: codes.Overloaded, message: "too many requests wait for commits; try again"}
	}
	var known *graph.Error
	if !errors.As(err, &known) {
		return nil
	}
	code := string(known.Code)
	return &requestError{status: usualStatus(code), code: code, message: "the header " + BookmarkHeader + ": " + known.Message}
}

// location identifies a snapshot in the history of its store, in the form of the headers.
type location struct {
	seq                graph.Seq
	sequence, bookmark string
}

func newLocation(seq graph.Seq, b graph.Bookmark) *location {
	return &location{seq, strconv.FormatUint(uint64(seq), 10), b.String()}
}

// locationOf returns the location of a session's snapshot. It caches the last one, because most answers have
// the same.
func (s *Server) locationOf(session Session) *location {
	last := s.located.Load()
	if seq := session.Seq(); last == nil || last.seq != seq {
		last = newLocation(seq, session.Bookmark())
		s.located.Store(last)
	}
	return last
}

// locate sets the headers that say which snapshot the answer comes from.
func (s *Server) locate(w http.ResponseWriter, session Session) { s.locationOf(session).label(w) }

func (l *location) label(w http.ResponseWriter) {
	t := w.(*responseRecorder)
	t.header(SequenceHeader, l.sequence)
	t.header(BookmarkHeader, l.bookmark)
}
