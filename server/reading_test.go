package server

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/deadline"
)

// deadlines is a ResponseWriter that records what becomes of the connection's deadline for reading.
type deadlines struct {
	*httptest.ResponseRecorder
	mu  sync.Mutex
	set []string
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t.IsZero() {
		d.set = append(d.set, "lifted")
	} else {
		d.set = append(d.set, "set")
	}
	return nil
}

// taking is a session whose answer takes some time.
type taking struct {
	fake
	time time.Duration
}

func (t taking) Execute(ctx context.Context, _ *api.Request) *gql.Response {
	select {
	case <-time.After(t.time):
	case <-ctx.Done():
	}
	return &gql.Response{Body: []byte("{}"), HasData: true, Operation: "query"}
}

// TestReadDeadline: net/http's deadline of reading a request is lifted before it could end the
// work, and only then; a body in several pieces has a separate one.
func TestReadDeadline(t *testing.T) {
	const body = `{"query":"{graph{sequence}}"}`
	// Like net/http's, the bodies report their end together with the last bytes.
	whole := func() io.Reader { return iotest.DataErrReader(strings.NewReader(body)) }
	pieces := func() io.Reader {
		return iotest.DataErrReader(io.MultiReader(strings.NewReader(body[:9]), strings.NewReader(body[9:])))
	}
	long := 3 * deadline.Young
	for _, tc := range []struct {
		name   string
		method string
		body   func() io.Reader
		takes  time.Duration
		read   time.Duration // net/http's limit
		want   []string
	}{
		{"short", "POST", whole, 0, DefaultBodyTimeout, nil},
		{"long", "POST", whole, long, DefaultBodyTimeout, []string{"lifted"}},
		{"short get", "GET", nil, 0, DefaultBodyTimeout, nil},
		{"long get", "GET", nil, long, DefaultBodyTimeout, []string{"lifted"}},
		{"in pieces", "POST", pieces, 0, DefaultBodyTimeout, []string{"set", "lifted"}},
		{"in pieces and long", "POST", pieces, long, DefaultBodyTimeout, []string{"set", "lifted"}},
		{"another limit", "POST", whole, 0, time.Hour, []string{"set", "lifted"}},
		{"no limit", "POST", whole, long, 0, []string{"set", "lifted"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := New(Options{})
			s.Publish(&Backend{Begin: func() Session { return taking{time: tc.takes} }})
			hs := &http.Server{ReadTimeout: tc.read, ReadHeaderTimeout: 10 * time.Second}
			r := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.ServerContextKey, hs), tc.method, "/graphql?query={graph{sequence}}", nil)
			r.Host = "localhost"
			r.Header.Set("Content-Type", "application/json")
			if tc.body != nil {
				r.Body, r.ContentLength = io.NopCloser(tc.body()), int64(len(body))
			}
			w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
			s.ServeHTTP(w, r)
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.Code != http.StatusOK || !slices.Equal(w.set, tc.want) {
				t.Errorf("status %d, deadlines %v, want %v\n%s", w.Code, w.set, tc.want, w.Body)
			}
		})
	}
	t.Run("little is left of it", func(t *testing.T) {
		s := New(Options{BodyTimeout: 11 * time.Second})
		s.Publish(&Backend{Begin: func() Session { return taking{} }})
		hs := &http.Server{ReadTimeout: 11 * time.Second, ReadHeaderTimeout: 10 * time.Second}
		r := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.ServerContextKey, hs), "POST", "/graphql", whole())
		r.Host = "localhost"
		r.Header.Set("Content-Type", "application/json")
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		if s.ServeHTTP(w, r); !slices.Equal(w.set, []string{"lifted"}) {
			t.Errorf("deadlines %v", w.set)
		}
	})
}

// TestPathAllocations: what a request allocates beside net/http and the executor.
func TestPathAllocations(t *testing.T) {
	if raced {
		t.Skip("pools drop what they hold")
	}
	s := pathServer(t, Options{})
	r, w := recorded()
	whole := testing.AllocsPerRun(500, func() { recordOne(s, r, w) })
	executor := testing.AllocsPerRun(500, func() {
		s.backend.Load().Begin().Execute(t.Context(), &api.Request{Query: pathQuery, Variables: []byte(pathVariables)}).Release()
	})
	if w.status != http.StatusOK {
		t.Fatal(w.status)
	}
	// These are the recorder, the context of the deadline and its channel, the reader of the
	// body, the request, the document, the validator, and the map of headers, which net/http
	// makes elsewhere.
	if most := executor + 8; whole > most {
		t.Errorf("%v allocations, the executor has %v of them: more than %v", whole, executor, most)
	}
}

// TestWireHeaders: answers have their length and one line of each header, by each method, short and long.
func TestWireHeaders(t *testing.T) {
	s := pathServer(t, Options{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Serve(ctx, l) }()
	defer func() {
		stop()
		<-done
	}()
	var many strings.Builder
	for i := range 20 {
		fmt.Fprintf(&many, ` a%s%d:__typename`, strings.Repeat("b", 200), i)
	}
	for name, query := range map[string]string{"short": `{country(id:"KAZ"){id}}`, "long": "{" + many.String() + "}"} {
		for _, method := range []string{"GET", "HEAD", "POST", "QUERY"} {
			at, body := "http://"+l.Addr().String()+"/graphql", io.Reader(nil)
			if method == "GET" || method == "HEAD" {
				at += "?query=" + url.QueryEscape(query)
			} else {
				body = strings.NewReader(`{"query":` + strconv.Quote(query) + `}`)
			}
			r, err := http.NewRequestWithContext(t.Context(), method, at, body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil || res.StatusCode != http.StatusOK || res.ContentLength <= 0 || method != "HEAD" && res.ContentLength != int64(len(got)) {
				t.Errorf("%s by %s: %d, %v, length %d of %d", name, method, res.StatusCode, err, res.ContentLength, len(got))
			}
			want := map[string]string{"X-Content-Type-Options": "nosniff", "Vary": "Accept, Accept-Encoding", "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-cache", SequenceHeader: "1"}
			for key, value := range want {
				if lines := res.Header.Values(key); len(lines) != 1 || lines[0] != value {
					t.Errorf("%s by %s: %s is %q", name, method, key, lines)
				}
			}
			if res.Header.Get("ETag") == "" {
				t.Errorf("%s by %s has no ETag", name, method)
			}
		}
	}
}
