package main

import (
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/graph/coverage"
)

// writeCoverage writes the report as a table by type; predicates adds the predicates of each type.
func writeCoverage(out *strings.Builder, r *coverage.Report, predicates bool) {
	table := console.NewTable("", "ABOUT", "CLAIMS", "DATED", "LOCATED", "FACTS", "SEVERAL SOURCES")
	row := func(name string, n *coverage.Count) {
		table.Row(name, console.Thousands(n.Claims), portion(n.Dated, n.Timed), portion(n.Located, n.Claims), console.Thousands(n.Facts), portion(n.Several, n.Facts))
	}
	row("all", &r.Count)
	for i := range r.Types {
		t := &r.Types[i]
		row(t.Name, &t.Count)
		for j := 0; predicates && j < len(t.Predicates); j++ {
			row("  "+t.Predicates[j].Name, &t.Predicates[j].Count)
		}
	}
	table.Write(out)
}

// portion writes a share in whole percent. It writes 0 and 100 only for exact values.
func portion(part, whole int) string {
	switch {
	case whole == 0:
		return "–"
	case part == 0 || part == whole:
		return fmt.Sprintf("%d %%", 100*part/whole)
	}
	return fmt.Sprintf("%d %%", min(99, max(1, (200*part+whole)/(2*whole))))
}
