package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
)

// The goals at ten times the requests that the service can answer.
const (
	goodputGoal = 0.9 // of the capacity
	overP99Goal = time.Second
)

// workloads are lists of queries, of which each request chooses one at random. The argument of a
// query is a number that makes it differ from the one before.
var workloads = []struct {
	name    string
	queries []string
}{
	{"nested", []string{
		`{countries(first:250){nodes{name officialName borders{nodes{name capital{name} memberOf{nodes{name}}}} memberOf{nodes{name}} naturalResources{nodes{name}}}} t%d:__typename}`,
	}},
	{"mixed", append(slices.Repeat([]string{
		`{country(id:"KAZ"){name iso2 capital{name} borders{nodes{name}}} t%d:__typename}`,
		`{countries(first:20){nodes{name capital{name}}} t%d:__typename}`,
	}, 5), `{countries(first:250){nodes{name borders{nodes{name memberOf{nodes{name}}}} memberOf{nodes{name}}}} t%d:__typename}`)},
}

// TestOverload starts the program with its defaults on the built-in seeds, measures what it
// can answer, and then sends 1, 3 and 10 times that, from another process and at
// random times, without waiting for answers. At the same time probes request /readyz,
// each over a new connection, and a writer writes.
//
//	CASPIAN_SOAK=1 go test ./cmd/caspian -run 'TestOverload$' -v -count 1
//
// With CASPIAN_PIN=1 the service has the first processor and the client the second, so that
// the client takes nothing from the service; the goals are checked only then.
// CASPIAN_FLAGS has more flags for serve, CASPIAN_WORKLOAD one of the workloads.
func TestOverload(t *testing.T) {
	if os.Getenv("CASPIAN_SOAK") == "" {
		t.Skip("measures; CASPIAN_SOAK=1 runs it")
	}
	store, err := seededStore()
	if err != nil {
		t.Fatal(err)
	}
	program := buildProgram(t)
	pinned := os.Getenv("CASPIAN_PIN") != ""
	t.Log("| workload | load | offered/s | answered/s | of capacity | for the same work | median | p99 | refused | p99 of refusals | failed | memory | /readyz p99 | write p99 | writes failed |")
	for _, w := range workloads {
		if only := os.Getenv("CASPIAN_WORKLOAD"); only != "" && only != w.name {
			continue
		}
		capacity, alone := 0.0, 0.0
		for _, load := range []float64{0, 1, 3, 10} {
			dir := filepath.Join(t.TempDir(), "store")
			if err := os.CopyFS(dir, os.DirFS(store)); err != nil {
				t.Fatal(err)
			}
			r := overloadOnce(t, program, dir, w.name, capacity*load, pinned)
			if load == 0 {
				capacity, alone = r.Answered/r.Seconds, r.All/r.work.Seconds()
				t.Logf("%s: %.0f answers a second, %.0f for a second of the processor", w.name, capacity, alone)
				continue
			}
			goodput := r.Answered / r.Seconds / capacity
			ms := func(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d)/1e6) }
			t.Logf("| %s | %g × | %.0f | %.0f | %.0f %% | %.0f %% | %s | %s | %.0f %% | %s | %d | %d MB | %s | %s | %d of %d |", w.name, load,
				r.Sent/r.Seconds, r.Answered/r.Seconds, 100*goodput, 100*r.All/r.work.Seconds()/alone, ms(r.Median), ms(r.P99), 100*r.Refused/r.Sent, ms(r.RefusedP99), r.Failed,
				r.memory>>20, ms(at(r.probes, 0.99)), ms(at(r.writes, 0.99)), r.writesFailed, len(r.writes)+r.writesFailed)
			if !pinned {
				continue
			}
			if load == 10 && goodput < goodputGoal {
				t.Errorf("%s at %g ×: %.0f %% of the capacity is answered", w.name, load, 100*goodput)
			}
			if r.P99 > overP99Goal {
				t.Errorf("%s at %g ×: the 99th percentile is %s", w.name, load, r.P99)
			}
		}
	}
}

// loaded is the result of one load. The exported fields come from the client's process.
type loaded struct {
	Seconds, Sent, Answered, Refused float64
	All                              float64 // answered, those of the warm-up too
	Failed                           int
	Median, P99, RefusedP99          time.Duration

	probes, writes []time.Duration
	writesFailed   int
	memory         int64 // at its peak
	// work is the processor time of the service. Answers per second of it show how much
	// refusals cost, even if other programs run.
	work time.Duration
}

