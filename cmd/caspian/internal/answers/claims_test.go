package answers

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

func TestSpan(t *testing.T) {
	at := func(s string) *string { return &s }
	for _, c := range []struct {
		from, to *string
		want     string
	}{
		{nil, nil, ""}, {at("2019"), at("2019"), "2019"}, {at("2019"), at("2022-09"), "2019 to 2022-09"},
		{at("1997"), at(".."), "since 1997"}, {at("1997"), nil, "since 1997"}, {nil, at("2019"), "until 2019"},
	} {
		if got := span(c.from, c.to); got != c.want {
			t.Errorf("%v %v: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}
