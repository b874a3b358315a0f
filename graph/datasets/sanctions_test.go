package datasets

import (
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
	"github.com/caspian-kg/caspian/graph/graphtest"
)

func TestSanctions(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"of the European Union: since its earliest act", `[{"title":"Measures","key":"EU-RUS","url":"https://e/","issuer":"eu_council","aliases":["Regulation (EU) No 833/2014","Decision (CFSP) 2024/1484","RUS","Russia","Sectoral measures"],"target_territories":["ru","ua-cri","zz"],"measures":["Asset freeze","Export control"]}]`, `
sanctions-eu-rus name Measures
sanctions-eu-rus imposedBy eu
sanctions-eu-rus kind SANCTION
sanctions-eu-rus sameAs https://e/
sanctions-eu-rus legalActs Regulation (EU) No 833/2014 @2014
sanctions-eu-rus legalActs Decision (CFSP) 2024/1484 @2024
sanctions-eu-rus aliases Sectoral measures
sanctions-eu-rus status IN_FORCE @2014/ INFERRED 0.8
sanctions-eu-rus measures Asset freeze
sanctions-eu-rus measures Export control
sanctions-eu-rus targets RUS @2014/ INFERRED 0.8`},
		{"of others: as of the list", `[{"title":"North Korea Sanctions","key":"UN-SC1718","issuer":"zz_unsc","aliases":["Resolution 1718"],"target_territories":["kp"],"measures":["Export control"]}]`, `
sanctions-un-sc1718 name North Korea Sanctions
sanctions-un-sc1718 imposedBy un
sanctions-un-sc1718 kind EXPORT_CONTROL
sanctions-un-sc1718 legalActs Resolution 1718
sanctions-un-sc1718 status IN_FORCE @2026-08-22/
sanctions-un-sc1718 measures Export control
sanctions-un-sc1718 targets PRK @2026-08-22/`},
		{"ended: nobody is a target", `[{"title":"Syria Sanctions","key":"US-SYR","issuer":"us_ofac","target_territories":["sy"],"status":"ended"}]`, `
sanctions-us-syr name Syria Sanctions
sanctions-us-syr imposedBy USA
sanctions-us-syr kind SANCTION
sanctions-us-syr status ENDED @2026-08-22/`},
		{"not of a state", `[{"title":"Leaks","key":"X","issuer":"zz_icij"}]`, `
notice "Leaks" of "zz_icij" is not imposed by a state or a union, or has no key`},
		{"not an array", `{}`, `
t.json is not an array of programmes: json: cannot unmarshal object into Go value of type []datasets.sanctionsProgram`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if have, want := graphtest.Sentences(Sanctions.Decode, "t.json", c.text, facts.StatedConfidence), strings.TrimSpace(c.want); have != want {
				t.Errorf("got:\n%s\nwant:\n%s", have, want)
			}
		})
	}
	for act, want := range map[string]int{"Regulation (EU) No 833/2014": 2014, "Decision (CFSP) 2026/455": 2026, "Regulation (EEC) No 3541/92": 1992, "UNSCR 1718": 0} {
		if year := sanctionsActYear(act); year != want {
			t.Errorf("%s is of %d, not %d", act, want, year)
		}
	}
}

func FuzzSanctions(f *testing.F) {
	f.Add(`[{"title":"M","key":"EU-RUS","issuer":"eu_council","aliases":["Regulation (EU) No 833/2014"],"target_territories":["ru"]}]`)
	f.Fuzz(func(t *testing.T, text string) { graphtest.Sentences(Sanctions.Decode, "t.json", text, 1) })
}
