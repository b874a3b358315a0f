package compare

import (
	"bufio"
	"bytes"
	"context"
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
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/caspian-kg/caspian/bench/compare/plain"
	"github.com/caspian-kg/caspian/bench/compare/process"
)

// serveGraph, where set, makes the test binary the server of the contestants:
// it names the file to write the plain graph to.
const serveGraph = "CASPIAN_COMPARE_SERVE"

func TestMain(m *testing.M) { process.Main(m, serveGraph, serve) }

// claims returns how many claims the timed parts have.
func claims() int {
	if n, err := strconv.Atoi(os.Getenv("CASPIAN_BENCH_CLAIMS")); err == nil {
		return n
	}
	return 1_000_000
}

func contestants(tb testing.TB, n int) ([]*Contestant, *plain.Graph) {
	tb.Helper()
	g, err := Graph(tb.Context(), n)
	if err != nil {
		tb.Fatal(err)
	}
	p := plain.Read(Today(g))
	list, err := Contestants(g, p)
	if err != nil {
		tb.Fatal(err)
	}
	return list, p
}

// TestAgreement: all contestants in Go give the same answers, in process and
// through their handlers.
func TestAgreement(t *testing.T) {
	list, _ := contestants(t, 30_000)
	for i := range Documents {
		d := &Documents[i]
		var want []byte
		for _, c := range list {
			if !c.Answers(d) {
				continue
			}
			var direct []byte
			if err := c.Answer(t.Context(), d, func(body []byte) { direct = slices.Clone(body) }); err != nil {
				t.Fatalf("%s, %s: %v", d.Name, c.Name, err)
			}
			for _, body := range [][]byte{direct, overHTTP(c.Handler, d)} {
				got, err := data(body)
				if err != nil {
					t.Fatalf("%s, %s: %v in %s", d.Name, c.Name, err, body)
				}
				if want == nil {
					if want = got; len(got) < 100 {
						t.Errorf("%s: the answer shows next to nothing: %s", d.Name, got)
					}
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s: %s answers\n%.2000s\nand %s\n%.2000s", d.Name, c.Name, got, list[0].Name, want)
				}
			}
		}
	}
}

