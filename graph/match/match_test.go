package match_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
)

// seeded is a view of all that the seeds say.
var seeded = sync.OnceValues(func() (*snapshot.View, error) {
	names, err := fs.Glob(seeds.Files, "*.[yn]a*")
	if err != nil {
		return nil, err
	}
	var ops []graph.Op
	for _, name := range names {
		format, err := datasets.Formats.ForFile(name)
		if err != nil {
			return nil, err
		}
		text, err := seeds.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := format.Decode(context.Background(), name, bytes.NewReader(text), func(op graph.Op) error { ops = append(ops, op); return nil }); err != nil {
			return nil, err
		}
	}
	g, err := live.Open(context.Background(), &live.Unkept{}, schema.MustDefault(), live.Options{})
	if err != nil {
		return nil, err
	}
	if _, err := g.Commit(context.Background(), &graph.Change{Ops: ops}); err != nil {
		return nil, err
	}
	return match.Always(g.Snapshot())
})

// floors are the least recall by class, in percent. A false match is never allowed.
var floors = map[string]int{"countries": 95, "organisations": 92, "leaders": 88, "ports": 92}

// TestLabelled finds the entities of texts that were labelled by hand: with the default threshold no text is taken for
// an entity that it does not mean, and most are found.
func TestLabelled(t *testing.T) {
	v, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/labelled.tsv")
	if err != nil {
		t.Fatal(err)
	}
	type tally struct{ meant, found, wrong, offered int }
	tallies := map[string]*tally{}
	for line := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) != 5 {
			continue
		}
		q := match.Question{Text: cells[3], Types: []string{cells[1]}, In: graph.ID(cells[2])}
		list, err := match.Find(v, q)
		if err != nil {
			t.Fatal(err)
		}
		n := tallies[cells[0]]
		if n == nil {
			n = &tally{}
			tallies[cells[0]] = n
		}
		want := graph.ID(cells[4])
		if want != "-" {
			n.meant++
			if slices.ContainsFunc(list, func(c match.Candidate) bool { return c.ID == want }) {
				n.offered++
			}
		}
		got, sure := match.Sure(list, match.Threshold)
		switch {
		case sure && got != want:
			n.wrong++
			t.Errorf("%s is taken for %s", cells[3], list[0])
		case sure:
			n.found++
		case want != "-":
			t.Logf("not found: %s (%s) of %v", cells[3], want, list[:min(len(list), 3)])
		}
	}
	for class, n := range tallies {
		report := fmt.Sprintf("%s: %d texts, recall %d %%, %d %% with what a person is offered, %d wrong", class, n.meant, 100*n.found/n.meant, 100*n.offered/n.meant, n.wrong)
		t.Log(report)
		if 100*n.found < floors[class]*n.meant {
			t.Errorf("%s, less than %d %%", report, floors[class])
		}
	}
}
