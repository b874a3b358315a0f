// Package peers measures the queries of dashboards on a graph of countries, firms and resources. It compares
// the service with a hand-written server over sorted arrays (the limit) and with gqlgen over maps. Run it with
// make bench-peers.
//
// Read Results first. The package must not know how the service answers: it sends HTTP requests, as a client
// would.
package peers

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// Results has the measurements of a run by system, size and workload. Its JSON form is also that of the
// programs in the folder shared/peers.
type Results map[string]map[string]map[string]Result

// Result is the measurement of one workload of one system at one size.
type Result struct {
	// Error says why there are no measurements.
	Error string `json:"error,omitempty"`
	// Rate1 and Rate16 are the requests per second over one connection and over sixteen.
	Rate1  float64 `json:"rps1,omitempty"`
	Rate16 float64 `json:"rps16,omitempty"`
	// P50 and P99 are microseconds over one connection, P99of16 over sixteen.
	P50     float64 `json:"p50_us,omitempty"`
	P99     float64 `json:"p99_us,omitempty"`
	P99of16 float64 `json:"p99_us_c16,omitempty"`
	// Errors is the number of failed requests over sixteen connections.
	Errors int `json:"errors_c16,omitempty"`
	// Digests are the digests of the answers to the first parameters, in the form common to all systems.
	Digests string `json:"digests,omitempty"`
	// Load is the time in milliseconds until the server answered. Memory is its memory then, in MB.
	Load   float64 `json:"load_ms,omitempty"`
	Memory float64 `json:"rss_mb,omitempty"`
}

// The constants are the names of the systems that every run has, as in the results.
const (
	Limit   = "limit"
	Caspian = "caspian"
)

// Goal is the goal of one workload.
type Goal struct {
	Work, What string
	// Share is the least share of the limit's requests per second over sixteen connections; 0 means none.
	Share float64
	// AtLeast is the least number of requests per second, independent of the limit.
	AtLeast float64
	// Times is the largest ratio of the median time over one connection to that of the limit; 0 means none.
	Times float64
	// Exponent is the largest exponent with which the median time may grow with the size.
	Exponent float64
}

// stateShare is the share of the plain graph's requests per second that the state form must reach.
const stateShare = 0.7

// Goals lists the workloads with their goals, in the order of the table.
var Goals = []Goal{
	{Work: "W1", What: "one entity, ten scalars", Share: 0.6, Exponent: 0.1},
	{Work: "W2", What: "100 entities by id, eight scalars", Share: 0.35, Exponent: 0.1},
	{Work: "W3", What: "10 countries, top 10 exports, top 10 producers", Share: 0.4, Exponent: 0.1},
	{Work: "W4", What: "filter on edge and node, order, first 20", Share: 0.35, Exponent: 0.1},
	{Work: "W5", What: "distinct nodes within three steps", Share: 0.35, AtLeast: 1500, Exponent: 0.5},
	{Work: "W7", What: "sum of a relation by group of its target", Share: 0.35, AtLeast: 1000, Exponent: 0.3},
	{Work: "W7pivot", What: "the same, added up by the service", Share: 0.35, AtLeast: 1000, Exponent: 0.3},
	{Work: "W8", What: "name prefix, first 20 by name", Share: 0.35, Exponent: 0.1},
	{Work: "W9", What: "one durable write", Times: 1.5, Exponent: 0.1},
}

// Sizes are the possible numbers of edges in a run, in ascending order.
var Sizes = []string{"10k", "100k", "1M"}

