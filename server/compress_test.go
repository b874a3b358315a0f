package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/content"
)

func packed(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func unpacked(t *testing.T, text []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "x-gzip": true, "deflate, gzip, br": true, "gzip;q=0": false, "gzip; q=0.5": true, "*": true, "*;q=0": false,
		"identity": false, "br": false, "gzip;q=0, *": false, "identity, gzip;q=0.5": false, "identity;q=0.5, gzip": true, "gzip;q=2": false, "gzip;q=x": false,
		"gzip, identity;q=0": true, "gzip;q=1.0": true, ",,": false,
	} {
		if got := content.AcceptsGzip([]string{header}); got != want {
			t.Errorf("Accept-Encoding: %s: %t", header, got)
		}
	}
	if !content.AcceptsGzip([]string{"br", "gzip"}) {
		t.Error("the second header is not read")
	}
}

func TestCompressedAnswers(t *testing.T) {
	body := `{"data":{"x":"` + strings.Repeat("caspian ", 5000) + `"}}`
	answer := func(context.Context) *gql.Response {
		return &gql.Response{HasData: true, Operation: "query", Body: []byte(body)}
	}
	s, never, small := faked(t, Options{}, answer), faked(t, Options{CompressAbove: -1}, answer), faked(t, Options{CompressAbove: len(body)}, answer)
	const q = "/graphql?query={x}"
	w := ask(s, "GET", q, "", "Accept-Encoding", "gzip")
	if w.Header().Get("Content-Encoding") != "gzip" || unpacked(t, w.Body.Bytes()) != body || w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
		t.Errorf("headers %v and %d bytes", w.Header(), w.Body.Len())
	}
	if got := strings.Join(w.Header().Values("Vary"), ", "); got != "Accept, Accept-Encoding" {
		t.Errorf("Vary: %s", got)
	}
	if got := w.Header().Get("ETag"); got != `W/"fake"` {
		t.Errorf("ETag: %s", got)
	}
	if w := ask(s, "GET", q, "", "Accept-Encoding", "gzip", "If-None-Match", `W/"fake"`); w.Code != http.StatusNotModified ||
		!strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept-Encoding") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for name, w := range map[string]interface {
		Header() http.Header
	}{
		"no Accept-Encoding": ask(s, "GET", q, ""), "never": ask(never, "GET", q, "", "Accept-Encoding", "gzip"), "not above": ask(small, "GET", q, "", "Accept-Encoding", "gzip"),
	} {
		if h := w.Header(); h.Get("Content-Encoding") != "" || h.Get("Content-Length") != fmt.Sprint(len(body)) || h.Get("Vary") != "Accept, Accept-Encoding" || h.Get("ETag") != `"fake"` {
			t.Errorf("%s: %v", name, h)
		}
	}
	// Where all packers are busy, the answer comes as it is.
	s.packers = content.NewPackers(0)
	if w := ask(s, "GET", q, "", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" || w.Body.String() != body {
		t.Errorf("busy: %v", w.Header())
	}
}

func TestCompressedBodies(t *testing.T) {
	const request = `{"query":"{graph{sequence}}"}`
	s := started(t, Options{MaxBody: 4000})
	long := `{"query":"{__typename}","x":"` + strings.Repeat(" ", 4000) + `"}`
	for _, tc := range []struct {
		name, body string
		headers    []string
		status     int
		code       string
	}{
		{"gzip", packed(t, request), []string{"Content-Encoding", "gzip"}, 200, ""},
		{"x-gzip", packed(t, request), []string{"Content-Encoding", "X-GZIP"}, 200, ""},
		{"identity", request, []string{"Content-Encoding", "identity"}, 200, ""},
		{"two members", packed(t, request[:9]) + packed(t, request[9:]), []string{"Content-Encoding", "gzip"}, 200, ""},
		{"empty", packed(t, ""), []string{"Content-Encoding", "gzip"}, 400, "BAD_REQUEST"},
		{"cut off", packed(t, request)[:20], []string{"Content-Encoding", "gzip"}, 400, "REQUEST_INCOMPLETE"},
		{"damaged", packed(t, request)[:30] + strings.Repeat("x", 30), []string{"Content-Encoding", "gzip"}, 400, "BAD_REQUEST"},
		{"too long when unpacked", packed(t, long), []string{"Content-Encoding", "gzip"}, 413, "REQUEST_TOO_LARGE"},
		{"packed and not said so", packed(t, request), nil, 400, "BAD_REQUEST"},
		{"brotli", request, []string{"Content-Encoding", "br"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"zstd", request, []string{"Content-Encoding", "zstd"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
	} {
		w := ask(s, "POST", "/graphql", tc.body, tc.headers...)
		if got := code(t, w); w.Code != tc.status || got != tc.code {
			t.Errorf("%s: %d %q, want %d %q: %s", tc.name, w.Code, got, tc.status, tc.code, w.Body)
		}
		if w.Code == http.StatusUnsupportedMediaType && w.Header().Get("Accept-Encoding") != "gzip" {
			t.Errorf("%s: no word of what is taken: %v", tc.name, w.Header())
		}
	}
}

// TestGzipBomb sends 64 MiB in a few hundred kilobytes: it must be refused without being unpacked.
func TestGzipBomb(t *testing.T) {
	var bomb bytes.Buffer
	z, err := gzip.NewWriterLevel(&bomb, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range 64 {
		if _, err := z.Write(blank); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	const limit = 1 << 20
	s := started(t, Options{MaxBody: limit + int64(bomb.Len())})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if w := ask(s, "POST", "/graphql", bomb.String(), "Content-Encoding", "gzip"); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 32<<20 {
		t.Errorf("%d bytes were allocated to refuse %d", got, bomb.Len())
	}
	if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`); w.Code != 200 {
		t.Errorf("the next query: %d", w.Code)
	}
}
