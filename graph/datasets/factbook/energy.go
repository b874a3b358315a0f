package factbook

import (
	"context"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// Energy reads the figures of oil and gas of all editions of the World Factbook from one table (see Trade): production,
// consumption, exports, imports and reserves. Until 2021 each figure has its own line; since then a line has several.
//
// Each edition is a source. The year of a figure is that of its estimate. Figures without one are left out, which are
// all from 2018 to 2020. If a later edition repeats a figure, to within half a percent, it is stated once; otherwise
// both are stated. The Factbook has changed what it counts as oil, so the note of a claim has its term: crude oil,
// total petroleum. Zeros are left out.
var Energy = &codec.Format{
	Name:   "factbook-energy",
	About:  "the oil and gas of all editions of the World Factbook, in one table",
	Decode: decodeEnergy,
}

// energyKind describes what a figure measures.
type energyKind struct {
	predicate string
	good      graph.ID
	note      string // the term of the Factbook, if it has changed
}

// energyFields maps each field with one figure to what it measures.
var energyFields = map[string]energyKind{
	"Oil - production":              {"produces", "petroleum", "oil"},
	"Oil - exports":                 {"exports", "petroleum", "oil"},
	"Oil - imports":                 {"imports", "petroleum", "oil"},
	"Oil - proved reserves":         {"reserves", "petroleum", "oil"},
	"Crude oil - production":        {"produces", "petroleum", "crude oil"},
	"Crude oil - exports":           {"exports", "petroleum", "crude oil"},
	"Crude oil - imports":           {"imports", "petroleum", "crude oil"},
	"Crude oil - proved reserves":   {"reserves", "petroleum", "crude oil"},
	"Natural gas - production":      {"produces", "natural-gas", ""},
	"Natural gas - consumption":     {"consumes", "natural-gas", ""},
	"Natural gas - exports":         {"exports", "natural-gas", ""},
	"Natural gas - imports":         {"imports", "natural-gas", ""},
	"Natural gas - proved reserves": {"reserves", "natural-gas", ""},
}

// energyBlocks maps each field with several figures to what they measure, keyed by the words before each
// figure.
var energyBlocks = map[string]map[string]energyKind{
	"Petroleum": {
		"total petroleum production":             {"produces", "petroleum", "total petroleum"},
		"refined petroleum consumption":          {"consumes", "petroleum", "refined petroleum"},
		"crude oil and lease condensate exports": {"exports", "petroleum", "crude oil and lease condensate"},
		"crude oil and lease condensate imports": {"imports", "petroleum", "crude oil and lease condensate"},
		"crude oil estimated reserves":           {"reserves", "petroleum", "crude oil"},
	},
	"Natural gas": {
		"production":      {"produces", "natural-gas", ""},
		"consumption":     {"consumes", "natural-gas", ""},
		"exports":         {"exports", "natural-gas", ""},
		"imports":         {"imports", "natural-gas", ""},
		"proven reserves": {"reserves", "natural-gas", ""},
	},
}

// energyTable reads one table.
type energyTable struct{ editionsTable }

func decodeEnergy(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
	t := &energyTable{newEditionsTable(name, emit)}
	return t.read(ctx, r, []string{editionCode, editionField, editionFirst, editionText}, t.row)
}

const energyAmount = `(` + facts.Number + `)(?: (million|billion|trillion))? ?(bbl/day|bbl|barrels|cu m|cubic meters)`

var (
	energyFigure = regexp.MustCompile(`^` + energyAmount + `(.*)$`)
	energyDate   = regexp.MustCompile(`\(([^)]*)\)`)
	// energyAside matches words near a figure that do not change what it measures.
	energyAside  = regexp.MustCompile(`^[ |;:.]*$|includes oil sands|based on \w+ claims|prewar|disrupted|curbed|volatile|net exporter|from Indonesia`)
	energyItem   = regexp.MustCompile(`([a-z ]+): ` + energyAmount + ` ?\(([^)]*)\)`)
	energyYear   = regexp.MustCompile(`^(?:\d{1,2} [A-Z][a-z]+ |[A-Z][a-z]+ )?((?:19|20)\d\d)(?:,? ?es?t?\.?)?$`)
	energySerial = regexp.MustCompile(`^3\d{4}$`) // a day number of a spreadsheet
	energyNone   = regexp.MustCompile(`\bNA\b|^0 |\| \d+$|^(?i:see entry)`)
)

// row states the figures of one line.
func (t *energyTable) row(at graph.Position, cells []string, ps *codec.Faults) {
	field := t.cell(cells, editionField)
	kind, single := energyFields[field]
	block := energyBlocks[field]
	if !single && block == nil {
		return
	}
	edition, ok := t.year(at, cells, editionFirst, ps)
	if !ok {
		return
	}
	c, text := t.countryOf(cells), strings.TrimSpace(t.cell(cells, editionText))
	if c == nil {
		return
	}
	locator := t.cell(cells, editionCode) + "/" + field
	if single {
		if amount := energySingle(text); amount != nil {
			t.figure(at, edition, c.ID, kind, locator, amount)
		} else if !energyNone.MatchString(text) {
			t.Remark(at, "%s of %s, edition %d, is not read: %q", field, c.ID, edition, facts.Clip(text))
		}
		return
	}
	for _, m := range energyItem.FindAllStringSubmatch(text, -1) {
		if kind, known := block[strings.TrimSpace(m[1])]; known {
			t.figure(at, edition, c.ID, kind, locator, m[2:])
		}
	}
}

// energySingle parses a text that is one figure, possibly with a remark. It returns the digits, scale, unit and
// date.
func energySingle(text string) []string {
	m := energyFigure.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	dates := energyDate.FindAllStringSubmatchIndex(m[4], -1)
	for i := len(dates) - 1; i >= 0; i-- {
		d := dates[i]
		date := m[4][d[2]:d[3]]
		if energyYearOf(date) != "" && energyAside.MatchString(m[4][:d[0]]+m[4][d[1]:]) {
			return append(m[1:4], date)
		}
	}
	return nil
}

// figure states an amount. amount is the digits, the scale, the unit and the text in brackets that follows.
func (t *energyTable) figure(at graph.Position, edition int, country graph.ID, kind energyKind, locator string, amount []string) {
	v, ok := facts.ParseNumber(amount[0], amount[1])
	year := energyYearOf(amount[3])
	if !ok || v == 0 || year == "" {
		return
	}
	quantity, fits := energyQuantity(v, amount[2], kind)
	if !fits {
		t.Remark(at, "%s of %s, edition %d, has %s, which is not its unit", locator, country, edition, amount[2])
		return
	}
	if !t.First(fmt.Sprint(country, kind.predicate, kind.good, year, strconv.FormatFloat(v, 'g', 3, 64))) {
		return
	}
	t.edition(edition, "consumes", "exports", "imports", "produces", "reserves")
	t.Declare(country, "Country")
	t.Declare(kind.good, "Resource")
	y, _ := strconv.Atoi(year)
	opts := []facts.Option{facts.During(facts.Year(strconv.Itoa(min(y, edition)))), facts.Qualified("quantity", quantity), facts.WithNote(kind.note)}
	if y > edition {
		opts = append(opts, facts.AsInferred) // a misprint: no edition can have a figure of the next year
	} else if edition-y < 2 {
		opts = append(opts, facts.AsConfidence(freshConfidence)) // later editions revise the figure
	}
	if strings.Contains(amount[3], "es") {
		opts = append(opts, facts.AsEstimated)
	}
	switch kind.predicate {
	case "produces":
		opts = append(opts, facts.Qualified("measure", graph.EnumOf("PRODUCTION")))
	case "reserves":
		opts = append(opts, facts.Qualified("measure", graph.EnumOf("RESERVES")))
	}
	t.State(at, locator, country, kind.predicate, graph.EntityValue(kind.good), opts...)
}

// freshConfidence is the confidence of a figure of the last two years, which later editions may revise.
const freshConfidence = 0.85

// energyYearOf returns the year of a text such as 2007 est., 1 January 2012 est., or 37257, which is a day of
// 2002.
func energyYearOf(text string) string {
	if energySerial.MatchString(text) {
		days, _ := strconv.Atoi(text)
		return strconv.Itoa(time.Date(1899, 12, 30+days, 0, 0, 0, 0, time.UTC).Year())
	}
	if m := energyYear.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// energyQuantity converts an amount to the unit of the ontology. fits is false if the unit does not suit what
// is measured.
func energyQuantity(v float64, unit string, kind energyKind) (q graph.Value, fits bool) {
	gas, flow := kind.good == "natural-gas", kind.predicate != "reserves"
	switch unit {
	case "cu m", "cubic meters":
		return graph.QuantityValue(math.Round(v/1e3)/1e6, "bcm"), gas
	case "bbl/day":
		return graph.QuantityValue(v, "bblPerDay"), !gas && flow
	}
	return graph.QuantityValue(v, "bbl"), !gas && !flow
}
