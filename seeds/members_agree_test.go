package seeds_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// The lists against which memberships are held: one by heart, one handed over.
const (
	membersByHeart = "testdata/members.txt"
	membersOfCOW   = "../../shared/data/igo-cow-v3/membership_spells.csv"
)

// membersOn are the full members that an organisation shows on a date, in order.
func membersOn(t *testing.T, s *seeded, organisation, date string) []graph.ID {
	t.Helper()
	v := s.view(t, date)
	n, ok := s.snap.Number(graph.ID(organisation))
	if !ok {
		t.Fatalf("the seeds have no %s", organisation)
	}
	return fullMembers(v, n)
}

func fullMembers(v *snapshot.View, organisation uint32) []graph.ID {
	var all []graph.ID
	for _, m := range targets(v, organisation, "members") {
		role, _ := v.Snapshot().Qualifier(m.claim, "role")
		if slices.Contains([]string{"", "MEMBER", "FOUNDER", "SUSPENDED"}, role.String()) {
			all = append(all, m.ID)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// agreement counts cells: one for each organisation, date and country that the list or the
// seeds name.
type agreement struct {
	cells, agree int
	missing      []string // only the list names them
	extra        []string // only the seeds do
}

func (a *agreement) add(cell string, listed, shown bool) {
	a.cells++
	switch {
	case listed && shown:
		a.agree++
	case listed:
		a.missing = append(a.missing, cell)
	default:
		a.extra = append(a.extra, cell)
	}
}

// without drops the cells of a known fault.
func (a *agreement) without(fault string) {
	begin, end, ok := strings.Cut(fault, "…")
	if !ok {
		end = begin
	}
	for _, cells := range []*[]string{&a.missing, &a.extra} {
		before := len(*cells)
		*cells = slices.DeleteFunc(*cells, func(c string) bool { return strings.HasPrefix(c, begin) && strings.HasSuffix(c, end) })
		a.cells -= before - len(*cells)
	}
}

func (a *agreement) report(t *testing.T, list string, least float64) {
	t.Helper()
	share := float64(a.agree) / float64(a.cells)
	t.Logf("%s: %d cells, %.2f %% agree\nonly in the list: %v\nonly in the seeds: %v", list, a.cells, 100*share, a.missing, a.extra)
	if share < least {
		t.Errorf("%s: %.2f %% of the cells agree, not %.0f %%", list, 100*share, 100*least)
	}
}

// TestMembersByHeart compares memberships of organisations on fifteen dates, of which
// some are the days of an accession or the days before.
func TestMembersByHeart(t *testing.T) {
	s := loadSeeds(t)
	spells := map[string][][]string{}
	for _, f := range fieldsOf(t, membersByHeart) {
		spells[f[0]] = append(spells[f[0]], f[1:])
	}
	var a agreement
	for organisation, all := range spells {
		for _, date := range []string{"1992-01-01", "1993-06-30", "1995-07-01", "1996-01-01", "1999-03-11", "2004-01-01", "2004-06-30", "2007-01-01",
			"2010-01-01", "2013-07-01", "2016-06-30", "2017-01-01", "2020-02-01", "2024-07-04", "2026-01-15"} {
			shown := membersOn(t, s, organisation, date)
			for _, spell := range all {
				for _, country := range spell[2:] {
					at := slices.Index(shown, graph.ID(country))
					listed := spell[0] <= date && (spell[1] == ".." || date <= spell[1])
					if listed {
						a.add(organisation+" "+date+" "+country, true, at >= 0)
						if at >= 0 {
							shown = slices.Delete(shown, at, at+1)
						}
					}
				}
			}
			for _, country := range shown {
				a.add(organisation+" "+date+" "+string(country), false, true)
			}
		}
	}
	a.report(t, membersByHeart, 0.98)
}

// cowNames are the states that the list of Correlates of War calls otherwise than the
// seeds do, and cowFaults what it is known to get wrong (its PROVENANCE.md).
var (
	cowNames = map[string]graph.ID{
		"uk": "GBR", "usa": "USA", "czechrep": "CZE", "sokorea": "KOR", "uae": "ARE", "etimor": "TLS", "wgermany": "DEU",
		"macedonia": "MKD", "burma": "MMR", "myanmar": "MMR", "yugoslaviaserb": "SRB",
	}
	cowFaults = []struct {
		cell string // how a cell begins and, after "…", ends
		why  string
	}{
		{"mercosur…BOL", "an associate"},
		{"mercosur…CHL", "an associate"},
		{"opec…AGO", "a member since 2007, which the list leaves out"},
		{"csto 2004 UZB", "it joined in 2006"},
		{"cis 1992 AZE", "it ratified in 1993"},
	}
	cowOrganisations = strings.Fields("asean cis csto eco eu gcc mercosur nato oecd opec")
)

// TestMembersAgreeWithCOW compares memberships in the middle of the years from 1992 to 2014 with the list of
// Correlates of War, in the years in which neither of its states begins or ends to be a member.
func TestMembersAgreeWithCOW(t *testing.T) {
	rows := readTable(t, membersOfCOW)
	s := loadSeeds(t)
	byName := countriesByName(s)
	var a agreement
	for year := 1992; year <= 2014; year += 2 {
		for _, organisation := range cowOrganisations {
			shown := map[graph.ID]bool{}
			for _, id := range membersOn(t, s, organisation, strconv.Itoa(year)+"-06-30") {
				shown[id] = true
			}
			for _, r := range rows[1:] {
				first, _ := strconv.Atoi(r[4])
				last, _ := strconv.Atoi(r[5])
				if r[0] != organisation || r[3] != "1" || r[2] == "wgermany" {
					continue
				}
				id, ok := byName[r[2]]
				if !ok {
					t.Errorf("no country is called %s", r[2])
				}
				if year >= first-1 && year <= first || year >= last && year <= last+2 && last < 2014 {
					delete(shown, id) // the year in which it changes
				} else if year > first && year <= last {
					a.add(organisation+" "+strconv.Itoa(year)+" "+string(id), true, shown[id])
					delete(shown, id)
				}
			}
			for id := range shown {
				a.add(organisation+" "+strconv.Itoa(year)+" "+string(id), false, true)
			}
		}
	}
	slices.Sort(a.extra)
	for _, f := range cowFaults {
		a.without(f.cell)
	}
	a.report(t, membersOfCOW, 0.98)
}

// countriesByName finds countries by their name in lower case without spaces.
func countriesByName(s *seeded) map[string]graph.ID {
	all := map[string]graph.ID{}
	for _, e := range s.commit.Entities {
		if e.Type != "Country" {
			continue
		}
		id := e.ID
		for _, c := range s.of(string(id), "name") {
			name := strings.ToLower(strings.Join(strings.FieldsFunc(c.Value.String(), func(r rune) bool { return r == ' ' || r == '-' }), ""))
			if _, ok := all[name]; !ok {
				all[name] = id
			}
		}
	}
	for name, id := range cowNames {
		all[name] = id
	}
	return all
}
