package server

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
)

// TestBookmarks: answers carry a bookmark, requests may bring one, and each kind that cannot be reached has a code.
func TestBookmarks(t *testing.T) {
	s := started(t, Options{Batch: 2})
	is := s.backend.Load().Graph.Identity()
	query := "/graphql?query=" + url.QueryEscape("{graph{sequence}}")
	before := ask(s, "GET", query, "")
	wrote := ask(s, "POST", "/graphql", fmt.Sprintf(declare, "notes"))
	held := wrote.Header().Get(BookmarkHeader)
	if held == "" || held == before.Header().Get(BookmarkHeader) {
		t.Fatalf("before a write %q, afterwards %q", before.Header().Get(BookmarkHeader), held)
	}
	at := s.backend.Load().Graph.Snapshot().RecordedAt(1)
	early := graph.NewBookmark(is, 2, at).String()
	replaced := graph.NewBookmark(is, 1, at.Add(time.Second)).String()
	restored := graph.NewBookmark(graph.Identity{Store: "another", Epoch: 1}, 99, at).String()
	for _, c := range []struct {
		what, bookmark string
		status         int
		code           string
	}{
		{"held", held, 200, ""},
		{"of another commit", replaced, 412, codes.HistoryReplaced},
		{"of another store", restored, 412, codes.HistoryReplaced},
		{"malformed", "17", 400, codes.BadRequest},
		{"not reached", early, 503, codes.Unavailable},
	} {
		for form, ask := range map[string]func() (int, string, string){
			"GET": func() (int, string, string) {
				w := ask(s, "GET", query, "", BookmarkHeader, c.bookmark, "If-None-Match", before.Header().Get("ETag"))
				return w.Code, w.Header().Get("Retry-After"), w.Body.String()
			},
			"batch": func() (int, string, string) {
				w := ask(s, "POST", "/graphql", `[{"query":"{graph{sequence}}"}]`, BookmarkHeader, c.bookmark)
				return w.Code, w.Header().Get("Retry-After"), w.Body.String()
			},
			"stream": func() (int, string, string) {
				w := ask(s, "POST", "/graphql/stream", `{"query":"{graph{sequence}}"}`, BookmarkHeader, c.bookmark)
				return w.Code, w.Header().Get("Retry-After"), w.Body.String()
			},
		} {
			if c.status == 503 && form != "GET" {
				continue // each takes two seconds
			}
			status, again, body := ask()
			if status != c.status || !strings.Contains(body, c.code) || (again != "") != (status == 503) {
				t.Errorf("%s, %s: %d, Retry-After %q\n%s", c.what, form, status, again, body)
			}
		}
	}
	for argument, want := range map[string]string{
		held:     `"sequence":1`,
		replaced: codes.HistoryReplaced,
		restored: codes.HistoryReplaced,
		"x":      codes.BadUserInput,
	} {
		w := ask(s, "POST", "/graphql", fmt.Sprintf(`{"query":"{graph(view:{bookmark:\"%s\"}){sequence bookmark}}"}`, argument))
		if !strings.Contains(w.Body.String(), want) || argument == held && !strings.Contains(w.Body.String(), held) {
			t.Errorf("view.bookmark %s: %s", argument, w.Body)
		}
	}
}
