package question

import (
	"sync"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// ViewCache keeps what was computed for the views asked last, so that questions
// of one view share it and a view after a write starts from what the view
// before it had. The zero value is ready; it is safe for concurrent use.
type ViewCache[T any] struct {
	// mu guards list. The lock is not held while a value is computed, so that long work
	// blocks nobody. Two questions at the same time may therefore compute the same value.
	mu   sync.Mutex
	list []Cached[T] // the most recently used first
}

// Cached is a value and the view that it was computed for.
type Cached[T any] struct {
	View  *snapshot.View
	Value T
	key   string
}

const (
	// maxCached bounds the memory: a network has about 400 bytes a leg.
	maxCached = 8
	// maxLag is how many commits an item may be older than the newest: it retains its
	// snapshot, which shares less and less with later ones.
	maxLag = 256
)

// Of returns the value for a view. The key names the kind of value; Of adds
// the view's cache key to it. make computes the value; old is the value of an earlier
// state for the same key, or nil if there is none.
func (k *ViewCache[T]) Of(v *snapshot.View, key string, make func(old *Cached[T]) (T, error)) (T, error) {
	item := Cached[T]{View: v.WithDone(nil), key: key + " " + v.CacheKey()}
	old := k.find(&item)
	if old != nil && old.View.Snapshot() == v.Snapshot() && old.View.KnownSeq() == v.KnownSeq() {
		return old.Value, nil
	}
	var err error
	if item.Value, err = make(old); err != nil {
		return item.Value, err
	}
	k.keep(item)
	return item.Value, nil
}

// find returns the item itself, or else the latest one from which it may be built.
func (k *ViewCache[T]) find(want *Cached[T]) *Cached[T] {
	k.mu.Lock()
	defer k.mu.Unlock()
	best := -1
	for i := range k.list {
		x := &k.list[i]
		if x.key != want.key || !precedes(x.View, want.View) {
			continue
		}
		if best < 0 || x.View.KnownSeq() > k.list[best].View.KnownSeq() ||
			x.View.KnownSeq() == k.list[best].View.KnownSeq() && x.View.Snapshot().Seq() > k.list[best].View.Snapshot().Seq() {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	x := k.list[best]
	copy(k.list[1:best+1], k.list[:best])
	k.list[0] = x
	return &x
}

// precedes reports whether one view is of the same history as another, and neither its
// snapshot nor its record time is later.
func precedes(old, v *snapshot.View) bool {
	a, b := old.Snapshot(), v.Snapshot()
	if a == b {
		return old.KnownSeq() <= v.KnownSeq()
	}
	if a.Ontology() != b.Ontology() || a.Seq() >= b.Seq() || old.KnownSeq() > v.KnownSeq() || a.ClaimCount() > b.ClaimCount() || a.EntityCount() > b.EntityCount() {
		return false
	}
	last := uint32(a.ClaimCount()) - 1
	return a.ClaimCount() == 0 || a.ClaimID(last) == b.ClaimID(last)
}

// keep puts an item first, and removes the items that it replaces: those of a snapshot no
// later than its own that have the same record time, or whose record time was the present if
// its own is.
func (k *ViewCache[T]) keep(item Cached[T]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := []Cached[T]{item}
	now := item.View.KnownSeq() == item.View.Snapshot().Seq()
	for _, x := range k.list {
		past := x.View.Snapshot().Seq() <= item.View.Snapshot().Seq() &&
			(x.View.KnownSeq() == item.View.KnownSeq() || now && x.View.KnownSeq() == x.View.Snapshot().Seq())
		stale := x.View.Snapshot().Seq()+maxLag < item.View.Snapshot().Seq()
		if len(list) < maxCached && !stale && !(x.key == item.key && past) {
			list = append(list, x)
		}
	}
	k.list = list
}
