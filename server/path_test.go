package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
)

// These tests measure what a request costs beside net/http and the executor, on a query of
// one entity and ten scalars, which is short work.
const (
	pathQuery     = `query($id:ID!){country(id:$id){id name type population officialName iso2 isoNumeric currency terrain landlocked}}`
	pathVariables = `{"id":"KAZ"}`
	pathBody      = `{"query":"` + pathQuery + `","variables":` + pathVariables + `}`
)

// pathServer has the entity that the query asks for.
func pathServer(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := started(tb, o)
	ch := &graph.Change{Ops: []graph.Op{{Kind: graph.Declare, Entity: graph.Entity{ID: "KAZ", Type: "Country"}}, {Kind: graph.Declare, Entity: graph.Entity{ID: "src", Type: "Source"}}}}
	text := graph.StringValue
	for _, c := range []struct {
		predicate string
		value     graph.Value
	}{
		{"name", text("Kazakhstan")}, {"officialName", text("The Republic of Kazakhstan")}, {"iso2", text("KZ")}, {"isoNumeric", text("398")},
		{"population", graph.IntValue(20_000_000)}, {"currency", text("KZT")}, {"terrain", text("mountains and steppe")}, {"landlocked", graph.BoolValue(true)},
	} {
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: "KAZ", Predicate: c.predicate, Value: c.value, Source: "src", Confidence: 0.9}})
	}
	if _, err := s.backend.Load().Graph.Commit(tb.Context(), ch); err != nil {
		tb.Fatal(err)
	}
	return s
}

// plainHandler returns what net/http alone costs: it reads the body and writes an answer
// of the same length with the two headers that every answer needs.
func plainHandler(answer []byte) http.Handler {
	pool := sync.Pool{New: func() any { return new(bytes.Buffer) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := pool.Get().(*bytes.Buffer)
		b.Reset()
		_, _ = b.ReadFrom(r.Body)
		pool.Put(b)
		h := w.Header()
		h["Content-Type"] = []string{"application/json"}
		h["Content-Length"] = []string{strconv.Itoa(len(answer))}
		_, _ = w.Write(answer)
	})
}

// processor returns the processor time of the process, which other work on the machine
// disturbs less than wall time.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportProcessor reports the processor's time of each operation until its result is called.
func reportProcessor(b *testing.B) func() {
	b.ReportAllocs()
	before := processor()
	return func() { b.ReportMetric(float64(processor()-before)/float64(b.N), "cpu-ns/op") }
}

// BenchmarkPath measures one request over loopback connections, client and server in this
// process: of the service, of a handler that net/http calls and that does nothing, and of the
// executor alone. What the service takes beside the two others is its path of a request; both
// pay for the client.
//
//	go test ./server -run XXX -bench Path -cpu 1 -count 5
func BenchmarkPath(b *testing.B) {
	s := pathServer(b, Options{})
	answer := ask(s, "POST", "/graphql", pathBody).Body.Bytes()
	listen := func(b *testing.B) net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		return l
	}
	b.Run("service", func(b *testing.B) {
		l := listen(b)
		ctx, stop := context.WithCancel(b.Context())
		done := make(chan error)
		go func() { done <- s.Serve(ctx, l) }()
		replay(b, l.Addr().String())
		stop()
		<-done
	})
	b.Run("nethttp", func(b *testing.B) {
		l := listen(b)
		hs := &http.Server{Handler: plainHandler(answer), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: DefaultBodyTimeout,
			WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute}
		go func() { _ = hs.Serve(l) }()
		replay(b, l.Addr().String())
		_ = hs.Close()
	})
	b.Run("recorder", func(b *testing.B) {
		r, w := recorded()
		defer reportProcessor(b)()
		for b.Loop() {
			recordOne(s, r, w)
			if w.status != http.StatusOK {
				b.Fatal(w.status)
			}
		}
	})
	b.Run("executor", func(b *testing.B) {
		defer reportProcessor(b)()
		for b.Loop() {
			s.backend.Load().Begin().Execute(b.Context(), &api.Request{Query: pathQuery, Variables: []byte(pathVariables)}).Release()
		}
	})
}

// recorded returns the measured request as net/http passes it on, and a recorder for its
// answer.
func recorded() (*http.Request, *sink) {
	hs := &http.Server{ReadTimeout: DefaultBodyTimeout, ReadHeaderTimeout: 10 * time.Second}
	r := httptest.NewRequestWithContext(context.WithValue(context.Background(), http.ServerContextKey, hs), "POST", "/graphql", nil)
	r.Host, r.ContentLength = "localhost", int64(len(pathBody))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Body = &rereadable{}
	return r, &sink{h: http.Header{}}
}

// rereadable is a body of the request of the path that can be read again.
type rereadable struct{ at int }

func (b *rereadable) Read(p []byte) (int, error) {
	n := copy(p, pathBody[b.at:])
	if b.at += n; b.at == len(pathBody) {
		return n, io.EOF
	}
	return n, nil
}

func (b *rereadable) Close() error { return nil }

func recordOne(s *Server, r *http.Request, w *sink) {
	clear(w.h)
	r.Body.(*rereadable).at = 0
	s.ServeHTTP(w, r)
}

// replay sends the request over sixteen connections, each one answer at a time, and reports the
// processor's time.
func replay(b *testing.B, addr string) {
	b.Helper()
	request := fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: %d\r\n\r\n%s", len(pathBody), pathBody)
	const connections = 16
	todo := make(chan struct{}, connections)
	var clients sync.WaitGroup
	for range connections {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		clients.Go(func() {
			defer c.Close()
			read := bufio.NewReaderSize(c, 16<<10)
			for range todo {
				if err := askOnce(c, read, request); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	defer reportProcessor(b)()
	for b.Loop() {
		todo <- struct{}{}
	}
	close(todo)
	clients.Wait()
}

// askOnce allocates nothing.
func askOnce(c net.Conn, r *bufio.Reader, request []byte) error {
	if _, err := c.Write(request); err != nil {
		return err
	}
	length := 0
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
			return fmt.Errorf("the answer is %s", line)
		}
		if n, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			for _, d := range bytes.TrimSpace(n) {
				length = 10*length + int(d-'0')
			}
		}
		if len(line) <= 2 {
			break
		}
	}
	_, err := r.Discard(length)
	return err
}
