package seeds_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// pastTruths are known by heart, not read from the seeds. Each line has an entity, a date, a
// field, and all that it may show (of members: who is a member and not a candidate, an observer
// or a partner); it may show less, or nothing, where the seeds do not know.
// Where the line ends with an exclamation mark they do.
const pastTruths = `
JPN 2007-06-30 headOfGovernment shinzo-abe
JPN 2003-01-01 headOfGovernment junichiro-koizumi !
JPN 2012-06-30 headOfGovernment yoshihiko-noda !
JPN 2020-12-01 headOfGovernment yoshihide-suga
JPN 2026-01-15 headOfGovernment sanae-takaichi !
JPN 1985-01-01 headOfState hirohito
RUS 2010-06-30 headOfState dmitry-medvedev
RUS 1995-06-30 headOfState boris-yeltsin
RUS 2005-06-30 headOfState vladimir-putin !
RUS 2010-06-30 headOfGovernment vladimir-putin
RUS 1985-06-30 headOfState
KAZ 1990-06-30 headOfState
KAZ 1990-06-30 capital
KAZ 1995-06-30 capital almaty !
KAZ 2019-03-19 headOfState nursultan-nazarbayev !
KAZ 2019-03-21 headOfState kassym-jomart-tokayev !
KAZ 2026-01-15 capital astana !
UZB 2010-06-30 headOfState islam-karimov !
TKM 2000-06-30 headOfState saparmurat-niyazov !
DEU 2026-01-15 headOfGovernment friedrich-merz !
DEU 2010-06-30 headOfGovernment angela-merkel
DEU 1980-06-30 capital bonn !
GBR 2010-01-15 headOfState elizabeth-ii
GBR 2026-01-15 headOfState charles-iii !
GBR 2020-06-30 headOfGovernment boris-johnson
FRA 2010-06-30 headOfState nicolas-sarkozy
USA 2010-06-30 headOfState barack-obama
USA 1990-06-30 headOfState george-h-w-bush !
USA 2007-06-30 headOfState george-w-bush !
CUB 2000-06-30 headOfState fidel-castro !
CUB 2012-06-30 headOfState raul-castro-ruz !
PRK 2007-06-30 headOfState kim-chong-il !
PRK 2014-06-30 headOfState kim-jong-un !
TCD 2010-06-30 headOfState idriss-deby !
TCD 2023-06-30 headOfState mahamat-idriss-deby !
BTN 2000-06-30 headOfState jigme-singye-wangchuck !
QAT 2010-06-30 headOfState hamad-bin-khalifa-al-thani !
QAT 2010-06-30 headOfGovernment hamad-bin-jasim-bin-jabir-al-thani !
GRC 1976-06-30 headOfGovernment konstantinos-karamanlis !
CHL 2026-05-01 headOfState jose-antonio-kast !
CHL 2026-03-01 headOfState gabriel-boric !
NLD 2026-04-01 headOfGovernment rob-jetten !
HUN 2026-06-01 headOfGovernment peter-magyar !
BGD 2026-03-01 headOfGovernment tarique-rahman !
PRT 2026-04-01 headOfState antonio-jose-seguro !
BGR 2026-02-01 headOfState iliana-iotova !
HND 2026-02-01 headOfState nasry-asfura !
PER 2026-03-01 headOfState jose-maria-balcazar !
MDG 2025-12-01 headOfState michael-randrianirina !
KOR 2025-04-20 headOfState han-duck-soo !
KOR 2025-05-20 headOfState lee-ju-ho !
KOR 2025-07-01 headOfGovernment
USA 2018-06-30 headOfState donald-trump
USA 2022-06-30 headOfState joe-biden joseph-biden
USA 2026-01-15 headOfState donald-trump !
CHN 2000-06-30 headOfState jiang-zemin
CHN 1960-06-30 headOfState liu-shaoqi
IND 2010-06-30 headOfGovernment manmohan-singh
IRN 1985-06-30 headOfState ruhollah-khomeini
IRN 2026-01-15 headOfState ali-khamenei !
UKR 2010-06-30 headOfState viktor-yanukovych
USA 1974-07-01 effectiveLeader richard-nixon !
USA 1974-08-10 effectiveLeader gerald-ford !
USA 1974-07-01 headOfState richard-nixon !
GBR 1974-01-15 headOfGovernment edward-heath !
JPN 1974-07-01 headOfGovernment kakuei-tanaka !
IND 1974-07-01 effectiveLeader indira-gandhi !
soviet-union 1974-07-01 effectiveLeader leonid-brezhnev !
RUS 1974-07-01 effectiveLeader
RUS 1974-07-01 headOfState
RUS 2010-06-30 effectiveLeader vladimir-putin !
CHN 1974-07-01 effectiveLeader mao-zedong !
CHN 1974-07-01 headOfState
IRN 1974-07-01 effectiveLeader mohammad-reza-pahlavi !
yugoslavia 1974-07-01 effectiveLeader josip-broz-tito !
east-germany 1974-07-01 effectiveLeader erich-honecker !
BDI 1993-08-15 headOfState ndadaye-of-burundi !
NGA 1996-06-30 headOfState sani-abacha !
EGY 2012-01-15 headOfState mohamed-hussein-tantawi !
DEU 2019-06-30 headOfGovernment angela-merkel !
GBR 2022-10-01 headOfGovernment liz-truss !
FRA 2023-06-30 headOfGovernment elisabeth-borne !
UKR 2019-06-30 headOfState volodymyr-zelenskyy !
ITA 2019-06-30 headOfGovernment giuseppe-conte !
KGZ 2020-07-01 headOfState sooronbay-jeenbekov !
KAZ 2018-06-30 headOfGovernment bakytzhan-sagintayev !
SDN 2019-06-30 headOfState abd-al-fattah-al-burhan-abd-al-rahman !
MMR 2019-06-30 headOfState win-myint !
SSD 2010-06-30 headOfState
SSD 2000-06-30 borders
SSD 2000-06-30 capital
ERI 1990-06-30 borders
ARM 1985-06-30 borders
POL 1985-06-30 borders DEU
UKR 1980-06-30 memberOf
EST 1980-06-30 capital
brics 2000-06-30 members
opec 1955-06-30 members
g-20 1990-06-30 members
quad 1990-06-30 members
aiib 2010-06-30 members
BRA 1955-06-30 capital rio-de-janeiro !
BRA 1970-06-30 capital brasilia !
NGA 1980-06-30 capital lagos !
PAK 1955-06-30 capital karachi !
MMR 2000-06-30 capital yangon !
MMR 2010-06-30 capital naypyidaw !
GNQ 2020-06-30 capital malabo !
GNQ 2026-03-01 capital ciudad-de-la-paz !
PHL 1960-06-30 capital quezon-city !
PHL 2020-06-30 capital manila !
UZB 1980-06-30 memberOf
LTU 1980-06-30 memberOf
KAZ 1990-06-30 memberOf
un 1940-06-30 members
eu 1990-06-30 members
eu 2000-06-30 members AUT BEL DEU DNK ESP FIN FRA GBR GRC IRL ITA LUX NLD PRT SWE !
eaeu 2010-06-30 members
eaeu 2016-06-30 members ARM BLR KAZ KGZ RUS !
sco 2000-06-30 members
cis 1990-06-30 members
wto 1990-06-30 members
au 2000-06-30 members
asean 1960-06-30 members
oecd 1960-06-30 members
nato 1945-06-30 members
nato 1950-06-30 members BEL CAN DNK FRA GBR ISL ITA LUX NLD NOR PRT USA !
un-security-council 2026-01-15 members CHN FRA GBR RUS USA !
nato 1990-06-30 members BEL CAN DEU DNK ESP FRA GBR GRC ISL ITA LUX NLD NOR PRT TUR USA !
`

// TestPastTruths: the seeds answer what is true or nothing.
func TestPastTruths(t *testing.T) {
	s := loadSeeds(t)
	for line := range strings.Lines(strings.TrimSpace(pastTruths)) {
		words := strings.Fields(line)
		entity, date, field, may := words[0], words[1], words[2], words[3:]
		n, ok := s.snap.Number(graph.ID(entity))
		if !ok {
			t.Errorf("the seeds have no %s", entity)
			continue
		}
		got := targets(s.view(t, date), n, field)
		for _, x := range got {
			// The ten are those of which the seeds have dates.
			if field == "memberOf" && !slices.Contains(pastOrganisations, string(x.ID)) {
				continue
			}
			if role, _ := s.snap.Qualifier(x.claim, "role"); field == "members" && role.String() != "" && role.String() != "MEMBER" {
				continue
			}
			if !slices.Contains(may, string(x.ID)) {
				t.Errorf("on %s %s of %s shows %s; it was %s", date, field, entity, x, strings.Join(may, ", "))
			}
		}
		if len(got) == 0 && slices.Contains(may, "!") {
			t.Errorf("on %s %s of %s shows nothing; it was %s", date, field, entity, strings.Join(may, ", "))
		}
	}
}
