package factbook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/factbook"
	"github.com/caspian-kg/caspian/graph/graphtest"
)

func TestTrade(t *testing.T) {
	const head = "fips,iso2,entity,entity_type,field,first_edition,last_edition,content\n"
	for _, c := range []struct{ name, rows, want string }{
		{"a list with its year", `JA,JP,Japan,sovereign,Exports - partners,2018,2020,"US 19.4%, China 19%, South Korea 7.6%(2017)"`,
			"factbook-2018 JPN exportsTo USA 0.194 2017; factbook-2018 JPN exportsTo CHN 0.19 2017; factbook-2018 JPN exportsTo KOR 0.076 2017"},
		{"an estimate, a note and a name with a comma", `JA,JP,Japan,sovereign,Imports - partners,2001,2001,"Gambia, The 4%; China 3% (2000 est.) note: top five import partners"`,
			"factbook-2001 JPN importsFrom GMB 0.04 2000 ESTIMATED; factbook-2001 JPN importsFrom CHN 0.03 2000 ESTIMATED"},
		{"a partner without a share before one with it", `JA,JP,Japan,sovereign,Imports - partners,2001,2001,"FSU, China 3% (2000)"`, "factbook-2001 JPN importsFrom CHN 0.03 2000"},
		{"regions are left out", `JA,JP,Japan,sovereign,Exports - partners,2001,2001,"EU 18%, China 5% (2000)"`,
			`notice the partner "EU" of JPN in 2000 is no other country of names/countries.csv; factbook-2001 JPN exportsTo CHN 0.05 2000`},
		{"no year", `JA,JP,Japan,sovereign,Exports - partners,1999,1999,"US 30%"`, `notice Exports - partners of JPN, edition 1999, gives no year and is not read: "US 30%"`},
		{"another whole", `EE,,European Union,other,Exports - partners,2010,2010,"US 20% (2009)"`, ""},
		{"a part of the trade", `JA,JP,Japan,sovereign,Exports - partners,2010,2010,"US 20% note: excludes oil exports (2009)"`,
			`notice Exports - partners of JPN, edition 2010, is about something else than its trade: " note: excludes oil exports (2009)"`},
		{"another field", `JA,JP,Japan,sovereign,Exports - commodities,2010,2010,"cars"`, ""},
		{"no edition", `JA,JP,Japan,sovereign,Exports - partners,soon,2010,"US 20% (2009)"`, `t.csv:2: first_edition is "soon"; the year of an edition is needed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := readTrade(head + c.rows + "\n"); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
	if got, want := readTrade("fips,field\n"), `t.csv:1: the column "first_edition" is missing`; !strings.HasPrefix(got, want) {
		t.Errorf("without columns: %s", got)
	}
	if got, want := readTrade(head+"JA,\"J\"P\n"), `t.csv:2:6: not well-formed CSV`; !strings.HasPrefix(got, want) {
		t.Errorf("with a spoilt row: %s", got)
	}
}

// readTrade returns the claims about countries that the format makes of a table, and what it says.
func readTrade(text string) string {
	return strings.Join(graphtest.Decoded(factbook.Trade.Decode, "t.csv", text, func(op graph.Op) string {
		c := op.Claim
		if op.Kind == graph.Notice {
			return "notice " + op.Notice
		}
		if op.Kind != graph.Assert || c.Subject == c.Source {
			return ""
		}
		line := fmt.Sprintf("%s %s %s %s %v %s", c.Source, c.Subject, c.Predicate, c.Value.Entity(), c.Qualifier("share").Float(), c.Valid.From)
		if c.Attribution == graph.Estimated {
			line += " ESTIMATED"
		}
		return line
	}), "; ")
}
