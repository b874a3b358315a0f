package draft_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/draft"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/graph/packed"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
)

// world is a graph of the seeds, as a draft and its mapping see it.
type world struct {
	*live.Graph
	view  *snapshot.View
	asked sync.Map
}

var seeded = sync.OnceValues(func() (*world, error) {
	ctx := context.Background()
	names, err := fs.Glob(seeds.Files, "*.[yn]a*")
	if err != nil {
		return nil, err
	}
	var ops []graph.Op
	for _, name := range names {
		format, err := datasets.Formats.ForFile(name)
		if err != nil {
			return nil, err
		}
		text, err := seeds.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := format.Decode(ctx, name, bytes.NewReader(text), func(op graph.Op) error { ops = append(ops, op); return nil }); err != nil {
			return nil, err
		}
	}
	g, err := live.Open(ctx, &live.Unkept{}, schema.MustDefault(), live.Options{})
	if err != nil {
		return nil, err
	}
	if _, err := g.Commit(ctx, &graph.Change{Ops: ops}); err != nil {
		return nil, err
	}
	v, err := match.Always(g.Snapshot())
	return &world{Graph: g, view: v}, err
})

func (w *world) Key(_ context.Context, key, value string) (found graph.ID, _ error) {
	s := w.Snapshot()
	s.Keyed(key, value, func(claim uint32) { found = s.ID(s.Subject(claim)) })
	return found, nil
}

func (w *world) Candidates(_ context.Context, q match.Question) ([]match.Candidate, error) {
	key := fmt.Sprint(q)
	if list, ok := w.asked.Load(key); ok {
		return list.([]match.Candidate), nil
	}
	list, err := match.Find(w.view, q)
	w.asked.Store(key, list)
	return list, err
}

func (w *world) Named(ctx context.Context, n codec.Named) (graph.ID, error) {
	list, err := w.Candidates(ctx, match.Question{Text: n.Text, Types: n.Types, In: n.In})
	if err != nil {
		return "", err
	}
	id, sure := match.Sure(list, match.Threshold)
	switch {
	case sure:
		return id, nil
	case n.Optional && (len(list) == 0 || list[0].Score < 80):
		return "", &codec.Unknown{Message: "unknown"}
	}
	return "", fmt.Errorf("it is not sure what %q is", n.Text)
}

func opened(path string) draft.File {
	return draft.File{Name: path, Open: func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		return packed.Open(path, f)
	}}
}

// stated is what a file states by a mapping; all faults are in the error.
func stated(ctx context.Context, w *world, text string, f draft.File) ([]graph.Op, error) {
	m, err := codec.ReadMapping("draft.yaml", []byte(text), nil)
	if err != nil {
		return nil, err
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var find codec.Find
	if w != nil {
		find = w
	}
	format := m.Format(find)
	var ops []graph.Op
	emit := func(op graph.Op) error { ops = append(ops, op); return nil }
	err = errors.Join(format.Once(ctx, emit), format.Decode(ctx, f.Name, r, emit))
	if err == nil && w != nil {
		_, err = w.Check(&graph.Change{Ops: ops})
	}
	return ops, err
}

// TestShared drafts a mapping of every table of the sets that are handed over.
func TestShared(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "data")
	if dir := os.Getenv("DRAFTS"); dir != "" {
		root = dir
	}
	var files []string
	_ = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(p, ".md") && (strings.HasSuffix(p, "v") || strings.HasSuffix(p, "json") || strings.HasSuffix(p, "jsonl")) && !strings.Contains(p, "i18n-iso") && !strings.Contains(p, "/factbook/") {
			files = append(files, p)
		}
		return nil
	})
	w, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.ReplaceAll(strings.TrimPrefix(file, root), "/", "_"), func(t *testing.T) {
			text, err := draft.Mapping(context.Background(), opened(file), draft.Options{Ontology: schema.MustDefault(), Graph: w})
			if err != nil {
				t.Fatal(err)
			}
			t.Log(text)
			ops, err := stated(context.Background(), w, text, opened(file))
			if err != nil {
				t.Errorf("%.800s", err)
			}
			t.Log(len(ops), "operations")
		})
	}
}
