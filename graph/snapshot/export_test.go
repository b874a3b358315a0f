package snapshot

// Checked tells tests of growth that each snapshot checks itself.
const Checked = checked

// Keeps is keeps.
func (v *View) Keeps(f *Filter, node uint32) bool { return v.keeps(f, node) }
