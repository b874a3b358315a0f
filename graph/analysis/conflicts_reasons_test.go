package analysis_test

import (
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

func TestConflictsTell(t *testing.T) {
	o := world(t)
	claim := func(predicate, value, valid string, qualifiers ...graph.QualifierValue) graph.Claim {
		f := o.Predicate(predicate)[0]
		val, err := graph.ParseValue(graph.KindOf(f.Scalar), value)
		if err != nil {
			t.Fatal(err)
		}
		iv, err := graph.ParseInterval(valid)
		if err != nil {
			t.Fatal(err)
		}
		return graph.Claim{Subject: "AAA", Predicate: predicate, Value: val, Valid: iv, Confidence: 1, Source: "src-1", Qualifiers: qualifiers}
	}
	share := func(x float64) graph.QualifierValue {
		return graph.QualifierValue{Name: "share", Value: graph.FloatValue(x)}
	}
	lang := func(l string) graph.QualifierValue {
		return graph.QualifierValue{Name: "lang", Value: graph.StringValue(l)}
	}
	marked := func(c graph.Claim) graph.Claim { c.Conflict = "group-1"; return c }
	none := func(c graph.Claim) graph.Claim { c.Value = graph.NoneValue(); return c }
	deprecated := func(c graph.Claim) graph.Claim { c.Rank = graph.Deprecated; return c }
	printed := func(c graph.Claim, original string) graph.Claim { c.Original = original; return marked(c) }
	about := func(id graph.ID, c graph.Claim) graph.Claim { c.Subject = id; return c }
	by := func(id graph.ID, c graph.Claim) graph.Claim { c.Source = id; return c }
	length := func(km float64) graph.QualifierValue {
		return graph.QualifierValue{Name: "lengthKm", Value: graph.FloatValue(km)}
	}
	for _, c := range []struct {
		name string
		a, b graph.Claim
		want string // the reason; "" where they do not disagree
		on   string // the view's date; "" is today
	}{
		{"two capitals", claim("capital", "x-town", "1990/.."), claim("capital", "y-town", "2000/.."), "capital has one value at a time and is stated as x-town and y-town", ""},
		{"one after the other", claim("capital", "x-town", "1990/2000"), claim("capital", "y-town", "2000/.."), "", "2000"},
		{"within the days of tolerance", claim("capital", "x-town", "1990/2000-06-15"), claim("capital", "y-town", "2000-06-01/.."), "", "2000"},
		{"beyond them", claim("capital", "x-town", "1990/2000-06-30"), claim("capital", "y-town", "2000-06-01/.."), "capital has one value at a time and is stated as x-town and y-town", "2000"},
		{"the same rough time", claim("capital", "x-town", "2020"), claim("capital", "y-town", "2020"), "capital has one value at a time and is stated as x-town and y-town", "2020"},
		{"nobody says when", claim("capital", "x-town", ""), claim("capital", "y-town", ""), "capital has one value at a time and is stated as x-town and y-town", ""},
		{"the same", claim("capital", "x-town", "1990/.."), claim("capital", "x-town", "2000/.."), "", ""},
		{"one deprecated", claim("capital", "x-town", ""), deprecated(claim("capital", "y-town", "")), "", ""},
		{"one deprecated, and marked", marked(claim("capital", "x-town", "")), marked(deprecated(claim("capital", "y-town", ""))), "a curator marked them as competing: stated as x-town and y-town", ""},
		{"written in two ways", printed(claim("capital", "x-town", ""), "Ixton"), printed(claim("capital", "x-town", "1990/.."), "Exton"), "", ""},
		{"written in one way", printed(claim("capital", "x-town", ""), "Ixton"), printed(claim("capital", "x-town", "1990/.."), "Ixton"), "", ""},
		{"two values, written in two ways", printed(claim("aliases", "Alpha", ""), "A"), printed(claim("aliases", "Beta", ""), "B"), "a curator marked them as competing: stated as Alpha and Beta", ""},
		{"a date said more exactly", claim("founded", "1990", ""), claim("founded", "1990-06-18", ""), "", ""},
		{"two near dates", claim("founded", "1990-06-18", ""), claim("founded", "1990-06-21", ""), "", ""},
		{"two dates", claim("founded", "1990-06-18", ""), claim("founded", "1990-06-22", ""), "founded has one value and is stated as 1990-06-18 and 1990-06-22", ""},
		{"figures within the tolerance", claim("population", "100", "2020"), claim("population", "130", "2020"), "", ""},
		{"figures beyond it", claim("population", "100", "2020"), claim("population", "200", "2020-01/2020-12"), "population for 2020 is stated as 100 and 200, further apart than 30 %", ""},
		{"figures of two years", claim("population", "100", "2020"), claim("population", "200", "2021"), "", ""},
		{"figures of no certain year", claim("population", "100", "2020/.."), claim("population", "200", "2020/.."), "", ""},
		{"one length in two units", claim("area", "1 km", "2020"), claim("area", "1050 m", "2020"), "", ""},
		{"two lengths in two units", claim("area", "1 km", "2020"), claim("area", "1200 m", "2020"), "area for 2020 is stated as 1 km and 1200 m, further apart than 10 %", ""},
		{"what has no common unit", claim("area", "1 km", "2020"), claim("area", "5 JPY", "2020"), "", ""},
		{"a number within a range", claim("population", "100..200", "2020"), claim("population", "150", "2020"), "", ""},
		{"ranges that overlap", claim("population", "100..200", "2020"), claim("population", "over 150", "2020"), "", ""},
		{"a number near a range", claim("population", "under 100", "2020"), claim("population", "120", "2020"), "", ""},
		{"a number beyond a range", claim("population", "100..200", "2020"), claim("population", "400", "2020"), "population for 2020 is stated as 100..200 and 400, further apart than 30 %", ""},
		{"ranges apart", claim("population", "under 100", "2020"), claim("population", "over 200", "2020"), "population for 2020 is stated as <100 and >200, further apart than 30 %", ""},
		{"ranges in two units", claim("area", "1..2 km", "2020"), claim("area", "under 500 m", "2020"), "area for 2020 is stated as 1..2 km and <500 m, further apart than 10 %", ""},
		{"two languages", claim("title", "Alpha", "", lang("en")), claim("title", "Beta", "", lang("de")), "", ""},
		{"one language", claim("title", "Alpha", "", lang("en")), claim("title", "Beta", "", lang("en")), "title has one value at a time and is stated as Alpha and Beta", ""},
		{"case and marks", claim("title", "Astana", ""), claim("title", "ASTÁNA", ""), "", ""},
		{"codes in two cases", claim("iso2", "ab", ""), claim("iso2", "AB", ""), "iso2 has one value and is stated as AB and ab", ""},
		{"a list that is empty, and filled", none(claim("memberOf", "club-1", "1990/1999")), claim("memberOf", "club-2", "1995/2010"), "member of is stated as none, and as club-2", "1997"},
		{"a list that was empty before", none(claim("memberOf", "club-1", "1990/1994")), claim("memberOf", "club-2", "1995/2010"), "", "1997"},
		{"one of several values", claim("memberOf", "club-1", ""), claim("memberOf", "club-2", ""), "", ""},
		{"two shares", claim("importsFrom", "BBB", "2020", share(0.5)), claim("importsFrom", "BBB", "2020", share(0.9)), "imports from BBB for 2020 is stated with share 0.5 and share 0.9, further apart than 30 %", ""},
		{"shares of two partners", claim("importsFrom", "BBB", "2020", share(0.5)), claim("importsFrom", "CCC", "2020", share(0.9)), "", ""},
		{"marked by a curator", marked(claim("aliases", "Alpha", "")), marked(claim("aliases", "Beta", "")), "a curator marked them as competing: stated as Alpha and Beta", ""},
		{"marked for their shares", marked(claim("importsFrom", "BBB", "2020", share(0.5))), marked(claim("importsFrom", "BBB", "2021", share(0.6))), "a curator marked them as competing: about BBB; with share 0.5 and share 0.6; dated 2020 and 2021", "2022"},
		{"marked for their dates", marked(claim("memberOf", "club-1", "1998/..")), marked(claim("memberOf", "club-1", "2000-03/..")), "a curator marked them as competing: about club-1; dated since 1998 and since 2000-03", ""},
		{"marked for two subjects", marked(claim("capital", "x-town", "")), marked(about("BBB", claim("capital", "x-town", ""))), "a curator marked them as competing: stated of AAA and BBB", ""},
		{"marked, where one says more", marked(claim("memberOf", "club-1", "")), marked(claim("memberOf", "club-1", "1998/..")), "", ""},

		{"two leaders", claim("leads", "club-1", "2020/2030"), about("BBB", claim("leads", "club-1", "2021/2030")), "leads club-1 is true of one at a time and is stated of AAA and BBB", ""},
		{"one leader after the other", claim("leads", "club-1", "2020/2024-05"), about("BBB", claim("leads", "club-1", "2024-05/2030")), "", "2024-05"},
		{"a leader, and one who may still be", by("dated-2024-03-01", claim("leads", "club-1", "2010/..")), by("dated-2024-05-01", about("BBB", claim("leads", "club-1", "2024-04-01/.."))), "", ""},
		{"a leader whom a later source still names", by("dated-2024-04-15", claim("leads", "club-1", "2010/..")), by("dated-2024-03-10", about("BBB", claim("leads", "club-1", "2024-03-01/.."))), "leads club-1 is true of one at a time and is stated of AAA and BBB", ""},
		{"leaders of two clubs", claim("leads", "club-1", "2020/2030"), about("BBB", claim("leads", "club-2", "2020/2030")), "", ""},
		{"a term that ends before it begins", claim("leads", "club-1", "2020/.."), claim("leads", "club-1", "/2010"), "leads club-1 is stated since 2020 and until 2010", ""},
		{"a term in two claims", claim("leads", "club-1", "2020/.."), claim("leads", "club-1", "/2022"), "", ""},

		{"one border, stated from both sides", claim("borders", "BBB", "", length(100)), about("BBB", claim("borders", "AAA", "", length(120))), "borders AAA – BBB is stated with length 100 km and length 120 km, further apart than 10 %", ""},
		{"within the tolerance", claim("borders", "BBB", "", length(100)), about("BBB", claim("borders", "AAA", "", length(105))), "", ""},
		{"two borders", claim("borders", "BBB", "", length(100)), about("BBB", claim("borders", "CCC", "", length(120))), "", ""},
		{"parts of a border", claim("borders", "BBB", "", length(100)), claim("borders", "BBB", "", length(20)), "", ""},
		{"one border, by two sources", claim("borders", "BBB", "", length(100)), by("src-2", claim("borders", "BBB", "", length(20))), "borders AAA – BBB is stated with length 100 km and length 20 km, further apart than 10 %", ""},

		{"names with another hyphen", claim("name", "Guinea-Bissau", ""), claim("name", "Guinea Bissau", ""), "", ""},
		{"names with another and", claim("name", "Antigua & Barbuda", ""), claim("name", "Antigua and Barbuda", ""), "", ""},
		{"names with another apostrophe", claim("name", "Cote d'Ivoire", ""), claim("name", "Côte d’Ivoire", ""), "", ""},
		{"names written together", claim("name", "Viet Nam", ""), claim("name", "Vietnam", ""), "", ""},
		{"names of saints", claim("name", "St. Lucia", ""), claim("name", "Saint Lucia", ""), "", ""},
		{"two names", claim("name", "Macao", ""), claim("name", "Macau", ""), "name has one value at a time and is stated as Macao and Macau", ""},
		{"words that only look like a name's", claim("title", "Sand and Stone", ""), claim("title", "Sand Stone", ""), "title has one value at a time and is stated as Sand Stone and Sand and Stone", ""},

		{"points near each other", about("x-town", claim("at", "51.1,71.4", "")), about("x-town", claim("at", "51.12,71.4", "")), "", ""},
		{"points apart", about("x-town", claim("at", "51.1,71.4", "")), about("x-town", claim("at", "51.2,71.4", "")), "at has one value at a time and is stated as 51.1,71.4 and 51.2,71.4, further apart than 5 km", ""},
		{"points on both sides of the date line", about("x-town", claim("at", "0,179.99", "")), about("x-town", claim("at", "0,-179.99", "")), "", ""},

		{"a dated claim, and one that nothing attests", claim("capital", "x-town", "1990/2030"), claim("capital", "y-town", ""), "", ""},
		{"a dated claim that has ended, and one that nothing attests", claim("capital", "x-town", "1990/2000"), claim("capital", "y-town", ""), "", ""},
		{"an attested claim, and one that nothing attests", by("dated-2024-03-01", claim("currency", "A", "")), claim("currency", "B", ""), "currency has one value at a time and is stated as A and B", ""},
		{"attested within a year", by("dated-2024-03-01", claim("currency", "A", "")), by("dated-2023-09-01", claim("currency", "B", "")), "currency has one value at a time and is stated as A and B", ""},
		{"attested years apart", by("dated-2024-03-01", claim("currency", "A", "")), by("dated-2003-09-01", claim("currency", "B", "")), "", ""},
		{"attested years apart, of what hardly changes", by("dated-2024-03-01", claim("capital", "x-town", "")), by("dated-2003-09-01", claim("capital", "y-town", "")), "capital has one value at a time and is stated as x-town and y-town", ""},
		{"attested before a dated change", by("dated-2003-09-01", claim("currency", "A", "")), by("dated-2024-03-01", claim("currency", "B", "2010/..")), "", ""},

		{"an end before the beginning", claim("founded", "1991-12-16", ""), claim("ended", "1990", ""), "ended is stated as 1990, before founded, stated as 1991-12-16", ""},
		{"an end after the beginning", claim("founded", "1991-12-16", ""), claim("ended", "1991", ""), "", ""},
		{"an end that outlives its source", by("dated-2024-03-01", claim("capital", "x-town", "2020/2060")), claim("iso2", "AB", ""), "capital is dated 2020 to 2060, 35 years beyond its source of 2024-03-01", ""},
		{"an end that its source may foresee", by("dated-2024-03-01", claim("capital", "x-town", "2020/2030")), claim("iso2", "AB", ""), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.a.Locator, c.b.Locator = "a", "b"
			commit := &graph.Commit{Entities: pool.Entities(), Claims: []graph.Claim{c.a, c.b}}
			for _, n := range []*graph.Claim{&c.a, &c.b} {
				if day, ok := strings.CutPrefix(string(n.Source), "dated-"); ok {
					commit.Entities = append(commit.Entities, graph.Entity{ID: n.Source, Type: "Source"})
					commit.Claims = append(commit.Claims, graph.Claim{Subject: n.Source, Predicate: "date", Value: graph.DateValue(parseDate(day)), Source: n.Source, Confidence: 1})
				}
			}
			v := look(t, apply(t, snapshot.Empty(o), commit), graph.View{AsOf: parseDate(c.on)})
			reason := ""
			if _, err := analysis.Conflicts(t.Context(), v, analysis.ConflictsOptions{}, func(x analysis.Conflict) bool {
				reason += x.Reason
				return true
			}); err != nil {
				t.Fatal(err)
			}
			equal(t, "reason", reason, c.want)
		})
	}
}

