package analysis

import (
	"sync"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// kept keeps what was worked out of the views asked last, so that questions
// that share a view share it, and that a view after a write begins with what
// the one before it had. The zero value is ready; it is safe for concurrent use.
type kept[T any] struct {
	// mu guards list. It is not held while anything is worked out, so that
	// long work stops nobody; two questions at once may work out the same.
	mu   sync.Mutex
	list []keptItem[T] // the one used last in front
}

type keptItem[T any] struct {
	key   string
	view  *snapshot.View
	value T
}

const (
	// maxKept bounds the memory: a network has about 400 bytes a leg.
	maxKept = 8
	// maxBehind is how many commits behind the newest an item may be: it holds on
	// to its snapshot, of which later ones share less and less.
	maxBehind = 256
)

// of returns what belongs to a view. key tells what it is and, with the view's
// lens, apart from others. make works it out; old is what an earlier state of
// the same lens had, or nil.
func (k *kept[T]) of(v *snapshot.View, key string, make func(old *keptItem[T]) (T, error)) (T, error) {
	item := keptItem[T]{key + " " + v.Lens(), v.Lasting(), *new(T)}
	old := k.find(&item)
	if old != nil && old.view.Snapshot() == v.Snapshot() && old.view.KnownSeq() == v.KnownSeq() {
		return old.value, nil
	}
	var err error
	if item.value, err = make(old); err != nil {
		return item.value, err
	}
	k.keep(item)
	return item.value, nil
}

// find is the item itself, or else the latest one that it may be made from.
func (k *kept[T]) find(want *keptItem[T]) *keptItem[T] {
	k.mu.Lock()
	defer k.mu.Unlock()
	best := -1
	for i := range k.list {
		x := &k.list[i]
		if x.key != want.key || !precedes(x.view, want.view) {
			continue
		}
		if best < 0 || x.view.KnownSeq() > k.list[best].view.KnownSeq() ||
			x.view.KnownSeq() == k.list[best].view.KnownSeq() && x.view.Snapshot().Seq() > k.list[best].view.Snapshot().Seq() {
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

// precedes tells whether one view is of the same line of snapshots as another,
// and neither it nor what it knows is later.
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

// keep puts an item in front of the others, and in place of those that nobody
// will ask for again: of what was known then, and of what is known now as of an
// earlier snapshot.
func (k *kept[T]) keep(item keptItem[T]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := []keptItem[T]{item}
	now := item.view.KnownSeq() == item.view.Snapshot().Seq()
	for _, x := range k.list {
		past := x.view.Snapshot().Seq() <= item.view.Snapshot().Seq() &&
			(x.view.KnownSeq() == item.view.KnownSeq() || now && x.view.KnownSeq() == x.view.Snapshot().Seq())
		behind := x.view.Snapshot().Seq()+maxBehind < item.view.Snapshot().Seq()
		if len(list) < maxKept && !behind && !(x.key == item.key && past) {
			list = append(list, x)
		}
	}
	k.list = list
}
