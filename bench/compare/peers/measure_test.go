package peers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/bench/compare/peers/maps"
	"github.com/caspian-kg/caspian/bench/compare/process"
)

// serveGraph, where set, makes the test binary a server: it names the system, the size and the seed.
const serveGraph = "CASPIAN_PEERS_SERVE"

func TestMain(m *testing.M) { process.Main(m, serveGraph, serve) }

// serve answers as a system until its standard input ends.
func serve(what string) error {
	var system string
	var edges int
	var seed uint64
	if _, err := fmt.Sscan(what, &system, &edges, &seed); err != nil {
		return err
	}
	g := NewGraph(edges, seed)
	var h http.Handler
	if system == Limit {
		log, err := os.CreateTemp("", "limit")
		if err != nil {
			return err
		}
		defer os.Remove(log.Name())
		h = newLimit(g, log).handler()
	} else {
		h = maps.Handler(newMaps(g))
	}
	g = nil
	runtime.GC()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go http.Serve(l, h) //nolint:errcheck // ends with the process
	fmt.Println(l.Addr())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// run is the measurement of one size.
type run struct {
	t       *testing.T
	dir     string // keeps stores for the next run
	program string
	size    string
	edges   int
	seed    uint64
	graph   *Graph
	results Results
}

func (r *run) note(system, work string, x Result) {
	if r.results[system] == nil {
		r.results[system] = map[string]map[string]Result{}
	}
	if r.results[system][r.size] == nil {
		r.results[system][r.size] = map[string]Result{}
	}
	r.results[system][r.size][work] = x
}

// TestPeers measures the systems over HTTP, in turns: the servers have one core, the client the
// other. It writes results.json for the command table.
func TestPeers(t *testing.T) {
	dir := os.Getenv("CASPIAN_PEERS")
	if dir == "" {
		t.Skip("it takes minutes; make bench-peers runs it")
	}
	seed, err := strconv.ParseUint(os.Getenv("CASPIAN_PEERS_SEED"), 10, 64)
	if err != nil {
		seed = 42
	}
	runtime.GOMAXPROCS(1)
	results := Results{}
	for _, size := range strings.Fields(os.Getenv("CASPIAN_PEERS_SIZES")) {
		edges, err := strconv.Atoi(strings.NewReplacer("k", "000", "M", "000000").Replace(size))
		if err != nil {
			t.Fatal(err)
		}
		r := &run{t: t, dir: dir, program: os.Getenv("CASPIAN_PEERS_PROGRAM"), size: size, edges: edges, seed: seed, graph: NewGraph(edges, seed), results: results}
		t.Run(size, func(t *testing.T) {
			r.t = t
			r.measure()
		})
		text, err := json.MarshalIndent(results, "", " ")
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "results.json"), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (r *run) measure() {
	exe, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	at := map[string]string{}
	for _, system := range []string{Limit, Gqlgen} {
		env := fmt.Sprintf("%s=%s %d %d", serveGraph, system, r.edges, r.seed)
		at[system] = r.start(system, env, func(line string) (string, bool) { return line, true }, exe)
	}
	for _, system := range []string{Caspian, State} {
		ontology, store := r.store(system == State)
		at[system] = r.start(system, "", func(line string) (string, bool) {
			_, addr, ok := strings.Cut(line, "http://")
			addr, _, _ = strings.Cut(addr, "/")
			return addr, ok && addr != ""
		}, r.program, "serve", "--ontology", ontology, "--store", store, "--seeds", "none", "--open-writes", "--response-cache", "0", "--listen", "127.0.0.1:0")
	}
	params := r.graph.Params(64, r.seed/6)
	for _, work := range append(slices.Clone(works), "W9") {
		want := ""
		for _, system := range []string{Limit, Gqlgen, Caspian, State} {
			if work == "W9" && (system == Gqlgen || system == State) {
				continue
			}
			x := r.ask(system, at[system], work, params)
			if system == Limit {
				want = x.Digests
			}
			r.t.Logf("%s %s: %.0f/s at 1, %.0f/s at 16, median %.0f µs, %s", work, system, x.Rate1, x.Rate16, x.P50, x.Error)
			if system != State && x.Digests != want {
				r.t.Errorf("%s: %s gives other answers than the limit", work, system)
			}
			r.note(system, work, x)
		}
	}
}

// store imports the graph, or copies the store of a run before: the writes of a run would change it.
func (r *run) store(state bool) (ontology, served string) {
	t, name := r.t, fmt.Sprintf("%s-%d", r.size, r.seed)
	if state {
		name += "-state"
	}
	kept := filepath.Join(r.dir, name)
	ontology = filepath.Join(t.TempDir(), "geo.graphql")
	if err := os.WriteFile(ontology, []byte(Ontology(state)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); errors.Is(err, os.ErrNotExist) {
		lines := filepath.Join(t.TempDir(), "graph.jsonl")
		f, err := os.Create(lines)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.graph.WriteLines(f, state), f.Close()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if out, err := exec.Command(r.program, "import", "--ontology", ontology, "--store", kept+".part", lines).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Logf("import of %s: %v", name, time.Since(began))
		if err := os.Rename(kept+".part", kept); err != nil {
			t.Fatal(err)
		}
	}
	served = filepath.Join(t.TempDir(), "store")
	if err := os.CopyFS(served, os.DirFS(kept)); err != nil {
		t.Fatal(err)
	}
	return ontology, served
}

// start runs a server on the first core until the test ends, and returns its address, which it
// finds in a line of its output.
func (r *run) start(system, env string, address func(line string) (string, bool), name string, args ...string) string {
	t := r.t
	cmd := process.OnFirstCore(t, name, args...)
	cmd.Env = append(os.Environ(), env, "GOMAXPROCS=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = write, write
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		out.Close()
	})
	var said bytes.Buffer
	s := bufio.NewScanner(out)
	for s.Scan() {
		fmt.Fprintln(&said, s.Text())
		addr, ok := address(s.Text())
		if !ok {
			continue
		}
		go io.Copy(io.Discard, out) //nolint:errcheck // ends with the process
		for {
			if c, err := net.Dial("tcp", addr); err == nil {
				c.Close()
				if _, err := r.once(addr, Request{Method: "GET", Path: "/readyz"}); err == nil || system == Limit || system == Gqlgen {
					break
				}
			}
			time.Sleep(20 * time.Millisecond) // another process gives no event
		}
		r.note(system, "W10", Result{Load: float64(time.Since(began).Milliseconds()), Memory: memory(cmd.Process.Pid)})
		return addr
	}
	t.Fatalf("%s ended without listening:\n%s", cmd, &said)
	return ""
}

// memory returns what a process has resident, in MB, or 0 if the system does not
// say.
func memory(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, _ := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
	return kb / 1024
}

// ask compares the answers to the first parameters and measures the rates.
func (r *run) ask(system, addr, work string, params []Params) Result {
	var x Result
	n := len(params)
	if work == "W9" {
		n = 40_000 // no request may come twice
	}
	requests := make([]Request, n)
	for i := range requests {
		requests[i] = Ask(system, work, &params[i%len(params)], r.edges+i)
	}
	for i := 0; i < 8 && work != "W9"; i++ {
		body, err := r.once(addr, requests[i])
		if err == nil {
			body, err = func() ([]byte, error) { s, err := Canonical(work, body); return []byte(s), err }()
		}
		if err != nil {
			x.Error = err.Error()
			return x
		}
		x.Digests += digest(body) + " "
	}
	x.Digests = strings.TrimSpace(x.Digests)
	during := 400 * time.Millisecond
	for _, clients := range []int{1, 16} {
		var rates []float64
		rounds := 3
		if work == "W9" {
			rounds = 1
		}
		for range rounds {
			took, failed := replay(addr, requests, clients, during)
			rates = append(rates, float64(len(took))/during.Seconds())
			if clients == 1 {
				x.P50, x.P99 = took[len(took)/2], took[len(took)*99/100]
			} else {
				x.P99of16 = took[len(took)*99/100]
				x.Errors += failed
			}
		}
		slices.Sort(rates)
		if clients == 1 {
			x.Rate1 = rates[len(rates)/2]
		} else {
			x.Rate16 = rates[len(rates)/2]
		}
	}
	return x
}

func (r *run) once(addr string, q Request) ([]byte, error) {
	req, err := http.NewRequestWithContext(r.t.Context(), q.Method, "http://"+addr+q.Path, strings.NewReader(q.Body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %.200s", res.Status, body)
	}
	return body, err
}

// replay sends the requests over connections, each from another part of the list, for
// a time. It returns the microseconds of all requests, sorted, and how many failed.
func replay(addr string, requests []Request, clients int, during time.Duration) (took []float64, failed int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	start := time.Now()
	for i := range clients {
		wg.Go(func() {
			mine, wrong := replayOne(addr, requests, i*len(requests)/clients, start.Add(during))
			mu.Lock()
			defer mu.Unlock()
			took, failed = append(took, mine...), failed+wrong
		})
	}
	wg.Wait()
	slices.Sort(took)
	if len(took) == 0 {
		took = []float64{0}
	}
	return took, failed
}

func replayOne(addr string, requests []Request, from int, until time.Time) (took []float64, failed int) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, 1
	}
	defer c.Close()
	read := bufio.NewReaderSize(c, 256<<10)
	var text []byte
	for i := from; ; i++ {
		q := &requests[i%len(requests)]
		text = fmt.Appendf(text[:0], "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: %d\r\n\r\n%s", q.Method, q.Path, len(q.Body), q.Body)
		began := time.Now()
		if began.After(until) {
			return took, failed
		}
		ok, err := exchange(c, read, text)
		took = append(took, float64(time.Since(began).Nanoseconds())/1e3)
		if err != nil {
			return took, failed + 1
		}
		if !ok {
			failed++
		}
	}
}

// exchange sends a request and reads the answer, as little of HTTP as the systems write. It reports
// whether the answer is one without errors.
func exchange(c net.Conn, r *bufio.Reader, request []byte) (bool, error) {
	if _, err := c.Write(request); err != nil {
		return false, err
	}
	ok, length, chunked := false, 0, false
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return false, err
		}
		name, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		switch {
		case first:
			ok = bytes.Contains(line, []byte(" 200 "))
		case bytes.EqualFold(name, []byte("Content-Length")):
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
		if len(line) <= 2 {
			break
		}
	}
	for {
		if chunked {
			line, err := r.ReadSlice('\n')
			if err != nil {
				return false, err
			}
			n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
			if err != nil {
				return false, err
			}
			length = int(n)
		}
		begins, _ := r.Peek(min(length, 64))
		ok = ok && !bytes.Contains(begins, []byte(`"errors"`))
		n := length
		if chunked {
			n += 2
		}
		if _, err := r.Discard(n); err != nil || !chunked || length == 0 {
			return ok, err
		}
	}
}
