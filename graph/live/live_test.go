package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

func TestCommit(t *testing.T) {
	log := &memory{}
	g := open(t, log, Options{})
	if g.Snapshot().Seq() != 0 || g.Ontology() == nil {
		t.Fatal("an empty log gives an empty graph")
	}
	r := commit(t, g, change("", append(base(), named("Kazakhstan"))...))
	if r.Seq != 1 || r.Entities != 3 || r.Claims != 1 || r.Retractions != 0 || r.Known != 0 || len(r.IDs) != 1 || r.Replayed {
		t.Errorf("the receipt is %+v", r)
	}
	if _, live, ok := g.Snapshot().State().Claim(r.IDs[0]); !live || !ok || g.Snapshot().Seq() != 1 || log.Head() != 1 {
		t.Error("the commit is not in the newest snapshot, or not in the log")
	}
	// The same without a key changes nothing and writes nothing.
	again := commit(t, g, change("", append(base(), named("Kazakhstan"))...))
	if again.Seq != 1 || again.Known != 4 || log.Head() != 1 || again.Replayed || again.IDs[0] != r.IDs[0] {
		t.Errorf("again: %+v", again)
	}
	next := named("Qazaqstan")
	next.Claim.Supersedes = r.IDs
	if r := commit(t, g, change("", next)); r.Claims != 1 || r.Retractions != 1 || r.Seq != 2 {
		t.Errorf("a supersession: %+v", r)
	}
	if _, live, _ := g.Snapshot().State().Claim(r.IDs[0]); live {
		t.Error("a superseded claim is still valid")
	}
	// A refused change leaves everything as it was.
	bad := change("k", named("x"), graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: graph.ClaimID{9}}})
	if _, err := g.Commit(t.Context(), bad); codeOf(err) != graph.UnknownID {
		t.Errorf("a bad change: %v", err)
	}
	if _, err := g.Check(bad); codeOf(err) != graph.UnknownID {
		t.Errorf("a dry run of it: %v", err)
	}
	if res, err := g.Check(change("", named("x"))); err != nil || len(res.Commit.Claims) != 1 {
		t.Errorf("a dry run: %v", err)
	}
	if g.Snapshot().Seq() != 2 || log.Head() != 2 {
		t.Error("a refused change or a dry run was committed")
	}
}

func TestIfSequence(t *testing.T) {
	g := open(t, &memory{}, Options{})
	commit(t, g, change("", base()...))
	for _, c := range []struct {
		seq  graph.Seq
		code graph.Code
	}{{0, graph.SeqMismatch}, {2, graph.SeqMismatch}, {1, ""}, {1, graph.SeqMismatch}} {
		if _, err := g.Commit(t.Context(), &graph.Change{Ops: []graph.Op{named("a")}, IfSeq: &c.seq}); codeOf(err) != c.code {
			t.Errorf("at %d: %v", c.seq, err)
		}
	}
	if s := g.Snapshot().Seq(); s != 2 {
		t.Errorf("the graph is at %d", s)
	}
}

func TestWait(t *testing.T) {
	g := open(t, &memory{}, Options{})
	commit(t, g, change("", base()...))
	if s, err := g.Wait(t.Context(), 1); err != nil || s.Seq() != 1 {
		t.Errorf("what is there: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := g.Wait(ctx, 2); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("what does not come: %v", err)
	}
	got := make(chan graph.Seq)
	go func() {
		s, err := g.Wait(t.Context(), 3)
		if err != nil {
			t.Error(err)
			close(got)
			return
		}
		got <- s.Seq()
	}()
	_, replaced := g.Next()
	commit(t, g, change("", named("a")))
	select {
	case <-replaced:
	default:
		t.Error("the signal did not come with the commit")
	}
	commit(t, g, change("", named("b")))
	if seq := <-got; seq != 3 {
		t.Errorf("waited for 3 and got %d", seq)
	}
}

// TestWritersAndReaders runs many writers and readers at once. Commits follow one another,
// each reader sees only whole commits and never an older state than before, and everything
// acknowledged is there.
func TestWritersAndReaders(t *testing.T) {
	log, g := begun(t)
	const writers, each = 4, 25
	var writing, reading sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		reading.Go(func() {
			last := graph.Seq(0)
			for {
				s, replaced := g.Next()
				if s.Seq() < last {
					t.Errorf("from %d back to %d", last, s.Seq())
				}
				last = s.Seq()
				// Each commit after the first has two names.
				if n := len(s.State().Values("KAZ", "name")); n != 2*int(s.Seq()-1) {
					t.Errorf("at %d there are %d names", s.Seq(), n)
				}
				select {
				case <-replaced:
				case <-stop:
					return
				}
			}
		})
	}
	for w := range writers {
		writing.Go(func() {
			for i := range each {
				name := fmt.Sprintf("%d-%d", w, i)
				r, err := g.Commit(t.Context(), change(name, named(name), named(name+"'")))
				if err != nil {
					t.Error(err)
					return
				}
				s, err := g.Wait(t.Context(), r.Seq)
				if err != nil || s.Seq() < r.Seq {
					t.Errorf("%d is acknowledged and not there: %v", r.Seq, err)
				}
				if _, live, _ := s.State().Claim(r.IDs[1]); !live {
					t.Errorf("%s is acknowledged and not there", name)
				}
				if again, err := g.Commit(t.Context(), change(name, named(name), named(name+"'"))); err != nil || again.Seq != r.Seq || !again.Replayed {
					t.Errorf("%s again: %+v, %v", name, again, err)
				}
			}
		})
	}
	writing.Wait()
	close(stop)
	reading.Wait()
	if g.Snapshot().Seq() != 1+writers*each || log.most != 1 {
		t.Errorf("the graph is at %d; %d appends at once", g.Snapshot().Seq(), log.most)
	}
	if g.Snapshot().Digest() != open(t, log, Options{}).Snapshot().Digest() {
		t.Error("the log gives another graph")
	}
}

