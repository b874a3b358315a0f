package api_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
)

// memory is a log that forgets.
type memory struct{ commits []*graph.Commit }

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

// seeded is an API over a graph that holds the seeds.
func seeded(t testing.TB) *api.API {
	t.Helper()
	g, err := live.Open(t.Context(), &memory{}, schema.MustDefault(), live.Options{Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	var ch graph.Change
	names, err := fs.Glob(seeds.Files, "*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("no seeds", err)
	}
	for _, name := range names {
		f, err := seeds.Files.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		err = codec.Seed.Decode(t.Context(), name, f, func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Commit(t.Context(), &ch); err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g, Now: func() time.Time { return testNow }, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

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
