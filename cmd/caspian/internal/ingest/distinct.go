package ingest

import "github.com/caspian-kg/caspian/graph"

// distinct removes operations that repeat an earlier one exactly. Rows that share a source or an organisation each
// declare it.
func distinct(ops []graph.Op) []graph.Op {
	seen := map[string]bool{}
	kept := ops[:0]
	for i := range ops {
		if ops[i].Position.Row > 0 && ops[i].Kind != graph.Notice {
			key := (&graph.Change{Ops: ops[i : i+1]}).Digest()
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		kept = append(kept, ops[i])
	}
	return kept
}
