package store_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
)

// base is the record time of the tests.
var base = time.Date(2025, 6, 18, 12, 30, 15, 123456000, time.UTC)

func openStore(t testing.TB, dir string) store.Log {
	t.Helper()
	l, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestThin(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	l := openStore(t, dir)
	want := []*graph.Commit{}
	for n := graph.Seq(1); n <= 3; n++ {
		c := &graph.Commit{Seq: n, At: base.Add(time.Duration(n) * time.Microsecond), Key: fmt.Sprintf("key/%d ü", n),
			Entities: []graph.Entity{{ID: "KAZ", Type: "Country"}, {ID: graph.ID(fmt.Sprintf("x%d", n)), Type: "City"}}}
		for i := range 200 {
			cl := graph.Claim{Subject: "KAZ", Predicate: "borders", Value: graph.EntityValue(graph.ID(fmt.Sprintf("C%d-%d", n, i))),
				Source: "wfb", Locator: "row 3", Confidence: 0.9,
				Qualifiers: []graph.QualifierValue{{Name: "lengthKm", Value: graph.QuantityValue(12.5, "km")}}}
			if n > 1 {
				cl.Supersedes = []graph.ClaimID{want[n-2].Claims[i].ID()}
			}
			c.Claims = append(c.Claims, cl)
		}
		if n > 1 {
			c.Retractions = []graph.Retraction{{Claim: want[0].Claims[n].ID(), Reason: "wrong"}}
		}
		want = append(want, c)
		if err := l.Append(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	for after := range graph.Seq(4) {
		var got []*graph.Commit
		if err := l.Replay(ctx, after, func(c *graph.Commit) error { got = append(got, c); return nil }); err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want[after:]) {
			t.Fatalf("after %d: %d commits", after, len(got))
		}
		for i := range got {
			if !reflect.DeepEqual(got[i], want[int(after)+i]) {
				t.Fatalf("after %d: got\n%+v\nwant\n%+v", after, got[i], want[int(after)+i])
			}
		}
	}
	if n, err := l.Key(ctx, "key/2 ü"); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	l.Close()
	l = openStore(t, dir)
	if l.Head() != 3 {
		t.Fatal(l.Head())
	}
}
