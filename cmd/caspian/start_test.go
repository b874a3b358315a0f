package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The goals for the time from the start of the process until it is ready.
const (
	firstStartGoal  = 3 * time.Second
	firstStartLimit = 5 * time.Second
	laterStartLimit = 500 * time.Millisecond
	// A kill right after the first start leaves all of it in the journal.
	killedFirstLimit = time.Second
)

// TestStartTime builds the program and measures starts of it over the built-in
// seeds: into an empty store, after a shutdown, and after a kill. It runs for
// make bench-start only: a time says nothing on a machine that does other things.
func TestStartTime(t *testing.T) {
	if os.Getenv("CASPIAN_BENCH") == "" {
		t.Skip("measures; make bench-start runs it")
	}
	dir := t.TempDir()
	program := buildProgram(t)
	const runs = 5
	var first, later, killed, killedFirst []time.Duration
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
		took        []time.Duration
		goal, limit time.Duration
	}{
		{"first start, full seeds", first, firstStartGoal, firstStartLimit},
		{"later start", later, laterStartLimit, laterStartLimit},
		{"start after a kill", killed, laterStartLimit, laterStartLimit},
		{"after a kill of the first", killedFirst, laterStartLimit, killedFirstLimit},
	} {
		slices.Sort(m.took)
		median := m.took[len(m.took)/2]
		t.Logf("%-26s median %4d ms, %d to %d ms over %d runs (goal %v, limit %v)", m.what,
			median.Milliseconds(), m.took[0].Milliseconds(), m.took[len(m.took)-1].Milliseconds(), len(m.took), m.goal, m.limit)
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

// startOnce serves the store until it is ready, ends it with the signal, and
// returns how long it took from the start of the process.
func startOnce(t *testing.T, program, store string, end os.Signal) time.Duration {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "serve", "--store", store, "--listen", "127.0.0.1:"+port)
	words, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	read := make(chan bool)
	go func() {
		defer close(read)
		for sc := bufio.NewScanner(words); sc.Scan(); {
			said = append(said, sc.Text())
		}
	}()
	var took time.Duration
	for took == 0 && ctx.Err() == nil {
		res, err := http.Get("http://127.0.0.1:" + port + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				took = time.Since(start)
				break
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	// A kill is to come after the welcome, as it would in life.
	time.Sleep(200 * time.Millisecond)
	if err := cmd.Process.Signal(end); err != nil {
		t.Fatal(err)
	}
	<-read
	err = cmd.Wait()
	if took == 0 || err != nil && end != syscall.SIGKILL {
		t.Fatalf("the service did not start: %v\n%s", err, strings.Join(said, "\n"))
	}
	return took
}
