package api_test

import (
	"bytes"
	"context"
	"io/fs"
	"sync"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
)

// memory is a log that stores nothing.
type memory struct {
	identity graph.Identity
	commits  []*graph.Commit
}

func (m *memory) Identity() graph.Identity { return m.identity }

func (m *memory) Head() graph.Seq { return graph.Seq(len(m.commits)) }

func (m *memory) AppendGroup(_ context.Context, cs []*graph.Commit) error {
	m.commits = append(m.commits, cs...)
	return nil
}

func (m *memory) Replay(_ context.Context, after graph.Seq, fn func(*graph.Commit) error) error {
	for _, c := range m.commits[after:] {
		if err := fn(c); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Key(_ context.Context, key string) (graph.Seq, error) {
	for _, c := range m.commits {
		if c.Key == key {
			return c.Seq, nil
		}
	}
	return 0, nil
}

var testNow = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// seeded returns an API over a graph that holds the seeds. Tests share it and must not write
// to it; tests that write use freshlySeeded.
func seeded(t testing.TB) *api.API {
	t.Helper()
	a, err := sharedAPI()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var sharedAPI = sync.OnceValues(func() (a *api.API, err error) {
	a, sharedGraph, sharedLog, err = newSeededGraph()
	return a, err
})

// sharedGraph and sharedLog are those of sharedAPI, for readers after a call of seeded.
var (
	sharedGraph *live.Graph
	sharedLog   *memory
)

func freshlySeeded(t testing.TB) *api.API {
	t.Helper()
	a, err := newSeeded()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newSeeded() (*api.API, error) {
	a, _, _, err := newSeededGraph()
	return a, err
}

func newSeededGraph() (*api.API, *live.Graph, *memory, error) {
	now, log := func() time.Time { return testNow }, &memory{}
	g, err := live.Open(context.Background(), log, schema.MustDefault(), live.Options{Now: now})
	if err != nil {
		return nil, nil, nil, err
	}
	ops, err := seedOps()
	if err != nil {
		return nil, nil, nil, err
	}
	if _, err := g.Commit(context.Background(), &graph.Change{Ops: ops}); err != nil {
		return nil, nil, nil, err
	}
	a, err := api.New(api.Options{Graph: g, Now: now, Version: "test"})
	return a, g, log, err
}

// seedOps are the operations of all the seeds.
var seedOps = sync.OnceValues(func() (ops []graph.Op, err error) {
	names, err := fs.Glob(seeds.Files, "*.[yn]a*")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		format, err := datasets.Formats.ForFile(name)
		if err != nil {
			return nil, err
		}
		text, err := seeds.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		err = format.Decode(context.Background(), name, bytes.NewReader(text), func(op graph.Op) error {
			ops = append(ops, op)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return ops, nil
})

func BenchmarkNew(b *testing.B) {
	g, err := live.Open(b.Context(), &memory{}, schema.MustDefault(), live.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := api.New(api.Options{Graph: g}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestETagNamesTheStore: two stores, and two histories of one store, have different validators.
func TestETagNamesTheStore(t *testing.T) {
	at := func(id graph.Identity, at time.Time) string {
		g, err := live.Open(t.Context(), &memory{identity: id}, schema.MustDefault(), live.Options{Now: func() time.Time { return at }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Commit(t.Context(), &graph.Change{Ops: []graph.Op{{Kind: graph.Declare, Entity: graph.Entity{ID: "src", Type: "Source"}}}}); err != nil {
			t.Fatal(err)
		}
		a, err := api.New(api.Options{Graph: g, Now: func() time.Time { return testNow }})
		if err != nil {
			t.Fatal(err)
		}
		return a.Begin().ETag("{ontology}", "", nil)
	}
	first := graph.Identity{Store: "a", Epoch: 1}
	tag := at(first, testNow)
	if again := at(first, testNow); again != tag {
		t.Errorf("the same gives %s and %s", tag, again)
	}
	for what, other := range map[string]string{
		"another store":              at(graph.Identity{Store: "b", Epoch: 1}, testNow),
		"another epoch":              at(graph.Identity{Store: "a", Epoch: 2}, testNow),
		"a commit made in its place": at(first, testNow.Add(time.Second)),
	} {
		if other == tag {
			t.Errorf("%s has the same ETag", what)
		}
	}
}