func TestClose(t *testing.T) {
	log, kept := &memory{}, &cache{}
	g := open(t, log, Options{Cache: kept})
	commit(t, g, change("", append(base(), named("a"))...))
	if err := g.Close(); err != nil || kept.saves != 1 || kept.kept.Seq() != 1 {
		t.Errorf("closed: %v, %d saves", err, kept.saves)
	}
	if err := g.Close(); err != nil || kept.saves != 1 {
		t.Errorf("closed twice: %v, %d saves", err, kept.saves)
	}
	if _, err := g.Commit(t.Context(), change("", named("b"))); codeOf(err) != graph.Unavailable || log.Head() != 1 {
		t.Errorf("a change of a closed graph: %v", err)
	}
	if g.Snapshot().Seq() != 1 {
		t.Error("a closed graph cannot be read")
	}
	// A start from the cache reads only the rest of the log, and rewrites nothing.
	again := open(t, log, Options{Cache: kept})
	if again.Snapshot().Digest() != g.Snapshot().Digest() {
		t.Error("the cache gives another graph")
	}
	if err := again.Close(); err != nil || kept.saves != 1 {
		t.Errorf("nothing new and saved: %d", kept.saves)
	}
}

func TestCaches(t *testing.T) {
	log := &memory{}
	g := open(t, log, Options{})
	commit(t, g, change("", append(base(), named("a"))...))
	ahead := g.Snapshot()
	for what, c := range map[string]struct {
		cache *cache
		log   *memory
	}{
		"none":              {&cache{}, log},
		"older":             {&cache{kept: snapshot.Empty(schema.MustDefault())}, log},
		"ahead of the log":  {&cache{kept: ahead}, &memory{}},
		"cannot be written": {&cache{err: errors.New("read-only")}, log},
	} {
		got := open(t, c.log, Options{Cache: c.cache})
		if want := open(t, c.log, Options{}); got.Snapshot().Digest() != want.Snapshot().Digest() || got.Snapshot().Seq() != want.Snapshot().Seq() {
			t.Errorf("%s: another graph", what)
		}
		if err := got.Close(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	log.blind = errors.New("no disk")
	if _, err := Open(t.Context(), log, schema.MustDefault(), Options{}); !errors.Is(err, log.blind) {
		t.Errorf("a log that cannot be read: %v", err)
	}
}

// TestReopen checks that after any commits the log gives the same graph again, from its
// beginning and from any cache.
func TestReopen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := &memory{}
		opts := Options{Now: func() time.Time { return frozen }}
		o := schema.MustDefault()
		g, err := Open(context.Background(), log, o, opts)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Commit(context.Background(), change("", base()...)); err != nil {
			t.Fatal(err)
		}
		var ids []graph.ClaimID
		kept := &cache{}
		for range rapid.IntRange(0, 12).Draw(t, "changes") {
			ops := drawOperations(t, ids)
			log.mu.Lock()
			log.fail, log.doubt = nil, rapid.Bool().Draw(t, "doubt")
			if rapid.IntRange(0, 5).Draw(t, "fails") == 0 {
				log.fail = errors.New("failed")
			}
			log.mu.Unlock()
			key := rapid.SampledFrom([]string{"", "", "k1", "k2"}).Draw(t, "key")
			head := log.Head()
			r, err := g.Commit(context.Background(), change(key, ops...))
			if err == nil {
				ids = append(ids, r.IDs...)
				if r.Seq > log.Head() || g.Snapshot().Seq() != log.Head() {
					t.Fatalf("acknowledged as %d; the graph is at %d, the log at %d", r.Seq, g.Snapshot().Seq(), log.Head())
				}
			} else if codeOf(err) != "" && log.Head() != head {
				t.Fatalf("refused and committed: %v", err)
			}
			if rapid.IntRange(0, 3).Draw(t, "cached") == 0 {
				again, err := Open(context.Background(), log, o, opts)
				if err != nil {
					t.Fatal(err)
				}
				kept.kept = again.Snapshot()
			}
		}
		log.fail = nil
		if _, err := g.Commit(context.Background(), change("")); err != nil { // takes in what was in doubt
			t.Fatal(err)
		}
		again, err := Open(context.Background(), log, o, opts)
		if err != nil {
			t.Fatal(err)
		}
		cached, err := Open(context.Background(), log, o, Options{Now: opts.Now, Cache: kept})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []*Graph{again, cached} {
			if x.Snapshot().Digest() != g.Snapshot().Digest() || x.Snapshot().Seq() != g.Snapshot().Seq() {
				t.Fatalf("the log gives %d %s, the graph is %d %s", x.Snapshot().Seq(), x.Snapshot().Digest(), g.Snapshot().Seq(), g.Snapshot().Digest())
			}
		}
	})
}

// drawOperations names an entity some times, and withdraws some of the claims.
func drawOperations(t *rapid.T, ids []graph.ClaimID) []graph.Op {
	var ops []graph.Op
	for range rapid.IntRange(1, 3).Draw(t, "operations") {
		op := named(fmt.Sprint(rapid.IntRange(0, 20).Draw(t, "name")))
		if len(ids) > 0 {
			some := rapid.SampledFrom(ids).Draw(t, "claim")
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				op = graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: some}}
			case 1:
				op.Claim.Supersedes = []graph.ClaimID{some}
			}
		}
		ops = append(ops, op)
	}
	return ops
}
