package export

import (
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// TestRangesInCells: a range has its unit in the column of units, as a quantity has.
func TestRangesInCells(t *testing.T) {
	if text, unit := textOf(graph.RangeOf("10..15 bcm")); text != "10..15" || unit != "bcm" {
		t.Errorf("10..15 bcm is %q and %q", text, unit)
	}
}