// TestConflictsName: the reason calls things by their names, and by their ids as
// well where the names do not tell them apart.
func TestConflictsName(t *testing.T) {
	o := world(t)
	claim := func(subject graph.ID, predicate string, value graph.Value) graph.Claim {
		return graph.Claim{Subject: subject, Predicate: predicate, Value: value, Confidence: 1, Source: "src-1"}
	}
	for _, c := range []struct{ x, y, want string }{
		{"Zeta", "Eta", "capital has one value at a time and is stated as Eta and Zeta"},
		{"Zeta", "Zeta", "capital has one value at a time and is stated as Zeta (x-town) and Zeta (y-town)"},
	} {
		v := look(t, apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities(), Claims: []graph.Claim{
			claim("x-town", "name", graph.StringValue(c.x)), claim("y-town", "name", graph.StringValue(c.y)),
			claim("AAA", "capital", graph.EntityValue("x-town")), claim("AAA", "capital", graph.EntityValue("y-town")),
		}}), graph.View{})
		var got []string
		if _, err := analysis.Conflicts(t.Context(), v, analysis.ConflictsOptions{}, func(x analysis.Conflict) bool {
			got = append(got, x.Reason)
			return true
		}); err != nil {
			t.Fatal(err)
		}
		equal(t, "reasons", got, []string{c.want})
	}
}

