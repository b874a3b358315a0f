package datasets

import (
	"context"
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
	"github.com/caspian-kg/caspian/graph/graphtest"
)

// isoCSV writes a table with the columns that ISO needs; each row gives some.
func isoCSV(t testing.TB, rows ...map[string]string) string {
	t.Helper()
	head := append([]string(nil), isoColumns...)
	for _, n := range isoNames {
		head = append(head, n.column)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(head); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		cells := make([]string, len(head))
		for i, h := range head {
			cells[i] = r[h]
		}
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return b.String()
}

var kazakhRow = map[string]string{
	"ISO3166-1-Alpha-3": "KAZ", "ISO3166-1-Alpha-2": "KZ", "ISO3166-1-numeric": "398", "FIPS": "KZ",
	"wikidata_id": "https://www.wikidata.org/wiki/Q232", "CLDR display name": "Kazakhstan",
	"UNTERM English Formal": "the Republic of Kazakhstan", "Global Name": "World", "Region Name": "Asia",
	"Sub-region Name": "Central Asia", "Capital": " Astana", "ISO4217-currency_alphabetic_code": "KZT",
	"Land Locked Developing Countries (LLDC)": "x", "official_name_en": "Kazakhstan", "official_name_ru": "Казахстан",
	"official_name_cn": "哈萨克斯坦",
}

func with(row map[string]string, column, value string) map[string]string {
	changed := map[string]string{column: value}
	for k, v := range row {
		if k != column {
			changed[k] = v
		}
	}
	return changed
}

func decodeISOText(text string) func(codec.Emit) error {
	return func(emit codec.Emit) error {
		return ISO.Decode(context.Background(), "codes.csv", strings.NewReader(text), emit)
	}
}

func TestISO(t *testing.T) {
	panama := map[string]string{"ISO3166-1-Alpha-3": "PAN", "ISO3166-1-numeric": "8", "ISO4217-currency_alphabetic_code": "PAB,USD"}
	res, err := graphtest.Checked(t, decodeISOText(isoCSV(t, kazakhRow, panama)))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"KAZ iso2 KZ 0.95":                             "KAZ/ISO3166-1-Alpha-2",
		"KAZ isoNumeric 398 0.95":                      "KAZ/ISO3166-1-numeric",
		"KAZ fips KZ 0.95":                             "KAZ/FIPS",
		"KAZ wikidata Q232 0.95":                       "KAZ/wikidata_id",
		"KAZ name Kazakhstan 0.85":                     "KAZ/CLDR display name",
		"KAZ aliases Казахстан lang=ru 0.95":           "KAZ/official_name_ru",
		"KAZ aliases 哈萨克斯坦 lang=zh 0.95":               "KAZ/official_name_cn",
		"KAZ officialName Republic of Kazakhstan 0.95": "KAZ/UNTERM English Formal",
		"KAZ partOf central-asia 0.95":                 "KAZ/Sub-region Name",
		"KAZ partOf asia 0.95":                         "KAZ/Region Name",
		"central-asia parent asia 0.95":                "Sub-region Name",
		"asia parent world 0.95":                       "Region Name",
		"KAZ capital astana 0.85":                      "KAZ/Capital",
		"astana country KAZ INFERRED 0.8":              "KAZ/Capital",
		"KAZ currency KZT 0.95":                        "KAZ/ISO4217-currency_alphabetic_code",
		"KAZ landlocked true 0.95":                     "KAZ/Land Locked Developing Countries (LLDC)",
		"PAN isoNumeric 008 0.95":                      "PAN/ISO3166-1-numeric",
		"PAN currency PAB note one of several in use conflict currency-PAN 0.95": "PAN/ISO4217-currency_alphabetic_code",
	}
	graphtest.WantLocators(t, facts.StatedConfidence, res.Commit.Claims, want)
}