// at returns a percentile of a sorted list.
func at(list []time.Duration, share float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	return list[min(len(list)-1, int(share*float64(len(list))))]
}

// pin runs a command on one processor, if pinned.
func pin(ctx context.Context, pinned bool, cpu string, args ...string) *exec.Cmd {
	if pinned {
		args = append([]string{"taskset", "-c", cpu}, args...)
	}
	return exec.CommandContext(ctx, args[0], args[1:]...)
}

// overloadOnce sends this many requests a second; 0 sends the next after each answer.
func overloadOnce(t *testing.T, program, store, workload string, rate float64, pinned bool) *loaded {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	address := "http://127.0.0.1:" + port
	serving, stop := context.WithCancel(t.Context())
	defer stop()
	args := append([]string{program, "serve", "--store", store, "--listen", "127.0.0.1:" + port}, strings.Fields(os.Getenv("CASPIAN_FLAGS"))...)
	service := pin(serving, pinned, "0", args...)
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { stop(); _ = service.Wait() }() // it is killed
	if err := untilReady(t.Context(), address+"/readyz", 10*time.Millisecond); err != nil {
		t.Fatalf("the service did not start: %v", err)
	}
	client := pin(t.Context(), pinned, "1", os.Args[0], "-test.run=^TestOverloadClient$")
	client.Env = append(os.Environ(), "CASPIAN_OVERLOAD_URL="+address, "CASPIAN_OVERLOAD_WORKLOAD="+workload, fmt.Sprintf("CASPIAN_OVERLOAD_RATE=%g", rate))
	var out bytes.Buffer
	client.Stdout, client.Stderr = &out, os.Stderr
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	before := processorTime(service.Process.Pid)
	beside, end := context.WithCancel(t.Context())
	r := &loaded{}
	var both sync.WaitGroup
	both.Go(func() { r.probes = probe(beside, address) })
	both.Go(func() { r.writes, r.writesFailed = writeBeside(beside, store) })
	err = client.Wait()
	end()
	both.Wait()
	line, _, _ := strings.Cut(out.String(), "\n")
	if err == nil {
		err = json.Unmarshal([]byte(line), r)
	}
	if err != nil {
		t.Fatalf("the client: %v\n%s", err, out.String())
	}
	r.work = processorTime(service.Process.Pid) - before
	r.memory = peakMemory(service.Process.Pid)
	return r
}

