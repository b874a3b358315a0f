package seeds_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

var updatePast = flag.Bool("update-past", false, "write testdata/past.txt; read the difference")

// The countries, dates and organisations of testdata/past.txt. Some of the countries are
// younger than some of the dates.
var (
	pastCountries = strings.Fields(`KAZ KGZ TJK TKM UZB RUS UKR BLR MDA GEO ARM AZE EST LVA LTU
		JPN CHN KOR PRK MNG VNM THA IDN SGP PHL IND PAK BGD AFG IRN IRQ SAU ISR TUR EGY ETH ERI SSD SDN NGA ZAF DZA
		DEU FRA GBR ITA POL CZE SVK SRB MNE HRV SVN USA CAN MEX BRA ARG CUB AUS`)
	pastDates = strings.Fields(`1950-06-30 1960-06-30 1970-06-30 1980-06-30 1990-06-30 1995-06-30
		2000-06-30 2007-06-30 2010-06-30 2020-06-30 2025-06-30 2026-01-15`)
	pastOrganisations = strings.Fields("un eu nato eaeu sco cis oecd asean wto au")
)

// shown is an entity that a field shows, with the claim that says so.
type shown struct {
	graph.ID
	claim uint32
	holds graph.Holds
}

// String is the id, with a question mark where it is only possible.
func (s shown) String() string {
	switch {
	case s.ID == "":
		return "-"
	case s.holds == graph.HoldsPossibly:
		return string(s.ID) + "?"
	}
	return string(s.ID)
}

// past is what the fields of a country show on a date. A field with one value is empty
// if it shows nothing.
type past struct {
	country                graph.ID
	on                     graph.Day
	date                   string
	state, govern, capital shown
	members                []shown
	roles                  map[graph.ID]string
}

func (p *past) String() string {
	var in []string
	for _, m := range p.members {
		if slices.Contains(pastOrganisations, string(m.ID)) {
			in = append(in, m.String()+p.roles[m.ID])
		}
	}
	return fmt.Sprintf("%s %s state=%s government=%s capital=%s in=%s", p.country, p.date, p.state, p.govern, p.capital, strings.Join(in, ","))
}

// targets is where a field of an entity leads on the view's date.
func targets(v *snapshot.View, entity uint32, field string) []shown {
	s := v.Snapshot()
	f := s.Type(entity).Field(field)
	var all []shown
	if !f.Many {
		if e, ok := v.One(entity, f); ok {
			all = append(all, shown{s.ID(e.Node), e.Claim, v.Holds(e.Claim)})
		}
		return all
	}
	for e := range v.Relation(entity, f, false).All() {
		all = append(all, shown{s.ID(e.Node), e.Claim, v.Holds(e.Claim)})
	}
	return all
}

// pastAnswers are the answers for every country on every date.
var pastAnswers = sync.OnceValues(func() ([]past, error) {
	s, err := wholeSeeds()
	if err != nil {
		return nil, err
	}
	var all []past
	for _, date := range pastDates {
		d, err := graph.ParseDate(date)
		if err != nil {
			return nil, err
		}
		v, err := s.snap.View(graph.View{AsOf: d}, d.First())
		if err != nil {
			return nil, err
		}
		for _, id := range pastCountries {
			n, ok := s.snap.Number(graph.ID(id))
			if !ok {
				return nil, fmt.Errorf("the seeds have no %s", id)
			}
			one := func(field string) (x shown) {
				for _, x = range targets(v, n, field) {
				}
				return x
			}
			p := past{
				country: graph.ID(id), on: d.First(), date: date,
				state: one("headOfState"), govern: one("headOfGovernment"), capital: one("capital"),
				members: targets(v, n, "memberOf"), roles: map[graph.ID]string{},
			}
			for _, m := range p.members {
				if role, _ := s.snap.Qualifier(m.claim, "role"); role.String() != "" && role.String() != "MEMBER" {
					p.roles[m.ID] = "(" + strings.ToLower(role.String()) + ")"
				}
			}
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b past) int {
		return slices.Index(pastCountries, string(a.country)) - slices.Index(pastCountries, string(b.country))
	})
	return all, nil
})

func askPast(t *testing.T) (*seeded, []past) {
	t.Helper()
	all, err := pastAnswers()
	if err != nil {
		t.Fatal(err)
	}
	return loadSeeds(t), all
}

