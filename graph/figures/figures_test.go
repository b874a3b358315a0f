package figures

import (
	"math"
	"testing"
)

// TestNumbersForPeople prints numbers as a person would write them.
func TestNumbersForPeople(t *testing.T) {
	for _, c := range []struct {
		x        float64
		digits   int
		want     string
		dollars  string
		distance string
	}{
		{0, 0, "0", "$0", "0 km"},
		{math.Copysign(0, -1), 0, "0", "$0", "0 km"},
		{-5, 0, "-5", "-$5", "-5 km"},
		{1e-7, 0, "0.0000001", "$0.0000001", "0.0000001 km"},
		{-1e-7, 4, "-0.0000001", "-$0.0000001", "-0.0000001 km"},
		{1e-15, 0, "1e-15", "$1e-15", "1e-15 km"},
		{0.123456, 4, "0.1235", "$0.1235", "0.1235 km"},
		{0.99999, 4, "1", "$1", "1 km"},
		{1.23456, 3, "1.23", "$1.235", "1.235 km"},
		{12500.5, 0, "12500.5", "$12500.5", "12500.5 km"},
		{5e4, 4, "50000", "$50000", "50000 km"},
		{123456, 2, "120000", "$123456", "123456 km"},
		{999999, 0, "999999", "$999999", "999999 km"},
		{999999.9996, 0, "999999.9996", "$1 million", "1 million km"},
		{1e6, 4, "1000000", "$1 million", "1 million km"},
		{1234567, 4, "1235000", "$1.235 million", "1.235 million km"},
		{999999499, 0, "999999499", "$999.999 million", "999.999 million km"},
		{999999500, 0, "999999500", "$1 billion", "1 billion km"},
		{-999999500, 0, "-999999500", "-$1 billion", "-1 billion km"},
		{2.5e9, 0, "2500000000", "$2.5 billion", "2.5 billion km"},
		{999999999999, 0, "999999999999", "$1 trillion", "1 trillion km"},
		{1e15, 0, "1000000000000000", "$1 quadrillion", "1 quadrillion km"},
		{999999999999999999, 0, "1000000000000000000", "$1 quintillion", "1 quintillion km"},
		{4e18, 0, "4000000000000000000", "$4 quintillion", "4 quintillion km"},
		{999999999999999999999, 0, "1e21", "$1e21", "1e21 km"},
		{-1.23456e25, 0, "-1.23456e25", "-$1.235e25", "-1.235e25 km"},
	} {
		if got := Number(c.x, c.digits); got != c.want {
			t.Errorf("%v to %d digits is %q, want %q", c.x, c.digits, got, c.want)
		}
		if got := Quantity(c.x, "$", true); got != c.dollars {
			t.Errorf("%v USD is %q, want %q", c.x, got, c.dollars)
		}
		if got := Quantity(c.x, "km", false); got != c.distance {
			t.Errorf("%v km is %q, want %q", c.x, got, c.distance)
		}
	}
}
