package factbook

import (
	"fmt"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph/graphtest"
)

func TestEnergy(t *testing.T) {
	const head = "fips,iso2,entity,entity_type,field,first_edition,last_edition,content\n"
	for _, c := range []struct{ name, rows, want string }{
		{"a figure, repeated by the next edition", "KZ,Natural gas - production,2008,27.88 billion cu m (2007 est.)\nKZ,Natural gas - production,2009,27.9 billion cu m (2007 est.)", `
KAZ produces natural-gas measure=PRODUCTION quantity=27.88 bcm @2007 ESTIMATED 0.85`},
		{"one that differs stays beside it", "RS,Oil - production,2006,9.15 million bbl/day (2005 est.)\nRS,Oil - production,2007,9.4 million bbl/day (2005 est.)", `
RUS produces petroleum measure=PRODUCTION quantity=9150000 bblPerDay @2005 note oil ESTIMATED 0.85
RUS produces petroleum measure=PRODUCTION quantity=9400000 bblPerDay @2005 note oil ESTIMATED 0.9`},
		{"reserves on a day, also as a spreadsheet counts it", "KZ,Crude oil - proved reserves,2013,30 billion bbl (1 January 2013 es)\nKZ,Natural gas - proved reserves,2003,920.3 billion cu m (37257)", `
KAZ reserves petroleum measure=RESERVES quantity=30000000000 bbl @2013 note crude oil ESTIMATED 0.85
KAZ reserves natural-gas measure=RESERVES quantity=920.3 bcm @2002 0.85`},
		{"blocks", `KZ,Petroleum,2024,"total petroleum production: 1.955 million bbl/day (2023 est.) refined petroleum consumption: 288,000 bbl/day (2022 est.) crude oil estimated reserves: 30 billion barrels (2021 est.)"
KZ,Natural gas,2022,"production: 25,785,505,000 cubic meters (2019 est.) proven reserves: 2,406,928,000,000 cubic meters (2021 est.)"`, `
KAZ produces petroleum measure=PRODUCTION quantity=1955000 bblPerDay @2023 note total petroleum ESTIMATED 0.85
KAZ consumes petroleum quantity=288000 bblPerDay @2022 note refined petroleum ESTIMATED 0.9
KAZ reserves petroleum measure=RESERVES quantity=30000000000 bbl @2021 note crude oil ESTIMATED 0.9
KAZ produces natural-gas measure=PRODUCTION quantity=25.785505 bcm @2019 ESTIMATED 0.9
KAZ reserves natural-gas measure=RESERVES quantity=2406.928 bcm @2021 ESTIMATED 0.85`},
		{"no year, nothing, none", "KZ,Natural gas - production,2018,22.41 billion cu m | 30\nKZ,Oil - exports,2005,NA\nAF,Natural gas - imports,2017,0 cu m (2013 est.)", ""},
		{"an aside", "IR,Oil - proved reserves,2008,138.4 billion bbl based on Iranian claims (1 January 2008 est.)", `
IRN reserves petroleum measure=RESERVES quantity=138400000000 bbl @2008 note oil ESTIMATED 0.85`},
		{"a note says otherwise", "IZ,Natural gas - consumption,2008,1.8 billion cu m note: some were flared (2006 est.)", `
notice Natural gas - consumption of IRQ, edition 2008, is not read: "1.8 billion cu m note: some were flared (2006 est.)"`},
		{"another unit", "KZ,Oil - production,2008,1 billion cu m (2007 est.)", `
notice KZ/Oil - production of KAZ, edition 2008, has cu m, which is not its unit`},
		{"no edition", "KZ,Oil - production,soon,1 bbl/day (2007)", `
t.csv:2: first_edition is "soon"; the year of an edition is needed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rows strings.Builder
			for line := range strings.SplitSeq(c.rows, "\n") {
				cells := strings.SplitN(line, ",", 4)
				fmt.Fprintf(&rows, "%s,,,,%s,%s,,\"%s\"\n", cells[0], cells[1], cells[2], strings.Trim(cells[3], `"`))
			}
			if have, want := graphtest.Sentences(Energy.Decode, "t.csv", head+rows.String(), 1), strings.TrimSpace(c.want); have != want {
				t.Errorf("got:\n%s\nwant:\n%s", have, want)
			}
		})
	}
}

func FuzzEnergy(f *testing.F) {
	f.Add("Natural gas", "production: 25,785,505,000 cubic meters (2019 est.) proven reserves: 2 barrels (37257)")
	f.Fuzz(func(t *testing.T, field, text string) {
		graphtest.Sentences(Energy.Decode, "t.csv", fmt.Sprintf("fips,field,first_edition,content\nKZ,%q,2008,%q\n", field, text), 1)
	})
}
