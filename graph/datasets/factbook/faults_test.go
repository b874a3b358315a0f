package factbook

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
)

// What the original files print in an unusual way, and a naive reading loses or misreads.
func TestOddities(t *testing.T) {
	var claims []graph.Claim
	var notices []string
	err := Entries.DecodeDir(context.Background(), os.DirFS(graphtest.Original(t, "factbook")), "factbook", func(op graph.Op) error {
		switch op.Kind {
		case graph.Assert:
			claims = append(claims, op.Claim)
		case graph.Notice:
			notices = append(notices, op.Notice)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	has := func(subject, predicate, value string) *graph.Claim {
		for i, c := range claims {
			if string(c.Subject) == subject && c.Predicate == predicate && c.Value.String() == value {
				return &claims[i]
			}
		}
		return nil
	}
	for _, w := range [][3]string{
		{"USA", "littoralOf", "gulf-of-mexico"}, {"USA", "littoralOf", "arctic-ocean"}, {"GRL", "littoralOf", "arctic-ocean"},
		{"RUS", "littoralOf", "black-sea"}, {"NOR", "littoralOf", "north-sea"},
		{"eu", "name", "European Union"}, {"FRA", "memberOf", "eu"}, {"XKX", "iso2", "XK"}, {"VAT", "area", "0.44 km2"},
	} {
		if has(w[0], w[1], w[2]) == nil {
			t.Errorf("no claim %s %s %s", w[0], w[1], w[2])
		}
	}
	for _, c := range claims {
		if c.Subject == "ilie-bolojan" && c.Predicate == "holds" && !c.Valid.Empty() {
			t.Errorf("Bolojan is in office since %s", c.Valid)
		}
		if c.Predicate == "holds" && c.Subject == "ntsokoane-samuel-matekane" && c.Valid.String() != "2022-10-28/.." {
			t.Errorf("Matekane is in office at %s", c.Valid)
		}
	}
	if n, y := has("MMR", "capital", "naypyidaw"), has("MMR", "capital", "yangon"); n == nil || y == nil || n.Confidence <= y.Confidence {
		t.Errorf("capitals of Myanmar: %v, %v", n, y)
	}
	if !strings.Contains(strings.Join(notices, "\n"), "names/terms.csv") {
		t.Error("nothing reports the start in 2005")
	}
	lengths := map[string]int{}
	for _, c := range claims {
		if c.Predicate == "borders" {
			a, b := string(c.Subject), c.Value.String()
			lengths[min(a, b)+" "+max(a, b)]++
		}
	}
	if n := lengths["ISR PSE"]; n != 1 {
		t.Errorf("the border of Israel and Palestine is stated %d times", n)
	}
	for _, c := range claims {
		if c.Predicate == "borders" && (c.Subject == "ESH" || c.Subject == "MAR") && c.Value.String() == "MRT" && c.Conflict == "" {
			t.Errorf("%s borders MRT is in no conflict", c.Subject)
		}
	}
}
