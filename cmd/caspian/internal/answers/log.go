package answers

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
)

// LogDocument requests what commits recorded.
const LogDocument = `query Log($since: Int!, $first: Int, $claims: Int) {
  log(sinceSequence: $since, first: $first) {
    sequence recordedAt entities { id type name }
    added(first: $claims) { totalCount nodes { ...ClaimRow } }
    withdrawn(first: $claims) { totalCount nodes { ...ClaimRow } }
  }
}` + claimFragment

// WriteLog writes each commit with some of its claims.
func WriteLog(out *strings.Builder, answer json.RawMessage) error {
	var found []struct {
		Sequence         int
		RecordedAt       string
		Entities         []Named
		Added, Withdrawn recorded
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Fprintln(out, "Nothing was recorded since.")
	}
	for i, x := range found {
		if i > 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintf(out, "%d, %s: %s added, %s withdrawn, about %s\n", x.Sequence, x.RecordedAt,
			console.Count(x.Added.TotalCount, "claim"), console.Thousands(x.Withdrawn.TotalCount), several(x.Entities))
		writeRecorded(out, &x.Added, &x.Withdrawn)
	}
	return nil
}

// recorded has some of the claims that a commit added or withdrew.
type recorded struct {
	TotalCount int
	Nodes      []claimRow
}

// writeRecorded writes a table of the added and withdrawn claims.
func writeRecorded(out *strings.Builder, added, withdrawn *recorded) {
	t := console.NewTable("   ", append([]string{"KIND"}, claimColumns...)...)
	for _, y := range []struct {
		kind string
		*recorded
	}{{"ADDED", added}, {"WITHDRAWN", withdrawn}} {
		for j := range y.Nodes {
			t.Row(append([]string{y.kind}, y.Nodes[j].cells()...)...)
		}
	}
	t.Write(out)
	if more := added.TotalCount + withdrawn.TotalCount - len(added.Nodes) - len(withdrawn.Nodes); more > 0 {
		fmt.Fprintf(out, "   and %s; --claims N shows more\n", console.Count(more, "more claim"))
	}
}

// several writes the ids of a few entities, and the number of the others.
func several(list []Named) string {
	const few = 5
	ids := make([]string, 0, few)
	for _, n := range list[:min(few, len(list))] {
		ids = append(ids, n.ID)
	}
	text := strings.Join(ids, ", ")
	if len(list) > few {
		text += fmt.Sprintf(" and %s more", console.Thousands(len(list)-few))
	}
	return text
}
