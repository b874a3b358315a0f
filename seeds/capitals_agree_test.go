package seeds_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/text"
)

// printedCapital is the capital that an edition of the World Factbook prints first; the edition of 2018 lost most.
var printedCapital = regexp.MustCompile(`^(?:name: )?([^;,|(:]*?) ?(?:is the official capital|proclaimed .*|in (?:Romanian|Moldovan)|Administration .*|geographic.*|UTC.*|note.*)? ?(?:[;,|(:]|$)`)

// capitalsDiffer are the states of which the editions print another capital than the seeds have, and why.
var capitalsDiffer = map[graph.ID]string{
	"MMR": "Rangoon is printed first, and Nay Pyi Taw as the administrative capital",
	"TZA": "Dodoma, where parliament meets, and Dar es Salaam, the seat of the offices, are printed by turns",
	"ISR": "one edition begins with what Israel proclaims",
	"TUV": "one edition prints the islet of the atoll",
	"BLR": "one edition spells it Mensk",
}

// TestCapitals compares the capitals of states in the middle of each year from 1992 to 2025 with those that the editions print, and lists
// what is not known.
func TestCapitals(t *testing.T) {
	rows := readTable(t, filepath.Join(data, "factbook-names", "country_name_capital.csv"))
	s := loadSeeds(t)
	byFIPS := map[string]graph.ID{}
	for _, c := range s.commit.Claims {
		if c.Predicate == "fips" {
			byFIPS[c.Value.String()] = c.Subject
		}
	}
	states := map[graph.ID]bool{}
	cells, unknown, differ := 0, map[string]bool{}, map[string]bool{}
	for _, r := range rows[1:] {
		id := byFIPS[r[0]]
		if id == "" || r[4] != "Capital" || r[3] != "sovereign" {
			continue
		}
		m := printedCapital.FindStringSubmatch(r[7])
		if m == nil || m[1] == "" || strings.HasPrefix(m[1], "no ") {
			continue
		}
		first, _ := strconv.Atoi(r[5])
		last, _ := strconv.Atoi(r[6])
		for year := max(first, 1992); year <= last; year++ {
			states[id] = true
			cells++
			v := s.view(t, fmt.Sprintf("%d-07-01", year))
			switch shown := capitalNames(s, v, id); {
			case len(shown) == 0:
				unknown[fmt.Sprint(id, " ", year)] = true
			case capitalsDiffer[id] == "" && !slices.ContainsFunc(shown, func(name string) bool { return sameCity(name, m[1]) }):
				differ[fmt.Sprintf("%s %d %s, not %s", id, year, m[1], shown[0])] = true
			}
		}
	}
	t.Logf("%d states, %d cells; unknown: %v\ndifferent: %v", len(states), cells, sortedKeys(unknown), sortedKeys(differ))
	if bad := len(unknown) + len(differ); bad*100 > cells {
		t.Errorf("%d of %d cells are unknown or differ, more than 1 %%", bad, cells)
	}
}

func sortedKeys(m map[string]bool) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// capitalNames are the names of the capital on the date, that of the date first.
func capitalNames(s *seeded, v *snapshot.View, country graph.ID) (names []string) {
	n, ok := s.snap.Number(country)
	if !ok {
		return nil
	}
	for _, x := range targets(v, n, "capital") {
		city, _ := s.snap.Number(x.ID)
		names = append(names, v.Name(city))
		for _, predicate := range []string{"name", "aliases"} {
			for _, c := range s.of(string(x.ID), predicate) {
				names = append(names, c.Value.String())
			}
		}
	}
	return names
}

// sameCity compares names by their letters; the last editions lost those with marks.
func sameCity(seeded, printed string) bool {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r
			}
			return -1
		}, strings.TrimSuffix(strings.ToLower(s), " city"))
	}
	return letters(text.Fold(seeded)) == letters(text.Fold(printed)) || letters(seeded) == letters(printed)
}
