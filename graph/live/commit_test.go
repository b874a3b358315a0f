package live

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// enqueue has several changes wait for the writer and returns their outcomes,
// in the order of the changes.
func enqueue(t *testing.T, g *Graph, changes []*graph.Change) ([]*Receipt, []error) {
	t.Helper()
	return enqueueThen(t, g, changes, func() {})
}

// enqueueThen also calls done with each outcome.
func enqueueThen(t *testing.T, g *Graph, changes []*graph.Change, done func()) ([]*Receipt, []error) {
	t.Helper()
	g.turn <- struct{}{}
	receipts, errs := make([]*Receipt, len(changes)), make([]error, len(changes))
	var wg sync.WaitGroup
	for i, ch := range changes {
		wg.Add(1)
		go func() {
			defer wg.Done()
			receipts[i], errs[i] = g.Commit(t.Context(), ch)
			done()
		}()
		for waiting := 0; waiting <= i; { // so that they wait in this order
			g.queued.Lock()
			waiting = len(g.queue)
			g.queued.Unlock()
		}
	}
	<-g.turn
	wg.Wait()
	return receipts, errs
}

// TestGroups: waiting changes are made durable by one append, each as a
// separate commit, checked against the state after those before it.
func TestGroups(t *testing.T) {
	log, g := begun(t)
	groups := log.groups
	at2 := graph.Seq(2)
	receipts, errs := enqueue(t, g, []*graph.Change{
		change("a", named("a")),
		change("", named("a")),                     // known by then
		change("b", graph.Op{}),                    // refused
		change("a", named("a")),                    // the same key again
		change("a", named("c")),                    // another change under it
		{Ops: []graph.Op{named("d")}, IfSeq: &at2}, // holds on top of the first
		change("", named("e"), named("f"), named("g")),
	})
	if n := log.groups - groups; n != 1 {
		t.Errorf("%d appends for one group", n)
	}
	for i, want := range []string{"2 1 new", "2 0 new", "", "2 replayed", string(graph.KeyReused), "3 1 new", "4 3 new"} {
		got := string(codeOf(errs[i]))
		if r := receipts[i]; r != nil {
			got = fmt.Sprintf("%d %d new", r.Seq, r.Claims)
			if r.Replayed {
				got = fmt.Sprintf("%d replayed", r.Seq)
			}
		}
		if i == 2 && errs[i] == nil || i != 2 && got != want {
			t.Errorf("change %d: %s, %v; want %s", i, got, errs[i], want)
		}
	}
	if g.Snapshot().Seq() != 4 || g.Snapshot().Digest() != open(t, log, Options{}).Snapshot().Digest() {
		t.Error("the log gives another graph")
	}
}

// TestLargeGroups: what waits is cut into groups of bounded size.
func TestLargeGroups(t *testing.T) {
	log, g := begun(t)
	var changes []*graph.Change
	for i := range 4 {
		var ops []graph.Op
		for k := range maxGroup/2 - 1 {
			ops = append(ops, named(fmt.Sprint(i, "-", k)))
		}
		changes = append(changes, change("", ops...))
	}
	groups := log.groups
	_, errs := enqueue(t, g, changes)
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if n := log.groups - groups; n != 2 {
		t.Errorf("%d appends", n)
	}
}
