package datasets

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// GEM reads two trackers of Global Energy Monitor, each of which is one table: the Global Gas Infrastructure Tracker
// (gas pipelines and LNG terminals) and the Global Oil Infrastructure Tracker. The name of the file contains the month
// of the edition (ggit_gas_lng_2024-10.csv), and the edition is the source. The locator is the tracker's page about the
// line or the terminal.
//
// A line becomes a Segment without ends, a terminal a Facility. Units of one project become one entity if their names
// are only numbers (line 2, phase I) and they share countries and status; each unit keeps its own capacity.
// names/pipelines.csv maps lines to entities that the graph has under another id. The status holds at the date of the
// edition. A line in operation has had this status since its start; for other lines no earlier status is known. A start
// in the future is a plan.
var GEM = &codec.Format{
	Name:   "gem-pipelines",
	About:  "the gas and oil pipelines and LNG terminals of Global Energy Monitor, a table for each tracker",
	Decode: decodeGEM,
}

// gemConfidence is the confidence of the claims of a tracker. It is lower because the tracker compiles them
// from pages of others.
const gemConfidence = 0.75

// gemStatuses maps the statuses of the trackers to those of the ontology. Their order decides which group gets the name
// of the project; see gemTable.identify.
var gemStatuses = []struct {
	printed, status string
	built           bool
}{
	{"operating", "OPERATIONAL", true}, {"construction", "UNDER_CONSTRUCTION", false}, {"idle", "IDLE", true}, {"mothballed", "MOTHBALLED", true},
	{"proposed", "PLANNED", false}, {"shelved", "SHELVED", false}, {"retired", "RETIRED", true}, {"cancelled", "ABANDONED", false},
}

// gemKinds maps each kind of row to the good that the line carries and, for a terminal, to the kind of
// terminal.
var gemKinds = map[string]struct{ carries, terminal string }{
	"GGIT":          {"natural-gas", ""},
	"GGIT - import": {"natural-gas", "LNG import terminal"},
	"GGIT - export": {"natural-gas", "LNG export terminal"},
	"oil_pipelines": {"petroleum", ""},
	"ngl_pipelines": {"natural-gas-liquids", ""},
}

// gemRow is one unit of a line or a terminal.
type gemRow struct {
	at            graph.Position
	project, unit string
	kind          string
	status        int // the index in gemStatuses
	countries     []graph.ID
	owner, page   string
	known         pipeline
	start         int
	capacity      graph.Value // a quantity or the zero Value
	point         graph.Value
}

// pipeline is one row of names/pipelines.csv.
type pipeline struct {
	id    graph.ID // if empty, the id is the slug of the name
	leave []string // columns that are not read because they are wrong: countries, start, status, order
}

// gemLines returns the rows of names/pipelines.csv by project and unit: "Nord Stream Gas Pipeline/", or "…/*"
// for all units.
var gemLines = facts.Once(func() (map[string]pipeline, error) {
	lines := map[string]pipeline{}
	return lines, facts.ReadTable(tables, "names/pipelines.csv", func(c []string) error {
		lines[c[0]+"/"+c[1]] = pipeline{graph.ID(c[2]), strings.Fields(c[3])}
		return nil
	})
})

func (p *pipeline) leaves(what string) bool { return slices.Contains(p.leave, what) }

// gemTable reads one tracker.
type gemTable struct {
	facts.Facts
	facts.Table
	places  *facts.Places
	columns map[string]string // maps the names of columns in the gas tracker to the names in this table
	edition string            // the month of the edition, such as 2024-10
	year    int
	rows    []gemRow
}

// gemOil maps the names of columns in the gas tracker to those of the oil tracker, where they differ.
var gemOil = map[string]string{
	"name": "project", "unit-name": "unit", "areas": "countries", "owner": "parent", "start-year": "start_year", "tracker-custom": "type", "capacity-table": "capacity",
}

var gemEdition = regexp.MustCompile(`(20\d\d)-(\d\d)`)

