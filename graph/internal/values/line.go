package values

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Key identifies an index.
type Key struct {
	Predicate uint16
	Order     Order
	Named     bool // whether the index has the ids of entities without a name
}

// Source is a snapshot from which indexes are built.
type Source interface {
	Graph
	// Entries returns the entries of an index that this source has and older does not, in any order. If older
	// is nil, it returns all entries, sorted by the ids of their subjects.
	Entries(k Key, older Source) []Entry
}

// Line decides which indexes a line of snapshots has: those that requests needed, as far as memory permits.
// Indexes are built outside of requests. To make room for another, the index that was not used for longest is
// dropped. A Line is safe for concurrent use.
type Line struct {
	// mu guards the following. It is held while indexes of an older set are updated to the newest snapshot, so
	// that no newer one is published in between. Readers of built indexes do not take it.
	mu     sync.Mutex
	start  func(build func())
	limit  int
	newest *Set
	fields map[Key]*field
	stats  Stats
	// wanted counts the requests that missed an index. It is the clock for used.
	wanted atomic.Uint64
}

// field is the history of one index, whether or not it is built at present.
type field struct {
	used     atomic.Uint64 // the value of wanted when it was last used
	building bool
	size     int // the bytes of the index built last
}

// Stats describes the indexes of a line.
type Stats struct {
	// Indexes is the number of indexes that the newest snapshot has, and Bytes their memory.
	Indexes, Bytes int
	// Beside is the memory of the other caches of a snapshot, in bytes.
	Beside int
	// Built, Dropped and Refused count indexes since the start. A refused index was built, but there was no
	// room for it.
	Built, Dropped, Refused int
}

// With returns the statistics with Beside set.
func (x Stats) With(beside int64) Stats {
	x.Beside = int(beside)
	return x
}

// Set has the indexes of one snapshot.
type Set struct {
	line   *Line
	source Source
	built  atomic.Pointer[map[Key]built]
	base   *Set // of the snapshot from which the line was forked; nil if it was not
}

type built struct {
	*Index
	field *field
}

// recently protects an index that was used: it is not dropped until this many later requests missed an index.
// Otherwise indexes that do not fit together would replace each other again and again.
const recently = 64

// NewLine returns a line whose newest snapshot is source, and the set of indexes of that snapshot. It builds
// nothing before Run.
func NewLine(source Source) (*Line, *Set) {
	l := &Line{fields: map[Key]*field{}}
	l.newest = l.set(source, map[Key]built{})
	return l, l.newest
}

func (l *Line) set(source Source, m map[Key]built) *Set {
	s := &Set{line: l, source: source}
	s.built.Store(&m)
	return s
}

// Run permits that indexes are built from now on. start must run build, either at once or after start has
// returned. limit bounds the memory of the indexes, in bytes.
func (l *Line) Run(limit int, start func(build func())) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limit, l.start = limit, start
}

// Stats returns the current statistics.
func (l *Line) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	st := l.stats
	for _, b := range *l.newest.built.Load() {
		st.Indexes++
		st.Bytes += b.Bytes()
	}
	return st
}

// Index returns the index of the key. If the set does not have it, Index returns nil and has the index built if
// there is room.
func (s *Set) Index(k Key) *Index {
	if x := s.have(k); x != nil {
		return x
	}
	if s.base != nil {
		return s.derive(k)
	}
	if start := s.line.want(s, k); start != nil {
		start(func() { s.build(k) })
		return s.have(k) // not nil if it was built at once
	}
	return nil
}

// Fork returns the line and the set of a snapshot that is forked from that of s. Its indexes are those of s with
// the fork's own claims, made when they are asked for.
func (s *Set) Fork(source Source) (*Line, *Set) {
	l := &Line{fields: map[Key]*field{}}
	l.newest = l.forked(source, s)
	return l, l.newest
}

func (l *Line) forked(source Source, base *Set) *Set {
	s := l.set(source, map[Key]built{})
	s.base = base
	return s
}

// derive makes an index of a fork from that of its base, or returns nil if the base has none.
func (s *Set) derive(k Key) *Index {
	of := s.base.Index(k)
	if of == nil {
		return nil
	}
	x := of
	if added := s.source.Entries(k, s.base.source); len(added) > 0 {
		x = of.With(s.source, added)
	}
	s.line.mu.Lock()
	defer s.line.mu.Unlock()
	s.put(k, built{x, &field{}})
	return x
}

