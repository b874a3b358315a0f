package draft_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/draft"
	"github.com/caspian-kg/caspian/schema"
)

// TestForms drafts mappings of tables whose cells and headers have uncommon forms. Each mapping reads its table without
// faults, its text has what is wanted, and the claims are stated.
func TestForms(t *testing.T) {
	w, err := small()
	if err != nil {
		t.Fatal(err)
	}
	unformed, err := schema.Load("ontology.graphql", strings.Replace(schema.Default, `@code(form: "[A-Z]{2}[A-Z2-9]{3}", case: UPPER, like: "KZAAU")`, "", 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, file, table string
		ontology          *schema.Ontology
		want, claims      []string
		never             string
	}{
		{name: "years, and a text that sorts before them", file: "people.csv",
			table: "country,year,population\nKazakhstan,1990,16000000\nKazakhstan,1991,16100000\nKazakhstan,1992,16200000\nUzbekistan,1993,21000000\nUzbekistan,1994,21100000\nUzbekistan,(none),21200000\n",
			want:  []string{`valid: "{year | match`}, claims: []string{"KAZ population 16000000 1990"}},
		{name: "an end in words", file: "memberships.csv",
			table: "igo,state,status,joined,left\nTest Union,Kazakhstan,member,1992,present\nTest Union,Uzbekistan,member,1999,2005\nTest Union,China,member,2001,present\n" +
				"Test Union,Italy,member,2001,2006\nSteppe Forum,Kazakhstan,member,2004,present\nSteppe Forum,Uzbekistan,member,2004,present\nSteppe Forum,Italy,member,2004,2007\nSteppe Forum,China,member,2004,2008\n",
			never: "coversUntil", claims: []string{"KAZ memberOf organisation-test-union 1992/", "UZB memberOf organisation-test-union 1999/2005"}},
		{name: "the last day of a table, as it is printed", file: "memberships.csv",
			table: "igo,state,status,joined,left\nTest Union,Kazakhstan,member,1/2/1992,31/12/2014\nTest Union,Uzbekistan,member,1/3/1999,15/1/2005\nTest Union,China,member,1/2/2001,31/12/2014\n" +
				"Steppe Forum,Kazakhstan,member,1/4/2004,31/12/2014\nSteppe Forum,Uzbekistan,member,1/5/2004,31/12/2014\n",
			want: []string{`coversUntil: "2014-12-31"`}, claims: []string{"KAZ memberOf organisation-test-union 1992-02-01/", "UZB memberOf organisation-test-union 1999-03-01/2005-01-15"}},
		{name: "months in capitals, and a date that is none", file: "presidents.csv",
			table: "country,president,start date,born\nKazakhstan,Nursultan Nazarbayev,24-APR-1990,6-JUL-1940\nKazakhstan,Kassym-Jomart Tokayev,20-MAR-2019,17-MAY-1953\n" +
				"Uzbekistan,Shavkat Mirziyoyev,8-SEP-2016,24-JUL-1957\nUzbekistan,Islam Karimov,24-MAR-1990,30-JAN-1938\nItaly,Sergio Mattarella,3-FEB-2015,about 1941\n",
			claims: []string{"person-nursultan-nazarbayev born 1940-07-06 "}},
		{name: "numbers of all forms, and some that are none", file: "people.csv",
			table: "country,population\nKazakhstan,16\u00a0000\u00a0000\nUzbekistan,21'000'000\nChina,\"1,300,000,000\"\nItaly,59’000’000\nJapan,12-15\nRussia,+146000000\n",
			want:  []string{"other values are left out"}, claims: []string{"KAZ population 16000000 ", "UZB population 21000000 ", "ITA population 59000000 ", "CHN population 1300000000 "}},
		{name: "braces in what says which figure it is", file: "figures.csv",
			table:  "country,indicator,value\nKazakhstan,Population {total,16000000\nKazakhstan,Other,5\nUzbekistan,Population {total,21000000\nUzbekistan,Other,6\nChina,Other,7\n",
			claims: []string{"KAZ population 16000000 "}},
		{name: "years after a name that ends like an estimate", file: "land.csv",
			table:  "country,forest_area_2019,forest_area_2020\nKazakhstan,30,31\nUzbekistan,32,33\nChina,34,35\n",
			claims: []string{"KAZ area 30 km2 2019", "KAZ area 31 km2 2020"}},
		{name: "an estimate before the other years", file: "land.csv",
			table:  "country,area_est_2020,area_2019\nKazakhstan,30,31\nUzbekistan,32,33\nChina,34,35\n",
			claims: []string{"KAZ area 30 km2 2020", "KAZ area 31 km2 2019"}},
		{name: "quotation marks in a header", file: "plants.csv",
			table: "plant name,country,'Unit' status\nAlpha Works,Kazakhstan,operating\nBeta Works,Uzbekistan,planned\nGamma Works,China,operating\n",
			want:  []string{"table unit-status"}},
		{name: "a file whose name is nothing in YAML", file: "null.csv", table: "country,population\nKazakhstan,16000000\nUzbekistan,21000000\nChina,1300000000\n",
			claims: []string{"KAZ population 16000000 "}},
		{name: "a file whose name is a truth value in YAML", file: "true.csv", table: "country,population\nKazakhstan,16000000\nUzbekistan,21000000\nChina,1300000000\n",
			claims: []string{"KAZ population 16000000 "}},
		{name: "a file whose name is a number in YAML", file: "1e5.csv", table: "country,population\nKazakhstan,16000000\nUzbekistan,21000000\nChina,1300000000\n",
			claims: []string{"KAZ population 16000000 "}},
		{name: "a key without a form", file: "harbours.csv", ontology: unformed,
			table: "Port Name,Country,UN/LOCODE\nAktau,Kazakhstan,KZAAU\nGenoa,Italy,ITGOA\nYokohama,Japan,JPYOK\n", want: []string{"type: TransportNode"}},
		{name: "day or month", file: "leaders.csv", table: "leader,country,born\nA. Person,Italy,3-4-1950\nB. Person,Italy,5-6-1951\nC. Person,Italy,7-8-1952\n",
			want: []string{"day and month may be the other way round"}},
		{name: "a code that two rows have, far apart", file: "stations.csv", table: stations(), never: "no two rows have the same here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := c.ontology
			if o == nil {
				o = schema.MustDefault()
			}
			f := texted(c.file, c.table)
			text, err := draft.Mapping(t.Context(), f, draft.Options{Ontology: o, Graph: w})
			if err != nil {
				t.Fatal(err)
			}
			ops, err := stated(t.Context(), w, text, f)
			if err != nil {
				t.Errorf("%.500s", err)
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("the draft has no %q", want)
				}
			}
			if c.never != "" && strings.Contains(text, c.never) {
				t.Errorf("the draft has %q", c.never)
			}
			all := claimLines(ops)
			for _, want := range c.claims {
				if !strings.Contains(all, "\n"+want+"\n") {
					t.Errorf("%q is not stated", want)
				}
			}
			if t.Failed() {
				t.Logf("%.3000s\n%.2000s", text, all)
			}
		})
	}
}

// claimLines has a line for each claim.
func claimLines(ops []graph.Op) string {
	var b strings.Builder
	b.WriteByte('\n')
	for _, op := range ops {
		if op.Kind == graph.Assert {
			fmt.Fprintf(&b, "%s %s %s %s\n", op.Claim.Subject, op.Claim.Predicate, op.Claim.Value, op.Claim.Valid)
		}
	}
	return b.String()
}

// stations are more rows than a survey keeps, of which the last repeats the name and the code of the first.
func stations() string {
	var b strings.Builder
	b.WriteString("station name,code\n")
	for i := range 5_002 {
		fmt.Fprintf(&b, "Station %d,S%d\n", i%5_001, i%5_001)
	}
	return b.String()
}
