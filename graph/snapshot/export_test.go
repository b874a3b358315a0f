package snapshot

import (
	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph/internal/memory"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
)

// Checked says to tests of growth that each snapshot checks itself.
const Checked = memory.Checked

// Keeps is keeps.
func (v *View) Keeps(f *filter.Node, node uint32) bool { return v.keeps(f, node) }

// Read is one value of an edge, as orders, groups and sums read it.
func (v *View) Read(by filter.Reading, e Edge) graph.Value {
	r := v.reader(by)
	return r.value(v, e)
}

// Shorten makes in some runs of a property test even short lists long ones, in chunks of
// few elements. It returns what sets that back.
func Shorten(t *rapid.T) (restore func()) {
	if !rapid.Bool().Draw(t, "short chunks") {
		return func() {}
	}
	return column.Shorten(rapid.IntRange(0, 3).Draw(t, "flat"), rapid.IntRange(1, 4).Draw(t, "chunk"), rapid.IntRange(2, 3).Draw(t, "branch"))
}

// Within are the entities that an index of values finds for a test; ok is false where
// none can tell.
func (v *View) Within(by filter.Reading, t *filter.Test) (nodes []uint32, ok bool) {
	rows, state := paths{v}.Within(by, t)
	paths{v}.WalkWithin(by, t, func(n uint32) bool {
		nodes = append(nodes, n)
		return true
	})
	return nodes, state == access.Ready && rows >= len(nodes)
}

// InOrder are the first entities that an index of values finds in the order of a key,
// at most some; ok is false if there is no index.
func (v *View) InOrder(key filter.Key, t *filter.Test, from *access.Place, most int) (nodes []uint32, ok bool) {
	_, state := paths{v}.InOrder(key, t)
	paths{v}.WalkInOrder(key, t, from, func(n uint32) bool {
		nodes = append(nodes, n)
		return len(nodes) < most
	})
	return nodes, state == access.Ready
}

// Plannings are the view with every list read by the cheapest path, walked whole, and
// read by a path of another kind wherever there is one.
func (v *View) Plannings() []*View {
	var all []*View
	for _, p := range []planning{cheapest, never, always} {
		w := v.WithDone(make(chan struct{})) // as requests have it
		w.planning = p
		all = append(all, w)
	}
	return all
}

// KeepAtMost bounds what is kept beside long lists, and the cards.
func (s *Snapshot) KeepAtMost(bytes int64) { s.LimitBeside(bytes) }
