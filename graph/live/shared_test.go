package live

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// TestSharedLog: others append to the same log. Decisions on an older graph are repeated,
// and a key that another writer used is known.
func TestSharedLog(t *testing.T) {
	log := &memory{}
	g, other := open(t, log, Options{}), open(t, log, Options{})
	commit(t, g, change("", base()...))
	if r := commit(t, other, change("k", named("a"))); r.Seq != 2 {
		t.Errorf("the other: %+v", r)
	}
	if r := commit(t, g, change("k", named("a"))); r.Seq != 2 || !r.Replayed {
		t.Errorf("the same change there: %+v", r)
	}
	// They append between the check and the append of this one.
	// once has the other graph make a change before the log's method, once.
	once := func(method string, ch *graph.Change) {
		log.before = func(called string) {
			if called == method {
				log.before = nil
				commit(t, other, ch)
			}
		}
	}
	once("AppendGroup", change("", named("b")))
	at2 := graph.Seq(2)
	receipts, errs := enqueue(t, g, []*graph.Change{
		{Ops: []graph.Op{named("d")}, IfSeq: &at2}, // held at first
		change("", named("b")),                     // known by then
		change("", named("c")),
	})
	if codeOf(errs[0]) != graph.SeqMismatch || errs[1] != nil || receipts[1].Known != 1 || receipts[1].Seq != 3 || errs[2] != nil || receipts[2].Seq != 4 {
		t.Errorf("%+v, %v", receipts, errs)
	}
	// The key is recorded after the head was read and before the key is looked up.
	once("Key", change("late", named("e")))
	if r := commit(t, g, change("late", named("e"))); r.Seq != 5 || !r.Replayed {
		t.Errorf("a key that came meanwhile: %+v", r)
	}
	if commit(t, other, change("")); g.Snapshot().Digest() != other.Snapshot().Digest() {
		t.Error("two graphs")
	}
}

// TestOvertakenEachTime: a graph that is overtaken again and again gives up,
// and says that trying again may help.
func TestOvertakenEachTime(t *testing.T) {
	log := &memory{}
	g, other := open(t, log, Options{}), open(t, log, Options{})
	commit(t, g, change("", base()...))
	n, inside := 0, false
	log.before = func(method string) {
		if method == "AppendGroup" && !inside {
			inside, n = true, n+1
			commit(t, other, change("", named(fmt.Sprint(n))))
			inside = false
		}
	}
	_, err := g.Commit(t.Context(), change("", named("a")))
	if codeOf(err) != graph.Unavailable || !strings.Contains(err.Error(), "try again") || n != maxAttempts {
		t.Errorf("after %d times: %v", n, err)
	}
	log.before = nil
	if r := commit(t, g, change("", named("a"))); r.Seq != graph.Seq(n)+2 {
		t.Errorf("then: %+v", r)
	}
}

// TestSharedLogUnderLoad: many writers of several graphs on one log. All that
// is acknowledged is there once.
func TestSharedLogUnderLoad(t *testing.T) {
	log := &memory{}
	graphs := []*Graph{open(t, log, Options{}), open(t, log, Options{}), open(t, log, Options{})}
	commit(t, graphs[0], change("", base()...))
	const writers, each = 3, 20
	var wg sync.WaitGroup
	var made sync.Map
	for _, g := range graphs {
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					// Every graph makes the same changes.
					key := fmt.Sprintf("%d-%d", w, i)
					r, err := g.Commit(t.Context(), change(key, named(key)))
					for codeOf(err) == graph.Unavailable {
						runtime.Gosched()
						r, err = g.Commit(t.Context(), change(key, named(key)))
					}
					if err != nil {
						t.Error(err)
						return
					}
					if first, ok := made.LoadOrStore(key, r.Seq); ok && first != r.Seq {
						t.Errorf("%s is acknowledged as %d and as %d", key, first, r.Seq)
					}
				}
			})
		}
	}
	wg.Wait()
	if log.Head() != 1+writers*each {
		t.Errorf("the log is at %d", log.Head())
	}
	want := open(t, log, Options{}).Snapshot()
	for _, g := range graphs {
		commit(t, g, change(""))
		if g.Snapshot().Digest() != want.Digest() {
			t.Error("another graph")
		}
	}
}