// probe requests /readyz as an orchestrator does, ten times a second and over a new connection
// each time. A request without an answer counts with the time until it was abandoned.
func probe(ctx context.Context, address string) []time.Duration {
	var took []time.Duration
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	for ticks := time.Tick(100 * time.Millisecond); ctx.Err() == nil; <-ticks {
		start := time.Now()
		if res, err := c.Get(address + "/readyz"); err == nil {
			_, _ = io.Copy(io.Discard, res.Body) // its end is what matters
			_ = res.Body.Close()
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took
}

const declareDocument = `mutation Declare($input: TransactInput!) { transact(input: $input) { sequence } }`

// writeBeside states a claim ten times a second, over the owner's socket.
func writeBeside(ctx context.Context, store string) (took []time.Duration, failed int) {
	s := connect.ServiceOn(store)
	if s == nil {
		return nil, 1
	}
	s.Patience = client.Patience{}
	ticks := time.Tick(100 * time.Millisecond)
	for i := 0; ctx.Err() == nil; i++ {
		<-ticks
		start := time.Now()
		input := fmt.Sprintf(`{"input":{"operations":[{"declare":{"id":"load-%d","type":"City"}}]}}`, i)
		if answer, err := s.Ask(ctx, declareDocument, json.RawMessage(input)); err != nil || strings.Contains(string(answer), `"errors"`) {
			if ctx.Err() == nil {
				failed++
			}
		} else {
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	return took, failed
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMemory returns the largest amount of memory that a process had, or 0 if the system
// does not report it.
func peakMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	m := peak.FindSubmatch(text)
	if err != nil || m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(string(m[1]), 10, 64) // digits
	return n << 10
}

// processorTime returns how long a process has had a processor.
func processorTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, ok := strings.Cut(string(text), ") ") // the name may hold blanks
	fields := strings.Fields(rest)
	if err != nil || !ok || len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64) // digits
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}

// TestOverloadClient is the other process of TestOverload.
func TestOverloadClient(t *testing.T) {
	address := os.Getenv("CASPIAN_OVERLOAD_URL")
	if address == "" {
		t.Skip("the other process of TestOverload")
	}
	rate, err := strconv.ParseFloat(os.Getenv("CASPIAN_OVERLOAD_RATE"), 64)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(workloads, func(w struct {
		name    string
		queries []string
	}) bool {
		return w.name == os.Getenv("CASPIAN_OVERLOAD_WORKLOAD")
	})
	c := &loadClient{host: strings.TrimPrefix(address, "http://"), queries: workloads[i].queries}
	const warm, measured = 2 * time.Second, 15 * time.Second
	c.from = time.Now().Add(warm)
	until := c.from.Add(measured)
	if rate == 0 {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for time.Now().Before(until) {
					c.ask(time.Now())
				}
			})
		}
		all.Wait()
	} else {
		// At random times, as many independent clients would send them.
		for at := time.Now(); at.Before(until); at = at.Add(time.Duration(rand.ExpFloat64() / rate * float64(time.Second))) {
			time.Sleep(time.Until(at)) // the times of the requests are the load that is tested
			c.all.Go(func() { c.ask(at) })
		}
		c.all.Wait()
	}
	slices.Sort(c.answered)
	slices.Sort(c.refused)
	if err := json.NewEncoder(os.Stdout).Encode(&loaded{
		Seconds: measured.Seconds(), Sent: float64(len(c.answered) + len(c.refused) + c.failed), Answered: float64(len(c.answered)), Refused: float64(len(c.refused)),
		All: float64(c.all200), Failed: c.failed, Median: at(c.answered, 0.5), P99: at(c.answered, 0.99), RefusedP99: at(c.refused, 0.99),
	}); err != nil {
		t.Fatal(err)
	}
	os.Exit(0) // the line is all that is to be printed
}

// loadClient sends requests and keeps how long answers took. It has its own few lines of HTTP,
// which cost less than net/http's.
type loadClient struct {
	host    string
	queries []string
	from    time.Time // earlier ones warm the service up
	all     sync.WaitGroup

	mu                sync.Mutex // guards what is below
	idle              []*wire
	answered, refused []time.Duration
	failed, all200    int
}

// wire is a connection.
type wire struct {
	net.Conn
	in *bufio.Reader
}

// wire returns a connection that is idle, or a new one.
func (c *loadClient) wire() (*wire, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.idle); n > 0 {
		w := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return w, nil
	}
	c.mu.Unlock()
	defer c.mu.Lock()
	conn, err := net.DialTimeout("tcp", c.host, 10*time.Second)
	if err != nil {
		return nil, err
	}
	return &wire{conn, bufio.NewReaderSize(conn, 64<<10)}, nil
}

// ask sends one request, which was due at a time.
func (c *loadClient) ask(due time.Time) {
	status, err := c.exchange()
	took := time.Since(due)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && status == http.StatusOK {
		c.all200++
	}
	if due.Before(c.from) {
		return
	}
	switch {
	case err == nil && status == http.StatusOK:
		c.answered = append(c.answered, took)
	case err == nil && status == http.StatusServiceUnavailable:
		c.refused = append(c.refused, took)
	default:
		if c.failed++; c.failed == 1 {
			fmt.Fprintln(os.Stderr, "the first that failed:", status, err)
		}
	}
}

func (c *loadClient) exchange() (status int, err error) {
	w, err := c.wire()
	if err != nil {
		return 0, err
	}
	reuse := false
	defer func() {
		if !reuse {
			_ = w.Close() // nothing more is wanted of it
			return
		}
		c.mu.Lock()
		c.idle = append(c.idle, w)
		c.mu.Unlock()
	}()
	_ = w.SetDeadline(time.Now().Add(30 * time.Second)) // a TCP connection takes it
	query := fmt.Sprintf(c.queries[rand.IntN(len(c.queries))], rand.IntN(10))
	if _, err := io.WriteString(w, "GET /graphql?query="+url.QueryEscape(query)+" HTTP/1.1\r\nHost: "+c.host+"\r\n\r\n"); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	reuse = err == nil && !res.Close
	return res.StatusCode, err
}