func TestISOFaults(t *testing.T) {
	other := with(kazakhRow, "ISO3166-1-Alpha-3", "KGZ")
	for _, c := range []struct {
		name, text string
		problem    string // of the form, or
		remark     string // of a spoilt value
	}{
		{name: "nothing", text: "", problem: "codes.csv:1: the table has no header line"},
		{name: "another table", text: "a,b\n1,2\n", problem: `codes.csv:1: the column "ISO3166-1-Alpha-3" is missing`},
		{name: "no code", text: isoCSV(t, with(kazakhRow, "ISO3166-1-Alpha-3", "Kaz")), problem: `codes.csv:2: ISO3166-1-Alpha-3 is "Kaz"`},
		{name: "twice", text: isoCSV(t, kazakhRow, kazakhRow), problem: "codes.csv:3: KAZ is on this line and on line 2"},
		{name: "an open quote", text: isoCSV(t, kazakhRow) + "\"abc", problem: "codes.csv:3:5: not well-formed CSV"},
		{name: "a short row", text: isoCSV(t, kazakhRow) + "KGZ,KG\n", problem: "codes.csv:3: the row has 2 cells where the table has 20 columns"},
		{name: "bad bytes", text: isoCSV(t, with(kazakhRow, "Capital", "A\xff")), problem: "codes.csv:2: the row is not valid UTF-8"},
		{name: "a number", text: isoCSV(t, with(kazakhRow, "ISO3166-1-numeric", "3x8")), remark: `ISO3166-1-numeric of KAZ not read: "3x8" is not a number of three digits`},
		{name: "two codes in one", text: isoCSV(t, with(kazakhRow, "FIPS", "GZWE")), remark: `FIPS of KAZ not read: "GZWE" is not one code of two letters`},
		{name: "a shared code", text: isoCSV(t, kazakhRow, with(with(other, "ISO3166-1-Alpha-2", "KG"), "wikidata_id", "")), remark: `FIPS of KGZ not read: "KZ" is the code of two rows`},
		{name: "a link", text: isoCSV(t, with(kazakhRow, "wikidata_id", "https://example.org/Q232")), remark: `wikidata_id of KAZ not read`},
	} {
		res, err := graphtest.Checked(t, func(emit codec.Emit) error {
			return decodeISOText(c.text)(func(op graph.Op) error {
				if op.Claim.Predicate == "isoNumeric" && op.Claim.Subject == "KGZ" {
					return nil // the copied row has the same number
				}
				return emit(op)
			})
		})
		if c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s: %v; want %s", c.name, err, c.problem)
		}
		if c.remark != "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			found := false
			for _, n := range res.Notices {
				found = found || strings.Contains(n.String(), c.remark)
			}
			if !found {
				t.Errorf("%s: no remark %q among %v", c.name, c.remark, res.Notices)
			}
		}
	}
}

func TestISOOriginal(t *testing.T) {
	f, err := os.Open(graphtest.Original(t, "country-codes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	res, err := graphtest.Checked(t, func(emit codec.Emit) error { return ISO.Decode(context.Background(), "country-codes.csv", f, emit) })
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	countries := 0
	for i := range res.Commit.Claims {
		said[graphtest.Sentence(&res.Commit.Claims[i], facts.StatedConfidence)] = true
	}
	for _, e := range res.Commit.Entities {
		if e.Type == "Country" {
			countries++
		}
	}
	if countries != 249 {
		t.Errorf("%d countries, want 249", countries)
	}
	for _, s := range []string{
		"KAZ iso2 KZ 0.95", "KAZ isoNumeric 398 0.95", "KAZ wikidata Q232 0.95", "KAZ aliases Казахстан lang=ru 0.95", "KAZ partOf central-asia 0.95",
		"JPN iso2 JP 0.95", "JPN partOf eastern-asia 0.95", "CHN aliases 中国 lang=zh 0.95", "USA name United States of America 0.85",
		"USA capital washington-dc 0.85", "NAM iso2 NA 0.95", "TUR name Türkiye 0.85", "AFG isoNumeric 004 0.95", "central-asia parent asia 0.95", "asia parent world 0.95",
	} {
		if !said[s] {
			t.Errorf("missing: %s", s)
		}
	}
	if len(res.Notices) != 6 {
		t.Errorf("%d remarks, want 6: %v", len(res.Notices), res.Notices)
	}
}

// No bytes make the reader panic, and what the ontology refuses of its output
// has the place of the row.
func FuzzISO(f *testing.F) {
	f.Add(isoCSV(f, kazakhRow))
	f.Add(isoCSV(f, with(kazakhRow, "Capital", "Central Asia"), with(kazakhRow, "ISO3166-1-Alpha-3", "ABC")))
	f.Add("a,b\n")
	o := graphtest.Ontology(f)
	f.Fuzz(func(t *testing.T, text string) {
		var ch graph.Change
		err := decodeISOText(text)(func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
		if err != nil {
			return
		}
		_, problems := graph.Check(o, graph.Nothing, &ch)
		for _, p := range problems {
			if p.Position.File == "" || p.Position.Line == 0 {
				t.Errorf("%q is refused without a place: %v", text, p)
			}
		}
	})
}
