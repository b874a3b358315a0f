package datasets

import (
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph/graphtest"
)

const gemGas = "id,url,name,unit-name,status,areas,owner,parent,capacity,start-year,region,Latitude,Longitude,tracker-custom,capacity-table\n"

func TestGEM(t *testing.T) {
	const oil = "project,unit,type,parent,countries,status,start_year,capacity,geom,route,url\n"
	for _, c := range []struct{ name, file, text, want string }{
		{"two numbered units of a line, and a plan", "ggit_2024-10.csv", gemGas +
			"P1,https://gem/T,T Pipeline,1,operating,\"Russia, Türkiye\",Gazprom [100.00%],,1,2020,,,,GGIT,15.75 bcm/y of gas\n" +
			"P2,https://gem/T,T Pipeline,2,operating,\"Russia, Türkiye\",Unknown [unknown %],,1,2021,,,,GGIT,16 bcm/y of gas\n" +
			"P3,https://gem/T,T Pipeline,3,proposed,\"Russia, Türkiye\",,,1,2030,,,,GGIT,20 bcm/y of gas\n", `
t-pipeline name T Pipeline
t-pipeline transits RUS order=1
t-pipeline transits TUR order=2
t-pipeline mode PIPELINE
t-pipeline carries natural-gas
t-pipeline owners Gazprom [100.00%]
t-pipeline inServiceSince 2020
t-pipeline status OPERATIONAL @2020/ INFERRED
t-pipeline capacity 15.75 bcmPerYear scope=1
t-pipeline capacity 16 bcmPerYear scope=2
t-pipeline-3 name T Pipeline, 3
t-pipeline-3 transits RUS order=1
t-pipeline-3 transits TUR order=2
t-pipeline-3 mode PIPELINE
t-pipeline-3 carries natural-gas
t-pipeline-3 completion 2030 @2024-10/
t-pipeline-3 status PLANNED @2024-10/
t-pipeline-3 capacity 20 bcmPerYear planned=true`},
		{"out of use: the status is that of the edition, a stale plan is none", "ggit_2024-10.csv", gemGas +
			"P1,https://gem/N,N Pipeline,,mothballed,Russia,,,,2011,,,,GGIT,\n" +
			"P2,https://gem/D,D Pipeline,,construction,China,,,,2022,,,,GGIT,\n", `
n-pipeline name N Pipeline
n-pipeline transits RUS order=1
n-pipeline mode PIPELINE
n-pipeline carries natural-gas
n-pipeline inServiceSince 2011
n-pipeline status MOTHBALLED @2024-10/
d-pipeline name D Pipeline
d-pipeline transits CHN order=1
d-pipeline mode PIPELINE
d-pipeline carries natural-gas
d-pipeline status UNDER_CONSTRUCTION @2024-10/`},
		{"a terminal with two trains", "ggit_2024-10.csv", gemGas +
			"T1,https://gem/Y,Y LNG Terminal,T1,operating,Russia,,,,2017,,71.2,72.1,GGIT - export,5.5 mtpa of LNG\n" +
			"T2,https://gem/Y,Y LNG Terminal,Barge,operating,Russia,,,,2018,,71.2,72.1,GGIT - export,5 mtpa of LNG\n", `
y-lng-terminal name Y LNG Terminal
y-lng-terminal country RUS
y-lng-terminal kind LNG export terminal
y-lng-terminal resource natural-gas
y-lng-terminal coordinates 71.2,72.1
y-lng-terminal inServiceSince 2017
y-lng-terminal status OPERATIONAL @2017/ INFERRED
y-lng-terminal capacity 5.5 MtPerYear measure=T1
y-lng-terminal capacity 5 MtPerYear measure=Barge`},
		{"oil, a line that the graph knows", "goit_2024-06.csv", oil +
			"Caspian Pipeline,,oil_pipelines,X [1%],\"Kazakhstan, Russia\",operating,2001,1340000,line,,https://gem/C\n", `
p-cpc aliases Caspian Pipeline
p-cpc transits KAZ order=1
p-cpc transits RUS order=2
p-cpc mode PIPELINE
p-cpc carries petroleum
p-cpc owners X [1%]
p-cpc inServiceSince 2001
p-cpc status OPERATIONAL @2001/ INFERRED
p-cpc capacity 1340000 bblPerDay`},
		{"units of other names, no country, no capacity", "goit_2024-06.csv", oil +
			"D,North,oil_pipelines,,Atlantis,idle,,,line,,https://gem/D\nD,South,ngl_pipelines,,,idle,,--,line,,https://gem/D\n", `
notice "Atlantis" of D is not a country of names/countries.csv
d-north name D, North
d-north mode PIPELINE
d-north carries petroleum
d-north status IDLE @2024-06/
d-south name D, South
d-south mode PIPELINE
d-south carries natural-gas-liquids
d-south status IDLE @2024-06/`},
		{"no edition", "pipelines.csv", gemGas, `
pipelines.csv: the name of the file has no month of an edition; name it as ggit_2024-10.csv`},
		{"an unknown status", "x2024-10.csv", oil + "D,,oil_pipelines,,,blown,,,,,\n", `
x2024-10.csv:2: the row has the status "blown" and the kind "oil_pipelines", which are not of the tracker, or no name`},
		{"another table", "x2024-10.csv", "name,unit-name,status,areas,owner,start-year,capacity-table,tracker-custom\n", `
x2024-10.csv:1: the column "url" is missing; give a table of a tracker of Global Energy Monitor`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if have, want := graphtest.Sentences(GEM.Decode, c.file, c.text, gemConfidence), strings.TrimSpace(c.want); have != want {
				t.Errorf("got:\n%s\nwant:\n%s", have, want)
			}
		})
	}
}

func FuzzGEM(f *testing.F) {
	f.Add(gemGas + "P1,u,T Pipeline,1,operating,\"Russia, Türkiye\",G,,1,2020,,1,2,GGIT,15 bcm/y of gas\n")
	f.Fuzz(func(t *testing.T, text string) { graphtest.Sentences(GEM.Decode, "x2024-10.csv", text, gemConfidence) })
}
