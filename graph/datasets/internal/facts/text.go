package facts

import (
	"math"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// Tidy replaces each run of white space in a text by one space.
func Tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// Clip shortens a text so that it fits into a message.
func Clip(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Number is a pattern that matches a number with commas between thousands.
const Number = `\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`

var scales = map[string]float64{"": 1, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}

// ParseNumber reads a number such as 1,234.5. scale is a word such as million, or "".
func ParseNumber(digits, scale string) (float64, bool) {
	by, known := scales[scale]
	f, err := strconv.ParseFloat(strings.ReplaceAll(digits, ",", ""), 64)
	if err != nil || !known {
		return 0, false
	}
	// Rounding makes 1.955 million exactly 1955000.
	if v := f * by; by > 1 && math.Abs(v-math.Round(v)) < v*1e-12 {
		return math.Round(v), true
	}
	return f * by, true
}

// Year returns the valid time that a text gives: a year, or another form that graph.ParseInterval reads. It
// returns the zero Interval if the text is neither.
func Year(digits string) graph.Interval {
	iv, err := graph.ParseInterval(digits)
	if err != nil {
		return graph.Interval{} // a year such as 0000 has no meaning
	}
	return iv
}

// Since returns the valid time that begins at a date and has an unknown end.
func Since(date string) graph.Interval { return Year(date + "/") }

// WithoutBrackets removes the parts of a text within round brackets.
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

// Slug converts a name to an id with codec.Slug.
func Slug(name string) graph.ID { return graph.ID(codec.Slug(name)) }