// TestConflictsCount compares a stated number with what is listed, and counts the
// seats of an office.
func TestConflictsCount(t *testing.T) {
	o := world(t)
	claim := func(subject graph.ID, predicate string, value graph.Value, qualifiers ...graph.QualifierValue) graph.Claim {
		return graph.Claim{Subject: subject, Predicate: predicate, Value: value, Confidence: 1, Source: "src-1", Qualifiers: qualifiers}
	}
	text := func(name, value string) graph.QualifierValue {
		return graph.QualifierValue{Name: name, Value: graph.StringValue(value)}
	}
	number := func(x float64, unit, valid string, qualifiers ...graph.QualifierValue) graph.Claim {
		c := claim("club-1", "memberCount", graph.QuantityValue(x, unit), qualifiers...)
		c.Valid, _ = graph.ParseInterval(valid)
		return c
	}
	member := func(id graph.ID, qualifiers ...graph.QualifierValue) graph.Claim {
		return claim(id, "memberOf", graph.EntityValue("club-1"), qualifiers...)
	}
	leader := func(id graph.ID) graph.Claim {
		c := claim(id, "leads", graph.EntityValue("club-1"))
		c.Valid, _ = graph.ParseInterval("2020/2030")
		return c
	}
	seats := claim("club-1", "seats", graph.IntValue(2))
	const want = "member count is stated as 3 countries, and 2 are listed"
	for _, c := range []struct {
		name   string
		want   string
		claims []graph.Claim
	}{
		{"more than are listed", want, []graph.Claim{number(3, "countries", "2024"), member("AAA"), member("BBB")}},
		{"as many as are listed", "", []graph.Claim{number(2, "countries", "2024"), member("AAA"), member("BBB", text("role", "founder"))}},
		{"guests do not count", want, []graph.Claim{number(3, "countries", "2024"), member("AAA"), member("BBB"), member("CCC", text("role", "guest"))}},
		{"one member by two claims", want, []graph.Claim{number(3, "countries", "2024"), member("AAA"), member("AAA", text("role", "full")), member("BBB")}},
		{"nobody is listed", "", []graph.Claim{number(3, "countries", "2024")}},
		{"another unit", "", []graph.Claim{number(3, "JPY", "2024"), member("AAA")}},
		{"another scope", "", []graph.Claim{number(3, "countries", "2024", text("scope", "ratified")), member("AAA")}},
		{"a figure of another time", "", []graph.Claim{number(3, "countries", "2010"), member("AAA"), member("BBB")}},
		{"a figure of no time", "", []graph.Claim{number(3, "countries", ""), member("AAA"), member("BBB")}},
		{"seats for all", "", []graph.Claim{seats, leader("AAA"), leader("BBB")}},
		{"too few seats", "leads club-1 is true of 2 at a time and is stated of AAA, BBB and CCC", []graph.Claim{seats, leader("AAA"), leader("BBB"), leader("CCC")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := look(t, apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities(), Claims: c.claims}), graph.View{})
			for _, subject := range []graph.ID{"", "club-1"} {
				reason := ""
				if _, err := analysis.Conflicts(t.Context(), v, analysis.ConflictsOptions{Subject: subject}, func(x analysis.Conflict) bool {
					reason += x.Reason
					return true
				}); err != nil {
					t.Fatal(err)
				}
				equal(t, "reason of "+string(subject), reason, c.want)
			}
		})
	}
}
