package factbook

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
	"github.com/caspian-kg/caspian/graph/graphtest"
)

func TestEntry(t *testing.T) {
	dir := graphtest.Files(map[string]string{
		"package.json":         `{"name": "x"}`,
		"meta/categories.json": `{}`,
		"central-asia/kz.json": `{
			"Geography": {
				"Location": {"text": "Central Asia, northwest of China"},
				"Area": {"total ": {"text": "2,724,900 sq km"}},
				"Land boundaries": {"border countries": {"text": "China 1,765 km; Russia 7,644 km"}},
				"Natural resources": {"text": "gold, scenic beauty"}
			},
			"Government": {
				"Country name": {"conventional short form": {"text": "Kazakhstan"}},
				"Capital": {"name": {"text": "Astana"}, "geographic coordinates": {"text": "51 10 N, 71 99 E"}},
				"Executive branch": {"chief of state": {"text": "President Kasym-Zhomart TOKAYEV (since 20 March 2019)"}},
				"International organization participation": {"text": "UN, SCO, LEAGUE OF X, OAS (observer)"}
			},
			"Economy": {"Exports - partners": {"text": "China 16%, Atlantis 15% (2023)"}}
		}`,
		"asia/ch.json":   `{"Geography": {"Land boundaries": {"border countries": {"text": "Kazakhstan 1,770 km"}}}}`,
		"asia/tw.json":   `{"People and Society": {"Nationality": {"noun": {"text": "Taiwan (singular and plural)"}, "adjective": {"text": "Taiwan (or Taiwanese)"}}}}`,
		"asia/hk.json":   `{"People and Society": {"Nationality": {"noun": {"text": "Chinese/Hong Konger"}, "adjective": {"text": "NA"}}}}`,
		"africa/wz.json": `{"People and Society": {"Nationality": {"noun": {"text": "liSwati (singular), emaSwati (plural); note - Swazi(s)"}, "adjective": {"text": "Swati"}}}}`,
		"asia/pf.json":   `{"Government": {"Country name": {"conventional short form": {"text": "Paracel Islands"}}}}`,
	})
	res, err := graphtest.Checked(t, func(emit codec.Emit) error { return Entries.DecodeDir(context.Background(), dir, "book", emit) })
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"TWN demonyms Taiwanese":                                "tw.json#People and Society/Nationality/adjective",
		"SWZ demonyms Swati":                                    "wz.json#People and Society/Nationality/adjective",
		"SWZ demonyms liSwati":                                  "wz.json#People and Society/Nationality/noun",
		"SWZ demonyms emaSwati":                                 "wz.json#People and Society/Nationality/noun",
		"KAZ partOf central-asia":                               "kz.json#Geography/Location",
		"KAZ area 2724900 km2":                                  "kz.json#Geography/Area/total",
		"CHN borders KAZ lengthKm=1770 conflict border-CHN-KAZ": "ch.json#Geography/Land boundaries/border countries",
		"KAZ borders CHN lengthKm=1765 conflict border-CHN-KAZ": "kz.json#Geography/Land boundaries/border countries",
		"KAZ borders RUS lengthKm=7644":                         "kz.json#Geography/Land boundaries/border countries",
		"KAZ naturalResources gold":                             "kz.json#Geography/Natural resources",
		"gold name Gold INFERRED 0.8":                           "Geography/Natural resources",
		"KAZ name Kazakhstan":                                   "kz.json#Government/Country name/conventional short form",
		"KAZ fips KZ 1":                                         "kz.json",
		"KAZ capital astana":                                    "kz.json#Government/Capital/name",
		"kassym-jomart-tokayev holds president-of-kazakhstan @2019-03-20/..":                          "kz.json#Government/Executive branch/chief of state",
		"kassym-jomart-tokayev name Kassym-Jomart Tokayev printed Kasym-Zhomart TOKAYEV INFERRED 0.8": "kz.json#Government/Executive branch/chief of state",
		"president-of-kazakhstan role HEAD_OF_STATE":                                                  "kz.json#Government/Executive branch/chief of state",
		"KAZ memberOf sco role=MEMBER":                                                                "kz.json#Government/International organization participation",
		"KAZ memberOf oas role=OBSERVER":                                                              "kz.json#Government/International organization participation",
		"sco name Shanghai Cooperation Organization INFERRED 0.8":                                     "Government/International organization participation",
		"KAZ exportsTo CHN share=0.16 @2023":                                                          "kz.json#Economy/Exports - partners",
	}
	graphtest.WantLocators(t, facts.StatedConfidence, res.Commit.Claims, want)
	for i := range res.Commit.Claims {
		switch c := &res.Commit.Claims[i]; {
		case c.Predicate == "coordinates":
			t.Errorf("minute 99 was read: %s", graphtest.Sentence(c, facts.StatedConfidence))
		case c.Predicate == "demonyms" && (c.Subject == "HKG" || c.Value.Text() == "Taiwan"):
			t.Errorf("a demonym was read: %s", c.Value)
		}
	}
	wantRemarks := []string{
		`book/africa/wz.json: People and Society/Nationality/noun: not read: "note - Swazi(s)"`,
		`book/asia/hk.json: People and Society/Nationality/noun: not read: "Chinese/Hong Konger"`,
		`book/asia/pf.json: Paracel Islands is not a country of ISO 3166 and was not read; names/countries.csv lists the countries`,
		`book/central-asia/kz.json: Geography/Natural resources: not read: "scenic beauty"`,
		`book/central-asia/kz.json: Government/Capital/geographic coordinates: not read: "51 10 N, 71 99 E"`,
		`book/central-asia/kz.json: Government/International organization participation: the organisation "LEAGUE OF X" is in no row of names/organisations.csv`,
		`book/central-asia/kz.json: Economy/Exports - partners: the partner "Atlantis" is in no row of names/countries.csv`,
	}
	var remarks []string
	for _, n := range res.Notices {
		remarks = append(remarks, n.String())
	}
	if strings.Join(remarks, "\n") != strings.Join(wantRemarks, "\n") {
		t.Errorf("remarks:\n%s\nwant:\n%s", strings.Join(remarks, "\n"), strings.Join(wantRemarks, "\n"))
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"cut off", "{\n\"Geography\": {\n", "book/x/kz.json:3: not well-formed JSON: unexpected end of JSON input"},
		{"no JSON", "{\n\"a\": <html>", "book/x/kz.json:2: not well-formed JSON: invalid character '<' looking for beginning of value"},
		{"a list", "[]", "book/x/kz.json:1: an entry is a JSON object of sections, not a JSON array"},
		{"null", "null", "book/x/kz.json:1: an entry is a JSON object of sections; this is empty or cut off"},
		{"a number for a text", `{"Geography": {"Location": {"text": 5}}}`, "book/x/kz.json: Geography/Location/text: a text is expected here, not float64"},
		{"a list for a section", `{"Geography": []}`, `book/x/kz.json: Geography/Map references: an object is expected above "Map references" here, not []interface {}`},
	} {
		_, err := graphtest.Checked(t, func(emit codec.Emit) error {
			return Entries.DecodeDir(context.Background(), graphtest.Files(map[string]string{"x/kz.json": c.text}), "book", emit)
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.name, err, c.want)
		}
	}
	if _, err := graphtest.Checked(t, func(emit codec.Emit) error {
		return Entries.DecodeDir(context.Background(), graphtest.Files(nil), "book", emit)
	}); err == nil {
		t.Error("an empty folder is accepted as a Factbook")
	}
	stop := fmt.Errorf("enough")
	err := Entries.DecodeDir(context.Background(), graphtest.Files(map[string]string{"x/kz.json": "{}"}), "book", func(graph.Op) error { return stop })
	if err != stop {
		t.Errorf("the receiver's error is %v, want %v", err, stop)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Entries.DecodeDir(ctx, graphtest.Files(map[string]string{"x/kz.json": "{}"}), "book", func(graph.Op) error { return nil }); err != context.Canceled {
		t.Errorf("a cancelled reading ends with %v", err)
	}
}

