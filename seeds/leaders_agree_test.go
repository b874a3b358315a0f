package seeds_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/factbook"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// TestLeadersAgree compares who governed each country, by half-years from 1992 to 2015, with Archigos. It has the effective leader, so
// either the head of state or the head of government may be meant. The editions of the Factbook alone owe nothing to Archigos; of the
// seeds, which have it as a source too, the figure says only that the two are put together without harm.
func TestLeadersAgree(t *testing.T) {
	needData(t)
	o := ontology(t)
	t.Run("editions", func(t *testing.T) {
		res := importedFile(t, o, factbook.Offices, filepath.Join(data, "factbook-leaders", "chief_of_state.csv"))
		res.Commit.Seq = 1
		snap, err := snapshot.Empty(o).Apply(&res.Commit)
		if err != nil {
			t.Fatal(err)
		}
		agreeOnLeaders(t, snap, 98, 94)
	})
	t.Run("seeds", func(t *testing.T) { agreeOnLeaders(t, loadSeeds(t).snap, 99, 97) })
}

// agreeOnLeaders fails where less than a share of the cells, in percent, is answered, or of these agrees.
func agreeOnLeaders(t *testing.T, snap *snapshot.Snapshot, leastAnswered, leastAgree int) {
	spells := officesOf(spellsSince(t, snap.Ontology()).Commit.Claims)
	answered, agreed, cells, since := 0, 0, 0, [2]int{}
	misses := map[graph.ID][]string{}
	for year := 1992; year <= 2015; year++ {
		for _, date := range []string{fmt.Sprintf("%d-02-15", year), fmt.Sprintf("%d-08-15", year)} {
			v, on := viewOn(t, snap, date), day(date)
			for state, list := range spells.terms {
				n, ok := snap.Number(state)
				if !ok || snap.Type(n).Name != "Country" {
					continue
				}
				for _, x := range list {
					if on < x.from || x.to < on {
						continue
					}
					shown, name := highest(v, n), spells.names[x.claim.Subject][0]
					cells++
					if len(shown) > 0 {
						answered++
					}
					if year >= 2000 {
						since[0]++
						since[1] += min(1, len(shown))
					}
					if sameLeader(name, shown) || linkedLeader(v, n) {
						agreed++
					} else {
						misses[state] = append(misses[state], fmt.Sprintf("%s %s, not %s", date, name, shown))
					}
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(misses)) {
		t.Logf("%s %d: %s", id, len(misses[id]), strings.Join(misses[id], "; "))
	}
	if answered*100 < cells*leastAnswered || agreed*100 < answered*leastAgree {
		t.Error("fewer answers, or fewer that agree, than before")
	}
	t.Logf("%d cells, %d answered (%.1f %%), of them %d agree (%.1f %%); since 2000 %d of %d answered (%.1f %%)", cells, answered, 100*float64(answered)/float64(cells),
		agreed, 100*float64(agreed)/float64(answered), since[1], since[0], 100*float64(since[1])/float64(since[0]))
}

// highest are the names of the head of state and the head of government.
func highest(v *snapshot.View, country uint32) (names []string) {
	for _, field := range []string{"headOfState", "headOfGovernment"} {
		for _, x := range targets(v, country, field) {
			n, _ := v.Snapshot().Number(x.ID)
			names = append(names, v.Name(n))
		}
	}
	return names
}

// linkedLeader reports whether the effective leader, whatever the spelling, is the head of state or of government.
func linkedLeader(v *snapshot.View, country uint32) bool {
	for _, leader := range targets(v, country, "effectiveLeader") {
		for _, field := range []string{"headOfState", "headOfGovernment"} {
			if slices.ContainsFunc(targets(v, country, field), func(x shown) bool { return x.ID == leader.ID }) {
				return true
			}
		}
	}
	return false
}
