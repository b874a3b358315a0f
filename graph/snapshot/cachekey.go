package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// CacheKey returns a key for what is computed from the view. Two views of one snapshot with the
// same KnownSeq and CacheKey show the same claims with the same certainty.
func (v *View) CacheKey() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %d %d %d %t", v.s.Lens, v.on.First, v.on.Last, v.mode, v.minConfidence, v.sure)
	for _, set := range [...]map[uint32]bool{v.sources, v.later} {
		if set != nil {
			fmt.Fprint(&b, " ", slices.Sorted(maps.Keys(set)))
		}
	}
	return b.String()
}
