package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
)

// Fill fills a store with the commits.
func Fill(l store.Log, cs ...*graph.Commit) error {
	return l.Fill(context.Background(), func(add func(*graph.Commit, func() error) error) error {
		for _, c := range cs {
			// A commit gets its digest and the ontology's hash when it is sealed.
			open := *c
			open.Digest, open.Ontology = "", ""
			if err := add(&open, func() error { open.Digest, open.Ontology = c.Digest, c.Ontology; return nil }); err != nil {
				return err
			}
		}
		return nil
	})
}

func testFill(t *testing.T, open func(*testing.T, string) store.Log) {
	dir := t.TempDir()
	l := open(t, dir)
	defer func() { l.Close() }()
	if err := l.AcceptOntology("ab", "type"); err != nil {
		t.Fatal(err)
	}
	identity := l.Identity()
	twice := Sample(2, 3)
	twice.Key = Sample(1, 3).Key
	again := Sample(2, 3)
	again.Claims[1] = Sample(1, 3).Claims[1]
	refused := func(what string, err error, code graph.Code) {
		t.Helper()
		var ge *graph.Error
		if !errors.As(err, &ge) || ge.Code != code {
			t.Errorf("%s: %v", what, err)
		}
		if l.Head() != 0 || len(All(t, l, 0)) != 0 {
			t.Errorf("%s: the store is at commit %d", what, l.Head())
		}
	}
	refused("a gap", Fill(l, Sample(1, 3), Sample(3, 3)), graph.SeqMismatch)
	refused("a key twice", Fill(l, Sample(1, 3), twice), graph.KeyReused)
	refused("a claim twice", Fill(l, Sample(1, 3), again), graph.Duplicate)
	testFillStops(t, l)
	if err := Fill(l); err != nil || l.Head() != 0 {
		t.Errorf("a filling with nothing: %v", err)
	}
	want := []*graph.Commit{Sample(1, 3), Sample(2, 400), Sample(3, 0)}
	if err := Fill(l, want...); err != nil {
		t.Fatal(err)
	}
	Equal(t, All(t, l, 0), want)
	for range 2 {
		mustAppend(t, l, Sample(l.Head()+1, 2))
		want = append(want, Sample(l.Head(), 2))
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = open(t, dir)
		Equal(t, All(t, l, 0), want)
	}
	if seq, err := l.Key(context.Background(), want[1].Key); seq != 2 || err != nil {
		t.Errorf("a key that came with a filling: %d, %v", seq, err)
	}
	if text, err := l.Ontology(""); text != "type" || err != nil || l.Identity() != identity {
		t.Errorf("the ontology %q, %v, of %v, which was %v", text, err, l.Identity(), identity)
	}
	var ge *graph.Error
	if err := Fill(l, Sample(1, 3)); !errors.As(err, &ge) || ge.Code != graph.SeqMismatch {
		t.Errorf("a store with commits is filled: %v", err)
	}
}

// testFillStops interrupts fillings by an error of the feed, of a seal and of the context.
func testFillStops(t *testing.T, l store.Log) {
	stop := errors.New("stop")
	sealed := func() error { return nil }
	if err := l.Fill(context.Background(), func(add func(*graph.Commit, func() error) error) error {
		return errors.Join(add(Sample(1, 3), sealed), stop)
	}); !errors.Is(err, stop) {
		t.Errorf("the error of the feed is returned as %v", err)
	}
	if err := l.Fill(context.Background(), func(add func(*graph.Commit, func() error) error) error {
		return add(Sample(1, 3), func() error { return stop })
	}); !errors.Is(err, stop) || l.Head() != 0 {
		t.Errorf("a commit that cannot be sealed: %v, and the store is at commit %d", err, l.Head())
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := l.Fill(ctx, func(add func(*graph.Commit, func() error) error) error { cancel(); return add(Sample(1, 3), sealed) }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gives %v", err)
	}
}
