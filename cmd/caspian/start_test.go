package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// The goals for the time from the start of the process until it is ready.
const (
	firstStartGoal  = 3 * time.Second
	firstStartLimit = 5 * time.Second
	laterStartLimit = 500 * time.Millisecond
	// After a kill right after the first start, everything is still in the journal.
	killedFirstLimit = time.Second
)

// TestStartTime builds the program and measures starts of it over the built-in
// seeds: into an empty store, after a shutdown, and after a kill. It runs for
// make bench-start only: a time means nothing on a busy machine.
func TestStartTime(t *testing.T) {
	if os.Getenv("CASPIAN_BENCH") == "" {
		t.Skip("measures; make bench-start runs it")
	}
	dir := t.TempDir()
	program := buildProgram(t)
	const runs = 5
	var first, later, killed, killedFirst []started
	for i := range runs {
		store := filepath.Join(dir, fmt.Sprint("store", i))
		first = append(first, startOnce(t, program, store, os.Interrupt))
		later = append(later, startOnce(t, program, store, os.Interrupt))
		later = append(later, startOnce(t, program, store, syscall.SIGKILL))
		killed = append(killed, startOnce(t, program, store, os.Interrupt))
		store += "killed"
		first = append(first, startOnce(t, program, store, syscall.SIGKILL))
		killedFirst = append(killedFirst, startOnce(t, program, store, os.Interrupt))
	}
	for _, m := range []struct {
		what        string
		starts      []started
		goal, limit time.Duration
	}{
		{"first start, full seeds", first, firstStartGoal, firstStartLimit},
		{"later start", later, laterStartLimit, laterStartLimit},
		{"start after a kill", killed, laterStartLimit, laterStartLimit},
		{"after a kill of the first", killedFirst, laterStartLimit, killedFirstLimit},
	} {
		slices.SortFunc(m.starts, func(a, b started) int { return int(a.spent - b.spent) })
		spent := m.starts[len(m.starts)/2].spent
		slices.SortFunc(m.starts, func(a, b started) int { return int(a.took - b.took) })
		median := m.starts[len(m.starts)/2].took
		t.Logf("%-26s median %4d ms, %d to %d ms over %d runs (goal %v, limit %v); of the processor %d ms", m.what,
			median.Milliseconds(), m.starts[0].took.Milliseconds(), m.starts[len(m.starts)-1].took.Milliseconds(), len(m.starts), m.goal, m.limit, spent.Milliseconds())
		if median > m.limit {
			t.Errorf("%s: %v is above the limit of %v", m.what, median, m.limit)
		}
	}
}

// buildProgram builds the program as users have it.
func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "caspian")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// started is how long a process took until it was ready, and what it spent of the processor until
// it had ended, which a busy machine changes less.
type started struct{ took, spent time.Duration }

// startOnce serves the store until it is ready, and ends it with the signal.
func startOnce(t *testing.T, program, store string, end os.Signal) started {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "serve", "--store", store, "--listen", "127.0.0.1:"+port)
	stderr := newWords()
	cmd.Stderr = stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := untilReady(ctx, "http://127.0.0.1:"+port+"/readyz", 2*time.Millisecond)
	took := time.Since(start)
	if ready == nil {
		stderr.wait(t, "Stop  Ctrl+C", 1) // a user ends a service after its welcome
	}
	if err := cmd.Process.Signal(end); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	if ready != nil || err != nil && end != syscall.SIGKILL {
		t.Fatalf("the service did not start: %v\n%s", errors.Join(ready, err), stderr.wait(t, "", 0))
	}
	return started{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
}

// untilReady waits until the address of a service answers that this is ready, and asks at this interval.
func untilReady(ctx context.Context, url string, interval time.Duration) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for {
		res, err := http.DefaultClient.Do(r)
		if err == nil {
			_ = res.Body.Close() // only the status is wanted
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-ticks.C:
		}
	}
}
