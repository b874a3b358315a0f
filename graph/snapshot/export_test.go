package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
)

// ErrInterrupted is errInterrupted.
var ErrInterrupted = errInterrupted

// Checked says to tests of growth that each snapshot checks itself.
const Checked = checked

// Keeps is keeps.
func (v *View) Keeps(f *filter.Node, node uint32) bool { return v.keeps(f, node) }

// Read is one value of an edge, as orders, groups and sums read it.
func (v *View) Read(by filter.Reading, e Edge) graph.Value {
	r := v.reader(by)
	return r.value(v, e)
}