// Facts about four countries, copied word for word from the original files.
var originalFacts = []string{
	"KAZ name Kazakhstan", "KAZ officialName Republic of Kazakhstan", "KAZ aliases Qazaqstan", "KAZ fips KZ 1",
	"KAZ area 2724900 km2", "KAZ population 20432662 @2025 ESTIMATED", "KAZ coordinates 48,68", "KAZ landlocked true",
	"KAZ capital astana", "astana country KAZ", "astana coordinates 51.1667,71.4167", "KAZ independence 1991-12-16", "KAZ currency KZT",
	"KAZ borders CHN lengthKm=1765", "KGZ borders KAZ lengthKm=1212", "KAZ borders RUS lengthKm=7644", "KAZ borders TKM lengthKm=413", "KAZ borders UZB lengthKm=2330",
	"KAZ littoralOf caspian-sea coastKm=1894", "KAZ littoralOf aral-sea coastKm=1070", "KAZ partOf central-asia", "KAZ partOf asia",
	"KAZ naturalResources uranium abundance=ABUNDANT", "KAZ exports petroleum ranking=1 @2023", "KAZ exports radioactive-chemicals ranking=3 @2023",
	"KAZ exportsTo CHN share=0.16 @2023", "KAZ importsFrom RUS share=0.24 @2023", "KAZ importsFrom GMB share=0.04 @2023",
	"KAZ memberOf sco role=MEMBER", "KAZ memberOf eaeu role=MEMBER", "KAZ memberOf un role=MEMBER", "KAZ memberOf cis role=MEMBER", "KAZ memberOf osce role=MEMBER",
	"kassym-jomart-tokayev holds president-of-kazakhstan @2019-03-20/..", "olzhas-bektenov holds prime-minister-of-kazakhstan @2024-02-06/..",
	"KAZ produces natural-gas measure=PRODUCTION quantity=28.769 bcm @2023 ESTIMATED", "KAZ reserves petroleum measure=RESERVES quantity=30000000000 bbl @2021 ESTIMATED",

	"JPN name Japan", "JPN capital tokyo", "JPN coastline 29751 km", "JPN landlocked false INFERRED 0.8", "JPN littoralOf sea-of-japan", "JPN naturalResources fish",
	"naruhito holds emperor-of-japan @2019-05-01/..", "emperor-of-japan role HEAD_OF_STATE", "sanae-takaichi holds prime-minister-of-japan @2025-10-21/..",
	"prime-minister-of-japan of JPN", "JPN exports cars ranking=1 @2023", "JPN memberOf g-7 role=MEMBER", "JPN memberOf osce role=PARTNER", "JPN currency JPY", "JPN partOf east-asia",

	"CHN officialName People's Republic of China", "CHN aliases PRC", "CHN capital beijing", "xi-jinping holds president-of-china @2013-03-14/..",
	"CHN naturalResources rare-earths", "CHN exports broadcasting-equipment ranking=1 @2023", "CHN memberOf sco role=MEMBER",
	"CHN independence 1949-10-01 INFERRED 0.7", "CHN currency CNY printed RMB INFERRED 0.8",

	"USA name United States", "USA aliases USA", "USA capital washington-dc", "donald-trump holds president-of-the-united-states @2025-01-20/..",
	"USA independence 1776-07-04", "USA memberOf arctic-council role=MEMBER", "USA exportsTo CAN share=0.14 @2023", "USA littoralOf north-pacific-ocean",

	"RUS borders CHN lengthKm=4179 note the sum of the stretches that the text lists INFERRED 0.8",
	"XKX name Kosovo", "PSE naturalResources natural-gas", "PSE littoralOf mediterranean-sea", "EGY borders PSE lengthKm=13", "SJM naturalResources coal",
	"VNM memberOf wto role=MEMBER", "bujumbura country BDI",
}

