package store_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
)

// synthetic returns a commit of n claims like those of an import of trade and place data:
// half of them are relations among 20,000 entities, and half have a qualifier.
func synthetic(r *rand.Rand, seq graph.Seq, n int) *graph.Commit {
	c := &graph.Commit{Seq: seq, At: time.UnixMicro(1_750_000_000_000_000 + int64(seq)).UTC()}
	for i := range n {
		cl := graph.Claim{
			Subject: graph.ID(fmt.Sprintf("entity-%d", r.IntN(20000))), Predicate: fmt.Sprintf("relation%d", r.IntN(20)),
			Valid:  graph.Interval{From: graph.DayDate(2000+r.IntN(25), 1, 1), To: graph.OpenDate},
			Source: graph.ID(fmt.Sprintf("source-%d", r.IntN(50))), Locator: fmt.Sprintf("row %d", int(seq)*n+i), Confidence: float64(r.IntN(100)) / 100,
		}
		switch r.IntN(4) {
		case 0, 1:
			cl.Value = graph.EntityValue(graph.ID(fmt.Sprintf("entity-%d", r.IntN(20000))))
		case 2:
			cl.Value = graph.QuantityValue(float64(r.IntN(1e6)), "USD")
		case 3:
			cl.Value = graph.StringValue(fmt.Sprintf("Name %d", r.IntN(1e6)))
		}
		if i%2 == 0 {
			cl.Qualifiers = []graph.QualifierValue{{Name: "share", Value: graph.FloatValue(float64(r.IntN(100)) / 100)}}
		}
		c.Claims = append(c.Claims, cl)
	}
	return c
}

func folderSize(b testing.TB, dir string) (n int64) {
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		n += info.Size()
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func benchmarkAppend(b *testing.B, o store.Options, claims int) {
	dir := b.TempDir()
	l, err := store.Open(dir, o)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		b.StopTimer()
		c := synthetic(r, l.Head()+1, claims)
		b.StartTimer()
		if err := l.Append(context.Background(), c); err != nil {
			b.Fatal(err)
		}
	}
	total := float64(b.N * claims)
	b.ReportMetric(total/b.Elapsed().Seconds(), "claims/s")
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(folderSize(b, dir))/total, "bytes/claim")
}

func BenchmarkAppend(b *testing.B)      { benchmarkAppend(b, store.Options{}, 1000) }
func BenchmarkAppendSmall(b *testing.B) { benchmarkAppend(b, store.Options{}, 1) }
func BenchmarkAppendLarge(b *testing.B) { benchmarkAppend(b, store.Options{}, 20_000) }

// BenchmarkAppendByCayley is the same as BenchmarkAppend through ApplyDeltas.
func BenchmarkAppendByCayley(b *testing.B) { benchmarkAppend(b, store.WithoutBulk(), 1000) }

// BenchmarkAppendGroup writes 32 commits of one claim with one sync.
func BenchmarkAppendGroup(b *testing.B) {
	l, err := store.Open(b.TempDir(), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	r := rand.New(rand.NewPCG(1, 2))
	const group = 32
	for b.Loop() {
		cs := make([]*graph.Commit, group)
		for i := range cs {
			cs[i] = synthetic(r, l.Head()+1+graph.Seq(i), 1)
		}
		if err := l.AppendGroup(context.Background(), cs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*group)/b.Elapsed().Seconds(), "commits/s")
}

func benchStore(b *testing.B, claims int) string {
	dir := b.TempDir()
	l, err := store.Open(dir, store.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range claims / 1000 {
		if err := l.Append(context.Background(), synthetic(r, l.Head()+1, 1000)); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	return dir
}

func BenchmarkReplay(b *testing.B) {
	dir := benchStore(b, 100_000)
	l, err := store.Open(dir, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	b.ReportAllocs()
	claims := 0
	for b.Loop() {
		if err := l.Replay(context.Background(), 0, func(c *graph.Commit) error {
			claims += len(c.Claims)
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	perSecond := float64(claims) / b.Elapsed().Seconds()
	b.ReportMetric(perSecond, "claims/s")
	b.ReportMetric(2*perSecond, "quads/s")
}

func BenchmarkOpen(b *testing.B) {
	dir := benchStore(b, 100_000)
	for b.Loop() {
		l, err := store.Open(dir, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// TestMillion measures a store of a million claims; it takes two minutes.
func TestMillion(t *testing.T) {
	if os.Getenv("CASPIAN_MILLION") == "" {
		t.Skip("set CASPIAN_MILLION=1 to measure a million claims")
	}
	dir := t.TempDir()
	l, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var spent time.Duration
	for range 200 {
		c := synthetic(r, l.Head()+1, 5000)
		start := time.Now()
		if err := l.Append(context.Background(), c); err != nil {
			t.Fatal(err)
		}
		spent += time.Since(start)
		if l.Head()%40 == 0 {
			t.Logf("%d claims: %.0f claims/s so far", l.Head()*5000, float64(l.Head()*5000)/spent.Seconds())
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if l, err = store.Open(dir, store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Logf("opened in %v; %d bytes a claim", time.Since(start), folderSize(t, dir)/1e6)
	start = time.Now()
	n := 0
	if err := l.Replay(context.Background(), 0, func(c *graph.Commit) error { n += len(c.Claims); return nil }); err != nil {
		t.Fatal(err)
	}
	t.Logf("replayed %d claims in %v", n, time.Since(start))
	l.Close()
}
