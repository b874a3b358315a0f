package codec

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// finding knows two countries.
type finding struct{}

func (finding) Key(_ context.Context, key, value string) (graph.ID, error) {
	return graph.ID(map[string]string{"iso2 KZ": "KAZ", "iso2 UZ": "UZB"}[key+" "+value]), nil
}

// Named knows one city, by two names.
func (finding) Named(_ context.Context, n Named) (graph.ID, error) {
	switch {
	case n.Text == "Aktau" && n.In != "UZB", n.Text == "Shevchenko" && n.Types[0] == "City":
		return "aktau", nil
	case n.Text == "nobody":
		return "", nil
	case n.Text == "Aktav":
		return "", errors.New("Aktav may be aktau")
	}
	unknown := "no " + strings.Join(n.Types, " or ") + " is named " + n.Text
	if n.Optional {
		unknown += ", and another text serves"
	}
	return "", &Unknown{unknown}
}

// tableFile is the file of a table beside each mapping.
func tableFile(file string) ([]byte, error) {
	if file != "lands.csv" {
		return nil, os.ErrNotExist
	}
	return []byte("code,id\n1,KAZ\n2,\n"), nil
}

// stated is what a mapping makes of a table, a line for each operation, and its faults.
func stated(t testing.TB, mapping, name, table string) string {
	t.Helper()
	m, err := ReadMapping("map.yaml", []byte(mapping), tableFile)
	if err != nil {
		return err.Error() + "\n"
	}
	var out strings.Builder
	f := m.Format(finding{})
	emit := func(op graph.Op) error {
		fmt.Fprintf(&out, "%s:%d: ", op.Position.File, op.Position.Line)
		switch op.Kind {
		case graph.Declare:
			fmt.Fprintf(&out, "%s is a %s\n", op.Entity.ID, op.Entity.Type)
			return nil
		case graph.Notice:
			fmt.Fprintln(&out, op.Notice)
			return nil
		}
		c := &op.Claim
		fmt.Fprintf(&out, "%s %s %s", c.Subject, c.Predicate, c.Value)
		for _, q := range c.Qualifiers {
			fmt.Fprintf(&out, " (%s %s)", q.Name, q.Value)
		}
		fmt.Fprintf(&out, " %s [%s, %s, %v]\n", c.Valid, c.Source, c.Locator, c.Confidence)
		return nil
	}
	if err := errors.Join(f.Once(t.Context(), emit), f.Decode(t.Context(), name, strings.NewReader(table), emit)); err != nil {
		out.WriteString(err.Error() + "\n")
	}
	return out.String()
}

const portMapping = `
defaults: {source: "{Source} ?? wpi"}
entities:
  wpi: {type: Source, _: {source: wpi}, name: Index}
empty: ["-", Unknown]
file: {separator: ";"}
tables:
  sizes: {S: SMALL, L: LARGE}
rows:
  "{Code | without spaces} ?? port-{No}":
    type: TransportNode
    name: "{Name}"
    aliases: "{Others | split ,}"
    country: {to: "{Code | first 2 | key iso2}", valid: "{Since}/..", confidence: 0.9}
    size: "{Size | table sizes}"
    depth:
      - {value: "{Depth} m", scope: channel}
      - {value: "{Pier} m", scope: "{Name | slug}"}
    serves: {to: "{Serves | split /}", at: "row {#}, {Name}"}
  "{Harbour | match (\\w+)$ | lower}":
    type: City
`

