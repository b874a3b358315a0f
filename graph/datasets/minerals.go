package datasets

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// Minerals reads the data releases of the Mineral Commodity Summaries of the US Geological Survey: a folder for each
// edition, with one table for each commodity (mcs2024-cobal_world.csv). Later editions have one table with all
// commodities. names/minerals.csv maps commodities to goods; a table that it does not map gets a remark.
//
// Each edition is a source. It has a revised figure of the year before the last and an estimate of the last year. If
// two editions have a figure of the same year, both are stated, and the later one has more confidence. An edition gives
// the reserves of the year before it. World totals become claims about the good. Rows of "other countries", withheld
// figures, bounds ("less than") and zeros are left out.
var Minerals = &codec.Format{
	Name:      "minerals",
	About:     "the Mineral Commodity Summaries of the USGS: a folder for each edition, with one table per commodity",
	DecodeDir: decodeMinerals,
}

// mineral is one row of names/minerals.csv.
type mineral struct {
	words          string
	id             graph.ID
	name           string
	measure, scope string
}

// minerals returns the goods of each commodity, keyed by the name of its file. It reads names/minerals.csv
// once.
var minerals = facts.Once(func() (map[string][]mineral, error) {
	goods := map[string][]mineral{}
	return goods, facts.ReadTable(tables, "names/minerals.csv", func(c []string) error {
		goods[c[0]] = append(goods[c[0]], mineral{c[1], graph.ID(c[2]), c[3], c[4], c[5]})
		return nil
	})
})

// mineralUnits maps the unit in the name of a column to a unit of the ontology, and to the factor of the
// conversion.
var mineralUnits = map[string]struct {
	unit string
	per  float64
}{
	"t": {"t", 1}, "kt": {"kt", 1}, "kg": {"t", 1e-3}, "mmt": {"Mt", 1}, "mt": {"Mt", 1},
	"mct": {"t", 0.2}, "kct": {"t", 0.2e-3}, // a carat is 0.2 g
}

// mineralCountries maps the names of countries that the tables print in another form than the Factbook.
var mineralCountries = map[string]graph.ID{
	"Congo (Kinshasa)": "COD", "Korea, Republic of": "KOR", "Korea, North": "PRK", "Burma": "MMR", "Côte d’Ivoire": "CIV",
}

// mineralTables reads the folder of one edition.
type mineralTables struct {
	facts.Facts
	places *facts.Places
	file   string
	base   string
}

func decodeMinerals(ctx context.Context, dir fs.FS, name string, emit codec.Emit) error {
	m := &mineralTables{Facts: facts.New(emit), places: facts.KnownPlaces()}
	files, err := fs.Glob(dir, "*/*.csv")
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if len(files) == 0 {
		return graph.Errorf(graph.BadInput, "%s has no folder of an edition with tables (2024/mcs2024-cobal_world.csv)", name)
	}
	slices.Sort(files)
	var ps codec.Faults
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.file, m.base = path.Join(name, f), path.Base(f)
		if err := m.table(dir, f, &ps); err != nil {
			return err
		}
	}
	if err := ps.Err(); err != nil {
		return err
	}
	return m.Err
}

var mineralFile = regexp.MustCompile(`(?i)^mcs(\d{4})[-_]([a-z-]+)(?:_[a-z]+)?\.csv$`)

func (m *mineralTables) table(dir fs.FS, file string, ps *codec.Faults) error {
	f, err := dir.Open(file)
	if err != nil {
		return fmt.Errorf("reading %s: %w", m.file, err)
	}
	defer f.Close()
	at := graph.Position{File: m.file, Line: 1}
	id := mineralFile.FindStringSubmatch(m.base)
	if id == nil {
		ps.Add(at, graph.BadInput, "the name of a table has its edition and commodity: mcs2024-cobal_world.csv")
		return nil
	}
	cr := csv.NewReader(f)
	cr.FieldsPerRecord = -1
	head, err := cr.Read()
	if err != nil {
		ps.Add(at, graph.BadInput, "the table has no header line: %v", err)
		return nil
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff")
	edition, _ := strconv.Atoi(id[1])
	for {
		cells, err := cr.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			ps.Add(at, graph.BadInput, "not well-formed CSV: %v", err)
			return nil
		}
		row := map[string]string{}
		for i, c := range cells {
			if i < len(head) && head[i] != "" {
				row[head[i]] = strings.TrimSpace(strings.ReplaceAll(c, "\u00a0", " "))
			}
		}
		at.Line, _ = cr.FieldPos(0)
		commodity, typ := strings.ToLower(id[2]), row["Type"]
		if c := row["commodity"]; c != "" {
			commodity, typ, row["Country"] = transcribed[c], c, row["country"]
		}
		m.row(at, edition, commodity, typ, head, row)
	}
}

