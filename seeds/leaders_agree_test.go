package seeds_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/text"
)

// TestLeadersAgree compares who governed each country, by half-years from 1992 to 2015, with Archigos, from which no
// seed is taken. Archigos has the effective leader, so either the head of state or the head of government may be meant.
func TestLeadersAgree(t *testing.T) {
	rows := readTable(t, filepath.Join(data, "leaders-archigos", "archigos_4_1.csv"))
	s := loadSeeds(t)
	answered, agreed, cells, since := 0, 0, 0, [2]int{}
	misses := map[string][]string{}
	for year := 1992; year <= 2015; year++ {
		for _, day := range []string{"02-15", "08-15"} {
			date := fmt.Sprintf("%d-%s", year, day)
			v := s.view(t, date)
			for _, r := range rows[1:] {
				id := archigosCountry(r[3])
				if id == "" || r[5] > date || r[6] < date {
					continue
				}
				n, ok := s.snap.Number(id)
				if !ok {
					continue
				}
				var shown []string
				for _, field := range []string{"headOfState", "headOfGovernment"} {
					for _, x := range targets(v, n, field) {
						m, _ := s.snap.Number(x.ID)
						shown = append(shown, v.Name(m))
					}
				}
				cells++
				if year >= 2000 {
					since[0]++
				}
				if len(shown) == 0 {
					misses[string(id)] = append(misses[string(id)], date+" nobody")
					continue
				}
				answered++
				if year >= 2000 {
					since[1]++
				}
				if sameLeader(r[4], shown) {
					agreed++
				} else {
					misses[string(id)] = append(misses[string(id)], fmt.Sprintf("%s %s, not %s", date, r[4], shown))
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(misses)) {
		t.Logf("%s %d: %s", id, len(misses[id]), strings.Join(misses[id], "; "))
	}
	if answered < cells*98/100 || agreed < answered*95/100 {
		t.Error("fewer answers, or fewer that agree, than before")
	}
	t.Logf("%d cells, %d answered (%.1f %%), of them %d agree (%.1f %%); since 2000 %d of %d answered (%.1f %%)", cells, answered, 100*float64(answered)/float64(cells),
		agreed, 100*float64(agreed)/float64(answered), since[1], since[0], 100*float64(since[1])/float64(since[0]))
}

// sameLeader reports whether a family name as Archigos has it is in one of the names.
func sameLeader(family string, shown []string) bool {
	key := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r == ' ' {
				return r
			}
			return -1
		}, text.Sound(text.Fold(s)))
	}
	for _, word := range strings.FieldsFunc(key(family), func(r rune) bool { return r == ' ' }) {
		for _, name := range shown {
			for _, w := range strings.Fields(key(name)) {
				if w == word || len(word) > 5 && near(w, word) || len(word) > 3 && (strings.Contains(w, word) || len(w) > 3 && strings.Contains(word, w)) {
					return true
				}
			}
		}
	}
	return false
}

// archigosCodes has the codes of Archigos, by Gleditsch and Ward, that differ from ISO 3166. Of those that mean another
// country there, such as AUS for Austria, each is in the list.
var archigosCodes = strings.Fields(`
	BHM BHS HAI HTI TRI TTO BAR BRB GUA GTM HON HND SAL SLV COS CRI PAR PRY URU URY IRE IRL NTH NLD FRN FRA SWZ CHE SPN ESP POR PRT AUS AUT
	SLO SVK MNG MNE CRO HRV SER SRB SLV SVN BUL BGR MLD MDA RUM ROU LAT LVA LIT LTU GRG GEO SWD SWE DEN DNK ICE ISL CAP CPV EQG GNQ GAM GMB
	MAA MRT NIR NER GUI GIN BFO BFA SIE SLE TOG TGO CAO CMR NIG NGA CEN CAF CHA TCD CON COG TAZ TZA BUI BDI ANG AGO MZM MOZ ZAM ZMB ZIM ZWE
	MAW MWI SAF ZAF LES LSO BOT BWA MAG MDG MAS MUS MOR MAR ALG DZA LIB LBY SUD SDN LEB LBN KUW KWT BAH BHR UAE ARE OMA OMN TAJ TJK KZK KAZ
	MON MNG TAW TWN BHU BTN BNG BGD MYA MMR SRI LKA MAD MDV NEP NPL THI THA CAM KHM MAL MYS SIN SGP BRU BRN PHI PHL INS IDN AUL AUS NEW NZL
	SOL SLB UKG GBR GFR DEU CZR CZE MAC MKD BOS BIH KOS XKX CDI CIV DRC COD SWA SWZ KYR KGZ ROK KOR DRV VNM ETM TLS SUR SUR`)

// archigosCountry is the country with a code of Archigos.
func archigosCountry(code string) graph.ID {
	if code == "YUG" || code == "CZE" {
		return "" // states that ended
	}
	for i := 0; i < len(archigosCodes); i += 2 {
		if archigosCodes[i] == code {
			return graph.ID(archigosCodes[i+1])
		}
	}
	return graph.ID(code)
}

// near reports whether two words differ by two letters at most.
func near(a, b string) bool {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)] <= 2
}
