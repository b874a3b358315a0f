package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestCompare compares an edited copy of the prelude with the prelude, for each case in
// testdata/compare.txt: a line "old -> new" for each replacement, then the changes that
// Compare must report.
func TestCompare(t *testing.T) {
	file := filepath.Join("testdata", "compare.txt")
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	earlier, err := Load("earlier", comparePrelude)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range ar.Files {
		edits, want, _ := strings.Cut(string(c.Data), "----\n")
		text := comparePrelude
		for line := range strings.Lines(edits) {
			from, to, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " -> ")
			if !ok || !strings.Contains(text, from) {
				t.Fatalf("%s: %q replaces nothing", c.Name, line)
			}
			text = strings.ReplaceAll(text, from, to)
		}
		later, err := Load("later", text)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		got := ""
		for _, x := range Compare(earlier, later) {
			got += x.String() + "\n"
		}
		if got != want {
			t.Errorf("%s: found\n%swant\n%s", c.Name, got, want)
		}
		ar.Files[i].Data = []byte(edits + "----\n" + got)
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const comparePrelude = `
interface Entity { name: String @time(kind: STATE) }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
type Country implements Entity @entity(plural: "countries") {
  capital: City @time(kind: STATE)
  exports(share: Float, planned: Boolean): [City!] @time(kind: OBSERVATION)
  motto: [String!] @time(kind: STATE)
  grade: Grade @time(kind: STATE)
  length: Float @time(kind: STATE) @unit(code: "km")
}
type City implements Entity @entity(plural: "cities") { population: Int @time(kind: OBSERVATION) }
type Port implements Entity { berths: Int @time(kind: STATE) }
enum Grade { HIGH MIDDLE LOW }
enum Unit { km @measures(dimension: "length") m @measures(dimension: "length") }
`
