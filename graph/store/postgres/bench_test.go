package postgres

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/postgres/pgtest"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// measure reports how many claims a second the function takes, and the processor time of both sides for a claim, which says
// more where the machine is busy. The function closes its logs.
func measure(b *testing.B, claims int, run func()) {
	s := pgtest.Get(b)
	server, own := s.Processor(), used()
	b.ResetTimer()
	run()
	b.StopTimer()
	time.Sleep(100 * time.Millisecond) // the processes of the connections end
	b.ReportMetric(float64(claims)/b.Elapsed().Seconds(), "claims/s")
	b.ReportMetric(float64((s.Processor()-server).Microseconds())/float64(claims), "server-µs/claim")
	b.ReportMetric(float64((used()-own).Microseconds())/float64(claims), "own-µs/claim")
}

// used is the processor time of this process.
func used() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkAppend appends groups of commits: of one claim each, as writers that wait for each other make them, of
// a thousand, as an import, and of many.
func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct{ group, claims int }{{1, 1}, {32, 1}, {1, 1000}, {1, 20_000}} {
		b.Run(fmt.Sprintf("commits=%d/claims=%d", c.group, c.claims), func(b *testing.B) {
			l := openAt(b, b.Name()+fmt.Sprint(b.N))
			measure(b, b.N*c.group*c.claims, func() {
				for range b.N {
					group := make([]*graph.Commit, c.group)
					for i := range group {
						group[i] = storetest.Sample(l.Head()+1+graph.Seq(i), c.claims)
					}
					if err := l.AppendGroup(context.Background(), group); err != nil {
						b.Fatal(err)
					}
				}
				l.Close()
			})
		})
	}
}

// filled is the number of claims of BenchmarkFill and BenchmarkReplay.
const filled = 100_000

// BenchmarkFill fills an empty store, and BenchmarkReplay reads it.
func BenchmarkFill(b *testing.B) {
	measure(b, b.N*filled, func() {
		for n := range b.N {
			fill(b, fmt.Sprint(b.Name(), b.N, n)).Close()
		}
	})
}

func fill(b *testing.B, name string) store.Log {
	l := openAt(b, name)
	var cs []*graph.Commit
	for i := range filled / 1000 {
		cs = append(cs, storetest.Sample(graph.Seq(i)+1, 1000))
	}
	if err := storetest.Fill(l, cs...); err != nil {
		b.Fatal(err)
	}
	return l
}

func BenchmarkReplay(b *testing.B) {
	l := fill(b, fmt.Sprint(b.Name(), b.N))
	measure(b, b.N*filled, func() {
		for range b.N {
			if err := l.Replay(context.Background(), 0, func(*graph.Commit) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
		l.Close()
	})
}
