package server

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/tokens"
)

// TestImport: what is sent to /import reaches the backend whole, or not at all.
func TestImport(t *testing.T) {
	s := started(t, Options{MaxUpload: 2000, Keys: Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}}})
	var got, path string
	var fails error
	s.backend.Load().Import = func(ctx context.Context, r *ImportRequest) (*Imported, error) {
		got, path = "", ""
		for _, f := range r.Files {
			text, err := os.ReadFile(f.Path)
			got, path = got+f.Part+"|"+f.Name+"|"+f.Media+"|"+string(text)+";", f.Path
			if err != nil {
				t.Error(err)
			}
		}
		got += r.Asked.Encode()
		err := r.Write(ctx, func() error { return fails })
		if r.Progress != nil {
			r.Progress("some")
		}
		return &Imported{Report: "all", Complete: err == nil, Err: err}, nil
	}
	const form = "--b\r\nContent-Disposition: form-data; name=\"sync\"\r\n\r\nports\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a/b.nq\"\r\n\r\nx y z\r\n--b--\r\n"
	const formType = "multipart/form-data; boundary=b"
	for _, tc := range []struct {
		name, media, accept, body, token string
		status                           int
		got, answer                      string
	}{
		{"a body", "text/csv; charset=utf-8", "", "a,b", writerToken, 200, "||text/csv|a,b;x=1", `"all"`},
		{"a form", formType, "", form, writerToken, 200, "file|a/b.nq||x y z;sync=ports&x=1", `"all"`},
		{"lines", "text/csv", "application/x-ndjson", "a", writerToken, 200, "||text/csv|a;x=1", "{\"progress\":\"some\"}\n{\"report\":\"all\"}\n"},
		{"events", "text/csv", "text/event-stream", "a", writerToken, 200, "||text/csv|a;x=1", "event: progress\ndata: \"some\"\n\nevent: report\ndata: \"all\"\n\n"},
		{"no token", "text/csv", "", "a", "", 403, "", codes.ReadOnly},
		{"too long", "text/csv", "", strings.Repeat("a", 2001), writerToken, 413, "", "--max-upload"},
		{"a form that ends early", formType, "", form[:len(form)-20], writerToken, 400, "", "cannot be read"},
		{"a form without a boundary", "multipart/form-data", "", form, writerToken, 400, "", "cannot be read"},
		{"not a media type", "a/b/c", "", "a", writerToken, 400, "", "Content-Type"},
		{"nothing to answer with", "text/csv", "image/png", "a", writerToken, 406, "", codes.NotAcceptable},
	} {
		got = ""
		w := ask(s, "POST", "/import?x=1", tc.body, "Content-Type", tc.media, "Accept", tc.accept, "Authorization", strings.TrimSuffix("Bearer "+tc.token, "Bearer "))
		if w.Code != tc.status || got != tc.got || !strings.Contains(w.Body.String(), tc.answer) {
			t.Errorf("%s: %d %s, got %q", tc.name, w.Code, w.Body, got)
		}
		if _, err := os.Stat(path); path != "" && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the file is left over", tc.name)
		}
	}
	for err, status := range map[error]int{graph.Errorf(graph.Unavailable, "full"): 503, errors.New("broken"): 500} {
		fails = err
		if w := ask(s, "POST", "/import", "a", "Content-Type", "text/csv", "Authorization", "Bearer "+writerToken); w.Code != status || w.Body.String() != `"all"` {
			t.Errorf("%v: %d %s", err, w.Code, w.Body)
		}
	}
	s.draining.Store(true)
	fails = nil
	if w := ask(s, "POST", "/import", "a", "Content-Type", "text/csv", "Authorization", "Bearer "+writerToken); w.Code != http.StatusServiceUnavailable {
		t.Errorf("while the service stops: %d", w.Code)
	}
}
