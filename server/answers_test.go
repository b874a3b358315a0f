package server

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
)

var sharedSeeds *Server

// seededServer serves the built-in seeds on the day for which the answers of package api
// were written, to tests that only read them; they are loaded once.
func seededServer(t *testing.T) *httptest.Server {
	t.Helper()
	if sharedSeeds == nil {
		sharedSeeds = seeded(t, Options{}, gql.Limits{})
	}
	ts := httptest.NewServer(sharedSeeds)
	t.Cleanup(ts.Close)
	return ts
}

func seeded(t *testing.T, o Options, limits gql.Limits) *Server {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC) }
	g, err := live.Open(t.Context(), &live.Unkept{}, schema.MustDefault(), live.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(seeds.Files, "*.[yn]a*")
	if err != nil {
		t.Fatal(err)
	}
	var ch graph.Change
	for _, name := range names {
		format, err := datasets.Formats.ForFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := seeds.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		err = format.Decode(t.Context(), name, bytes.NewReader(text), func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Commit(t.Context(), &ch); err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g, Version: "test", Now: now, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	s := New(withKey(o))
	s.Publish(&Backend{Graph: g.Through(nil), SDL: a.SDL(), Begin: func() Session { return a.Begin() }, Plans: a.Engine().CacheStats})
	return s
}

// TestAnswersOverHTTP asks package api's questions over a connection, by POST
// and by GET, and compares the answers.
func TestAnswersOverHTTP(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "api", "testdata", "answers", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no questions", err)
	}
	ts := seededServer(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := map[string]string{}
			for _, f := range ar.Files {
				part[f.Name] = string(f.Data)
			}
			request := map[string]any{"query": part["query.graphql"]}
			get := url.Values{"query": {part["query.graphql"]}}
			if vars := part["variables.json"]; vars != "" {
				var compact bytes.Buffer // as the encoder of the body writes them: the validator is of the text
				if err := json.Compact(&compact, []byte(vars)); err != nil {
					t.Fatal(err)
				}
				request["variables"] = json.RawMessage(vars)
				get.Set("variables", compact.String())
			}
			body, err := json.Marshal(request)
			if err != nil {
				t.Fatal(err)
			}
			posted, err := http.Post(ts.URL+"/graphql", "application/json", bytes.NewReader(body))
			compare(t, posted, err, part["answer.json"])
			got, err := http.Get(ts.URL + "/graphql?" + get.Encode())
			compare(t, got, err, part["answer.json"])
			// Answers with errors must not be cached.
			faulty := strings.HasPrefix(part["answer.json"], "{\n  \"errors\"")
			if tag := got.Header.Get("ETag"); (tag == "") != faulty || tag != posted.Header.Get("ETag") {
				t.Errorf("ETag %q by GET and %q by POST", tag, posted.Header.Get("ETag"))
			}
		})
	}
}

func compare(t *testing.T, res *http.Response, err error, want string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, text, "", "  "); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if res.StatusCode != http.StatusOK || got.String()+"\n" != want {
		short := func(s string) string { return s[:min(len(s), 500)] }
		t.Errorf("%s: %s\nwant %s\n(go test ./api shows the whole answer)", res.Status, short(got.String()), short(want))
	}
}
