package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

const childDir = "CASPIAN_STORE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		importForEver(dir)
	}
	if dir := os.Getenv(fillDir); dir != "" {
		fillForEver(dir)
	}
	os.Exit(m.Run())
}

// crashCommit returns what the child writes at a number: mostly little, at times
// more than a memory table holds.
func crashCommit(n graph.Seq) *graph.Commit {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	size := r.IntN(30)
	if r.IntN(12) == 0 {
		size = 200 + r.IntN(1500)
	}
	return storetest.Sample(n, size)
}

// crashOptions make tables and compactions happen often.
func crashOptions() store.Options { return store.WithWriteBuffer(256 << 10) }

// importForEver is the child: it appends, and prints each number that the store
// acknowledged. It ends only when it is killed.
func importForEver(dir string) {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	l, err := store.Open(dir, crashOptions())
	if err != nil {
		fail(err)
	}
	for {
		next := l.Head() + 1
		group := []*graph.Commit{crashCommit(next)}
		for next%5 == 0 && len(group) < 4 {
			group = append(group, crashCommit(next+graph.Seq(len(group))))
		}
		if err := l.AppendGroup(context.Background(), group); err != nil {
			fail(err)
		}
		fmt.Println(l.Head())
	}
}

// TestKill kills an import at random moments and checks what is left.
func TestKill(t *testing.T) {
	runs, r := storetest.Kills(t, 5, 40, 500)
	var dir string
	var head graph.Seq
	for run := range runs {
		delay := time.Duration(r.IntN(250_000)) * time.Microsecond
		if run%5 == 0 { // most of these die while they make the store
			dir, head, delay = t.TempDir(), 0, delay/4
		}
		head = killOnce(t, dir, head, delay, run)
	}
}

// killOnce runs the child on a store at a head and returns its head after the kill.
func killOnce(t *testing.T, dir string, before graph.Seq, after time.Duration, run int) graph.Seq {
	t.Helper()
	acknowledged := max(before, graph.Seq(storetest.KillChild(t, childDir+"="+dir, after)))
	l, err := store.Open(dir, crashOptions())
	if err != nil {
		t.Fatalf("run %d: after the kill: %v", run, err)
	}
	defer l.Close()
	next := graph.Seq(1)
	err = l.Replay(context.Background(), 0, func(c *graph.Commit) error {
		if !reflect.DeepEqual(c, crashCommit(next)) {
			return fmt.Errorf("commit %d is not what was written", next)
		}
		next++
		return nil
	})
	if err != nil {
		t.Fatalf("run %d: %v", run, err)
	}
	// Beyond what was acknowledged, at most the group in flight may be there.
	if head := l.Head(); head != next-1 || head < acknowledged || head > acknowledged+4 {
		t.Fatalf("run %d: %d was acknowledged, the head is %d and the log ends with %d", run, acknowledged, head, next-1)
	}
	if testing.Verbose() {
		t.Logf("run %d: killed after %v at commit %d", run, after, l.Head())
	}
	return l.Head()
}
