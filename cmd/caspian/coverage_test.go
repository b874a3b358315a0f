package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/graph/coverage"
)

func TestPortion(t *testing.T) {
	for _, c := range []struct {
		part, whole int
		want        string
	}{{0, 0, "–"}, {0, 9, "0 %"}, {9, 9, "100 %"}, {1, 1000, "1 %"}, {999, 1000, "99 %"}, {1, 3, "33 %"}, {2, 3, "67 %"}} {
		if got := portion(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d is %s, want %s", c.part, c.whole, got, c.want)
		}
	}
}

// coverageTable is the README's table of what supports the seeds.
var coverageTable = regexp.MustCompile(`(?s)\| about \| claims .*?\n\|[-:|]+\n(.*?)\n\n`)

// TestReadmeCoverage compares the table of the README with what check counts. Seeds change often, so figures may
// be a little old: counts by a twentieth, shares by two points. A type with two claims in a hundred has a row.
func TestReadmeCoverage(t *testing.T) {
	code, out, words := runCommand(t, "check", "--json")
	var answer struct{ Coverage *coverage.Report }
	if err := json.Unmarshal([]byte(out), &answer); code != cli.ExitOK || err != nil || answer.Coverage == nil {
		t.Fatalf("%d, %v\n%s", code, err, words)
	}
	r := answer.Coverage
	var want strings.Builder
	row := func(name string, n *coverage.Count) {
		fmt.Fprintf(&want, "| %s | %s | %s | %s | %s | %s |\n", name, console.Thousands(n.Claims), portion(n.Dated, n.Timed), portion(n.Located, n.Claims),
			console.Thousands(n.Facts), portion(n.Several, n.Facts))
	}
	row("all", &r.Count)
	for i := range r.Types {
		if t := &r.Types[i]; t.Claims*100 >= r.Claims {
			row(t.Name, &t.Count)
		}
	}
	path := filepath.Join("..", "..", "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	table := coverageTable.FindSubmatchIndex(text)
	if table == nil {
		t.Fatal("the README has no table of what supports the seeds")
	}
	have, now := string(text[table[2]:table[3]]), strings.TrimSpace(want.String())
	if *update && have != now {
		if err := os.WriteFile(path, []byte(string(text[:table[2]])+now+string(text[table[3]:])), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if fault := nearly(have, now); fault != "" {
		t.Errorf("the README says\n%s\nand check counts\n%s\n%s (go test ./cmd/caspian -run ReadmeCoverage -update writes it)", have, now, fault)
	}
}

// nearly compares two tables by their first cells, and returns what differs more than it may. A row of few claims may be
// in one of them only.
func nearly(have, want string) string {
	rows := map[string][]string{}
	for line := range strings.SplitSeq(have, "\n") {
		cells := strings.Split(line, " | ")
		rows[cells[0]] = cells
	}
	most := 0.0
	for line := range strings.SplitSeq(want, "\n") {
		y := strings.Split(line, " | ")
		claims, _ := figure(y[1])
		most = max(most, claims)
		x := rows[y[0]]
		if len(x) != len(y) {
			if claims > most/50 {
				return fmt.Sprintf("the row %q is missing", line)
			}
			continue
		}
		for j := 1; j < len(x); j++ {
			p, percent := figure(x[j])
			q, _ := figure(y[j])
			if most := map[bool]float64{true: 2, false: q / 20}[percent]; math.Abs(p-q) > most {
				return fmt.Sprintf("in the row %q, %s should be %s", x[0], x[j], y[j])
			}
		}
	}
	return ""
}

// figure reads a cell: a number with commas, or a percentage.
func figure(cell string) (n float64, percent bool) {
	number, percent := strings.CutSuffix(strings.Trim(cell, "| "), " %")
	n, err := strconv.ParseFloat(strings.ReplaceAll(number, ",", ""), 64)
	if err != nil {
		return math.Inf(1), percent
	}
	return n, percent
}
