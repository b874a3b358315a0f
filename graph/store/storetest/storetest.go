// Package storetest holds a store to its contract. Every backend runs Run in
// its own tests; what passes here may serve behind the live graph.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
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

// Run runs the suite. open opens the store that lives in dir, which is empty
// the first time; it is closed before it is opened again.
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

// Sample returns a commit of n claims that no other sequence number repeats.
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

// unchanged fails unless the store holds exactly the commits, and still takes the next one.
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

func testNumbers(t *testing.T, open func(*testing.T, string) store.Log) {
	l := open(t, t.TempDir())
	defer l.Close()
	want := []*graph.Commit{Sample(1, 2), Sample(2, 0), {Seq: 3, At: time.Time{}}}
	mustAppend(t, l, want...)
	for _, seq := range []graph.Seq{0, 1, 3, 5, math.MaxUint64} {
		wantCode(t, l.Append(context.Background(), Sample(seq, 1)), graph.SeqMismatch)
	}
	want = unchanged(t, l, want)
	for after := range graph.Seq(len(want) + 1) {
		Equal(t, All(t, l, after), want[after:])
	}
	err := l.Replay(context.Background(), graph.Seq(len(want))+1, func(*graph.Commit) error { return nil })
	wantCode(t, err, graph.SeqMismatch)
}

func testRefusals(t *testing.T, open func(*testing.T, string) store.Log) {
	l := open(t, t.TempDir())
	defer l.Close()
	want := []*graph.Commit{Sample(1, 2)}
	mustAppend(t, l, want...)
	for name, spoil := range map[string]func(*graph.Commit){
		"no subject":       func(c *graph.Commit) { c.Claims[1].Subject = "" },
		"subject":          func(c *graph.Commit) { c.Claims[1].Subject = "a>b" },
		"predicate":        func(c *graph.Commit) { c.Claims[1].Predicate = "a b" },
		"no value":         func(c *graph.Commit) { c.Claims[1].Value = graph.Value{} },
		"value's id":       func(c *graph.Commit) { c.Claims[1].Value = graph.EntityValue("é") },
		"value's UTF-8":    func(c *graph.Commit) { c.Claims[1].Value = graph.StringValue("a\xff") },
		"NaN":              func(c *graph.Commit) { c.Claims[1].Value = graph.FloatValue(math.NaN()) },
		"infinite":         func(c *graph.Commit) { c.Claims[1].Value = graph.QuantityValue(math.Inf(1), "m") },
		"far year":         func(c *graph.Commit) { c.Claims[1].Value = graph.DateValue(graph.DayDate(12345, 1, 1)) },
		"open date":        func(c *graph.Commit) { c.Claims[1].Value = graph.DateValue(graph.OpenDate) },
		"valid time":       func(c *graph.Commit) { c.Claims[1].Valid.To = graph.DayDate(123456, 1, 1) },
		"backwards":        func(c *graph.Commit) { c.Claims[1].Valid.To = graph.DayDate(1900, 1, 1) },
		"qualifier":        func(c *graph.Commit) { c.Claims[1].Qualifiers[0].Value = graph.Value{} },
		"qualifier's text": func(c *graph.Commit) { c.Claims[1].Qualifiers[0].Value = graph.StringValue("\xc3") },
		"qualifier's name": func(c *graph.Commit) { c.Claims[1].Qualifiers[0].Name = "\xc3" },
		"confidence":       func(c *graph.Commit) { c.Claims[1].Confidence = math.NaN() },
		"rank":             func(c *graph.Commit) { c.Claims[1].Rank = 9 },
		"attribution":      func(c *graph.Commit) { c.Claims[1].Attribution = 9 },
		"digest":           func(c *graph.Commit) { c.Digest = `",` },
		"ontology":         func(c *graph.Commit) { c.Ontology = "A" },
		"key's digest":     func(c *graph.Commit) { c.KeyDigest = "{" },
		"locator":          func(c *graph.Commit) { c.Claims[1].Locator = "\xff" },
		"note":             func(c *graph.Commit) { c.Claims[1].Note = "\xff" },
		"reason":           func(c *graph.Commit) { c.Retractions[0].Reason = "\xff" },
		"key":              func(c *graph.Commit) { c.Key = "\xff" },
		"entity's id":      func(c *graph.Commit) { c.Entities[0].ID = "a b" },
		"entity's type":    func(c *graph.Commit) { c.Entities[0].Type = "" },
		"record time":      func(c *graph.Commit) { c.At = c.At.Add(time.Nanosecond) },
	} {
		c := Sample(2, 2)
		spoil(c)
		err := l.Append(context.Background(), c)
		if err == nil {
			t.Fatalf("%s: it was taken", name)
		}
		t.Logf("%s: %v", name, err)
		wantCode(t, err, graph.BadInput)
	}
	unchanged(t, l, want)
}

