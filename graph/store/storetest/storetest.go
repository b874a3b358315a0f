// Package storetest tests a store against the contract of store.Log. The tests of every backend call Run; a
// store that passes can be used by the live graph.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
)

// Run runs the suite. open opens the store in dir, which is empty the first time. The suite closes a store
// before it opens it again.
func Run(t *testing.T, open func(t *testing.T, dir string) store.Log) {
	for _, c := range []struct {
		name string
		test func(*testing.T, func(*testing.T, string) store.Log)
	}{
		{"Empty", testEmpty},
		{"RoundTrip", testRoundTrip},
		{"Numbers", testNumbers},
		{"Refusals", testRefusals},
		{"Duplicates", testDuplicates},
		{"Cancelled", testCancelled},
		{"Keys", testKeys},
		{"Group", testGroup},
		{"Fill", testFill},
		{"OwnCopy", testOwnCopy},
		{"ReplayStops", testReplayStops},
		{"AppendInReplay", testAppendInReplay},
		{"Concurrent", testConcurrent},
		{"Ontology", testOntology},
		{"Large", testLarge},
		{"Closed", testClosed},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

// Sample returns a commit of n claims that no other sequence number's sample has.
func Sample(seq graph.Seq, n int) *graph.Commit {
	c := &graph.Commit{
		Seq: seq, At: time.UnixMicro(1_750_000_000_000_000 + int64(seq)).UTC(), Key: fmt.Sprintf("sample %d", seq),
		Entities: []graph.Entity{{ID: graph.ID(fmt.Sprintf("place-%d", seq)), Type: "City"}},
	}
	for i := range n {
		x := int(seq)*7919 + i
		c.Claims = append(c.Claims, graph.Claim{
			Subject: graph.ID(fmt.Sprintf("place-%d", x%1000)), Predicate: "near", Value: graph.EntityValue(graph.ID(fmt.Sprintf("place-%d", x%977))),
			Qualifiers: []graph.QualifierValue{{Name: "distance", Value: graph.QuantityValue(float64(x%500)/2, "km")}},
			Valid:      graph.Interval{From: graph.DayDate(2000+x%25, 1, 1), To: graph.OpenDate},
			Source:     "gazetteer", Locator: fmt.Sprintf("row %d of %d", i, seq), Confidence: float64(x%100) / 100,
		})
	}
	if seq > 1 && n > 0 {
		c.Retractions = []graph.Retraction{{Claim: c.Claims[0].ID(), Reason: "seen twice"}}
	}
	return c
}

// All replays the commits after a number.
func All(t testing.TB, l store.Log, after graph.Seq) []*graph.Commit {
	t.Helper()
	var got []*graph.Commit
	if err := l.Replay(context.Background(), after, func(c *graph.Commit) error {
		got = append(got, c)
		return nil
	}); err != nil {
		t.Fatalf("replay after %d: %v", after, err)
	}
	return got
}

// Equal fails the test unless the commits are the same.
func Equal(t testing.TB, got, want []*graph.Commit) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d commits came back, %d were written", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("commit %d came back as\n%+v\nit was\n%+v", want[i].Seq, got[i], want[i])
		}
	}
}

// unchanged fails the test unless the store has exactly the commits and still accepts the next one.
func unchanged(t *testing.T, l store.Log, want []*graph.Commit) []*graph.Commit {
	t.Helper()
	if l.Head() != graph.Seq(len(want)) {
		t.Fatalf("the head is %d after the failure; it was %d", l.Head(), len(want))
	}
	Equal(t, All(t, l, 0), want)
	next := Sample(l.Head()+1, 3)
	mustAppend(t, l, next)
	want = append(want, next)
	Equal(t, All(t, l, 0), want)
	return want
}

