package answers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
)

const importFragment = `
fragment ImportRow on Import {
  id last recordedAt label files format sync undid undidSource undoneBy claimsStated claimsWithdrawn claimsReinstated
}`

// ImportsDocument requests imports, the newest first.
const ImportsDocument = `query Imports($before: Int, $first: Int) {
  imports(before: $before, first: $first) { ...ImportRow }
}` + importFragment

// ImportDocument requests the last import before a number, with some of its claims.
const ImportDocument = `query Import($before: Int!, $claims: Int) {
  imports(before: $before, first: 1) {
    ...ImportRow
    sources { id name }
    added(first: $claims) { totalCount nodes { ...ClaimRow } }
    withdrawn(first: $claims) { totalCount nodes { ...ClaimRow } }
  }
}` + importFragment + claimFragment

// importRow is an import in an answer.
type importRow struct {
	ID, Last                                        int
	RecordedAt, Label, Files, Format, Sync          string
	Undid, UndoneBy                                 int
	UndidSource                                     string
	ClaimsStated, ClaimsWithdrawn, ClaimsReinstated int
}

// what describes an import.
func (r *importRow) what() string {
	var parts []string
	switch {
	case r.Undid != 0:
		parts = append(parts, fmt.Sprintf("undo of %d", r.Undid))
	case r.UndidSource != "":
		parts = append(parts, "undo of what "+r.UndidSource+" states")
	}
	for _, s := range []string{r.Label, r.Files} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if r.Sync != "" {
		parts = append(parts, "all that "+r.Sync+" states")
	}
	if r.UndoneBy != 0 {
		parts = append(parts, fmt.Sprintf("undone by %d", r.UndoneBy))
	}
	return strings.Join(parts, "; ")
}

// WriteImports writes a line for each import.
func WriteImports(out *strings.Builder, answer json.RawMessage) error {
	var found []importRow
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Fprintln(out, "Nothing was imported.")
		return nil
	}
	t := console.NewTable("", "IMPORT", "RECORDED", "STATED", "WITHDRAWN", "REINSTATED", "FORMAT", "WHAT")
	for i := range found {
		r := &found[i]
		t.Row(fmt.Sprint(r.ID), r.RecordedAt, console.Thousands(r.ClaimsStated), console.Thousands(r.ClaimsWithdrawn), console.Thousands(r.ClaimsReinstated), cmp.Or(r.Format, "-"), r.what())
	}
	t.Write(out)
	return nil
}

// WriteImport writes an import with some of its claims.
func WriteImport(out *strings.Builder, answer json.RawMessage) error {
	var found struct {
		importRow
		Sources          []Named
		Added, Withdrawn recorded
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	fmt.Fprintf(out, "import %d, %s: %s\n%s added, %s withdrawn, by %s\n", found.ID, found.RecordedAt, found.what(),
		console.Count(found.Added.TotalCount, "claim"), console.Thousands(found.Withdrawn.TotalCount), several(found.Sources))
	writeRecorded(out, &found.Added, &found.Withdrawn)
	return nil
}
