package server

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
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

// taking is a session whose answer takes a time.
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
	// As net/http's, they end with their last bytes.
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
	// The recorder, the context of the deadline and its channel, how the body arrives, the document,
	// the validator, the length, and the map of headers, which net/http makes elsewhere.
	if most := executor + 9; whole > most {
		t.Errorf("%v allocations, the executor has %v of them: more than %v", whole, executor, most)
	}
}