func TestMapping(t *testing.T) {
	const head = "\ufeffNo;Code;Name;Others;Since;Size;Depth;Pier;Serves;Harbour;Source\n"
	for _, c := range []struct{ name, table, want string }{
		{"whole", head + "7; KZ AAU;Aktau;Aqtau, Shevchenko,;1963;L;11;Unknown;a/b;x of Old;s\n", `map.yaml:4: wpi is a Source
map.yaml:4: wpi name Index  [wpi, , 1]
t.csv:2: KZAAU is a TransportNode
t.csv:2: KZAAU name Aktau  [s, row 1, 0.7]
t.csv:2: KZAAU aliases Aqtau  [s, row 1, 0.7]
t.csv:2: KZAAU aliases Shevchenko  [s, row 1, 0.7]
t.csv:2: KZAAU country KAZ 1963/.. [s, row 1, 0.9]
t.csv:2: KZAAU size LARGE  [s, row 1, 0.7]
t.csv:2: KZAAU depth 11 m (scope channel)  [s, row 1, 0.7]
t.csv:2: KZAAU serves a  [s, row 1, Aktau, 0.7]
t.csv:2: KZAAU serves b  [s, row 1, Aktau, 0.7]
t.csv:2: old is a City
`},
		{"nearly nothing", head + "\n8;;-;;;;;;;;\n", `map.yaml:4: wpi is a Source
map.yaml:4: wpi name Index  [wpi, , 1]
t.csv:3: port-8 is a TransportNode
`},
		{"faults", head + "9;XX 1;\"A\nB\";;;M;;;;;\n\"1 0\";;\xff;;;;;;;;\n\"1 1\";;;;;;;;;;\n", `map.yaml:4: wpi is a Source
map.yaml:4: wpi name Index  [wpi, , 1]
t.csv:2: XX1 is a TransportNode
t.csv:2: XX1 name A
B  [wpi, row 1, 0.7]
t.csv:2:3: {Code | first 2 | key iso2}: no entity has the iso2 "XX"
t.csv:3:6: {Size | table sizes}: the table sizes of the mapping has no "M"
t.csv:4: the row is not valid UTF-8; the mapping's file can name its encoding
t.csv:5:1: "port-1 1" is not an id: it has ASCII letters and digits, and inside - _ . :
`},
		{"another table", "No;Code\n", `map.yaml:4: wpi is a Source
map.yaml:4: wpi name Index  [wpi, , 1]
t.csv:1: the column "Name" is missing; give the table of the mapping, or correct the mapping
`},
	} {
		got := stated(t, portMapping, "t.csv", c.table)
		if c.name == "another table" {
			got = got[:strings.Index(got, "mapping\n")+len("mapping\n")] // one of several
		}
		if got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
	if got := stated(t, "rows: {\"{a}\": {type: City}}", "t.tsv", "a\tb\nx\ty\n"); got != "t.tsv:2: x is a City\n" {
		t.Errorf("tabs: %s", got)
	}
}

func TestMappingFaults(t *testing.T) {
	for text, want := range map[string]string{
		"":                                         "map.yaml:1: not well-formed YAML: EOF",
		"entities: {}":                             "map.yaml:1: the mapping has no rows: what each row of the table states",
		"rows: [a]":                                "map.yaml:1: rows: a mapping (key: value) is expected here, not a list",
		"rows: {x: {}}\nfields: {}":                `map.yaml:2: unknown part "fields"; a mapping has rows, entities, defaults, if, let, each, wide, empty, tables, file, prefixes and base`,
		"rows:\n  x: {name: \"{a\"}":               `map.yaml:2: rows.x.name: "{a" has a { without a }`,
		"rows:\n  x: {name: \"{}\"}":               "map.yaml:2: rows.x.name: {} names no column",
		"rows:\n  x: {name: \"{a | upcase}\"}":     `map.yaml:2: rows.x.name: there is no filter "upcase"; the filters are lower, upper, slug, line, first, pad, without, split, match, table, number, percent, times, date, key, find`,
		"rows:\n  x: {name: \"{a | first x}\"}":    `map.yaml:2: rows.x.name: the filter first: "x" is not a number of characters`,
		"rows:\n  x: {name: [\"{a | match (}\"]}":  "map.yaml:2: rows.x.name[0]: the filter match: error parsing regexp: missing closing ): `(`",
		"rows:\n  x: {name: a, name: b}":           `map.yaml:2: rows.x: "name" is given twice (first on line 2)`,
		"rows: {x: {}}\nfile: {separator: ab}":     `map.yaml:2: file.separator: the separator is one character, not "ab"`,
		"rows: {x: {}}\nprefixes: 1":               "map.yaml:2: prefixes: a mapping (key: value) is expected here, not a single value",
		"rows: &a {x: {}}\ndefaults: *a":           "map.yaml:1: anchors and aliases are not part of the seed format; write the value out",
		"rows: {x: {}}\ntables: {a: b.csv}":        "map.yaml:2: tables: the table is in the file b.csv, which cannot be read here",
		"rows: {x: {}}\nempty: none":               "map.yaml:2: empty: a list of texts is expected here, not a single value",
		"rows: {\"{a}\": {type: City}}\ntables: 1": "map.yaml:2: tables: a mapping (key: value) is expected here, not a single value",
	} {
		_, err := ReadMapping("map.yaml", []byte(text), nil)
		var ps graph.Problems
		if !errors.As(err, &ps) || ps[:1].Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestMappingOfRDF reads a subject as a row whose columns are its predicates.
func TestMappingOfRDF(t *testing.T) {
	const mapping = `
defaults: {source: "{@graph | match /(\\w+)$} ?? wikidata"}
prefixes: {w: "http://w/", label: "http://l#name"}
rows:
  "{@id | match /(Q\\d+)$ | lower}":
    type: "{@type | match City$}"
    name: "{label:}"
    aliases: "{http://l#name@de} ?? {http://l#also}"
    country: {to: "{w:P17 | match /(\\w+)$}", valid: "{w:since}/.."}
`
	for _, c := range []struct{ name, text, want string }{
		{"t.trig", `@prefix w: <http://w/> . @prefix l: <http://l#> .
w:g { w:Q1 a w:City ; l:name "Wien"@de, "Vienna"@EN ; w:P17 w:AUT .
[] l:name "nobody" }
w:Q2 l:also "b", "c" ; w:P17 w:DEU, w:FRA ; w:since 1990 .
`, `t.trig:2: q1 is a City
t.trig:2: q1 name Wien  [g, http://w/Q1, 0.7]
t.trig:2: q1 name Vienna  [g, http://w/Q1, 0.7]
t.trig:2: q1 aliases Wien  [g, http://w/Q1, 0.7]
t.trig:2: q1 country AUT  [g, http://w/Q1, 0.7]
t.trig:4: q2 aliases b  [wikidata, http://w/Q2, 0.7]
t.trig:4: q2 aliases c  [wikidata, http://w/Q2, 0.7]
t.trig:4: q2 country DEU 1990/.. [wikidata, http://w/Q2, 0.7]
t.trig:4: q2 country FRA 1990/.. [wikidata, http://w/Q2, 0.7]
`},
		{"t.nt", "<http://w/Q1> <http://l#name> \"a\" .\n<http://w/Q2> <b> .\n", "t.nt:2:18: the IRI <b> is not absolute\n"},
	} {
		if got := stated(t, mapping, c.name, c.text); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
}

// FuzzMapping reads any mapping with any table: it ends, and all faults have positions.
func FuzzMapping(f *testing.F) {
	f.Add(portMapping, "No;Code;Name;Others;Since;Size;Depth;Pier;Serves;Harbour;Source\n7;KZ AAU;Aktau;a,b;1963;L;11;;a/b;x;s\n")
	f.Add("wide: \"b(.*)\"\neach: \"{value | split ;}\"\nrows: {\"{a}\": {note: {value: \"{value}\", share: 1, if: \"{value}\"}}}", "a,b1,b2\nx,\"y;z\",w\n")
	f.Add("rows: {\"{a}\": {type: City, name: {value: \"{b | split ,}\", valid: \"{#}\"}}}", "a,b\nx,\"y,z\"\n")
	f.Fuzz(func(t *testing.T, mapping, table string) { stated(t, mapping, "t.csv", table) })
}

// TestMappingPage reads the example of docs/mapping.md, and checks that the page and the JSON Schema name every part and filter.
func TestMappingPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/mapping.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```text\n(.*?)```\n```csv\n(.*?)```").FindSubmatch(page)
	if example == nil {
		t.Fatal("no mapping with its table on the page")
	}
	got := stated(t, string(example[1]), "t.csv", string(example[2]))
	for _, want := range []string{"t.csv:2: KZAAU country KAZ  [harbours-2024, harbour 7, 0.8]", "KZAAU aliases Shevchenko", "KZAAU kind PORT", "KZAAU depth 11 m 2024",
		"t.csv:3: harbour-8 is a TransportNode", "harbour-8 coordinates 44.5,50.3  [harbours-2024, harbour 8, 0.8]\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	for _, f := range filterNames {
		if filters[f] == nil || !strings.Contains(string(page), "`"+f) {
			t.Errorf("the filter %s is not on the page", f)
		}
	}
	text, err := os.ReadFile("../../docs/mapping.schema.json")
	var schema struct {
		Properties map[string]any
		Defs       struct {
			Meta struct{ Properties map[string]any }
		} `json:"$defs"`
	}
	if err := errors.Join(err, json.Unmarshal(text, &schema)); err != nil {
		t.Fatal(err)
	}
	for part := range schema.Properties {
		if _, err := ReadMapping("m", []byte(part+": 1\n"), nil); err != nil && strings.Contains(err.Error(), "unknown part") || !strings.Contains(string(page), "`"+part+"`") {
			t.Errorf("%s: %v", part, err)
		}
	}
	known := slices.DeleteFunc(slices.Sorted(maps.Keys(claimMeta)), func(k string) bool { return k == "supersedes" })
	if got := slices.Sorted(maps.Keys(schema.Defs.Meta.Properties)); len(schema.Properties) != 12 || !slices.Equal(got, known) {
		t.Errorf("the schema has %d parts and the metas %v, want 12 and %v", len(schema.Properties), got, known)
	}
}

// TestMappingRows reads what makes several rows of one, and leaves some out.
func TestMappingRows(t *testing.T) {
	for _, c := range []struct{ about, mapping, name, table, want string }{
		{"columns of years", `
defaults: {source: s, valid: "{year}"}
wide: '(?<kind>Prod|Res)_(?<unit>kt|t)_(?<year>\d{4})'
empty: [NA]
rows:
  "{Land}":
    type: Country
    produces: {to: copper, quantity: "{value | number} {unit}", if: "{kind | match Prod}"}
    "{kind | table fields}": {value: "{value}"}
tables: {fields: {Res: reserve, "*": ""}}
`, "t.csv", "Land,Prod_t_2022,Res_kt_2022,Prod_kt_2023\nCHL,\"5,330\",NA,5\nPER,,7,\n", `t.csv:2: CHL is a Country
t.csv:2: CHL produces copper (quantity 5330 t) 2022 [s, row 1, 0.7]
t.csv:2: CHL is a Country
t.csv:2: CHL produces copper (quantity 5 kt) 2023 [s, row 1, 0.7]
t.csv:3: PER is a Country
t.csv:3: PER reserve 7 2022 [s, row 2, 0.7]
`},
		{"ranges", `
defaults: {source: s}
rows: {"{A}": {quantity: "{n | number} bcm", share: "{p | percent}", x: "{t | times 1000}"}}
`, "t.csv", "A,n,p,t\na,\"1,000–1,500\",10%–15%,over 2\nb,>= 5,under 3 %,1 to 2\n", `t.csv:2: a quantity 1000..1500 bcm  [s, row 1, 0.7]
t.csv:2: a share 0.1..0.15  [s, row 1, 0.7]
t.csv:2: a x over 2000  [s, row 1, 0.7]
t.csv:3: b quantity >= 5 bcm  [s, row 2, 0.7]
t.csv:3: b share under 0.03  [s, row 2, 0.7]
t.csv:3: b x 1000..2000  [s, row 2, 0.7]
`},
		{"no such columns", "wide: x\nrows: {a: {type: City}}", "t.csv", "a\n1\n2\n", "t.csv:1: no column fits ^(?:x)$, by which the mapping takes columns for rows (wide)\n"},
		{"values of a cell", `
defaults: {source: s}
each: "{Partners | split ,}"
if: "{value | match %}"
let: {land: "{value | match ^(\\D+)}"}
rows:
  A:
    exportsTo: {to: "{land | slug}", share: "{value | match ([\\d.]+%) | percent}", at: "{#}: {land}"}
`, "t.csv", "Partners\n\"China 22%, Sri Lanka 0.5%, others\"\n", `t.csv:2: A exportsTo china (share 0.22)  [s, 1: China, 0.7]
t.csv:2: A exportsTo sri-lanka (share 0.005)  [s, 1: Sri Lanka, 0.7]
`},
		{"members of a record", `
defaults: {source: s, at: "{@file} {id}"}
each: "{members}"
rows:
  "{value/code}": {type: Country, memberOf: {to: "{id}", valid: "{value/since | date Month YYYY or M/D/YYYY}/.."}}
`, "t.json", `[{"id": "un", "members": [{"code": "KAZ", "since": "March 1992"}, {"code": "UZB", "since": "3/2/1992"}]}, {"id": "x"}]`, `t.json:1: KAZ is a Country
t.json:1: KAZ memberOf un 1992-03/.. [s, t.json un, 0.7]
t.json:1: UZB is a Country
t.json:1: UZB memberOf un 1992-03-02/.. [s, t.json un, 0.7]
`},
		{"tables from files, and nothing else", `
defaults: {source: s}
tables: {lands: lands.csv}
rows:
  "{Land | table lands}": {aliases: "{Name} ?? {?Alias} ?? ", note: "{Land | match x} ?? "}
`, "t.csv", "Land,Name\n1,a\n2,b\n1,\n3,c\n", `t.csv:2: KAZ aliases a  [s, row 1, 0.7]
t.csv:5:1: {Land | table lands}: the table lands of the mapping has no "3"
`},
		{"faults of values", `
defaults: {source: s}
rows: {A: {a: "{n | number}", b: "{n | number ,}", c: "{d | date DD.MM.YYYY}", d: "{n | times 1000}", e: "{p | pad 3}"}}
`, "t.csv", "n,d,p\n\"1.700,5\",31.02.2024,7\n", `t.csv:2: A e 007  [s, row 1, 0.7]
t.csv:2:1: {n | number}: "1.700,5" is not a number; say number where a point begins the decimals, and number , where a comma does
t.csv:2:11: {d | date DD.MM.YYYY}: "31.02.2024" is not a date of the form DD.MM.YYYY
t.csv:2:1: {n | times 1000}: "1.700,5" is not a number; say number where a point begins the decimals, and number , where a comma does
`},
	} {
		got := stated(t, c.mapping, c.name, c.table)
		if c.about == "faults of values" {
			got = strings.Replace(got, "t.csv:2: A b 1700.5  [s, row 1, 0.7]\n", "", 1)
		}
		if got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.about, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		text  string
		comma bool
		want  string // "" where it is none
	}{
		{"1,700", false, "1700"}, {"1 700.5", false, "1700.5"}, {"−3", false, "-3"}, {"1'000'000", false, "1000000"}, {"+.5", false, ".5"}, {"1.5e3", false, "1.5e3"},
		{"1,70", false, ""}, {"1.700,5", false, ""}, {"12,345", true, "12.345"}, {"1.700,5", true, "1700.5"}, {"1\u00a0700", true, "1700"}, {"x", false, ""}, {"", false, ""}, {"1.2.3", false, ""},
	} {
		if got, err := plainNumber(c.text, c.comma); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", c.text, got, err)
		}
	}
}

func TestMappingNames(t *testing.T) {
	const mapping = `
defaults: {source: s}
let: {land: "{Land | key iso2}"}
rows:
  "{City | find City, TransportNode in land} ?? {City | slug}": {type: City}
  x: {serves: "{Serves | find City}"}
`
	const table = "City,Land,Serves\nAktau,KZ,Shevchenko\nAktau,UZ,nobody\nAktav,KZ,Ak Tau\n"
	const want = `t.csv:2: aktau is a City
t.csv:2: x serves aktau  [s, row 1, 0.7]
t.csv:3: aktau is a City
t.csv:4:1: {City | find City, TransportNode in land} ?? {City | slug}: Aktav may be aktau
t.csv:4:10: {Serves | find City}: no City is named Ak Tau
`
	if got := stated(t, mapping, "t.csv", table); got != want {
		t.Errorf("%swant\n%s", got, want)
	}
}

// TestRowsOfTables: a row of the wrong length counts, each takes a cell or a let without filters, and what a let
// falls back on has no say in the text that has the let.
func TestRowsOfTables(t *testing.T) {
	for _, c := range []struct{ name, mapping, table, want string }{
		{"a short row", `rows: {"{a}": {type: City, name: "{#}"}}
defaults: {source: s}`, "a,b\nx,1\ny\nz,3\n", `t.csv:2: x is a City
t.csv:2: x name 1  [s, row 1, 0.7]
t.csv:4: z is a City
t.csv:4: z name 3  [s, row 3, 0.7]
t.csv:3: the row has 1 cells where the table has 2 columns
`},
		{"each of a cell", `each: "{a}"
rows: {"{value}": {type: City}}`, "a\nx\n", "t.csv:2: x is a City\n"},
		{"each of a let", `let: {parts: "{a | split ;}"}
each: "{parts}"
rows: {"{value}": {type: City}}`, "a\nx; y\n", "t.csv:2: x is a City\nt.csv:2: y is a City\n"},
		{"a let that falls back", `let: {town: "{a} ?? {b}"}
rows: {"{town | find City}": {type: City}}`, "a,b\nNowhere,\n", "t.csv:2: {town | find City}: no City is named Nowhere\n"},
	} {
		if got := stated(t, c.mapping, "t.csv", c.table); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
}

// TestLinesOfGeoJSON: a line has a length, ends and points; areas are counted.
func TestLinesOfGeoJSON(t *testing.T) {
	const mapping = `
defaults: {source: s}
rows: {"{properties/id}": {type: Segment, distanceKm: "{@length}", description: "{@start} to {@end}", aliases: "{@points}"}}
`
	const features = `{"type": "FeatureCollection", "features": [
{"properties": {"id": "a"}, "geometry": {"type": "LineString", "coordinates": [[50, 40], [50, 41, 7], [51, 41]]}},
{"properties": {"id": "b"}, "geometry": {"type": "MultiLineString", "coordinates": [[[0, 0], [0, 1]], [[10, 10], [10, 11]]]}},
{"properties": {"id": "c"}, "geometry": {"type": "Point", "coordinates": [1.5, 2]}},
{"properties": {"id": "d"}, "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}},
{"properties": {"id": "e"}, "geometry": {"type": "LineString", "coordinates": [[]]}},
{"properties": {"id": "f"}, "geometry": null}
]}`
	const want = `t.geojson:2: a is a Segment
t.geojson:2: a distanceKm 195.1  [s, row 1, 0.7]
t.geojson:2: a description 40,50 to 41,51  [s, row 1, 0.7]
t.geojson:2: a aliases 40,50  [s, row 1, 0.7]
t.geojson:2: a aliases 41,50  [s, row 1, 0.7]
t.geojson:2: a aliases 41,51  [s, row 1, 0.7]
t.geojson:3: b is a Segment
t.geojson:3: b distanceKm 222.4  [s, row 2, 0.7]
t.geojson:3: b description 0,0 to 11,10  [s, row 2, 0.7]
t.geojson:3: b aliases 0,0  [s, row 2, 0.7]
t.geojson:3: b aliases 1,0  [s, row 2, 0.7]
t.geojson:3: b aliases 10,10  [s, row 2, 0.7]
t.geojson:3: b aliases 11,10  [s, row 2, 0.7]
t.geojson:4: c is a Segment
t.geojson:4: c description 2,1.5 to 2,1.5  [s, row 3, 0.7]
t.geojson:4: c aliases 2,1.5  [s, row 3, 0.7]
t.geojson:5: d is a Segment
t.geojson:6: e is a Segment
t.geojson:7: f is a Segment
t.geojson:5: rows whose geometry is left out: 1, the first a Polygon; only points and lines have @length, @start, @end, @points
`
	if got := stated(t, mapping, "t.geojson", features); got != want {
		t.Errorf("%swant\n%s", got, want)
	}
}
