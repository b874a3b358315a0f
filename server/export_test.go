package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/server/tokens"
)

// TestExportLeft: a client that goes away ends its export, which gives way to others and logs no error.
func TestExportLeft(t *testing.T) {
	var log bytes.Buffer // written before the handler ends
	s := started(t, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	begun, ended := make(chan struct{}), make(chan error)
	s.backend.Load().Export = func(url.Values) (*Export, error) {
		return &Export{Media: "text/plain", Write: func(ctx context.Context, w io.Writer) error {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
				return err
			}
			begun <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}}, nil
	}
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r)
		ended <- r.Context().Err()
	}))
	defer ts.Close()
	for range maxExports + 1 {
		ctx, leave := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, ts.URL+"/export", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("an export after others were left: %v", err)
		}
		<-begun
		leave()
		res.Body.Close()
		if err := <-ended; err == nil {
			t.Error("the export went on")
		}
	}
	if log.Len() > 0 {
		t.Errorf("the log has\n%s", &log)
	}
}

// TestSnapshot: a node with a token that may write gets the snapshot with the identity of its store, also where writes are
// refused; nobody else does.
func TestSnapshot(t *testing.T) {
	writers, err := tokens.New("writer-with-a-long-token")
	if err != nil {
		t.Fatal(err)
	}
	readers, err := tokens.New("reader-with-a-long-token")
	if err != nil {
		t.Fatal(err)
	}
	for _, readOnly := range []bool{false, true} {
		s := started(t, Options{ReadOnly: readOnly, Keys: Keys{Writers: []*tokens.Tokens{writers}, Readers: readers}})
		for token, status := range map[string]int{"": 401, "reader-with-a-long-token": 403, "writer-with-a-long-token": 200} {
			headers := []string{"Authorization", "Bearer " + token}
			if token == "" {
				headers = nil
			}
			w := ask(s, "GET", "/snapshot", "", headers...)
			if w.Code != status {
				t.Errorf("%q: %d %.200s", token, w.Code, w.Body)
			}
			if status != 200 {
				continue
			}
			g := s.backend.Load().Graph
			got, of, err := snapshot.Decode(w.Body, int64(w.Body.Len()), g.Ontology())
			if err != nil || of != g.Identity() || got.Digest() != g.Snapshot().Digest() || w.Header().Get(BookmarkHeader) == "" {
				t.Errorf("the snapshot of %v: %v", of, err)
			}
		}
		for range maxSnapshots {
			s.snapshots <- struct{}{}
		}
		if w := ask(s, "GET", "/snapshot", "", "Authorization", "Bearer writer-with-a-long-token"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("while others fetch it: %d %v", w.Code, w.Header())
		}
	}
}
