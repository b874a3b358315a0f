package snapshot

import "github.com/caspian-kg/caspian/graph/filter"

// Checked tells tests of growth that each snapshot checks itself.
const Checked = checked

// Keeps is keeps.
func (v *View) Keeps(f *filter.Node, node uint32) bool { return v.keeps(f, node) }
