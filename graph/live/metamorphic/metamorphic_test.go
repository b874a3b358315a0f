package metamorphic

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	seedFlag    = flag.Uint64("seed", 0, "begin with the history of this seed; run that one only, unless -for says how long")
	opsFlag     = flag.Int("ops", 150, "lines of a history")
	forFlag     = flag.Duration("for", 0, "how long to draw and run histories")
	historyFlag = flag.String("history", "", "run the history in this file and no other")
	printFlag   = flag.Bool("print", false, "print the history of the seed and run nothing")
	offFlag     = flag.String("off", "", "classes of trouble to leave out, with commas between them")
)

// off are the classes of trouble under which the graph is known to fail.
var off = map[class]bool{}

func switchedOff() map[class]bool {
	all := maps.Clone(off)
	for _, c := range strings.Split(*offFlag, ",") {
		all[class(c)] = true
	}
	return all
}

// play runs a history; n is how many lines went well.
func play(dir string, ops []op) (n int, err error) {
	r, err := newRun(dir)
	if err != nil {
		return 0, err
	}
	defer r.end()
	for i, o := range ops {
		if err := r.step(o); err != nil {
			return i, err
		}
	}
	return len(ops), nil
}

func playOnce(t testing.TB, ops []op) (int, error) {
	t.Helper()
	// The folder is in memory if possible: the disk of the harness decides what is lost, and
	// a real disk would only be slower.
	dir, err := os.MkdirTemp("/dev/shm", "caspian-metamorphic-")
	if err != nil {
		dir, err = os.MkdirTemp("", "caspian-metamorphic-")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	return play(dir, ops)
}

// TestRandom runs random histories, one after the other until its time is over. A history
// that fails is shrunk and printed.
func TestRandom(t *testing.T) {
	seed, most := *seedFlag, 1<<30
	budget := 25 * time.Second
	switch {
	case *historyFlag != "":
		t.Skip("-history")
	case *printFlag:
		fmt.Print(printHistory(generate(seed, *opsFlag, switchedOff())))
		return
	case *forFlag != 0:
		budget = *forFlag
	case seed != 0:
		most = 1
	case os.Getenv("CASPIAN_SOAK") != "":
		budget = 10 * time.Minute
	case testing.Short():
		seed, budget = 1, 8*time.Second // the same ones each time
	}
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	start, steps, first := time.Now(), 0, seed
	for ; most > 0 && time.Since(start) < budget; seed, most = seed+1, most-1 {
		ops := generate(seed, *opsFlag, switchedOff())
		n, err := playOnce(t, ops)
		steps += n
		if err != nil {
			t.Logf("failed after %d steps of the seeds %d to %d", steps, first, seed)
			report(t, seed, ops[:min(n+1, len(ops))], err)
			return
		}
	}
	t.Logf("%d steps of the seeds %d to %d in %v", steps, first, seed-1, time.Since(start).Round(time.Millisecond))
}

// report prints a failing history, as short as it could be made.
func report(t *testing.T, seed uint64, ops []op, err error) {
	t.Helper()
	short, last := shrink(t, ops, err)
	file := filepath.Join(os.TempDir(), fmt.Sprintf("caspian-history-%d.txt", seed))
	if err := os.WriteFile(file, []byte(printHistory(short)), 0o644); err != nil {
		t.Log(err)
	}
	t.Errorf("seed %d fails at line %d: %v\n\nshrunk to %d lines (-history %s):\n%s\nwhich fails: %v", seed, len(ops), err, len(short), file, printHistory(short), last)
}

// TestHistory runs the file that -history names.
func TestHistory(t *testing.T) {
	if *historyFlag == "" {
		t.Skip("no -history")
	}
	text, err := os.ReadFile(*historyFlag)
	if err != nil {
		t.Fatal(err)
	}
	ops, _ := parseHistory(string(text))
	if n, err := playOnce(t, ops); err != nil {
		t.Fatalf("line %d, %s: %v", n+1, ops[n], err)
	}
}

// TestHistories runs the histories that failed once. Each names its hole; one
// that needs a class which is switched off is left out.
func TestHistories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			ops, remarks := parseHistory(string(text))
			for _, l := range remarks {
				if c, ok := strings.CutPrefix(l, "needs: "); ok && off[class(c)] {
					t.Skipf("the graph does not bear %s yet", c)
				}
			}
			if n, err := playOnce(t, ops); err != nil {
				t.Fatalf("%s\nline %d, %s: %v", strings.Join(remarks, "\n"), n+1, ops[n], err)
			}
		})
	}
}

// TestNotation reads what is printed.
func TestNotation(t *testing.T) {
	for seed := range uint64(5) {
		text := printHistory(generate(seed+1, 200, nil))
		ops, _ := parseHistory(text)
		if again := printHistory(ops); again != text {
			t.Fatalf("printed otherwise:\n%s", firstDifference(again, text))
		}
		if !slices.EqualFunc(ops, generate(seed+1, 200, nil), func(a, b op) bool { return a.String() == b.String() }) {
			t.Fatal("a seed gives two histories")
		}
	}
}
