package values_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/values"
	"github.com/caspian-kg/caspian/schema"
)

// growing is a source of n claims, each of the predicate of its number modulo 4, and
// no two about one entity.
type growing struct{ n uint32 }

func (s growing) Ontology() *schema.Ontology     { return nil }
func (s growing) Value(claim uint32) graph.Value { return graph.IntValue(int64(claim * 7919 % 1009)) }
func (s growing) ID(entity uint32) graph.ID      { return graph.ID(fmt.Sprintf("e%06d", entity)) }

func (s growing) Entries(k values.Key, older values.Source) (list []values.Entry) {
	from := uint32(0)
	if older != nil {
		from = older.(growing).n
	}
	for n := from; n < s.n; n++ {
		if n%4 == uint32(k.Predicate) {
			list = append(list, values.Entry{Subject: n, Claim: n})
		}
	}
	return list
}

func key(predicate uint16) values.Key { return values.Key{Predicate: predicate} }

// has checks that a set's index of a predicate, if there is one, has all its claims and
// no others.
func has(t *testing.T, s *values.Set, source growing, predicate uint16) bool {
	t.Helper()
	x := s.Index(key(predicate))
	if x == nil {
		return false
	}
	if want := len(source.Entries(key(predicate), nil)); x.Len() != want {
		t.Errorf("the index of %d claims has %d entries, want %d", source.n, x.Len(), want)
	}
	if err := x.Check(source); err != nil {
		t.Error(err)
	}
	return true
}

// TestLine builds an index while the line goes on: it is in the set that asked, in the
// newest and in those that follow, and in none that was discarded.
func TestLine(t *testing.T) {
	first := growing{100}
	l, s := values.NewLine(first)
	if has(t, s, first, 0) {
		t.Fatal("an index was built before Run")
	}
	var builds []func()
	l.Run(1<<20, func(build func()) { builds = append(builds, build) })
	twice := has(t, s, first, 0)
	if twice = has(t, s, first, 0) || twice; twice || len(builds) != 1 {
		t.Fatalf("%d builds were started, want 1", len(builds))
	}
	second, third := growing{150}, growing{210}
	s2 := l.Next(s, second)
	s3 := l.Next(s2, third)
	builds[0]()
	if !has(t, s, first, 0) || has(t, s2, second, 0) || !has(t, s3, third, 0) {
		t.Error("the index is not in the set that asked and in the newest")
	}
	if len(builds) != 1 {
		t.Error("an index was built for an older set, though the newest has it")
	}
	fourth := growing{300}
	if s4 := l.Next(s3, fourth); !has(t, s4, fourth, 0) {
		t.Error("the next set has no index")
	}
	l.Rewind(s3)
	other := growing{250}
	if s5 := l.Next(s3, other); !has(t, s5, other, 0) {
		t.Error("the set after a rewind has no index")
	}
	if st := l.Stats(); st.Indexes != 1 || st.Built != 1 || st.Bytes < 16*60 {
		t.Errorf("%+v", st)
	}
}

// TestLineDrops: what was used least makes room, and what is in use does not.
func TestLineDrops(t *testing.T) {
	source := growing{4000} // 16,000 bytes an index
	l, s := values.NewLine(source)
	l.Run(40_000, func(build func()) { build() })
	if !has(t, s, source, 0) || !has(t, s, source, 1) {
		t.Fatal("two indexes have room")
	}
	for range 300 {
		if has(t, s, source, 2) {
			t.Fatal("an index in use was dropped")
		}
		has(t, s, source, 0)
		has(t, s, source, 1)
	}
	if st := l.Stats(); st.Built != 2 || st.Refused != 1 {
		t.Errorf("%+v: an index without room was built more than once", st)
	}
	dropped := false
	for range 300 {
		has(t, s, source, 0)
		dropped = dropped || has(t, s, source, 2)
	}
	if st := l.Stats(); !dropped || !has(t, s, source, 0) || st.Dropped != 1 || st.Bytes > 40_000 {
		t.Errorf("%+v: what nobody used did not make room", st)
	}
	// Growth drops as well.
	grown := growing{8000}
	l.Next(s, grown)
	if st := l.Stats(); st.Bytes > 40_000 || st.Indexes != 1 {
		t.Errorf("%+v after growth", st)
	}
}

// TestLineConcurrently reads sets while a line grows and indexes are built and dropped.
func TestLineConcurrently(t *testing.T) {
	type version struct {
		s      *values.Set
		source growing
	}
	source := growing{100}
	l, s := values.NewLine(source)
	var readers, building sync.WaitGroup
	l.Run(20_000, func(build func()) { building.Go(build) })
	var mu sync.Mutex
	newest := version{s, source}
	done, read := make(chan struct{}), make(chan struct{})
	for seed := range uint64(4) {
		readers.Go(func() {
			r := rand.New(rand.NewPCG(seed, 1))
			for {
				mu.Lock()
				v := newest
				mu.Unlock()
				has(t, v.s, v.source, uint16(r.IntN(4)))
				select {
				case <-done:
					return
				case read <- struct{}{}:
				}
			}
		})
	}
	for range 200 {
		next := growing{source.n + 11}
		s = l.Next(s, next)
		source = next
		mu.Lock()
		newest = version{s, source}
		mu.Unlock()
		<-read
	}
	close(done)
	readers.Wait()
	building.Wait()
	if st := l.Stats(); st.Built == 0 || st.Bytes > 20_000 {
		t.Errorf("%+v", st)
	}
}