func testDuplicates(t *testing.T, open func(*testing.T, string) store.Log) {
	l := open(t, t.TempDir())
	defer l.Close()
	want := []*graph.Commit{Sample(1, 5)}
	mustAppend(t, l, want...)
	for name, spoil := range map[string]func(*graph.Commit){
		"in the store":    func(c *graph.Commit) { c.Claims[2] = Sample(1, 5).Claims[3] },
		"of other rank":   func(c *graph.Commit) { c.Claims[2] = Sample(1, 5).Claims[3]; c.Claims[2].Rank = graph.Preferred },
		"in the commit":   func(c *graph.Commit) { c.Claims[2] = c.Claims[0] },
		"entity":          func(c *graph.Commit) { c.Entities = append(c.Entities, c.Entities[0]) },
		"retracted twice": func(c *graph.Commit) { c.Retractions = append(c.Retractions, c.Retractions[0]) },
		"retracted, reason": func(c *graph.Commit) {
			c.Retractions = append(c.Retractions, graph.Retraction{Claim: c.Retractions[0].Claim})
		},
		"superseded twice": func(c *graph.Commit) { c.Claims[1].Supersedes = []graph.ClaimID{{1}, {1}} },
	} {
		c := Sample(graph.Seq(len(want))+1, 5)
		spoil(c)
		err := l.Append(context.Background(), c)
		t.Logf("%s: %v", name, err)
		wantCode(t, err, graph.Duplicate)
		want = unchanged(t, l, want)
	}
	// Saying again that an entity exists is no fault.
	again := Sample(l.Head()+1, 0)
	again.Entities = want[0].Entities
	mustAppend(t, l, again)
	Equal(t, All(t, l, 0), append(want, again))
}

func testCancelled(t *testing.T, open func(*testing.T, string) store.Log) {
	l := open(t, t.TempDir())
	defer l.Close()
	want := []*graph.Commit{Sample(1, 2)}
	mustAppend(t, l, want...)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Append(ctx, Sample(2, 2)); !errors.Is(err, context.Canceled) {
		t.Fatalf("append under a cancelled context: %v", err)
	}
	unchanged(t, l, want)
	mustAppend(t, l, Sample(3, 2000))
	ctx, cancel = context.WithCancel(context.Background())
	n := 0
	err := l.Replay(ctx, 0, func(*graph.Commit) error { n++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Fatalf("a cancelled replay went on for %d commits: %v", n, err)
	}
}

func testKeys(t *testing.T, open func(*testing.T, string) store.Log) {
	dir := t.TempDir()
	l := open(t, dir)
	keys := []string{"a", "A", "a/b c", "%2F", "", "ключ", "\x00<>\"", strings.Repeat("k", 5000)}
	for i, k := range keys {
		c := Sample(graph.Seq(i)+1, 1)
		c.Key = k
		mustAppend(t, l, c)
	}
	for range 2 {
		for i, k := range keys {
			want := graph.Seq(i) + 1
			if k == "" {
				want = 0
			}
			if n, err := l.Key(context.Background(), k); n != want || err != nil {
				t.Fatalf("Key(%q) = %d, %v; want %d", k, n, err, want)
			}
		}
		if n, err := l.Key(context.Background(), "b"); n != 0 || err != nil {
			t.Fatalf("an unknown key gives %d, %v", n, err)
		}
		c := Sample(l.Head()+1, 1)
		c.Key = "a/b c"
		wantCode(t, l.Append(context.Background(), c), graph.KeyReused)
		x, y := Sample(l.Head()+1, 1), Sample(l.Head()+2, 1)
		y.Key = x.Key
		wantCode(t, l.AppendGroup(context.Background(), []*graph.Commit{x, y}), graph.KeyReused)
		l.Close()
		l = open(t, dir)
	}
	l.Close()
}

func testGroup(t *testing.T, open func(*testing.T, string) store.Log) {
	dir := t.TempDir()
	l := open(t, dir)
	want := []*graph.Commit{Sample(1, 3), Sample(2, 0), Sample(3, 40)}
	if err := l.AppendGroup(context.Background(), want); err != nil {
		t.Fatal(err)
	}
	gap := []*graph.Commit{Sample(4, 1), Sample(6, 1)}
	wantCode(t, l.AppendGroup(context.Background(), gap), graph.SeqMismatch)
	bad := []*graph.Commit{Sample(4, 1), Sample(5, 1)}
	bad[1].Claims[0].Predicate = ""
	wantCode(t, l.AppendGroup(context.Background(), bad), graph.BadInput)
	same := []*graph.Commit{Sample(4, 1), Sample(5, 1)}
	same[1].Claims = same[0].Claims
	wantCode(t, l.AppendGroup(context.Background(), same), graph.Duplicate)
	want = unchanged(t, l, want)
	l.Close()
	l = open(t, dir)
	defer l.Close()
	unchanged(t, l, want)
}

func testOwnCopy(t *testing.T, open func(*testing.T, string) store.Log) {
	l := open(t, t.TempDir())
	defer l.Close()
	c := Sample(1, 3)
	mustAppend(t, l, c)
	Equal(t, []*graph.Commit{c}, []*graph.Commit{Sample(1, 3)})
	c.Claims[0].Locator, c.Claims[1].Qualifiers[0].Name = "changed", "changed"
	got := All(t, l, 0)
	Equal(t, got, []*graph.Commit{Sample(1, 3)})
	got[0].Claims[0].Locator = "changed"
	Equal(t, All(t, l, 0), []*graph.Commit{Sample(1, 3)})
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
					last = true // once more, on the whole
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
	l = open(t, dir)
	defer l.Close()
	unchanged(t, l, []*graph.Commit{Sample(1, 1)})
}