func decodeGEM(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
	head := bufio.NewReader(r)
	first, err := head.Peek(512)
	if err != nil && err != io.EOF {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	t := &gemTable{Facts: facts.New(emit), places: facts.KnownPlaces(), Table: facts.Table{Name: name, Give: "a table of a tracker of Global Energy Monitor"}}
	tracker := "ggit"
	if line, _, _ := strings.Cut(string(first), "\n"); strings.Contains(line, "project,") {
		t.columns, tracker = gemOil, "goit"
	}
	t.edition = gemEdition.FindString(path.Base(name))
	if _, err := graph.ParseDate(t.edition); err != nil || t.edition == "" {
		return graph.Errorf(graph.BadInput, "%s: the name of the file has no month of an edition; name it as %s_2024-10.csv", name, tracker)
	}
	t.year, _ = strconv.Atoi(t.edition[:4])
	columns := []string{t.columnOf("status"), t.columnOf("url")}
	for _, c := range []string{"name", "unit-name", "areas", "owner", "start-year", "tracker-custom", "capacity-table"} {
		columns = append(columns, t.columnOf(c))
	}
	if err := t.Each(ctx, head, columns, t.row); err != nil {
		return err
	}
	t.describe(tracker)
	for _, g := range t.groups() {
		t.group(g)
	}
	return t.Err
}

func (t *gemTable) columnOf(column string) string {
	if c, ok := t.columns[column]; ok {
		return c
	}
	return column
}

func (t *gemTable) cell(cells []string, column string) string {
	i, ok := t.Column[t.columnOf(column)]
	if !ok {
		return ""
	}
	return facts.Tidy(cells[i])
}

// row reads one unit.
func (t *gemTable) row(at graph.Position, cells []string, ps *codec.Faults) bool {
	r := gemRow{at: at, project: t.cell(cells, "name"), unit: t.cell(cells, "unit-name"), kind: t.cell(cells, "tracker-custom"), page: t.cell(cells, "url")}
	if gemKinds[r.kind].terminal != "" && !strings.Contains(r.project, "LNG") {
		r.project += " LNG Terminal" // a name such as Mukran FSRU does not say that it is a terminal
	}
	if strings.EqualFold(r.project, r.unit) {
		r.unit = ""
	}
	status := t.cell(cells, "status")
	for r.status < len(gemStatuses) && gemStatuses[r.status].printed != status {
		r.status++
	}
	if _, known := gemKinds[r.kind]; r.status == len(gemStatuses) || !known || r.project == "" {
		ps.Add(at, graph.BadInput, "the row has the status %q and the kind %q, which are not of the tracker, or no name", facts.Clip(status), facts.Clip(r.kind))
		return true
	}
	known, listed := gemLines()[r.project+"/"+r.unit]
	if !listed {
		known = gemLines()[r.project+"/*"]
	}
	r.known = known
	for printed := range strings.SplitSeq(t.cell(cells, "areas"), ",") {
		if printed = strings.TrimSpace(printed); printed == "" || printed == "--" {
			continue
		}
		if id, ok := t.places.Country(printed); !ok {
			t.Remark(at, "%q of %s is not a country of names/countries.csv", facts.Clip(printed), r.project)
		} else if !slices.Contains(r.countries, id) && !r.known.leaves(string(id)) {
			r.countries = append(r.countries, id)
		}
	}
	r.owner = strings.ReplaceAll(t.cell(cells, "owner"), " [unknown %]", "")
	if strings.EqualFold(r.owner, "unknown") {
		r.owner = ""
	}
	if year, err := strconv.Atoi(t.cell(cells, "start-year")); err == nil && year > 1850 && year < 2100 && !r.known.leaves("start") {
		r.start = year
	}
	r.capacity = gemCapacity(t.cell(cells, "capacity-table"))
	lat, noLat := strconv.ParseFloat(t.cell(cells, "Latitude"), 64)
	lon, noLon := strconv.ParseFloat(t.cell(cells, "Longitude"), 64)
	if noLat == nil && noLon == nil {
		r.point = graph.CoordinatesValue(lat, lon)
	}
	t.rows = append(t.rows, r)
	return true
}

// gemUnits maps the units of the trackers to those of the ontology. The oil tracker prints no unit for barrels
// a day.
var gemUnits = map[string]string{"bcm/y of gas": "bcmPerYear", "mtpa of LNG": "MtPerYear", "": "bblPerDay"}

func gemCapacity(text string) graph.Value {
	digits, unit, _ := strings.Cut(text, " ")
	f, ok := facts.ParseNumber(digits, "")
	if by := gemUnits[unit]; ok && f > 0 && by != "" {
		return graph.QuantityValue(f, by)
	}
	return graph.Value{}
}
