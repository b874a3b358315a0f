package main

import "testing"

func TestReadable(t *testing.T) {
	for value, want := range map[string]string{
		"1e+18 USD": "1000000000000000000 USD", "-1e-09 m": "-0.000000001 m", "2.5e-07": "0.00000025",
		"12500 t": "12500 t", "1e5": "1e5", "Route 1e+18": "Route 1e+18", "1e+18 a b": "1e+18 a b", "1e+999": "1e+999",
	} {
		if got := readable(value); got != want {
			t.Errorf("%q is written %q, want %q", value, got, want)
		}
	}
}
