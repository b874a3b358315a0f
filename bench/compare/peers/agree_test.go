package peers

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/bench/compare/peers/maps"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server"
)

// works are the workloads whose answers are compared.
var works = []string{"W1", "W2", "W3", "W4", "W5", "W7", "W7pivot", "W8"}

// TestGraph: the graph and its parameters are those of shared/peers, so that figures can be compared.
func TestGraph(t *testing.T) {
	sum := sha256.New()
	g := NewGraph(10_000, 42)
	for i := range g.Nodes {
		n := &g.Nodes[i]
		fmt.Fprintln(sum, n.ID, n.Kind, n.Name, n.Code, n.Grp, n.Country, n.Size, n.Score, n.Year, n.Lat)
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		fmt.Fprintln(sum, e.ID, e.Src, e.Dst, e.Type, e.Value, e.Year, e.From, e.To, e.Confidence, e.Source)
	}
	fmt.Fprintln(sum, g.Params(64, 7))
	const want = "9f87c532d3bb7bd0"
	if got := hex.EncodeToString(sum.Sum(nil)[:8]); got != want {
		t.Errorf("the sum is %s, want %s", got, want)
	}
}

// caspian returns the service over the graph, in this process.
func caspian(t *testing.T, g *Graph, state bool) http.Handler {
	t.Helper()
	o, err := schema.Load("geo.graphql", Ontology(state))
	if err != nil {
		t.Fatal(err)
	}
	l, err := live.Open(t.Context(), &live.Unkept{}, o, live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	if err := g.WriteLines(&lines, state); err != nil {
		t.Fatal(err)
	}
	format, err := codec.Formats.ForFile("graph.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	ch := &graph.Change{}
	if err := format.Decode(t.Context(), "graph.jsonl", &lines, func(op graph.Op) error {
		ch.Ops = append(ch.Ops, op)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context(), ch); err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: l})
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Options{OpenWrites: true, ResponseCache: -1})
	s.Publish(&server.Backend{Graph: l.Through(nil), SDL: a.SDL(), Begin: func() server.Session { return a.Begin() }})
	return s
}

// ask sends a request to a handler.
func ask(t *testing.T, h http.Handler, q Request) []byte {
	t.Helper()
	r := httptest.NewRequest(q.Method, q.Path, strings.NewReader(q.Body))
	r.Host, r.RemoteAddr = "localhost", "127.0.0.1:5555"
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Body.Bytes()
}

// TestAgreement: the systems answer each workload alike, and the service takes the writes; the
// state form answers too.
func TestAgreement(t *testing.T) {
	g := NewGraph(3000, 43)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	systems := map[string]http.Handler{Limit: newLimit(g, log).handler(), Gqlgen: maps.Handler(newMaps(g)), Caspian: caspian(t, g, false), State: caspian(t, g, true)}
	params := g.Params(8, 8)
	for _, work := range works {
		shown, past := 0, 0
		for i := range params {
			want, err := Canonical(work, ask(t, systems[Limit], Ask(Limit, work, &params[i], i)))
			if err != nil {
				t.Fatal(err)
			}
			shown += len(want)
			for _, system := range []string{Gqlgen, Caspian, State} {
				q := Ask(system, work, &params[i], i)
				got, err := Canonical(work, ask(t, systems[system], q))
				if err != nil {
					t.Fatalf("%s, %s: %v\n%s", work, system, err, q.Body)
				}
				if system == State {
					past += len(got)
				} else if got != want {
					t.Errorf("%s: %s answers\n%.2000s\nand the limit\n%.2000s", work, system, got, want)
				}
			}
		}
		if shown < 8*60 || past < shown/10 {
			t.Errorf("%s: the answers show next to nothing: %d bytes, %d of them in the past", work, shown, past)
		}
	}
	for i := range params {
		if answer := ask(t, systems[Caspian], Ask(Caspian, "W9", &params[i], len(g.Edges)+i)); !bytes.Contains(answer, []byte(`"sequence"`)) || bytes.Contains(answer, []byte("errors")) {
			t.Errorf("W9: %s", answer)
		}
	}
}
