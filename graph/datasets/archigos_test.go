package datasets_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/graphtest"
)

func TestArchigos(t *testing.T) {
	for _, c := range []struct{ name, rows, want string }{
		{"a spell", "RUS-1964,RUS,Brezhnev,1964-10-15,1982-11-10,Natural Death,1906",
			"RUS-1964 brezhnev-of-the-soviet-union effective-leader-of-the-soviet-union 1964-10-15/1982-11-10"},
		{"still in office when the list ends", "KZK-1991,KZK,Nazarbaev,1991-12-16,2015-12-31,Still in Office,1940",
			"KZK-1991 nazarbaev-of-kazakhstan effective-leader-of-kazakhstan 1991-12-16/.."},
		{"two states of one code", "YEM-1978,YEM,Saleh,1978-07-18,2012-02-27,Irregular,1942",
			"YEM-1978 saleh-of-north-yemen effective-leader-of-north-yemen 1978-07-18/1990-05-22 INFERRED; YEM-1978 saleh-of-north-yemen effective-leader-of-yemen 1990-05-22/2012-02-27 INFERRED"},
		{"two people of one name", `
			USA-1989,USA,Bush,1989-01-20,1993-01-20,Regular,1924
			USA-2001,USA,Bush,2001-01-20,2009-01-20,Regular,1946`,
			"USA-1989 bush-of-the-united-states-1989 effective-leader-of-the-united-states 1989-01-20/1993-01-20; " +
				"USA-2001 bush-of-the-united-states-2001 effective-leader-of-the-united-states 2001-01-20/2009-01-20"},
		{"two spells of one person", `
			FRN-1,FRN,Pleven,1950-07-13,1951-03-10,Regular,1901
			FRN-2,FRN,Pleven,1951-08-11,1952-01-17,Regular,1901`,
			"FRN-1 pleven-of-france effective-leader-of-france 1950-07-13/1951-03-10; FRN-2 pleven-of-france effective-leader-of-france 1951-08-11/1952-01-17"},
		{"a name in Latin-1", "FIN-2012,FIN,Sauli Niinist\xf6,2012-03-01,2014-01-01,Regular,1948",
			"FIN-2012 sauli-niinisto-of-finland effective-leader-of-finland 2012-03-01/2014-01-01"},
		{"a state that the graph has not", "TBT-1950,TBT,Dalai Lama,1950-11-17,1951-05-23,Regular,1935", ""},
		{"no day", "FRN-1,FRN,Pleven,soon,1951-03-10,Regular,1901", "t.csv:2: soon to 1951-03-10 is not a span of days"},
		{"an end before the beginning", "FRN-1,FRN,Pleven,1952-01-01,1951-03-10,Regular,1901", "t.csv:2: 1952-01-01 to 1951-03-10 is not a span of days"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := "obsid,idacr,leader,startdate,enddate,exit,yrborn\n"
			for row := range strings.Lines(strings.TrimSpace(c.rows)) {
				table += strings.TrimSpace(row) + "\n"
			}
			got := readArchigos(table)
			if got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

// readArchigos returns the spells that the format makes of a table, or its error.
func readArchigos(text string) string {
	return strings.Join(graphtest.Decoded(datasets.Archigos.Decode, "t.csv", text, func(op graph.Op) string {
		c := op.Claim
		if op.Kind != graph.Assert || c.Predicate != "holds" {
			return ""
		}
		line := fmt.Sprint(c.Locator, " ", c.Subject, " ", c.Value.Entity(), " ", c.Valid)
		if c.Attribution == graph.Inferred {
			line += " INFERRED"
		}
		return line
	}), "; ")
}

func FuzzArchigos(f *testing.F) {
	f.Add("RUS", "Brezhnev", "1964-10-15", "1982-11-10", "Regular")
	f.Add("YEM", "Saleh\xff", "1978", "2012-02", "Still in Office")
	f.Fuzz(func(t *testing.T, code, name, from, to, exit string) {
		readArchigos(fmt.Sprintf("obsid,idacr,leader,startdate,enddate,exit,yrborn\nX-1,%q,%q,%q,%q,%q,1900\n", code, name, from, to, exit))
	})
}
