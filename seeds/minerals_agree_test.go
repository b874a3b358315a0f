package seeds_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// mineralsDiffer are the figures of the tables that the seeds do not have, by what is in their table, country, column or type, and why.
var mineralsDiffer = []struct{ table, country, column, kind, why string }{
	{country: "Other", why: "a remainder, not a country"},
	{country: "World total (ilmenite and rutile", why: "a total of two goods"},
	{country: "World total (rounded), excluding", why: "the total leaves a country out"},
	{column: "Cap_", why: "capacity is not read"},
	{table: "timin", country: "United States", why: "ilmenite and rutile in one figure"},
	{table: "simet", kind: "silicon content", why: "ferrosilicon, or both in one figure"},
	{table: "zinc", country: "Australia", column: "Reserves_kt", why: "the number of a footnote is before the figure of 2023"},
	{table: "cemen", kind: "linker", why: "the capacity of clinker"},
	{table: "feste", kind: "ig iron", why: "pig iron; steel is read"},
	{table: "boron", why: "ores, compounds and oxides that cannot be added"},
	{table: "heliu", why: "volumes of a gas, of the United States in two rows"},
	{table: "mgcomp", why: "the editions measure magnesite otherwise"},
}

// mineralsLeft are the tables of goods that the seeds do not follow.
var mineralsLeft = strings.Fields("abras bromi clays diato fepig garne gypsu kyani lime mica peat perli pumic sandi sodaa stond talc vermi wolla zeoli")

// mineralsOf are the units of columns, in those of the seeds.
var mineralsOf = map[string]float64{"t": 1, "kt": 1e3, "kg": 1e-3, "mmt": 1e6, "mt": 1e6, "mct": 0.2, "kct": 0.2e-3, "tREO": 1, "Mt": 1e6}

// mineralsMisprinted are the columns whose head has another unit than the page that was printed.
var mineralsMisprinted = map[string]string{
	"mcs2023-chrom_world.csv prod": "kt", "mcs2023-rheni_world.csv reserves": "kg", "mcs2023-vanad_world.csv reserves": "kt", "mcs2024-selen_world.csv reserves": "t",
}

var (
	mineralsTable  = regexp.MustCompile(`(?i)^mcs(\d{4})[-_]([a-z-]+)_world\.csv$`)
	mineralsColumn = regexp.MustCompile(`(?i)^(prod|reserves|cap)(?:_(?:sponge|pigment|ore_K2O_equiv))?(?:_([a-z]+))??(?:_est)?(?:_(\d{4}))?(?:_est)?$`)
	mineralsNumber = regexp.MustCompile(`^e?[\d,]+(\.\d+)?$`)
)

// TestMineralsAgree reads the tables of the USGS again, by other means, and looks for each of their figures in the seeds: it is there, or
// left out for a reason that is written here; each reason is needed.
func TestMineralsAgree(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(data, "minerals-usgs-mcs", "202[234]", "*.csv"))
	if err != nil || len(paths) == 0 {
		t.Skip("skipped: the tables are absent")
	}
	stated := map[string][]float64{}
	for _, c := range loadSeeds(t).commit.Claims {
		q := c.Value
		if c.Predicate != "worldTotal" {
			q = c.Qualifier("quantity")
		}
		if slices.Contains([]string{"produces", "reserves", "worldTotal"}, c.Predicate) && strings.HasPrefix(string(c.Source), "usgs-mcs-") {
			key := c.Locator + " " + c.Valid.String() + map[bool]string{true: " reserves"}[isStock(&c)]
			stated[key] = append(stated[key], q.Float()*mineralsOf[q.Text()])
		}
	}
	figures, used := 0, map[string]bool{}
	for _, path := range paths {
		if m := mineralsTable.FindStringSubmatch(filepath.Base(path)); m != nil && !slices.Contains(mineralsLeft, m[2]) {
			figures += compareMinerals(t, path, m[1], m[2], stated, used)
		}
	}
	for _, d := range mineralsDiffer {
		if !used[d.why] {
			t.Errorf("no figure is left out because of this any more: %s", d.why)
		}
	}
	t.Logf("%d figures of %d tables", figures, len(paths))
}

func isStock(c *graph.Claim) bool { return c.Qualifier("measure").String() == "RESERVES" }

// compareMinerals looks for the figures of one table, and counts them.
func compareMinerals(t *testing.T, path, edition, table string, stated map[string][]float64, used map[string]bool) (figures int) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows[0][0] = strings.TrimPrefix(rows[0][0], "\ufeff")
	for _, cells := range rows[1:] {
		row := map[string]string{}
		for i, cell := range cells[:min(len(cells), len(rows[0]))] {
			row[rows[0][i]] = strings.TrimSpace(strings.ReplaceAll(cell, "\u00a0", " "))
		}
		for _, column := range rows[0] {
			m, cell, name := mineralsColumn.FindStringSubmatch(column), row[column], row["Country"]
			x, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimPrefix(cell, "e"), ",", ""), 64)
			if m == nil || err != nil || x == 0 || !mineralsNumber.MatchString(cell) {
				continue
			}
			figures++
			if why := leftOut(table, name, column, row["Type"]); why != "" {
				used[why] = true
				continue
			}
			if !isStated(stated, path, edition, name, m, x) {
				t.Errorf("%s: %s of %s, %s (%s), is not in the seeds", filepath.Base(path), column, name, cell, row["Type"])
			}
		}
	}
	return figures
}

func leftOut(table, country, column, kind string) string {
	for _, d := range mineralsDiffer {
		if (d.table == "" || d.table == table) && strings.HasPrefix(country, d.country) && strings.HasPrefix(column, d.column) && strings.Contains(kind, d.kind) {
			return d.why
		}
	}
	return ""
}

// isStated reports whether the seeds have the figure x of a column: m are its parts.
func isStated(stated map[string][]float64, path, edition, country string, m []string, x float64) bool {
	base, unit, year := filepath.Base(path), strings.ToLower(m[2]), m[3]
	stock := strings.EqualFold(m[1], "reserves")
	key := base + " " + strings.ToLower(m[1])
	if u := mineralsMisprinted[key]; u != "" {
		unit = u
	}
	suffix := ""
	if stock {
		e, _ := strconv.Atoi(edition)
		year, suffix = strconv.Itoa(e-1), " reserves"
	}
	want := x * mineralsOf[unit]
	return slices.ContainsFunc(stated[fmt.Sprintf("%s/%s %s%s", base, country, year, suffix)], func(have float64) bool {
		return math.Abs(have-want) <= 1e-6*math.Max(have, want)+1e-9
	})
}