func testOntology(t *testing.T, open func(*testing.T, string) store.Log) {
	dir := t.TempDir()
	l := open(t, dir)
	want := func(hash, text string) {
		t.Helper()
		if got, err := l.Ontology(hash); got != text || err != nil {
			t.Fatalf("the ontology %q is %q, %v; want %q", hash, got, err, text)
		}
	}
	accept := func(hash, text string) {
		t.Helper()
		if err := l.AcceptOntology(hash, text); err != nil {
			t.Fatal(err)
		}
	}
	want("", "")
	want("aa", "")
	accept("aa", "first")
	mustAppend(t, l, Sample(1, 2))
	accept("bb", "second")
	for range 2 {
		want("", "second")
		want("aa", "first")
		want("bb", "second")
		want("cc", "")
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = open(t, dir)
	}
	accept("aa", "first")
	want("", "first")
	for _, hash := range []string{"", "x/y"} {
		wantCode(t, l.AcceptOntology(hash, "text"), graph.BadInput)
	}
	unchanged(t, l, []*graph.Commit{Sample(1, 2)})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func mustAppend(t testing.TB, l store.Log, cs ...*graph.Commit) {
	t.Helper()
	for _, c := range cs {
		if err := l.Append(context.Background(), c); err != nil {
			t.Fatalf("append commit %d: %v", c.Seq, err)
		}
	}
}

func wantCode(t testing.TB, err error, code graph.Code) {
	t.Helper()
	var e *graph.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("the error is %v; want one of code %s", err, code)
	}
}

func testEmpty(t *testing.T, open func(*testing.T, string) store.Log) {
	dir := t.TempDir()
	for range 2 {
		l := open(t, dir)
		if l.Head() != 0 || len(All(t, l, 0)) != 0 {
			t.Fatalf("an empty store has the head %d", l.Head())
		}
		if n, err := l.Key(context.Background(), "k"); n != 0 || err != nil {
			t.Fatalf("Key = %d, %v in an empty store", n, err)
		}
		if err := l.AppendGroup(context.Background(), nil); err != nil {
			t.Fatalf("an empty group: %v", err)
		}
		l.Close()
	}
}

func testRoundTrip(t *testing.T, open func(*testing.T, string) store.Log) {
	top := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(top, "")
		if err != nil {
			rt.Fatal(err)
		}
		l := open(t, dir)
		defer func() { l.Close(); os.RemoveAll(dir) }()
		g := newGenerator()
		var want []*graph.Commit
		for range rapid.IntRange(1, 5).Draw(rt, "appends") {
			var group []*graph.Commit
			for range rapid.IntRange(1, 3).Draw(rt, "group") {
				group = append(group, g.commit(rt))
			}
			if err := l.AppendGroup(context.Background(), group); err != nil {
				rt.Fatal(err)
			}
			want = append(want, group...)
			if rapid.IntRange(0, 3).Draw(rt, "reopen") == 0 {
				if err := l.Close(); err != nil {
					rt.Fatal(err)
				}
				l = open(t, dir)
			}
		}
		if l.Head() != g.seq {
			rt.Fatalf("the head is %d after commit %d", l.Head(), g.seq)
		}
		_, _, err = l.Seal(context.Background(), g.seq+1)
		wantCode(t, err, graph.SeqMismatch)
		after := rapid.IntRange(0, len(want)).Draw(rt, "after")
		got := []*graph.Commit{}
		if err := l.Replay(context.Background(), graph.Seq(after), func(c *graph.Commit) error {
			got = append(got, c)
			return nil
		}); err != nil {
			rt.Fatal(err)
		}
		if !reflect.DeepEqual(got, append([]*graph.Commit{}, want[after:]...)) {
			rt.Fatalf("after %d\n%s\ncame back; it was\n%s", after, show(got), show(want[after:]))
		}
		for _, c := range want {
			if at, digest, err := l.Seal(context.Background(), c.Seq); !at.Equal(c.At) || digest != c.Digest || err != nil {
				rt.Fatalf("Seal(%d) = %s, %q, %v; want %s, %q", c.Seq, at, digest, err, c.At, c.Digest)
			}
			if c.Key == "" {
				continue
			}
			if n, err := l.Key(context.Background(), c.Key); n != c.Seq || err != nil {
				rt.Fatalf("Key(%q) = %d, %v; want %d", c.Key, n, err, c.Seq)
			}
		}
	})
}