func TestOriginals(t *testing.T) {
	dir := os.DirFS(graphtest.Original(t, "factbook"))
	res, err := graphtest.Checked(t, func(emit codec.Emit) error { return Entries.DecodeDir(context.Background(), dir, "factbook", emit) })
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	countries, claims := map[graph.ID]bool{}, map[string]int{}
	for i := range res.Commit.Claims {
		c := &res.Commit.Claims[i]
		said[graphtest.Sentence(c, facts.StatedConfidence)] = true
		claims[c.Predicate]++
		if c.Predicate == "fips" {
			countries[c.Subject] = true
		}
		if len(c.Value.Text()) > 140 || len(c.Original) > 140 || len(c.Note) > 140 {
			t.Errorf("prose was copied: %s", graphtest.Sentence(c, facts.StatedConfidence))
		}
	}
	for _, f := range originalFacts {
		if !said[f] {
			t.Errorf("missing: %s", f)
		}
	}
	if len(countries) != 240 {
		t.Errorf("%d countries, want 240", len(countries))
	}
	for _, id := range []graph.ID{"KAZ", "JPN", "CHN", "USA"} {
		checkPresidents(t, res, id)
	}
	t.Run("nothing is dropped unsaid", func(t *testing.T) { checkUnsaid(t, dir, res) })
}

// checkPresidents checks that a country has somebody in its highest offices.
func checkPresidents(t *testing.T, res *graph.Result, id graph.ID) {
	roles, holders := map[graph.ID][]string{}, map[graph.ID]int{}
	of := map[graph.ID]graph.ID{}
	for _, c := range res.Commit.Claims {
		switch c.Predicate {
		case "of":
			of[c.Subject] = c.Value.Entity()
		case "role":
			roles[c.Subject] = append(roles[c.Subject], c.Value.Text())
		case "holds":
			holders[c.Value.Entity()]++
		}
	}
	have := map[string]int{}
	for p, country := range of {
		for _, r := range roles[p] {
			if country == id {
				have[r] += holders[p]
			}
		}
	}
	if have["HEAD_OF_STATE"] != 1 || have["HEAD_OF_GOVERNMENT"] != 1 {
		t.Errorf("%s has %v", id, have)
	}
}