// BenchmarkInProcess runs the documents without HTTP.
func BenchmarkInProcess(b *testing.B) {
	list, _ := contestants(b, claims())
	for i := range Documents {
		d := &Documents[i]
		for _, c := range list {
			if !c.Answers(d) {
				continue
			}
			b.Run(d.Name+"/"+strings.ReplaceAll(c.Name, " ", "_"), func(b *testing.B) {
				b.ReportAllocs()
				before := cpu()
				for b.Loop() {
					if err := c.Answer(b.Context(), d, func(body []byte) { b.SetBytes(int64(len(body))) }); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// cpu returns the time that this process has computed: a measure that a busy
// machine spoils less than the time on the clock.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// serve runs all contestants written in Go, each at its own port, until standard
// input ends. It prints a line with the name and address of each.
func serve(file string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	g, err := Graph(ctx, claims())
	if err != nil {
		return err
	}
	p := plain.Read(Today(g))
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if err := p.WriteJSON(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	list, err := Contestants(g, p)
	if err != nil {
		return err
	}
	runtime.GC()
	for _, c := range list {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		go http.Serve(l, c.Handler) //nolint:errcheck // ends with the process
		fmt.Printf("%s\t%s\n", c.Name, l.Addr())
	}
	fmt.Println()
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// start runs a server on the first core and returns the lines it prints before
// an empty one, or its first line alone.
func start(t *testing.T, env []string, untilEmpty bool, name string, args ...string) []string {
	t.Helper()
	cmd := process.OnFirstCore(t, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	var lines []string
	for s := bufio.NewScanner(out); s.Scan() && s.Text() != ""; {
		lines = append(lines, s.Text())
		if !untilEmpty {
			break
		}
	}
	if len(lines) == 0 {
		t.Fatalf("%s ended without listening", cmd)
	}
	return lines
}

// TestHTTP asks each contestant over HTTP, in turns, and prints the answers a
// second: the server has one core, the client the other.
func TestHTTP(t *testing.T) {
	if os.Getenv("CASPIAN_COMPARE") == "" {
		t.Skip("it takes two minutes; make bench-compare runs it")
	}
	const rounds, during = 5, 400 * time.Millisecond
	file := filepath.Join(t.TempDir(), "graph.json")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	names, addr := startAll(t, exe, file)
	runtime.GOMAXPROCS(1)

	t.Logf("%d claims, %s, load %s", claims(), time.Now().UTC().Format("2006-01-02 15:04 UTC"), load())
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "answers/s\t%s\t\n", strings.Join(names, "\t"))
	for i := range Documents {
		d := &Documents[i]
		rates := compareOverHTTP(t, d, names, addr, rounds, during)
		fmt.Fprintf(w, "%s\t", d.Name)
		for _, name := range names {
			if len(rates[name]) == 0 {
				fmt.Fprint(w, "-\t")
				continue
			}
			fmt.Fprintf(w, "%.0f (%.0f-%.0f)\t", median(rates[name]), slices.Min(rates[name]), slices.Max(rates[name]))
		}
		fmt.Fprintln(w)
		fmt.Fprint(w, "caspian is faster by\t")
		for _, name := range names {
			if len(rates[name]) == 0 {
				fmt.Fprint(w, "\t")
				continue
			}
			paired := make([]float64, rounds)
			for r := range paired {
				paired[r] = rates[Caspian][r] / rates[name][r]
			}
			fmt.Fprintf(w, "x%.2f\t", median(paired))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("median (least-most) of %d rounds of %v, %d connections; load at the end %s\n%s", rounds, during, connections, load(), &table)
}

// startAll starts the contestants, with the graph from the file, and returns their names and
// addresses. graphql-js is left out where Node is missing.
func startAll(t *testing.T, exe, file string) (names []string, addr map[string]string) {
	t.Helper()
	addr = map[string]string{}
	for _, line := range start(t, []string{serveGraph + "=" + file, "GOMAXPROCS=1"}, true, exe) {
		name, a, _ := strings.Cut(line, "\t")
		names, addr[name] = append(names, name), a
	}
	if node, err := exec.LookPath("node"); err != nil {
		t.Log("node is not here: graphql-js is left out")
	} else if _, err := os.Stat("js/node_modules/graphql"); err != nil {
		t.Log("graphql-js is left out: run npm ci in bench/compare/js")
	} else {
		names = append(names, GraphqlJS)
		addr[GraphqlJS] = start(t, nil, false, node, "js/server.mjs", file, "schema.graphql")[0]
	}
	return names, addr
}

func compareOverHTTP(t *testing.T, d *Document, names []string, addr map[string]string, rounds int, during time.Duration) map[string][]float64 {
	t.Helper()
	rates := map[string][]float64{}
	reqs, lengths := map[string][]byte{}, map[string]int{}
	var order []string
	var want []byte
	for _, name := range names {
		if (name == Hand || name == Flat) && d.Name != Nested {
			continue
		}
		order = append(order, name)
		reqs[name] = request(addr[name], d.Query, d.Variables)
		c, err := dial(addr[name], time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		body, err := c.ask(reqs[name])
		if err != nil {
			t.Fatalf("%s, %s: %v", d.Name, name, err)
		}
		lengths[name] = len(body)
		got, err := data(body)
		c.conn.Close()
		if err != nil {
			t.Fatalf("%s, %s: %v", d.Name, name, err)
		}
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%s: %s answers\n%.1000s\nand %s\n%.1000s", d.Name, name, got, names[0], want)
		}
		if _, err := rate(addr[name], reqs[name], lengths[name], during/2); err != nil { // warms it up
			t.Fatalf("%s, %s: %v", d.Name, name, err)
		}
	}
	for round := range rounds {
		for i := range order {
			name := order[(i+round)%len(order)]
			r, err := rate(addr[name], reqs[name], lengths[name], during)
			if err != nil {
				t.Fatalf("%s, %s: %v", d.Name, name, err)
			}
			rates[name] = append(rates[name], r)
		}
	}
	return rates
}

func median(list []float64) float64 {
	s := slices.Sorted(slices.Values(list))
	return s[len(s)/2]
}

// load returns the load of the machine, if the system reports it.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:2], " ")
}