// transcribed maps the names of commodities in a table of all commodities to the file names in the other
// editions.
var transcribed = map[string]string{
	"Rare earths": "raree", "Antimony": "antim", "Lithium": "lithi", "Tungsten": "tungs", "Gallium": "galli", "Cobalt": "cobal",
}

func (m *mineralTables) row(at graph.Position, edition int, commodity, typ string, head []string, row map[string]string) {
	list := minerals()[commodity]
	if list == nil {
		if m.First("table " + m.base) {
			m.Remark(at, "the table %s is in no row of names/minerals.csv", m.base)
		}
		return
	}
	typ = strings.ToLower(typ)
	var good *mineral
	for i := range list {
		if strings.Contains(typ, list[i].words) && !(strings.Contains(typ, " and rutile") && list[i].words != "") {
			good = &list[i]
			break
		}
	}
	printed := row["Country"]
	if good == nil || printed == "" {
		return
	}
	m.edition(edition)
	if !m.Declare(good.id, "Resource") {
		return
	}
	if m.First("name " + string(good.id)) {
		m.State(at, m.base, good.id, "name", graph.StringValue(good.name), facts.AsInferred)
	}
	subject, total := m.subject(printed)
	if subject == "" && !total {
		if !strings.HasPrefix(printed, "Other") {
			m.Remark(at, "%q is not read as a country", printed)
		}
		return
	}
	for _, column := range head {
		m.figure(at, edition, good, subject, printed, column, row)
	}
}

var footnotes = regexp.MustCompile(`\d+$`)

// subject returns the country of a row. total is true if the row is the total of the world.
func (m *mineralTables) subject(printed string) (id graph.ID, total bool) {
	printed = footnotes.ReplaceAllString(printed, "")
	if strings.HasPrefix(printed, "World total") {
		// Other totals leave a country out, or count several goods.
		return "", printed == "World total" || printed == "World total (rounded)" || strings.HasSuffix(printed, "e, rounded)") && !strings.Contains(printed, " and ")
	}
	country, _, _ := strings.Cut(printed, ", ") // such as "Kazakhstan, concentrate"
	for _, n := range []string{printed, strings.TrimSuffix(printed, "e"), facts.WithoutBrackets(printed), country} {
		if id, ok := mineralCountries[n]; ok {
			return id, false
		}
		if id, ok := m.places.Country(n); ok {
			return id, false
		}
	}
	return "", false
}

var (
	mineralColumn = regexp.MustCompile(`(?i)^prod_(?:sponge_)?(?:([a-z]+)_)?(est_)?(\d{4})(_est)?$`)
	mineralStock  = regexp.MustCompile(`(?i)^reserves(?:_(?:ore_K2O_equiv_)?([a-z]+)(?:_\d{4})?)?$`)
	mineralNumber = regexp.MustCompile(`^(e)?(\d[\d,]*(?:\.\d+)?)$`)
)

// misprintedUnits has the correct units of production and of reserves for tables that print wrong ones in their first
// line. They are taken from the preceding or following edition and from the printed pages.
var misprintedUnits = map[string][2]string{
	"mcs2023-chrom_world.csv": {"kt", ""},
	"mcs2023-rheni_world.csv": {"", "kg"},
	"mcs2023-vanad_world.csv": {"", "kt"},
	"mcs2024-selen_world.csv": {"", "t"},
}

// misprintedCells lists cells whose number differs from that of the printed page.
var misprintedCells = map[string]string{"mcs2023-zinc_world.csv/Australia/Reserves_kt": "has the number of a footnote before it"}

