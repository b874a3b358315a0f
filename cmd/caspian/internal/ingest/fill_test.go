package ingest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
)

// statements are lines about a few things: declarations, names, codes that two may not
// share, relations that may not run in a circle, limits of confidence, withdrawals.
var statements = rapid.Custom(func(t *rapid.T) string {
	draw := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	country, resource, source := draw("country", "KAZ", "UZB", "AZE"), draw("resource", "oil", "crude", "naphtha"), draw("source", "s", "s2")
	claim := func(subject, rest string) string {
		locator := rapid.IntRange(1, 3).Draw(t, "locator")
		return fmt.Sprintf(`{"subject":%q,%s,"source":%q,"locator":"row %d","confidence":%s}`, subject, rest, source, locator, draw("confidence", "0.4", "0.9"))
	}
	withdrawn := func() string { return isoClaim(t, country) }
	switch rapid.IntRange(0, 20).Draw(t, "what") {
	case 0, 1:
		return fmt.Sprintf(`{"entity":%q,"type":"Country"}`, country)
	case 2, 3:
		return fmt.Sprintf(`{"entity":%q,"type":"Resource"}`, resource)
	case 4:
		return fmt.Sprintf(`{"entity":%q,"type":"Source"}`, source)
	case 5, 6, 7:
		return claim(country, fmt.Sprintf(`"predicate":"iso2","value":%q`, draw("iso2", "KZ", "UZ")))
	case 8, 9, 10:
		return claim(resource, fmt.Sprintf(`"predicate":"broader","object":%q`, draw("broader", "oil", "crude", "naphtha")))
	case 11:
		return claim(source, `"predicate":"confidenceCap","value":0.5`)
	case 12, 13:
		return claim(country, fmt.Sprintf(`"predicate":"iso2","value":%q,"supersedes":[%q]`, draw("iso2", "KZ", "UZ"), withdrawn()))
	case 14, 15:
		return fmt.Sprintf(`{"retract":%q,"reason":"misread"}`, withdrawn())
	case 16:
		return draw("fault", "{", `{"subject":"KAZ","predicate":"colour","value":"red","source":"s"}`, "")
	}
	return claim(country, fmt.Sprintf(`"predicate":"name","value":%q`, draw("name", "A", "B")))
})

// isoClaim is the id of a claim that may have been stated.
func isoClaim(t *rapid.T, country string) string {
	draw := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	c := graph.Claim{Subject: graph.ID(country), Predicate: "iso2", Value: graph.StringValue(draw("iso2", "KZ", "UZ")),
		Source: graph.ID(draw("of", "s", "s2")), Locator: fmt.Sprintf("row %d", rapid.IntRange(1, 3).Draw(t, "locator"))}
	return c.ID().String()
}

const declared = `{"entity":"s","type":"Source"}
{"entity":"s2","type":"Source"}
{"entity":"KAZ","type":"Country"}
{"entity":"UZB","type":"Country"}
{"entity":"oil","type":"Resource"}
{"entity":"crude","type":"Resource"}
`

// filledOrNot is the result of an import into a new store.
type filledOrNot struct {
	report   *Report
	err      string
	snapshot *snapshot.Snapshot
	commits  []*graph.Commit
}

func importNew(t *rapid.T, top string, o *schema.Ontology, text string, batch int, fills bool) (got filledOrNot) {
	dir, err := os.MkdirTemp(top, "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	log, err := store.Open(dir, store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	g, err := live.Open(t.Context(), log, o, live.Options{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	inputs := []Input{stream("f", text)}
	if !g.Fills() {
		t.Fatal("a new store cannot be filled")
	}
	if fills {
		got.report, err = Fill(t.Context(), g, nil, inputs, Options{Batch: batch})
	} else {
		got.report, err = Import(t.Context(), g, inputs, Options{Batch: batch})
	}
	if err != nil {
		got.err = err.Error()
	}
	got.snapshot = g.Snapshot()
	if err := log.Replay(t.Context(), 0, func(c *graph.Commit) error { got.commits = append(got.commits, c); return nil }); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestFillSame imports random lines into an empty store at once and batch by batch:
// the reports, the faults, the graphs and the logs are the same.
func TestFillSame(t *testing.T) {
	top, o := t.TempDir(), schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		text := declared + strings.Join(rapid.SliceOfN(statements, 0, 40).Draw(t, "lines"), "\n")
		batch := rapid.IntRange(1, 8).Draw(t, "batch")
		got, want := importNew(t, top, o, text, batch, true), importNew(t, top, o, text, batch, false)
		if got.err != want.err || !reflect.DeepEqual(got.report, want.report) {
			t.Fatalf("%+v, %s\nbatch by batch:\n%+v, %s", got.report, got.err, want.report, want.err)
		}
		if found := snapshot.Differences(got.snapshot, want.snapshot); len(found) > 0 {
			t.Fatal(found)
		}
		if !reflect.DeepEqual(got.commits, want.commits) {
			t.Fatalf("the logs differ: %d commits, %d commits", len(got.commits), len(want.commits))
		}
	})
}

// TestFillAllOrNone interrupts an import into an empty store, and lets the disk fail:
// nothing is stored, and the same import succeeds afterwards.
func TestFillAllOrNone(t *testing.T) {
	for _, tc := range []struct {
		name string
		fail func(cancel func(), dir string) error
		want string
	}{
		{"interrupted", func(cancel func(), _ string) error { cancel(); return nil }, "context canceled"},
		{"a folder disappears", func(_ func(), dir string) error {
			made, err := filepath.Glob(filepath.Join(dir, "quads.new-*"))
			for _, d := range made {
				err = os.RemoveAll(d)
			}
			return err
		}, "no such file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			log, err := store.Open(dir, store.Options{NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer log.Close()
			g, err := live.Open(t.Context(), log, schema.MustDefault(), live.Options{})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			inputs := []Input{stream("f", declared+entities(1, 20))}
			r, err := Fill(ctx, g, nil, inputs, Options{Batch: 4, Progress: func(string, *Report) {
				if err := tc.fail(cancel, dir); err != nil {
					t.Error(err)
				}
			}})
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "nothing of f was imported") || r.Operations != 0 || log.Head() != 0 {
				t.Fatalf("%+v at commit %d, %v", r, log.Head(), err)
			}
			if r, err = Fill(t.Context(), g, nil, inputs, Options{Batch: 4}); err != nil || r.Seq != 7 || log.Head() != 7 || g.Snapshot().Seq() != 7 {
				t.Fatalf("%+v at commit %d, %v", r, log.Head(), err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "quads.*")); left != nil {
				t.Errorf("left over are %v", left)
			}
			if g.Fills() {
				t.Error("a graph with commits can be filled")
			}
			if _, err := Fill(t.Context(), g, nil, inputs, Options{}); err == nil || !strings.Contains(err.Error(), "only an empty graph") {
				t.Error(err)
			}
		})
	}
}
