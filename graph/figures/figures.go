// Package figures writes numbers, quantities and ranges for people.
//
// Read Quantity first. The package must not know where the numbers come from.
package figures

import (
	"math"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// Number writes a number for people, rounded to the given number of significant digits; 0 keeps all
// digits. It uses an exponent only beyond 21 digits or from the twelfth decimal place, where zeros would be
// hard to count.
func Number(x float64, digits int) string {
	if digits > 0 && x != 0 && !math.IsInf(x, 0) && !math.IsNaN(x) {
		x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'e', digits-1, 64), 64)
	}
	if abs := math.Abs(x); abs == 0 || abs >= 1e-12 && abs < 1e21 {
		return strconv.FormatFloat(x+0, 'f', -1, 64)
	}
	s := strconv.FormatFloat(x, 'e', -1, 64)
	return strings.NewReplacer("e+0", "e", "e-0", "e-", "e+", "e").Replace(s)
}

// levels are the numbers from which sayNumber uses a word. The last entry ends the range of quintillion.
var levels = [...]struct {
	of   float64
	word string
}{{1, ""}, {1e6, " million"}, {1e9, " billion"}, {1e12, " trillion"}, {1e15, " quadrillion"}, {1e18, " quintillion"}, {1e21, ""}}

// sayNumber writes a number with at most three decimals and, from a million up, with a word, such as 1.5
// million. Numbers below 1, and numbers too large for the words, have four significant digits instead.
func sayNumber(x float64) string {
	if math.Abs(x) < 1 {
		return Number(x, 4)
	}
	for i, l := range levels[:len(levels)-1] {
		scaled := math.Round(x/l.of*1000) / 1000
		// Rounding may lead to the next word: 999,999,999 is 1 billion.
		if math.Abs(scaled)*l.of < levels[i+1].of {
			return Number(scaled, 0) + l.word
		}
	}
	return Number(x, 4)
}

// Range writes a range for people, with the symbol of its unit if there is one: 10–15 km, over $5
// million, at least 3. A range of one number is written like Quantity writes the number.
func Range(r graph.Range, symbol string, currency bool) string {
	write := func(x float64) string { return strings.TrimSuffix(Quantity(x, symbol, currency), " ") }
	under := "at most "
	if r.Under {
		under = "under "
	}
	over := "at least "
	if r.Over {
		over = "over "
	}
	switch {
	case r.Min == r.Max:
		return write(r.Min)
	case !r.Least():
		return under + write(r.Max)
	case !r.Most():
		return over + write(r.Min)
	case r.Over || r.Under:
		return over + write(r.Min) + ", " + under + write(r.Max)
	case r.Min < 0:
		return write(r.Min) + " to " + write(r.Max)
	}
	// What both ends have in common is written only once.
	low, high := sayNumber(r.Min), sayNumber(r.Max)
	digits, word, _ := strings.Cut(low, " ")
	if strings.HasSuffix(high, " "+word) && word != "" || !strings.Contains(high, " ") {
		low = digits
	}
	if currency {
		return symbol + low + "–" + high
	}
	return strings.TrimSuffix(low+"–"+high+" "+symbol, " ")
}

// Quantity writes a quantity for people: currencies before the number,
// other units after it, and a minus sign before both.
func Quantity(x float64, symbol string, currency bool) string {
	if !currency {
		return sayNumber(x) + " " + symbol
	}
	text := sayNumber(x)
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		return "-" + symbol + rest
	}
	return symbol + text
}
