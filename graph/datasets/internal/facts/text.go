package facts

import (
	"math"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// Tidy returns the words of a text with one space between them.
func Tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// Clip shortens a text for a message.
func Clip(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Number is the pattern of a number with commas between thousands.
const Number = `\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`

var scales = map[string]float64{"": 1, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}

// ParseNumber reads 1,234.5 with a scale word, which may be empty.
func ParseNumber(digits, scale string) (float64, bool) {
	by, known := scales[scale]
	f, err := strconv.ParseFloat(strings.ReplaceAll(digits, ",", ""), 64)
	if err != nil || !known {
		return 0, false
	}
	// 1.955 million is 1955000, not a neighbour of it.
	if v := f * by; by > 1 && math.Abs(v-math.Round(v)) < v*1e-12 {
		return math.Round(v), true
	}
	return f * by, true
}

// Year reads a year, or a text in the form of a valid time; empty if the text is neither.
func Year(digits string) graph.Interval {
	iv, err := graph.ParseInterval(digits)
	if err != nil {
		return graph.Interval{} // year 0000 and the like say nothing
	}
	return iv
}

// Since is the valid time from a date on, with an unknown end.
func Since(date string) graph.Interval { return Year(date + "/") }

// WithoutBrackets drops what is in round brackets.
func WithoutBrackets(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return Tidy(b.String())
}

// Slug turns a name into an id by codec.Slug.
func Slug(name string) graph.ID { return graph.ID(codec.Slug(name)) }
