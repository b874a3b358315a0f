package document

import "testing"

// TestBlockValue compares the values of block strings with those of a naive
// rule over lines.
func TestBlockValue(t *testing.T) {
	for raw, want := range map[string]string{
		"":                       "",
		"  a":                    "  a",
		"\n  a\n    b\n\n  c\n":  "a\n  b\n\nc",
		"a\n   b\n  c":           "a\n b\nc",
		"\n\n\n":                 "",
		"\n\ta\n\t b":            "a\n b",
		"\n   a\n \n   b   \n  ": "a\n\nb   ",
		" \n  a":                 "a",
	} {
		if got := blockValue(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}
