package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cayleygraph/cayley"
	cgraph "github.com/cayleygraph/cayley/graph"
	_ "github.com/cayleygraph/cayley/graph/sql/postgres" // registers itself
	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
	"github.com/caspian-kg/caspian/graph/store/postgres/pgtest"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// TestManyWriters: several processes append at the same time, whatever isolation the server gives them by default.
// Numbers have no gaps, and what was acknowledged is there once; a writer that was overtaken hears so, and finds the
// new head by a replay.
func TestManyWriters(t *testing.T) {
	const writers, each = 4, 15
	var wg sync.WaitGroup
	var mu sync.Mutex
	acknowledged := map[graph.Seq]string{}
	for i := range writers {
		l := openURL(t, schemaFor(t, t.Name())+[]string{"", "&default_transaction_isolation=serializable"}[i%2])
		wg.Go(func() {
			for n := 0; n < each; {
				seq := l.Head() + 1
				c := storetest.Sample(seq, 2)
				c.Key = fmt.Sprintf("%d of %d", n, i)
				err := l.Append(context.Background(), c)
				var ge *graph.Error
				switch {
				case err == nil:
					mu.Lock()
					acknowledged[seq] = c.Key
					mu.Unlock()
					n++
				case errors.As(err, &ge) && ge.Code == graph.SeqMismatch:
					if err := l.Replay(context.Background(), l.Head(), func(*graph.Commit) error { return nil }); err != nil {
						t.Error(err)
						return
					}
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	all := storetest.All(t, openAt(t, t.Name()), 0)
	if len(all) != writers*each || len(acknowledged) != len(all) {
		t.Fatalf("%d commits, of which %d were acknowledged; want %d", len(all), len(acknowledged), writers*each)
	}
	for _, c := range all {
		if acknowledged[c.Seq] != c.Key {
			t.Errorf("commit %d has the key %q, and %q was acknowledged", c.Seq, c.Key, acknowledged[c.Seq])
		}
	}
}

// TestRestart: the server is killed and comes back. An append that fails is not there unless its error says that this
// is not known, and all goes on without another opening.
func TestRestart(t *testing.T) {
	s := pgtest.Get(t)
	if !s.Ours() {
		t.Skip("the server is not one that the test may stop")
	}
	l := openAt(t, t.Name()).(*database)
	l.opts.Wait = 2 * time.Second
	want := []*graph.Commit{storetest.Sample(1, 2)}
	if err := l.Append(context.Background(), want[0]); err != nil {
		t.Fatal(err)
	}
	for i, mode := range []string{"immediate", "fast"} {
		if err := s.Stop(mode); err != nil {
			t.Fatal(err)
		}
		next := storetest.Sample(graph.Seq(i)+2, 2)
		var ge *graph.Error
		if err := l.Append(context.Background(), next); !errors.As(err, &ge) || ge.Code != graph.Unavailable || errors.Is(err, store.ErrInDoubt) {
			t.Errorf("an append without a server: %v", err)
		}
		if err := l.Writable(); !errors.As(err, &ge) || ge.Code != graph.Unavailable {
			t.Errorf("without a server it is writable: %v", err)
		}
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		if err := l.Writable(); err != nil {
			t.Errorf("with a server again: %v", err)
		}
		if err := l.Append(context.Background(), next); err != nil {
			t.Fatal(err)
		}
		want = append(want, next)
		storetest.Equal(t, storetest.All(t, l, 0), want)
	}
}

// TestSettle: an append whose end is not known is found out by its content.
func TestSettle(t *testing.T) {
	l := openAt(t, t.Name()).(*database)
	lost := errors.New("the connection broke")
	made, err := encode(context.Background(), []*graph.Commit{storetest.Sample(1, 2)})
	if err != nil {
		t.Fatal(err)
	}
	var ge *graph.Error
	if err := l.settle(made, lost); !errors.As(err, &ge) || ge.Code != graph.Unavailable || errors.Is(err, store.ErrInDoubt) {
		t.Errorf("what was not written: %v", err)
	}
	if err := l.write(context.Background(), made); err != nil {
		t.Fatal(err)
	}
	if err := l.settle(made, lost); err != nil {
		t.Errorf("what was written: %v", err)
	}
	other, err := encode(context.Background(), []*graph.Commit{storetest.Sample(1, 3)})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.settle(other, lost); err == nil || errors.Is(err, store.ErrInDoubt) {
		t.Errorf("another commit with the number: %v", err)
	}
	l.pool.Close()
	if err := l.settle(made, lost); !errors.Is(err, store.ErrInDoubt) {
		t.Errorf("without a connection: %v", err)
	}
}

// TestReadOnly: a reader changes nothing, and refuses a database without a store.
func TestReadOnly(t *testing.T) {
	var ge *graph.Error
	if _, err := Open(context.Background(), schemaFor(t, t.Name()), Options{ReadOnly: true}); !errors.As(err, &ge) || ge.Code != graph.BadInput {
		t.Errorf("a database without a store: %v", err)
	}
	w := openAt(t, t.Name())
	if err := w.Append(context.Background(), storetest.Sample(1, 2)); err != nil {
		t.Fatal(err)
	}
	r, err := Open(context.Background(), schemaFor(t, t.Name()), Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Identity() != w.Identity() || r.Head() != 1 {
		t.Errorf("%v at %d, which is %v", r.Identity(), r.Head(), w.Identity())
	}
	for _, err := range []error{r.Writable(), r.Append(context.Background(), storetest.Sample(2, 2)), r.AcceptOntology("aa", "x")} {
		if !errors.As(err, &ge) || ge.Code != graph.ReadOnly {
			t.Errorf("a reader writes: %v", err)
		}
	}
}

// TestCayleyReads: Cayley's own backend reads the quads of random commits.
func TestCayleyReads(t *testing.T) {
	address := schemaFor(t, t.Name())
	l := openAt(t, t.Name())
	all := storetest.Commits(5).Example(1)
	if err := l.AppendGroup(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	var enc commits.Encoder
	want := map[string]bool{}
	for _, c := range all {
		if err := enc.Commit(c); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range enc.Quads {
		want[quadText(q)] = true
	}
	db, err := cayley.NewGraph("postgres", address, cgraph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	it := db.QuadsAllIterator()
	defer it.Close()
	got := map[string]bool{}
	for it.Next(context.Background()) {
		got[quadText(db.Quad(it.Result()))] = true
	}
	if err := it.Err(); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Errorf("Cayley reads %d quads of %d", len(got), len(want))
	}
	for q := range want {
		if !got[q] {
			t.Errorf("Cayley misses %s", q)
		}
	}
}

// quadText is a quad as texts are in a database.
func quadText(q quad.Quad) string { return withoutNUL(q.NQuad()) }
