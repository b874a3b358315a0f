package storetest

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
)

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
		"other reason": func(c *graph.Commit) {
			c.Reinstatements = append(c.Reinstatements, graph.Reinstatement{Reason: "\xff"})
		},
		"import":        func(c *graph.Commit) { c.Import = &graph.Import{Files: "\xff"} },
		"key":           func(c *graph.Commit) { c.Key = "\xff" },
		"entity's id":   func(c *graph.Commit) { c.Entities[0].ID = "a b" },
		"entity's type": func(c *graph.Commit) { c.Entities[0].Type = "" },
		"record time":   func(c *graph.Commit) { c.At = c.At.Add(time.Nanosecond) },
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
		"retracted and reinstated": func(c *graph.Commit) {
			c.Reinstatements = append(c.Reinstatements, graph.Reinstatement{Claim: c.Retractions[0].Claim})
		},
		"merged twice": func(c *graph.Commit) {
			c.Merges = append(c.Merges, graph.Merged{From: "a", Into: "b"}, graph.Merged{From: "a", Into: "b"})
		},
		"merged with itself": func(c *graph.Commit) { c.Merges = append(c.Merges, graph.Merged{From: "a", Into: "a"}) },
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
	// It is not a fault to declare an entity again.
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