// TestPast compares what the seeds answer for past dates with the answers that were reviewed.
func TestPast(t *testing.T) {
	const file = "testdata/past.txt"
	_, all := askPast(t)
	var b strings.Builder
	for i := range all {
		fmt.Fprintln(&b, &all[i])
	}
	if *updatePast {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, want := strings.Split(b.String(), "\n"), strings.Split(string(have), "\n")
	if len(got) != len(want) {
		t.Fatalf("%s has %d lines, not %d", file, len(want), len(got))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s:%d\nhas    %s\nanswer %s\n(go test ./seeds -run TestPast -update-past writes it; read the difference)", file, i+1, want[i], got[i])
		}
	}
}

// TestPastRules checks rules for every answer, by reading the claims alone.
func TestPastRules(t *testing.T) {
	s, all := askPast(t)
	for _, org := range pastOrganisations {
		if len(s.dates(org, "founded")) == 0 {
			t.Errorf("nobody says when %s was founded", org)
		}
	}
	for _, p := range all {
		answers := append([]shown{p.state, p.govern, p.capital}, p.members...)
		begins := s.dates(string(p.country), "independence")
		for _, x := range answers {
			switch {
			case x.ID == "":
			case x.holds == graph.HoldsNo:
				t.Errorf("%s %s: the claim that shows %s does not hold", p.country, p.date, x)
			case s.snap.Rank(x.claim) == graph.Deprecated:
				t.Errorf("%s %s: a deprecated claim shows %s", p.country, p.date, x)
			case before(p.on, begins):
				t.Errorf("%s %s: it shows %s before the country exists", p.country, p.date, x)
			}
		}
		for _, m := range p.members {
			if before(p.on, s.dates(string(m.ID), "founded")) {
				t.Errorf("%s %s: it is a member of %s, which is not founded yet", p.country, p.date, m)
			}
		}
		for _, leader := range []shown{p.state, p.govern} {
			if leader.ID != "" && !s.inOffice(leader.ID, p.country, p.on) {
				t.Errorf("%s %s: nothing near the date attests %s", p.country, p.date, leader)
			}
		}
	}
}

// dates are the dates that the claims of a field state, without what is deprecated.
func (s *seeded) dates(subject, predicate string) []graph.Date {
	var all []graph.Date
	for _, c := range s.of(subject, predicate) {
		if c.Rank != graph.Deprecated {
			all = append(all, c.Value.Date())
		}
	}
	return all
}

// before reports whether a day is before all of the dates, where there are any.
func before(day graph.Day, dates []graph.Date) bool {
	return len(dates) > 0 && !slices.ContainsFunc(dates, func(d graph.Date) bool { return d.First() <= day })
}

// inOffice reports whether a claim puts the person, within the reach of the field, into
// an office of the country.
func (s *seeded) inOffice(person, country graph.ID, day graph.Day) bool {
	reach := s.snap.Ontology().Type("Person").Field("holds").Reach
	for _, c := range s.of(string(person), "holds") {
		of := s.of(string(c.Value.Entity()), "of")
		if c.Rank == graph.Deprecated || !slices.ContainsFunc(of, func(o graph.Claim) bool { return o.Value.Entity() == country }) {
			continue
		}
		var source graph.Date
		for _, d := range append(s.dates(string(c.Source), "date"), s.dates(string(c.Source), "coversUntil")...) {
			source = d
		}
		if within(day, c.Valid, source, reach) {
			return true
		}
	}
	return false
}

// within reports whether a day is between the dates of a claim or, where a side has none,
// no further than the reach from what its other date or its source attests.
func within(day graph.Day, valid graph.Interval, source graph.Date, reach schema.Reach) bool {
	from, to := valid.From, valid.To
	if !from.Known() && !to.Known() && !source.Known() {
		return true // nothing says when; it comes after all that is dated
	}
	first, last := graph.LastDay, graph.FirstDay
	for _, d := range []graph.Date{from, to, source} {
		if d.Known() {
			first, last = min(first, d.First()), max(last, d.Last())
		}
	}
	first, last = first-graph.Day(reach.Before.Days), last+graph.Day(reach.After.Days)
	switch {
	case from.Known():
		first = from.First()
	case from == graph.OpenDate && !source.Known():
		first = graph.FirstDay
	}
	switch {
	case to.Known():
		last = to.Last()
	case to == graph.OpenDate && !source.Known():
		last = graph.LastDay
	}
	return first <= day && day <= last
}