// Read reads the results file of a run.
func Read(file string) (Results, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r Results
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

// Write prints a table for each size, and the growth from the first size to the last. It returns a list of
// different answers, errors and missed goals.
func (r Results) Write(w io.Writer) (missed []string) {
	others := slices.DeleteFunc(slices.Sorted(maps.Keys(r)), func(s string) bool { return s == Limit || s == Caspian || s == State })
	systems := append(append([]string{}, others...), Caspian)
	if r[State] != nil {
		systems = append(systems, State)
	}
	sizes := slices.DeleteFunc(slices.Clone(Sizes), func(z string) bool { return r[Caspian][z] == nil })
	for _, z := range sizes {
		fmt.Fprintf(w, "\n## %s edges: requests a second at 16 connections, and as a share of the limit (median at one connection)\n\n", z)
		t := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
		fmt.Fprintf(t, "| workload\t| limit\t| %s\t| goal\t|\n|---\t%s|---\t|\n", strings.Join(systems, "\t| "), strings.Repeat("|---\t", len(systems)+1))
		for _, g := range Goals {
			limit := r[Limit][z][g.Work]
			if limit == (Result{}) { // the run did not measure the limit
				continue
			}
			fmt.Fprintf(t, "| %s %s\t| %s\t", g.Work, g.What, rateOf(limit))
			for _, s := range systems {
				x := r[s][z][g.Work]
				fmt.Fprintf(t, "| %s\t", r.cell(s, z, g.Work))
				switch s {
				case Caspian:
					missed = append(missed, r.misses(z, g, x, others)...)
				case State:
					if of := x.Rate16 / r[Caspian][z][g.Work].Rate16; x.Rate16 > 0 && of < stateShare {
						missed = append(missed, fmt.Sprintf("%s at %s: %.2f of the plain graph's requests a second, goal %.1f", g.Work, z, of, stateShare))
					}
				}
			}
			goal := "-"
			if g.Share > 0 {
				goal = fmt.Sprintf("%.2f", g.Share)
			} else if g.Times > 0 {
				goal = fmt.Sprintf("%.1f × its time", g.Times)
			}
			fmt.Fprintf(t, "| %s\t|\n", goal)
		}
		fmt.Fprintf(t, "| start and memory\t| %s\t", startOf(r[Limit][z]["W10"]))
		for _, s := range systems {
			fmt.Fprintf(t, "| %s\t", startOf(r[s][z]["W10"]))
		}
		fmt.Fprint(t, "| -\t|\n")
		_ = t.Flush() // the caller sees errors of the writer
	}
	return append(missed, r.growth(w, systems, sizes)...)
}

// growth prints the exponents with which the median time over one connection grows.
func (r Results) growth(w io.Writer, systems, sizes []string) (missed []string) {
	if len(sizes) < 2 {
		return nil
	}
	first, last := sizes[0], sizes[len(sizes)-1]
	tens := float64(slices.Index(Sizes, last) - slices.Index(Sizes, first))
	fmt.Fprintf(w, "\n## Exponents of the median time at one connection, from %s to %s\n\n", first, last)
	t := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintf(t, "| workload\t| limit\t| %s\t| goal\t|\n|---\t%s|---\t|\n", strings.Join(systems, "\t| "), strings.Repeat("|---\t", len(systems)+1))
	for _, g := range Goals {
		if r[Limit][last][g.Work] == (Result{}) {
			continue
		}
		fmt.Fprintf(t, "| %s\t", g.Work)
		for _, s := range append([]string{Limit}, systems...) {
			from, to := r[s][first][g.Work].P50, r[s][last][g.Work].P50
			if from == 0 || to == 0 {
				fmt.Fprint(t, "| -\t")
				continue
			}
			e := math.Log10(to/from) / tens
			fmt.Fprintf(t, "| %.2f\t", e)
			if s == Caspian && e > g.Exponent {
				missed = append(missed, fmt.Sprintf("%s grows with exponent %.2f, goal %.1f", g.Work, e, g.Exponent))
			}
		}
		fmt.Fprintf(t, "| %.1f\t|\n", g.Exponent)
	}
	_ = t.Flush()
	return missed
}

// misses returns the goals that a result of Caspian misses at one size.
func (r Results) misses(z string, g Goal, x Result, others []string) (missed []string) {
	miss := func(format string, a ...any) { missed = append(missed, g.Work+" at "+z+": "+fmt.Sprintf(format, a...)) }
	switch {
	case x.Error != "":
		miss("%s", x.Error)
		return missed
	case x.Rate16 == 0: // the run did not measure the workload
		return nil
	}
	if x.Errors > 0 {
		miss("%d requests failed", x.Errors)
	}
	if r.differs(Caspian, z, g.Work) {
		miss("other answers than the limit's")
	}
	if share := r.share(Caspian, z, g.Work); share < g.Share {
		miss("%.3f of the limit, goal %.2f", share, g.Share)
	}
	if x.Rate16 < g.AtLeast {
		miss("%.0f requests a second, goal %.0f", x.Rate16, g.AtLeast)
	}
	if limit := r[Limit][z][g.Work].P50; g.Times > 0 && x.P50 > g.Times*limit {
		miss("%.1f times the limit's median, goal %.1f", x.P50/limit, g.Times)
	}
	for _, o := range others {
		if peer := r[o][z][g.Work].Rate16; x.Rate16 < peer {
			miss("%.0f requests a second, %s has %.0f", x.Rate16, o, peer)
		}
	}
	return missed
}

func (r Results) share(system, size, work string) float64 {
	limit := r[Limit][size][work].Rate16
	if limit == 0 {
		return 0
	}
	return r[system][size][work].Rate16 / limit
}

// differs reports whether an answer differs from that of the limit.
func (r Results) differs(system, size, work string) bool {
	got, want := strings.Fields(r[system][size][work].Digests), strings.Fields(r[Limit][size][work].Digests)
	for i, d := range got {
		if i >= len(want) || d != want[i] {
			return true
		}
	}
	return false
}

func (r Results) cell(system, size, work string) string {
	x, ok := r[system][size][work]
	switch {
	case !ok:
		return "-"
	case x.Error != "":
		return "error"
	}
	text := fmt.Sprintf("%s, %.3f (%s)", rateOf(x), r.share(system, size, work), timeOf(x.P50))
	if system != State && r.differs(system, size, work) {
		text += " OTHER ANSWERS"
	}
	return text
}

func rateOf(x Result) string {
	if x.Rate16 < 10 {
		return fmt.Sprintf("%.1f", x.Rate16)
	}
	return fmt.Sprintf("%.0f", x.Rate16)
}

func timeOf(us float64) string {
	if us < 1000 {
		return fmt.Sprintf("%.0f µs", us)
	}
	return fmt.Sprintf("%.1f ms", us/1000)
}

func startOf(x Result) string { return fmt.Sprintf("%.1f s, %.0f MB", x.Load/1000, x.Memory) }
