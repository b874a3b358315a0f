package live

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// overlap is a change whose append does not end before end is called, and
// others that are decided on top of it.
type overlap struct {
	t        *testing.T
	g        *Graph
	end      func()
	receipts []*Receipt
	errs     []error
	cancel   []context.CancelFunc
	wg       sync.WaitGroup
}

func overlapped(t *testing.T, log *memory, g *Graph, first *graph.Change, others ...*graph.Change) *overlap {
	t.Helper()
	o := &overlap{t: t, g: g}
	began, release := make(chan struct{}), make(chan struct{})
	o.end = sync.OnceFunc(func() { close(release) })
	t.Cleanup(o.end)
	var once atomic.Bool
	log.hook(func(method string) {
		if method == "AppendGroup" && once.CompareAndSwap(false, true) {
			close(began)
			<-release
		}
	})
	o.commit(first)
	<-began
	for _, ch := range others {
		o.commit(ch)
	}
	return o
}

// commit makes a change, and returns when it is taken from the queue, after
// which it is decided before the writer waits for anything.
func (o *overlap) commit(ch *graph.Change) {
	ctx, cancel := context.WithCancel(o.t.Context())
	r := &request{ctx: ctx, change: ch, ops: len(ch.Ops), done: make(chan struct{})}
	i := len(o.cancel)
	o.cancel, o.receipts, o.errs = append(o.cancel, cancel), append(o.receipts, nil), append(o.errs, nil)
	o.g.enqueue(r)
	o.wg.Go(func() {
		receipt, err := o.g.outcome(r)
		o.g.queued.Lock()
		defer o.g.queued.Unlock()
		o.receipts[i], o.errs[i] = receipt, err
	})
	for waits := true; waits; {
		runtime.Gosched()
		o.g.queued.Lock()
		waits = len(o.g.queue) > 0
		o.g.queued.Unlock()
	}
}

func (o *overlap) outcomes() ([]*Receipt, []error) {
	o.end()
	o.wg.Wait()
	return o.receipts, o.errs
}

// TestOverlap: while one group is being appended, the next is decided on top of
// it. Nobody has an outcome before, and nothing is read before.
func TestOverlap(t *testing.T) {
	log, g := begun(t)
	at2 := graph.Seq(2)
	o := overlapped(t, log, g, change("a", named("a")),
		change("", named("a")),                                  // known by then
		change("a", named("a")),                                 // the same key
		change("a", named("c")),                                 // another change under it
		&graph.Change{Ops: []graph.Op{named("d")}, IfSeq: &at2}, // holds on top of the first
		change("", named("e")))
	if g.Snapshot().Seq() != 1 || log.groups != 1 {
		t.Errorf("published already: %d, %d appends", g.Snapshot().Seq(), log.groups)
	}
	receipts, errs := o.outcomes()
	for i, want := range []graph.Seq{2, 2, 2, 0, 3, 4} {
		if want == 0 {
			if codeOf(errs[i]) != graph.KeyReused {
				t.Errorf("change %d: %v", i, errs[i])
			}
			continue
		}
		if errs[i] != nil || receipts[i].Seq != want {
			t.Errorf("change %d: %+v, %v", i, receipts[i], errs[i])
		}
	}
	if log.groups != 3 || log.most != 1 {
		t.Errorf("%d appends, %d at once", log.groups, log.most)
	}
	if g.Snapshot().Seq() != 4 || g.Snapshot().Digest() != open(t, log, Options{}).Snapshot().Digest() {
		t.Error("the log gives another graph")
	}
}

// TestOverlapFails: where an append fails, or it is not known, what was decided on
// top of it is decided again.
func TestOverlapFails(t *testing.T) {
	for _, kept := range []bool{false, true} {
		log, g := begun(t)
		log.fail, log.doubt = errors.New("disk full"), kept
		o := overlapped(t, log, g, change("a", named("a")), change("", named("a")), change("a", named("a")), change("", named("b")))
		receipts, errs := o.outcomes()
		if errs[0] == nil || !strings.Contains(errs[0].Error(), "disk full") {
			t.Errorf("the first: %v", errs[0])
		}
		for i := 1; i < 4; i++ {
			if errs[i] != nil {
				t.Fatalf("change %d: %v", i, errs[i])
			}
		}
		// The second states what the first did, and the third is the first under its key.
		if receipts[1].Claims != map[bool]int{false: 1, true: 0}[kept] || receipts[1].Seq != 2 || receipts[2].Replayed != kept || receipts[3].Seq != 3 {
			t.Errorf("kept %v: %+v, %+v, %+v", kept, receipts[1], receipts[2], receipts[3])
		}
		if g.Snapshot().Seq() != log.Head() || g.Snapshot().Digest() != open(t, log, Options{}).Snapshot().Digest() {
			t.Error("the log gives another graph")
		}
	}
}