// figure states the figure of one cell.
func (m *mineralTables) figure(at graph.Position, edition int, good *mineral, subject graph.ID, printed, column string, row map[string]string) {
	unit, year, reserves, estimated, ok := readColumn(column, row["unit"])
	if !ok || reserves && good.measure == "PRODUCTION" {
		return
	}
	if u := misprintedUnits[m.base]; reserves && u[1] != "" {
		unit = u[1]
	} else if !reserves && u[0] != "" {
		unit = u[0]
	}
	text := row[column]
	if why := misprintedCells[m.base+"/"+printed+"/"+column]; why != "" {
		m.Remark(at, "%s of %s, %q, %s, and is not read", column, printed, text, why)
		return
	}
	n := mineralNumber.FindStringSubmatch(text)
	if n == nil {
		if strings.ContainsAny(text, "<>") || strings.HasPrefix(text, "Less") {
			m.Remark(at, "%s of %s is a bound, %q, and is not read", column, printed, text)
		}
		return
	}
	f, numeric := facts.ParseNumber(n[2], "")
	if by := mineralUnits[unit]; numeric && f > 0 {
		confidence := facts.StatedConfidence
		if !reserves && year == edition-1 {
			confidence = facts.InferredConfidence // the next edition revises the figure
		}
		if reserves {
			year = edition - 1
		}
		amount := graph.QuantityValue(math.Round(f*by.per*1e6)/1e6, mineralUnit(good.id, by.unit))
		notes := strings.ToLower(row["Prod_notes"] + row["Prod_note"])
		estimated = estimated || n[1] != "" || m.marked(printed) ||
			!reserves && strings.Contains(notes, "also") && strings.Contains(notes, "estimate")
		m.stateFigure(at, good, subject, printed, reserves, year, amount, estimated, confidence)
	}
}

// marked reports whether the name of a country ends in an e that marks estimates: true for "Russiae", false for
// "Ukraine" and "Ukraine, concentrate".
func (m *mineralTables) marked(printed string) bool {
	country, _, _ := strings.Cut(printed, ", ")
	_, known := m.places.Country(country)
	return strings.HasSuffix(printed, "e") && !known
}

func (m *mineralTables) stateFigure(at graph.Position, good *mineral, subject graph.ID, printed string, reserves bool, year int, amount graph.Value, estimated bool, confidence float64) {
	predicate, measure := "produces", good.measure
	if reserves {
		predicate, measure = "reserves", "RESERVES"
	}
	opts := []facts.Option{facts.During(facts.Year(strconv.Itoa(year))), facts.AsConfidence(confidence)}
	if estimated {
		opts = append(opts, facts.AsEstimated)
	}
	opts = append(opts, facts.Qualified("measure", graph.EnumOf(measure)))
	if good.scope != "" {
		opts = append(opts, facts.Qualified("scope", graph.StringValue(good.scope)))
	}
	locator := m.base + "/" + printed
	if subject == "" {
		m.State(at, locator, good.id, "worldTotal", amount, opts...)
		return
	}
	m.Declare(subject, "Country")
	m.State(at, locator, subject, predicate, graph.EntityValue(good.id), append(opts, facts.Qualified("quantity", amount))...)
}

// readColumn parses the name of a column, such as Prod_t_est_2023, Reserves_kt, or prod_2025_est with the unit
// in the row.
func readColumn(column, rowUnit string) (unit string, year int, reserves, estimated, ok bool) {
	if c := mineralStock.FindStringSubmatch(column); c != nil {
		unit, reserves = strings.ToLower(c[1]), true
	} else if c := mineralColumn.FindStringSubmatch(column); c != nil {
		unit, estimated = strings.ToLower(c[1]), c[2] != "" || c[4] != ""
		year, _ = strconv.Atoi(c[3])
	}
	if rowUnit != "" {
		unit, _, _ = strings.Cut(rowUnit, " ")
	}
	_, known := mineralUnits[unit]
	return unit, year, reserves, estimated, known && (reserves || year > 0)
}

// mineralUnit returns the unit of the ontology for a good. Rare-earth oxides have a separate unit.
func mineralUnit(good graph.ID, unit string) string {
	if good == "rare-earths" && unit == "t" {
		return "tREO"
	}
	return unit
}

// edition sets an edition as the source of the claims that follow.
func (m *mineralTables) edition(year int) {
	text := strconv.Itoa(year)
	name := "Mineral Commodity Summaries " + text
	m.Source(graph.ID("usgs-mcs-"+text), "US Geological Survey", "https://pubs.usgs.gov/publication/mcs"+text, "public domain",
		[2]string{"name", name}, [2]string{"title", name}, [2]string{"date", text}, [2]string{"partialFor", "produces"}, [2]string{"partialFor", "reserves"})
}
