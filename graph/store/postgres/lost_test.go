package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/postgres/pgtest"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// calls are the methods that ask the database something.
var calls = map[string]func(ctx context.Context, l *database) error{
	"Refresh": func(ctx context.Context, l *database) error { _, err := l.Refresh(ctx); return err },
	"Seal":    func(ctx context.Context, l *database) error { _, _, err := l.Seal(ctx, 1); return err },
	"Key":     func(ctx context.Context, l *database) error { _, err := l.Key(ctx, "a"); return err },
	"Replay": func(ctx context.Context, l *database) error {
		return l.Replay(ctx, 0, func(*graph.Commit) error { return nil })
	},
	"page":           func(ctx context.Context, l *database) error { _, err := l.page(ctx, 0, 1); return explain(err) },
	"Ontologies":     func(_ context.Context, l *database) error { _, _, err := l.Ontologies(); return err },
	"AcceptOntology": func(_ context.Context, l *database) error { return l.AcceptOntology("aa", "text") },
	"Append":         func(ctx context.Context, l *database) error { return l.Append(ctx, storetest.Sample(l.Head()+1, 1)) },
}

func unavailable(err error) bool {
	var ge *graph.Error
	return errors.As(err, &ge) && ge.Code == graph.Unavailable
}

// TestCutOff: connections that the server ends cost no more than one call, which says that the database is unavailable.
func TestCutOff(t *testing.T) {
	ctx := context.Background()
	address := schemaFor(t, t.Name()) + "&application_name=" + t.Name()
	l := openURL(t, address).(*database)
	if err := l.Append(ctx, storetest.Sample(1, 1)); err != nil {
		t.Fatal(err)
	}
	admin, err := pgx.Connect(ctx, pgtest.Get(t).Address)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(ctx)
	for name, call := range calls {
		if err := call(ctx, l); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := admin.Exec(ctx, `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = $1`, t.Name()); err != nil {
			t.Fatal(err)
		}
		for range 2 * l.pool.Config().MaxConns { // each connection fails once at most
			if err = call(ctx, l); err == nil || !unavailable(err) {
				break
			}
		}
		if err != nil {
			t.Errorf("%s after the end of its connections: %v", name, err)
		}
	}
}

// TestFrozen: no call waits longer than it may for a server that does not answer any more.
func TestFrozen(t *testing.T) {
	var frozen atomic.Bool
	proxy := pgtest.NewProxy(t, schemaFor(t, t.Name()), func([]byte, bool) pgtest.Fate {
		if frozen.Load() {
			return pgtest.Lost
		}
		return pgtest.Passed
	})
	l := openURL(t, proxy.Address).(*database)
	if err := l.Append(context.Background(), storetest.Sample(1, 1)); err != nil {
		t.Fatal(err)
	}
	l.opts.Wait = 200 * time.Millisecond
	frozen.Store(true)
	t.Cleanup(func() { proxy.Cut(true) }) // before the pool is closed, which would wait for the server
	ended := make(chan error)
	for name, call := range calls {
		go func() {
			err := call(context.Background(), l)
			if unavailable(err) && !errors.Is(err, store.ErrInDoubt) {
				err = nil
			} else {
				err = fmt.Errorf("%s: %v", name, err)
			}
			ended <- err
		}()
	}
	late := time.After(20 * time.Second)
	for range calls {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-late:
			t.Fatal("a call waits longer than it may")
		}
	}
}

// TestLostEnd: a transaction whose connection is lost at its end is found out to be made.
func TestLostEnd(t *testing.T) {
	var armed atomic.Bool
	proxy := pgtest.NewProxy(t, schemaFor(t, t.Name()), func(b []byte, _ bool) pgtest.Fate {
		if bytes.Contains(b, []byte("commit\x00")) && armed.CompareAndSwap(true, false) {
			return pgtest.LastPassed
		}
		return pgtest.Passed
	})
	l := openURL(t, proxy.Address)
	want := []*graph.Commit{storetest.Sample(1, 2), storetest.Sample(2, 2), storetest.Sample(3, 2)}
	for i, write := range []func() error{
		func() error { return storetest.Fill(l, want[:2]...) },
		func() error { return l.Append(context.Background(), want[2]) },
	} {
		armed.Store(true)
		if err := write(); err != nil || armed.Load() || l.Head() != graph.Seq(i)+2 {
			t.Errorf("%d: %v; the head is %d, and it has not ended: %v", i, err, l.Head(), armed.Load())
		}
	}
	storetest.Equal(t, storetest.All(t, l, 0), want)
}
