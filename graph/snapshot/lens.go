package snapshot

import (
	"fmt"
	"slices"
	"strings"
)

// Lens tells views apart that know the same (KnownSeq): two of one snapshot that
// have the same lens then show the same claims, and hold them equally sure.
func (v *View) Lens() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %d", v.on.First, v.on.Last, v.minConfidence)
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

// Lasting is the view without the end that Until gave it: for what outlives a
// request and is shared between goroutines.
func (v *View) Lasting() *View {
	if v.interrupt == nil {
		return v
	}
	c := *v
	c.interrupt = nil
	return &c
}
