package live

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// enqueue has several changes wait for the writer and returns their outcomes,
// in the order of the changes.
func enqueue(t *testing.T, g *Graph, changes []*graph.Change) ([]*Receipt, []error) {
	t.Helper()
	g.write.Lock()
	receipts, errs := make([]*Receipt, len(changes)), make([]error, len(changes))
	var wg sync.WaitGroup
	for i, ch := range changes {
		wg.Add(1)
		go func() {
			defer wg.Done()
			receipts[i], errs[i] = g.Commit(t.Context(), ch)
		}()
		for waiting := 0; waiting <= i; { // so that they wait in this order
			g.queued.Lock()
			waiting = len(g.queue)
			g.queued.Unlock()
		}
	}
	g.write.Unlock()
	wg.Wait()
	return receipts, errs
}

// TestGroups: changes that wait are made durable by one append, each as a
// commit of its own, decided on top of those before it.
func TestGroups(t *testing.T) {
	log := &memory{}
	g := open(t, log, Options{})
	commit(t, g, change("", base()...))
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

// TestFailingGroup: where the append fails nothing of the group is there, and
// everybody is told.
func TestFailingGroup(t *testing.T) {
	log := &memory{}
	g := open(t, log, Options{})
	commit(t, g, change("", base()...))
	before := g.Snapshot()
	digest := before.Digest()
	log.fail = errors.New("disk full")
	_, errs := enqueue(t, g, []*graph.Change{change("", named("a")), change("", named("b")), change("", graph.Op{})})
	for i, err := range errs {
		if err == nil || !strings.Contains(err.Error(), "appending commit 2: disk full") {
			t.Errorf("change %d: %v", i, err)
		}
	}
	if g.Snapshot() != before || before.Digest() != digest {
		t.Error("the graph changed")
	}
	if r := commit(t, g, change("", named("b"))); r.Seq != 2 || r.Claims != 1 {
		t.Errorf("once it works again: %+v", r)
	}
	if g.Snapshot().Digest() != open(t, log, Options{}).Snapshot().Digest() {
		t.Error("what was given up came back")
	}
}

// TestLargeGroups: what waits is cut into groups of bounded size.
func TestLargeGroups(t *testing.T) {
	log := &memory{}
	g := open(t, log, Options{})
	commit(t, g, change("", base()...))
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

// TestSavesOnTheWay: a long import writes the cache now and then, so that a
// start after a crash replays a part only, and not for every commit.
func TestSavesOnTheWay(t *testing.T) {
	kept := &cache{}
	g := open(t, &memory{}, Options{Cache: kept})
	commit(t, g, change("", base()...))
	const each = 5000
	for i := range 4 * cacheAfter / each {
		var ops []graph.Op
		for k := range each {
			ops = append(ops, named(fmt.Sprint(i, "-", k)))
		}
		commit(t, g, change("", ops...))
	}
	if kept.saves != 3 { // at 20,000, 40,000 and 60,000 claims
		t.Errorf("the cache was written %d times", kept.saves)
	}
	if left := g.Snapshot().ClaimCount() - kept.kept.ClaimCount(); left > kept.kept.ClaimCount()/2 {
		t.Errorf("%d claims are beyond the cache", left)
	}
}
