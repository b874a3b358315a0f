package question

import (
	"sync"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// ViewCache caches values computed for the last views, so that questions in one view share a value, and so that
// a view after a write can derive its value from the previous one. The zero value is ready to use and safe for
// concurrent use.
type ViewCache[T any] struct {
	// mu guards list. It is not held while a value is computed, so that long work blocks nobody. Therefore two
	// concurrent questions may compute the same value.
	mu   sync.Mutex
	list []Cached[T] // the most recently used first
}

// Cached is a value and the view for which it was computed.
type Cached[T any] struct {
	View  *snapshot.View
	Value T
	key   string
}

const (
	// maxCached bounds the memory: a network takes about 400 bytes a leg.
	maxCached = 8
	// maxLag is by how many commits a cached item may be older than the newest. An item keeps its snapshot
	// alive, which shares ever less with later ones.
	maxLag = 256
)

// Of returns the value for a view. key names the kind of value; Of adds the view's cache key. make computes the
// value; old is the value of an earlier view for the same key, or nil if there is none.
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

// find returns the item itself, or else the latest one from which it may be derived.
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

// precedes reports whether old is a view of the same history as v, and neither its snapshot nor its record time
// is later.
func precedes(old, v *snapshot.View) bool {
	a, b := old.Snapshot(), v.Snapshot()
	if a.Graph == b.Graph {
		return old.KnownSeq() <= v.KnownSeq()
	}
	if a.Base() != nil {
		return false
	}
	if of := b.Base(); of != nil {
		if b = (&snapshot.Snapshot{Graph: of}); a.Graph == b.Graph {
			return old.KnownSeq() <= v.KnownSeq()
		}
	}
	if a.Ontology() != b.Ontology() || a.Seq() >= b.Seq() || old.KnownSeq() > v.KnownSeq() || a.ClaimCount() > b.ClaimCount() || a.EntityCount() > b.EntityCount() {
		return false
	}
	last := uint32(a.ClaimCount()) - 1
	return a.ClaimCount() == 0 || a.ClaimID(last) == b.ClaimID(last)
}

// keep puts an item first and removes the items that it replaces. These have a snapshot that is not later, and
// the same record time; or both record times were the present.
func (k *ViewCache[T]) keep(item Cached[T]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := []Cached[T]{item}
	now := item.View.KnownSeq() == item.View.Snapshot().Seq()
	for _, x := range k.list {
		past := x.View.Snapshot().Seq() <= item.View.Snapshot().Seq() &&
			(x.View.KnownSeq() == item.View.KnownSeq() || now && x.View.KnownSeq() == x.View.Snapshot().Seq())
		// Scenarios of one snapshot do not replace each other, nor the facts.
		if was, is := x.View.Snapshot().Base(), item.View.Snapshot().Base(); was != nil || is != nil {
			past = was != nil && is != nil && was.Seq() < is.Seq()
		}
		stale := x.View.Snapshot().Seq()+maxLag < item.View.Snapshot().Seq()
		if len(list) < maxCached && !stale && !(x.key == item.key && past) {
			list = append(list, x)
		}
	}
	k.list = list
}
