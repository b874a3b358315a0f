package snapshot

// Checked tells tests of growth that each snapshot checks itself.
const Checked = checked
