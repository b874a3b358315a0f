package snapshot

import (
	"fmt"
	"slices"
	"strings"
)

// CacheKey is a key for what is computed from the view. Two views of one
// snapshot with the same KnownSeq and CacheKey show the same claims, and hold
// them equally sure.
func (v *View) CacheKey() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %d %d %t", v.on.First, v.on.Last, v.mode, v.minConfidence, v.sure)
	if v.sources != nil {
		ids := make([]uint32, 0, len(v.sources))
		for n, chosen := range v.sources {
			if chosen {
				ids = append(ids, n)
			}
		}
		slices.Sort(ids)
		fmt.Fprint(&b, " ", ids)
	}
	return b.String()
}
