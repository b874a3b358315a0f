package store_test

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
)

// BenchmarkAppendFilled appends commits of 1,000 claims, as an import does, to a store that
// has claims already: 200,000, or CASPIAN_BENCH_CLAIMS. Twenty thousand more come first, so that what an
// import prepares once is not counted. Run it with a fixed -benchtime such as 200x.
func BenchmarkAppendFilled(b *testing.B) {
	claims := 200_000
	if n, err := strconv.Atoi(os.Getenv("CASPIAN_BENCH_CLAIMS")); err == nil {
		claims = n
	}
	l, err := store.Open(b.TempDir(), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	const each = 1000
	seq := graph.Seq(0)
	if err := l.Fill(context.Background(), func(add func(*graph.Commit, func() error) error) error {
		for range claims / each {
			seq++
			if err := add(synthetic(r, seq, each), func() error { return nil }); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	for range 20 {
		seq++
		if err := l.Append(context.Background(), synthetic(r, seq, each)); err != nil {
			b.Fatal(err)
		}
	}
	var used time.Duration
	for b.Loop() {
		b.StopTimer()
		seq++
		c := synthetic(r, seq, each)
		before := processorTime(b)
		b.StartTimer()
		if err := l.Append(context.Background(), c); err != nil {
			b.Fatal(err)
		}
		used += processorTime(b) - before
	}
	before := processorTime(b)
	if err := l.Close(); err != nil { // which ends compactions
		b.Fatal(err)
	}
	used += processorTime(b) - before
	total := float64(b.N * each)
	b.ReportMetric(total/b.Elapsed().Seconds(), "claims/s")
	b.ReportMetric(float64(used.Nanoseconds())/total/1000, "cpu-µs/claim")
}

// processorTime is what the process has used, of all cores.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