func show(cs []*graph.Commit) string {
	var b strings.Builder
	for _, c := range cs {
		fmt.Fprintf(&b, "%+v\n", *c)
	}
	return b.String()
}

func testReplayStops(t *testing.T, open func(*testing.T, string) store.Log) {
	l := open(t, t.TempDir())
	defer l.Close()
	mustAppend(t, l, Sample(1, 1), Sample(2, 1), Sample(3, 1))
	stop := errors.New("enough")
	n := 0
	err := l.Replay(context.Background(), 0, func(*graph.Commit) error {
		if n++; n == 2 {
			return stop
		}
		return nil
	})
	if err != stop || n != 2 {
		t.Fatalf("after %d commits the replay gave %v; want %v itself", n, err, stop)
	}
}

func testAppendInReplay(t *testing.T, open func(*testing.T, string) store.Log) {
	l := open(t, t.TempDir())
	defer l.Close()
	mustAppend(t, l, Sample(1, 1), Sample(2, 1))
	n := 0
	if err := l.Replay(context.Background(), 0, func(*graph.Commit) error {
		n++
		return l.Append(context.Background(), Sample(l.Head()+1, 1))
	}); err != nil {
		t.Fatal(err)
	}
	if n != 2 || l.Head() != 4 {
		t.Fatalf("the replay showed %d commits and left the head at %d; want 2 and 4", n, l.Head())
	}
}

func testConcurrent(t *testing.T, open func(*testing.T, string) store.Log) {
	l := open(t, t.TempDir())
	defer l.Close()
	const commits = 150
	size := func(n graph.Seq) int { return int(n*n) % 90 }
	var wg sync.WaitGroup
	done := make(chan struct{})
	for r := range 3 {
		wg.Go(func() {
			for last := false; !last; {
				select {
				case <-done:
					last = true // once more, on the whole store
				default:
				}
				low := l.Head()
				after := low * graph.Seq(r) / 3
				next := after + 1
				err := l.Replay(context.Background(), after, func(c *graph.Commit) error {
					if c.Seq != next || !reflect.DeepEqual(c, Sample(next, size(next))) {
						return fmt.Errorf("commit %d came as %d, or changed", next, c.Seq)
					}
					next++
					return nil
				})
				if err != nil || next <= low {
					t.Errorf("replay after %d ended before %d at head %d: %v", after, next, low, err)
					return
				}
			}
		})
	}
	for n := graph.Seq(1); n <= commits; n++ {
		if err := l.Append(context.Background(), Sample(n, size(n))); err != nil {
			t.Errorf("append commit %d: %v", n, err)
			break
		}
	}
	close(done)
	wg.Wait()
}

func testLarge(t *testing.T, open func(*testing.T, string) store.Log) {
	n := 50_000
	if testing.Short() {
		n = 5_000
	}
	dir := t.TempDir()
	l := open(t, dir)
	want := []*graph.Commit{Sample(1, 10), Sample(2, n), Sample(3, 1)}
	mustAppend(t, l, want...)
	Equal(t, All(t, l, 1), want[1:])
	l.Close()
	l = open(t, dir)
	defer l.Close()
	Equal(t, All(t, l, 0), want)
}

func testClosed(t *testing.T, open func(*testing.T, string) store.Log) {
	dir := t.TempDir()
	l := open(t, dir)
	mustAppend(t, l, Sample(1, 1))
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, l.Append(context.Background(), Sample(2, 1)), graph.Unavailable)
	wantCode(t, l.Replay(context.Background(), 0, func(*graph.Commit) error { return nil }), graph.Unavailable)
	_, err := l.Key(context.Background(), "sample 1")
	wantCode(t, err, graph.Unavailable)
	_, _, err = l.Seal(context.Background(), 1)
	wantCode(t, err, graph.Unavailable)
	l = open(t, dir)
	defer l.Close()
	unchanged(t, l, []*graph.Commit{Sample(1, 1)})
}