// readPaths are the texts that must give a claim or a remark, or say nothing.
var readPaths = []string{
	"Geography/Geographic coordinates", "Geography/Area/total", "Geography/Coastline", "Geography/Natural resources",
	"Geography/Map references", "Geography/Land boundaries/border sovereign base areas", "Geography/Major lakes (area sq km)/fresh water lake(s)",
	"People and Society/Population/total", "Government/Country name/conventional short form", "Government/Capital/name",
	"Government/Capital/geographic coordinates", "Government/Independence", "Government/Executive branch/chief of state",
	"Government/Executive branch/head of government", "Government/International organization participation",
	"Economy/GDP (official exchange rate)", "Economy/Exchange rates/Currency", "Economy/Exports - partners", "Economy/Imports - partners",
	"Economy/Exports - commodities", "Economy/Imports - commodities",
	"Energy/Coal/production", "Energy/Petroleum/total petroleum production", "Energy/Natural gas/exports",
}

func checkUnsaid(t *testing.T, dir fs.FS, res *graph.Result) {
	claimed, remarked := map[string]bool{}, map[string]bool{}
	for _, c := range res.Commit.Claims {
		claimed[c.Locator] = true
	}
	for _, n := range res.Notices {
		remarked[path.Base(n.Position.File)+"#"+n.Position.Path] = true
	}
	files, err := entryFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	texts, silent := 0, 0
	for _, f := range files {
		base := path.Base(f)
		c := names().ByFIPS[strings.ToUpper(strings.TrimSuffix(base, ".json"))]
		if c == nil {
			if !remarked[base+"#"] {
				t.Errorf("%s was left out unsaid", f)
			}
			continue
		}
		if c.Part {
			continue
		}
		e := readEntry(t, dir, f)
		for _, at := range readPaths {
			text := e.text(at)
			if notKnown(text) {
				continue
			}
			texts++
			key := base + "#" + at
			switch {
			case claimed[key] || remarked[key]:
			case at == "Government/Independence" && strings.HasPrefix(text, "none "):
				silent++ // a territory says that it has none
			case at == "Government/Executive branch/head of government" && text == e.text("Government/Executive branch/chief of state"):
				t.Errorf("%s: the role was not stated", key)
			default:
				t.Errorf("%s: neither a claim nor a remark: %q", key, facts.Clip(text))
			}
		}
	}
	t.Logf("%d texts, %d of them say that there is nothing; %d claims, %d remarks", texts, silent, len(res.Commit.Claims), len(res.Notices))
}

func readEntry(t *testing.T, dir fs.FS, file string) *entry {
	t.Helper()
	r := &factbook{Facts: facts.New(func(graph.Op) error { return nil }), names: names()}
	e := &entry{factbook: r, base: path.Base(file), where: file, ps: &codec.Faults{}}
	text, err := fs.ReadFile(dir, file)
	if err != nil {
		t.Fatal(err)
	}
	if err := unmarshalEntry(text, e); err != nil {
		t.Fatal(err)
	}
	return e
}

// The same folder read twice gives the same operations in the same order.
func TestOrder(t *testing.T) {
	sub, err := fs.Sub(os.DirFS(graphtest.Original(t, "factbook")), "central-asia")
	if err != nil {
		t.Fatal(err)
	}
	read := func() string {
		var b strings.Builder
		err := Entries.DecodeDir(context.Background(), sub, "factbook", func(op graph.Op) error {
			fmt.Fprintf(&b, "%+v\n", op)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first := read()
	for range 3 {
		if read() != first {
			t.Fatal("the order of the operations changes from one reading to the next")
		}
	}
}

// No bytes in place of an entry make the reader panic, and what it emits is
// well formed or refused.
func FuzzFile(f *testing.F) {
	f.Add([]byte(`{"Geography": {"Location": {"text": "Asia"}, "Natural resources": "gold"}}`))
	f.Add([]byte(`{"Government": {"Capital": {"name": {"text": "Astana (Akmola); Almaty (capital)"}}}}`))
	f.Add([]byte(`{"Government": {"Executive branch": {"chief of state": {"text": "King X (since 1 May 2000); represented by Y Z"}}}}`))
	f.Add([]byte(`{"Economy": {"Exports - commodities": {"text": "a, b 5%, c (2023)", "note": "based on value"}}}`))
	f.Add([]byte(`[`))
	o := graphtest.Ontology(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		var ch graph.Change
		dir := graphtest.Files(map[string]string{"x/kz.json": string(text)})
		err := Entries.DecodeDir(context.Background(), dir, "book", func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
		if _, problems := graph.Check(o, graph.Nothing, &ch); err == nil && len(problems) > 0 {
			t.Errorf("%q gives what the ontology refuses: %v", text, problems)
		}
	})
}