// TestOverlapOvertaken: others append while a group is being appended and the
// next is decided, by its place in the log or by its key.
func TestOverlapOvertaken(t *testing.T) {
	log := &memory{}
	g, other := open(t, log, Options{}), open(t, log, Options{})
	commit(t, g, change("", base()...))
	o := overlapped(t, log, g, change("a", named("a")), change("b", named("b")), change("", named("c")))
	commit(t, other, change("b", named("b")))
	receipts, errs := o.outcomes()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if receipts[0].Seq != 3 || receipts[1].Seq != 2 || !receipts[1].Replayed || receipts[2].Seq != 4 {
		t.Errorf("%+v, %+v, %+v", receipts[0], receipts[1], receipts[2])
	}

	// The key is recorded by the time it is looked up.
	o = overlapped(t, log, g, change("", named("d")))
	commit(t, other, change("k", named("k")))
	o.commit(change("k", named("k")))
	receipts, errs = o.outcomes()
	if err := errors.Join(errs...); err != nil || !receipts[1].Replayed || receipts[1].Seq != 5 || receipts[0].Seq != 6 {
		t.Errorf("%+v, %v", receipts, err)
	}
	if commit(t, other, change("")); g.Snapshot().Digest() != other.Snapshot().Digest() {
		t.Error("two graphs")
	}
}

// TestOverlapCancelled: callers whose contexts end while their changes are
// decided on top of an append still write them.
func TestOverlapCancelled(t *testing.T) {
	log, g := begun(t)
	o := overlapped(t, log, g, change("", named("a")), change("", named("b")), change("", named("c")))
	for _, cancel := range o.cancel {
		cancel()
	}
	receipts, errs := o.outcomes()
	if err := errors.Join(errs...); err != nil || receipts[2].Seq != 4 || g.Snapshot().Seq() != 4 {
		t.Errorf("%+v, %v", receipts, err)
	}
}

// TestOverlapStopped: a log that ends the goroutine which decides on top of an
// append fails those changes alone.
func TestOverlapStopped(t *testing.T) {
	log, g := begun(t)
	o := overlapped(t, log, g, change("", named("a")))
	log.hook(func(method string) {
		if method == "Key" {
			runtime.Goexit()
		}
	})
	r := &request{ctx: t.Context(), change: change("k", named("k")), ops: 1, done: make(chan struct{})}
	g.enqueue(r)
	<-r.done
	if !errors.Is(r.err, errStopped) || g.Snapshot().Seq() != 1 {
		t.Errorf("stopped: %v", r.err)
	}
	// The goroutine of the caller may have ended with it; the next caller takes over.
	log.hook(nil)
	o.end()
	if r := commit(t, g, change("", named("b"))); r.Seq != 3 || g.Snapshot().Digest() != open(t, log, Options{}).Snapshot().Digest() {
		t.Errorf("then: %+v", r)
	}
}

// TestOverlapClose: a graph that is closed ends the append under way and
// refuses what was decided on top of it.
func TestOverlapClose(t *testing.T) {
	log, g := begun(t)
	o := overlapped(t, log, g, change("", named("a")), change("", named("b")))
	closed := make(chan error)
	go func() { closed <- g.Close() }()
	o.outcomes()
	if err := <-closed; err != nil || o.errs[0] != nil || o.receipts[0].Seq != 2 {
		t.Errorf("%v, %+v, %v", err, o.receipts[0], o.errs[0])
	}
	if r, err := o.receipts[1], o.errs[1]; err == nil && r.Seq != 3 || err != nil && codeOf(err) != graph.Unavailable {
		t.Errorf("on top: %+v, %v", r, err)
	}
	if _, err := g.Commit(t.Context(), change("", named("c"))); codeOf(err) != graph.Unavailable || log.Head() != g.Snapshot().Seq() {
		t.Errorf("after it: %v", err)
	}
}
