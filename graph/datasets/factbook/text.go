package factbook

import (
	"fmt"
	"html"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// plainText removes markup, HTML entities and redundant space from a text of the Factbook.
func plainText(s string) string {
	// A tag may end a line, so it is replaced by a space.
	return facts.Tidy(html.UnescapeString(tag.ReplaceAllString(s, " ")))
}

// figure is a number as the Factbook prints it, such as $288.2 billion (2024 est.).
type figure struct {
	value     float64
	dollars   bool
	unit      string
	period    graph.Interval
	estimated bool
}

var figureForm = regexp.MustCompile(`^(\$)?(` + facts.Number + `)(?: (thousand|million|billion|trillion))?(?: ?(%|kWh|[a-z/ ]+?))?(?: \((\d{4})( est\.)?\))?$`)

// parseFigure parses a text that consists of one figure.
func parseFigure(text string) (figure, bool) {
	m := figureForm.FindStringSubmatch(text)
	if m == nil {
		return figure{}, false
	}
	v, ok := facts.ParseNumber(m[2], m[3])
	f := figure{value: v, dollars: m[1] != "", unit: m[4], estimated: m[6] != ""}
	if m[5] != "" {
		f.period = facts.Year(m[5])
	}
	return f, ok
}

// ofFigure returns an option that sets the period of a figure as the valid time, and marks an estimate.
func ofFigure(fig figure) facts.Option {
	return func(c *graph.Claim) {
		c.Valid = fig.period
		if fig.estimated {
			facts.AsEstimated(c)
		}
	}
}

var areaForm = regexp.MustCompile(`^(` + facts.Number + `)(?: (million))? sq km ?($|\(.*|;.*)`)

// parseArea parses a text such as 2,724,900 sq km. rest is the remark after it.
func parseArea(text string) (km2 float64, rest string, ok bool) {
	m := areaForm.FindStringSubmatch(text)
	if m == nil {
		return 0, "", false
	}
	km2, ok = facts.ParseNumber(m[1], m[2])
	return km2, m[3], ok
}

var pointForm = regexp.MustCompile(`^(\d{1,2}) (\d{1,2}) ?([NS]), (\d{1,3}) (\d{1,2}) ?([EW])$`)

// parsePoint parses a text such as 48 00 N, 68 00 E, in degrees and minutes.
func parsePoint(text string) (graph.Value, bool) {
	m := pointForm.FindStringSubmatch(text)
	if m == nil {
		return graph.Value{}, false
	}
	degrees := func(d, min, side string, most int) (float64, bool) {
		deg, _ := strconv.Atoi(d)
		minutes, _ := strconv.Atoi(min)
		v := float64(deg) + float64(minutes)/60
		if side == "S" || side == "W" {
			v = -v
		}
		return math.Round(v*1e4) / 1e4, minutes < 60 && math.Abs(v) <= float64(most)
	}
	lat, ok1 := degrees(m[1], m[2], m[3], 90)
	lon, ok2 := degrees(m[4], m[5], m[6], 180)
	return graph.CoordinatesValue(lat, lon), ok1 && ok2
}

const (
	months  = `January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec`
	dayText = `(?:(\d{1,2}) )?(?:(` + months + `) )?(\d{3,4})`
)

var dateForm = regexp.MustCompile(`^` + dayText + `$`)

// monthNumber returns the number of a month by its first three letters.
func monthNumber(name string) int {
	return strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", name[:3])/3 + 1
}

// parseDay parses a date such as 20 March 2019, March 2019 or 2019.
func parseDay(text string) (graph.Date, bool) {
	m := dateForm.FindStringSubmatch(text)
	if m == nil || m[1] != "" && m[2] == "" {
		return graph.Date{}, false
	}
	year, _ := strconv.Atoi(m[3])
	s := fmt.Sprintf("%04d", year)
	if m[2] != "" {
		s += fmt.Sprintf("-%02d", monthNumber(m[2]))
	}
	if m[1] != "" {
		day, _ := strconv.Atoi(m[1])
		s += fmt.Sprintf("-%02d", day)
	}
	d, err := graph.ParseDate(s)
	return d, err == nil
}

// splitOutside splits a text at each separator that is outside brackets and precedes a space or the end. So
// 1,234 km stays one part.
func splitOutside(text, separators string) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '(' || c == '[':
			depth++
		case (c == ')' || c == ']') && depth > 0:
			depth--
		case depth == 0 && strings.IndexByte(separators, c) >= 0 && (i+1 == len(text) || text[i+1] == ' '):
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	parts = append(parts, text[start:])
	kept := parts[:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	return kept
}
