package metamorphic

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapfile"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// childVar makes a process the child. Its value is the store's folder, the seed
// of its history and the line to begin with.
const childVar = "CASPIAN_HISTORY_CHILD"

func TestMain(m *testing.M) {
	if args := strings.Split(os.Getenv(childVar), ","); len(args) == 3 {
		seed, _ := strconv.ParseUint(args[1], 10, 64)
		if err := child(args[0], killedHistory(seed), number(args[2])); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// killedHistory returns one of changes only: what ends them is the parent.
func killedHistory(seed uint64) []op {
	all := map[class]bool{
		logFails: true, logPanics: true, logDoubt: true, elsewhere: true, diskFull: true, snapshotFull: true, dies: true, kills: true,
		restarts: true, snapshotHarm: true, snapshotSwap: true, logHarm: true, noteHarm: true, restores: true, clockJumps: true,
		ontologyMore: true, ontologyLess: true, cancels: true, atOnce: true,
	}
	return slices.DeleteFunc(generate(seed, 4000, all), func(o op) bool { return o.name() == "save" })
}

// opened returns a store and the graph on it, as a program has them, on a true
// disk.
func opened(dir string) (store.Log, *live.Graph, error) {
	l, err := store.Open(dir, store.Options{WriteBuffer: 64 << 10})
	if err != nil {
		return nil, nil, err
	}
	g, err := live.Open(context.Background(), l, ontologies["first"](), live.Options{Cache: snapfile.File{Path: filepath.Join(dir, "snapshot")}})
	if err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	return l, g, nil
}

// steps returns the changes of a line, one after the other.
func steps(o op) ([]change, error) {
	if o.name() == "keep" {
		return nil, nil
	}
	chs, err := o.changes()
	if err != nil || o.name() != "import" {
		return chs, err
	}
	var parts []change
	for ops := range slices.Chunk(chs[0].ops, max(1, number(o.args()["batch"]))) {
		parts = append(parts, change{ops: ops})
	}
	return parts, nil
}

// child makes the changes from a line on, and prints each number that was acknowledged.
func child(dir string, ops []op, from int) error {
	_, g, err := opened(dir)
	if err != nil {
		return err
	}
	for i, o := range ops[from:] {
		if o.name() == "keep" || i%7 == 6 {
			g.Save()
		}
		chs, err := steps(o)
		if err != nil {
			return err
		}
		for _, ch := range chs {
			m := model{entries: make([]entry, g.Snapshot().Seq())}
			m.resolve(&ch)
			rec, err := g.Commit(context.Background(), &graph.Change{Ops: slices.Clone(ch.ops), Key: ch.key, IfSeq: ch.at})
			if err != nil && codeOf(err) == "" {
				return err
			}
			if err == nil {
				fmt.Println(rec.Seq)
			}
		}
	}
	return nil
}

// TestKilledForTrue kills a process that works through a history, at random
// moments, and holds what is left against the model.
func TestKilledForTrue(t *testing.T) {
	runs, r := storetest.Kills(t, 2, 8, 300)
	seed := r.Uint64() >> 1
	dir, m := t.TempDir(), newModel(nil)
	ops := killedHistory(seed)
	from := 0
	for run := range runs {
		if from > len(ops)/2 {
			seed++
			dir, m, ops, from = t.TempDir(), newModel(nil), killedHistory(seed), 0
		}
		acked := storetest.KillChild(t, fmt.Sprintf("%s=%s,%d,%d", childVar, dir, seed, from), time.Duration(r.IntN(400))*time.Millisecond)
		want, ends := expected(t, m, ops[from:])
		l, g, err := opened(dir)
		if err != nil {
			t.Fatalf("run %d: after the kill: %v", run, err)
		}
		var got []entry
		err = l.Replay(t.Context(), 0, func(c *graph.Commit) error { got = append(got, entryOf(c)); return nil })
		if err != nil {
			t.Fatalf("run %d: %v", run, err)
		}
		if len(got) < acked || len(got) < len(m.entries) {
			t.Fatalf("run %d: %d commits are left; %d were acknowledged", run, len(got), max(acked, len(m.entries)))
		}
		for i := len(m.entries); i < len(got); i++ {
			if i >= len(want) || got[i].text() != want[i].text() {
				t.Fatalf("run %d: commit %d is not what was stated:\n%s", run, i+1, got[i].text())
			}
			want[i].at = got[i].at
		}
		m = newModel(want[:len(got):len(got)])
		if err := compare(g.Snapshot(), m, r, time.Now()); err != nil {
			t.Fatalf("run %d: %v", run, err)
		}
		if err := errors.Join(g.Close(), l.Close()); err != nil {
			t.Fatal(err)
		}
		// Go on at the line that was not done, or not all of it.
		for from < len(ops) && len(ends) > 0 && ends[0] <= len(got) {
			from, ends = from+1, ends[1:]
		}
	}
}

// expected returns the entries that the lines make, after those of the model, and
// how many there are after each line.
func expected(t *testing.T, m *model, ops []op) (want []entry, ends []int) {
	t.Helper()
	m = newModel(m.entries)
	for _, o := range ops {
		chs, err := steps(o)
		if err != nil {
			t.Fatal(err)
		}
		for _, ch := range chs {
			m.resolve(&ch)
			if _, e := m.decide(ch); e != nil {
				m.push(*e)
			}
		}
		ends = append(ends, len(m.entries))
	}
	return m.entries, ends
}