func (s *Set) have(k Key) *Index {
	b, ok := (*s.built.Load())[k]
	if !ok {
		return nil
	}
	// Usually no index was missing since the last use; then nothing is written, so that readers do not contend
	// for the memory.
	if now := s.line.wanted.Load(); b.field.used.Load() != now {
		b.field.used.Store(now)
	}
	return b.Index
}

// want records that an index is missing. start is nil if the index must not be built now.
func (l *Line) want(s *Set, k Key) (start func(build func())) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wanted.Add(1)
	f := l.fields[k]
	if f == nil {
		f = &field{}
		l.fields[k] = f
	}
	// An index that the newest snapshot has is not built for an older one, which few requests still read.
	_, has := (*l.newest.built.Load())[k]
	if l.start == nil || f.building || has || l.victims(f.size) == nil {
		return nil
	}
	f.building = true
	return l.start
}

// build builds the index of a set, and updates it to the newest snapshot.
func (s *Set) build(k Key) {
	x := Build(s.source, k.Order, s.source.Entries(k, nil))
	l := s.line
	l.mu.Lock()
	defer l.mu.Unlock()
	f, now := l.fields[k], x // includes what was recorded meanwhile
	if n := l.newest; n != s {
		now = x.With(n.source, n.source.Entries(k, s.source))
	}
	f.building, f.size = false, now.Bytes()
	f.used.Store(l.wanted.Load())
	victims := l.victims(f.size)
	if victims == nil {
		l.stats.Refused++
		return
	}
	l.drop(victims)
	l.stats.Built++
	s.put(k, built{x, f})
	if n := l.newest; n != s {
		n.put(k, built{now, f})
	}
}

func (s *Set) put(k Key, b built) {
	m := maps.Clone(*s.built.Load())
	m[k] = b
	s.built.Store(&m)
}

// victims returns the indexes to drop to make room for one of the given size. If there is no room, ok is false
// or the result is nil.
func (l *Line) victims(bytes int) []Key {
	have := maps.Clone(*l.newest.built.Load())
	total := bytes
	for _, b := range have {
		total += b.Bytes()
	}
	victims := []Key{}
	for total > l.limit {
		k, ok := least(have)
		if !ok || have[k].field.used.Load()+recently > l.wanted.Load() {
			return nil
		}
		total -= have[k].Bytes()
		victims = append(victims, k)
		delete(have, k)
	}
	return victims
}

// least returns the index that was not used for longest.
func least(have map[Key]built) (k Key, ok bool) {
	for other, b := range have {
		if !ok || b.field.used.Load() < have[k].field.used.Load() {
			k, ok = other, true
		}
	}
	return k, ok
}

func (l *Line) drop(victims []Key) {
	if len(victims) == 0 {
		return
	}
	m := maps.Clone(*l.newest.built.Load())
	for _, k := range victims {
		delete(m, k)
	}
	l.newest.built.Store(&m)
	l.stats.Dropped += len(victims)
}

// Next returns the set for the next snapshot, with the same indexes updated to it. That set is the newest from
// now on.
func (l *Line) Next(old *Set, next Source) *Set {
	l.mu.Lock()
	defer l.mu.Unlock()
	if old.base != nil {
		l.newest = l.forked(next, old.base)
		return l.newest
	}
	m := *old.built.Load()
	grown := false
	for k, b := range m {
		added := next.Entries(k, old.source)
		if len(added) == 0 {
			continue
		}
		if !grown {
			m, grown = maps.Clone(m), true
		}
		m[k] = built{b.With(next, added), b.field}
	}
	l.newest = l.set(next, m)
	if grown {
		total := 0
		for _, b := range m {
			total += b.Bytes()
		}
		for total > l.limit {
			k, ok := least(*l.newest.built.Load())
			if !ok {
				break
			}
			total -= m[k].Bytes()
			l.drop([]Key{k})
		}
	}
	return l.newest
}

// Rewind makes a set the newest again.
func (l *Line) Rewind(s *Set) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.newest = s
}
