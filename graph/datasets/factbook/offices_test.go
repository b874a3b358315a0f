package factbook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/factbook"
	"github.com/caspian-kg/caspian/graph/graphtest"
)

func TestOffices(t *testing.T) {
	for _, c := range []struct{ name, rows, want string }{
		{"a successor ends a term, which is inferred", `
			RS 2005 2006 chief of state: President Boris Y. IVANOV (since 7 May 2000)
			RS 2007 2009 chief of state: President Ivan PETROV (since 3 March 2007)`,
			"factbook-2007 boris-ivanov president-of-russia 2000-05-07/2007-03-03 INFERRED; factbook-2009 ivan-petrov president-of-russia 2007-03-03/.."},
		{"a successor of whom nobody knows what was before him", `
			UZ 2005 2010 chief of state: President Islam KARIMOV (since 24 March 1990)
			RS 2005 2006 chief of state: President Boris IVANOV (since 7 May 2000)
			RS 2010 2010 chief of state: President Ivan PETROV (since 3 March 2009)`,
			"factbook-2006 boris-ivanov president-of-russia 2000-05-07/..; factbook-2010 ivan-petrov president-of-russia 2009-03-03/..; factbook-2010 islam-karimov president-of-uzbekistan 1990-03-24/.."},
		{"a successor, and editions between that are lost", `
			RS 2005 2006 chief of state: President Boris IVANOV (since 7 May 2000)
			RS 2010 2010 chief of state: President Ivan PETROV (since 3 March 2009)`,
			"factbook-2010 boris-ivanov president-of-russia 2000-05-07/2009-03-03 INFERRED; factbook-2010 ivan-petrov president-of-russia 2009-03-03/.."},
		{"no beginning", `RS 2005 2006 chief of state: President Boris IVANOV (elected president 1 May 2000)`,
			"factbook-2005 boris-ivanov president-of-russia ; factbook-2006 boris-ivanov president-of-russia "},
		{"two offices, with a nickname and a deputy", `RS 2005 2005 chief of state: Queen ANNA (since NA May 1999) head of government: Prime Minister Ivan (Vanya) PETROV (since 2 June 2004); Deputy Prime Minister Oleg SIDOROV (since 1 July 2004)`,
			"factbook-2005 anna head-of-state-of-russia 1999-05/..; factbook-2005 ivan-petrov prime-minister-of-russia 2004-06-02/.."},
		{"an acting holder from the first day on", `RS 2001 2001 chief of state: President Ivan PETROV (acting president since 31 December 1999, president since 7 May 2000)`,
			"factbook-2001 ivan-petrov president-of-russia 1999-12-31/.."},
		{"a date that cannot be", `
			RS 2003 2004 head of government: Premier Boris IVANOV (since 1 May 2003)
			RS 2005 2006 head of government: Premier Ivan PETROV (since 23 June 1995)`,
			"factbook-2004 boris-ivanov premier-of-russia 2003-05-01/..; factbook-2005 ivan-petrov premier-of-russia ; factbook-2006 ivan-petrov premier-of-russia "},
		{"a slip of one edition", `
			RS 2003 2003 head of government: Premier Ivan PETROV (since 1 May 2002)
			RS 2004 2006 head of government: Premier Ivan PETROV (since 1 May 2003)`,
			"factbook-2006 ivan-petrov premier-of-russia 2003-05-01/.."},
		{"forms of one name", `
			RS 2003 2003 head of government: Premier Ivan PETROV (since 1 May 2003)
			RS 2004 2004 head of government: Premier Ivan I. PETROFF (since 1 May 2003)
			RS 2005 2005 head of government: Premier Boris PETROV (since 1 May 2005)`,
			"factbook-2005 ivan-petroff premier-of-russia 2003-05-01/2005-05-01 INFERRED; factbook-2005 boris-petrov premier-of-russia 2005-05-01/.."},
		{"brothers", `
			CU 2006 2007 chief of state: President Fidel CASTRO Ruz (since 2 December 1976)
			CU 2008 2009 chief of state: President Raul CASTRO Ruz (since 24 February 2008)`,
			"factbook-2008 fidel-castro president-of-cuba 1976-12-02/2008-02-24 INFERRED; factbook-2009 raul-castro-ruz president-of-cuba 2008-02-24/.."},
		{"relatives whom no table knows", `
			RS 2006 2007 chief of state: President Fyodor IVANOV Ruz (since 2 December 1976)
			RS 2008 2009 chief of state: President Rodion IVANOV Ruz (since 24 February 2008)`,
			"factbook-2008 fyodor-ivanov-ruz president-of-russia 1976-12-02/2008-02-24 INFERRED; factbook-2009 rodion-ivanov-ruz president-of-russia 2008-02-24/.."},
		{"a title with other roles than in the last edition", `
			RS 2003 2003 chief of state: President Ivan PETROV (since 1 May 2003) head of government: President Ivan PETROV (since 1 May 2003)
			RS 2004 2004 chief of state: President Ivan PETROV (since 1 May 2003) head of government: Premier Boris IVANOV (since 2 May 2003)`,
			"factbook-2004 ivan-petrov president-of-russia 2003-05-01/..; factbook-2004 ivan-petrov head-of-government-of-russia 2003-05-01/2003-05-02 INFERRED; factbook-2004 boris-ivanov premier-of-russia 2003-05-02/.."},
		{"nobody", `RS 2005 2005 chief of state: president (vacant since 2004); head of government: *** No entry for this item ***`, ""},
		{"no country", `EE 2005 2005 chief of state: President Ivan PETROV (since 1 May 2003)`, ""},
		{"no edition", `RS soon 2005 chief of state: President Ivan PETROV (since 1 May 2003)`, `t.csv:2: first_edition is "soon"; the year of an edition is needed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := "fips,first_edition,last_edition,content\n"
			for _, row := range strings.Split(strings.TrimSpace(c.rows), "\n") {
				cells := strings.SplitN(strings.TrimSpace(row), " ", 4)
				table += fmt.Sprintf("%s,%s,%s,%q\n", cells[0], cells[1], cells[2], cells[3])
			}
			if got := readOffices(table); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

// readOffices returns the terms that the format makes of a table, or its error.
func readOffices(text string) string {
	return strings.Join(graphtest.Decoded(factbook.Offices.Decode, "t.csv", text, func(op graph.Op) string {
		c := op.Claim
		if op.Kind != graph.Assert || c.Predicate != "holds" {
			return ""
		}
		line := fmt.Sprintf("%s %s %s %s", c.Source, c.Subject, c.Value.Entity(), c.Valid)
		if c.Attribution == graph.Inferred {
			line += " INFERRED"
		}
		return line
	}), "; ")
}

func FuzzOffices(f *testing.F) {
	f.Add("RS", "chief of state: President Boris (B.) IVANOV (since 7 May 2000); head of government: Premier X")
	f.Add("RS", "Chief of State and Head of Government:((1999")
	f.Fuzz(func(t *testing.T, code, text string) {
		readOffices(fmt.Sprintf("fips,first_edition,last_edition,content\n%q,1999,2001,%q\n%q,2002,2002,%q\n", code, text, code, text))
	})
}
