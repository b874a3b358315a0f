package peers

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMissed: each kind of goal is named where it is missed, and only there.
func TestMissed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.json")
	if err := os.WriteFile(file, []byte(`{
		"limit": {
			"10k": {"W1": {"rps16": 100, "p50_us": 10, "digests": "a b"}, "W7": {"rps16": 3000, "p50_us": 10, "digests": "c"}, "W9": {"rps16": 50, "p50_us": 100}},
			"1M": {"W1": {"rps16": 100, "p50_us": 10, "digests": "a b"}, "W8": {"rps16": 10, "p50_us": 10}}
		},
		"gqlgen": {"10k": {"W1": {"rps16": 70, "p50_us": 20, "digests": "a b"}}},
		"caspian": {
			"10k": {"W1": {"rps16": 60, "p50_us": 10, "digests": "a x"}, "W7": {"rps16": 900, "p50_us": 20, "digests": "c", "errors_c16": 2}, "W9": {"rps16": 50, "p50_us": 200}},
			"1M": {"W1": {"rps16": 50, "p50_us": 20, "digests": "a b"}, "W8": {"error": "no such field"}}
		}
	}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	missed := r.Write(&table)
	want := []string{
		"W1 at 10k: other answers than the limit's",
		"W1 at 10k: 60 requests a second, gqlgen has 70",
		"W7 at 10k: 2 requests failed",
		"W7 at 10k: 0.300 of the limit, goal 0.35",
		"W7 at 10k: 900 requests a second, goal 1000",
		"W9 at 10k: 2.0 times the limit's median, goal 1.5",
		"W1 at 1M: 0.500 of the limit, goal 0.60",
		"W8 at 1M: no such field",
		"W1 grows with exponent 0.15, goal 0.1",
	}
	for _, w := range want {
		if !slices.Contains(missed, w) {
			t.Errorf("%q is not named in\n%s", w, strings.Join(missed, "\n"))
		}
	}
	for _, m := range missed {
		if !slices.Contains(want, m) {
			t.Errorf("%q is named", m)
		}
	}
	for _, s := range []string{"60, 0.600 (10 µs) OTHER ANSWERS", "| 0.15 "} {
		if !strings.Contains(table.String(), s) {
			t.Errorf("%q is missing in\n%s", s, &table)
		}
	}
}
