package bench_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/bench"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapfile"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
)

// sizes returns the numbers of claims measured; CASPIAN_BENCH_CLAIMS sets one.
func sizes() []int {
	if n, err := strconv.Atoi(os.Getenv("CASPIAN_BENCH_CLAIMS")); err == nil {
		return []int{n}
	}
	return []int{100_000, 1_000_000}
}

const batch = 10_000

func open(b *testing.B, dir string, o *schema.Ontology) (*live.Graph, store.Log) {
	b.Helper()
	log, err := store.Open(filepath.Join(dir, "store"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	g, err := live.Open(b.Context(), log, o, live.Options{Cache: snapfile.File{Path: filepath.Join(dir, "snapshot")}})
	if err != nil {
		b.Fatal(err)
	}
	return g, log
}

func fill(b *testing.B, g *live.Graph, n int) {
	b.Helper()
	if err := bench.Synthetic(n, batch, func(ch *graph.Change) error {
		_, err := g.Commit(b.Context(), ch)
		return err
	}); err != nil {
		b.Fatal(err)
	}
}

func diskUse(b *testing.B, dir string) (bytes int64) {
	b.Helper()
	if err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		bytes += info.Size()
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return bytes
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkLoad fills an embedded store as every import does: check,
// append with a sync, apply, publish.
func BenchmarkLoad(b *testing.B) {
	o := schema.MustDefault()
	for _, n := range sizes() {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				dir := b.TempDir()
				before := heap()
				start := time.Now()
				g, log := open(b, dir, o)
				fill(b, g, n)
				took := time.Since(start)
				claims := float64(g.Snapshot().ClaimCount())
				used := heap() - before
				b.ReportMetric(claims/took.Seconds(), "claims/s")
				b.ReportMetric(float64(used)/claims, "heapB/claim")
				if err := g.Close(); err != nil {
					b.Fatal(err)
				}
				if err := log.Close(); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(diskUse(b, filepath.Join(dir, "store")))/claims, "diskB/claim")
			}
		})
	}
}

// filled creates a store with a synthetic graph and closes it.
func filled(b *testing.B, o *schema.Ontology, n int) (dir string, claims int) {
	b.Helper()
	dir = b.TempDir()
	g, log := open(b, dir, o)
	fill(b, g, n)
	claims = g.Snapshot().ClaimCount()
	if err := g.Close(); err != nil {
		b.Fatal(err)
	}
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
	return dir, claims
}

// BenchmarkStart opens a filled store: with its snapshot file, and without.
// The heap that it reports is that of the graph alone, without the caches of the store.
func BenchmarkStart(b *testing.B) {
	o := schema.MustDefault()
	for _, n := range sizes() {
		dir, claims := filled(b, o, n)
		for _, with := range []bool{true, false} {
			b.Run(fmt.Sprintf("%d/snapshot_file=%v", n, with), func(b *testing.B) {
				for b.Loop() {
					if !with {
						b.StopTimer()
						if err := os.RemoveAll(filepath.Join(dir, "snapshot")); err != nil {
							b.Fatal(err)
						}
						b.StartTimer()
					}
					g, log := open(b, dir, o)
					b.StopTimer()
					if g.Snapshot().ClaimCount() != claims {
						b.Fatal("claims are missing")
					}
					if err := log.Close(); err != nil {
						b.Fatal(err)
					}
					log = nil
					b.ReportMetric(float64(held(&g))/float64(claims), "heapB/claim")
					b.StartTimer()
				}
			})
		}
	}
}

// held returns how much of the heap only g uses.
func held(g **live.Graph) int64 {
	with := heap()
	runtime.KeepAlive(*g)
	*g = nil
	return int64(with) - int64(heap())
}

// queries are the documents of docs/benchmarks.md that the graph answers.
var queries = map[string]string{
	"one_entity_10_scalars": `query($id: ID!) { country(id: $id) { id name type population officialName iso2 isoNumeric currency terrain landlocked } }`,
	"list_100x8":            `{ cities(first: 100) { nodes { id name type population kind description wikidata founded } } }`,
	"nested_10x10x10":       `{ countries(first: 10) { nodes { name borders(first: 10) { nodes { name cities(first: 10) { nodes { id name } } } } } } }`,
	"filter_order_first_20": `{ country(id: "AAB") { exportsTo(series: true, where: {edge: {share: {gte: 0.5}}, node: {name: {startsWith: "k"}}}, orderBy: [{edge: {share: DESC}}], first: 20) { edges { share node { id name } } } } }`,
	"sum_by_group":          `{ country(id: "AAC") { exportsTo(series: true) { aggregate { groups(by: resource) { key count avg { share } } } } } }`,
	"order_by_name":         `{ cities(orderBy: [{name: ASC}], first: 20) { nodes { id name } } }`,
	"order_by_name_last":    `{ cities(orderBy: [{name: ASC}], last: 20) { nodes { id name } } }`,
	"name_prefix":           `{ search(text: "kazar", first: 20) { edges { matched node { id } } } }`,
	"list_as_of":            `{ cities(first: 100, view: {asOf: "2015-06-01"}) { nodes { id name type population kind description wikidata founded } } }`,
	"nested_confident":      `{ countries(first: 10, view: {minConfidence: 0.5}) { nodes { name borders(first: 10) { nodes { name cities(first: 10) { nodes { id name } } } } } } }`,
	"nested_as_of_known_at": `{ countries(first: 10, view: {asOf: "2015", knownAt: "2099-01-01T00:00:00Z", minConfidence: 0.1}) { nodes { name borders(first: 10) { nodes { name cities(first: 10) { nodes { id name } } } } } } }`,
	"claims_of_one":         `{ country(id: "AAD") { claims(first: 20) { nodes { id predicate value source { id } confidence } } } }`,
}

func BenchmarkQuery(b *testing.B) {
	ask(b, queries, json.RawMessage(`{"id":"AAB"}`))
}

// ask measures queries on graphs of each size.
func ask(b *testing.B, queries map[string]string, variables json.RawMessage) {
	o := schema.MustDefault()
	for _, n := range sizes() {
		g, err := live.Open(b.Context(), &live.Unkept{}, o, live.Options{})
		if err != nil {
			b.Fatal(err)
		}
		fill(b, g, n)
		a, err := api.New(api.Options{Graph: g})
		if err != nil {
			b.Fatal(err)
		}
		for name, q := range queries {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := a.Begin().Execute(b.Context(), &api.Request{Query: q, Variables: variables})
					if r.Errors > 0 {
						b.Fatalf("%s", r.Body)
					}
					b.SetBytes(int64(len(r.Body)))
					r.Release()
				}
			})
		}
		if err := g.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
