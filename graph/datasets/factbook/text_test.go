package factbook

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"<p>T&uuml;rkiye&nbsp; 5%</p><br>":  "Türkiye 5%",
		"<strong>note:</strong> a<br><br>b": "note: a b",
		"  a \n\t b  ":                      "a b",
		"Antigua &amp; Barbuda":             "Antigua & Barbuda",
		"a < b":                             "a < b",
		"":                                  "",
	} {
		if got := plainText(in); got != want {
			t.Errorf("plainText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParseFigure(t *testing.T) {
	year := func(s string) graph.Interval { return facts.Year(s) }
	for _, c := range []struct {
		text string
		want figure
		ok   bool
	}{
		{"20,432,662 (2025 est.)", figure{20432662, false, "", year("2025"), true}, true},
		{"$288.406 billion (2024 est.)", figure{288406000000, true, "", year("2024"), true}, true},
		{"$1.2 trillion", figure{1200000000000, true, "", graph.Interval{}, false}, true},
		{"1.955 million bbl/day (2023 est.)", figure{1955000, false, "bbl/day", year("2023"), true}, true},
		{"120.279 million metric tons (2023 est.)", figure{120279000, false, "metric tons", year("2023"), true}, true},
		{"2.407 trillion cubic meters (2021 est.)", figure{2407000000000, false, "cubic meters", year("2021"), true}, true},
		{"106.201 billion kWh (2023 est.)", figure{106201000000, false, "kWh", year("2023"), true}, true},
		{"1,739 (2021)", figure{1739, false, "", year("2021"), false}, true},
		{"58.2%", figure{58.2, false, "%", graph.Interval{}, false}, true},
		{"uninhabited", figure{}, false},
		{"NA", figure{}, false},
		{"less than 3 sq km", figure{}, false},
		{"10,360-25,900 sq km", figure{}, false},
		{"5 to 6 million (2020)", figure{}, false},
		{"1,23", figure{}, false},
		{"3 (2020 est.) and more", figure{}, false},
	} {
		got, ok := parseFigure(c.text)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("parseFigure(%q) = %+v, %v; want %+v, %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

func TestParseArea(t *testing.T) {
	for _, c := range []struct {
		text, rest string
		km2        float64
		ok         bool
	}{
		{"2,724,900 sq km", "", 2724900, true},
		{"1.284 million sq km", "", 1284000, true},
		{"9,251 sq km (of which 3,355 sq km are in north Cyprus)", "(of which 3,355 sq km are in north Cyprus)", 9251, true},
		{"643,801 sq km ; 551,500 sq km (metropolitan France)", "; 551,500 sq km (metropolitan France)", 643801, true},
		{"3 sq km less than", "", 0, false},
		{"8 sq km ca.", "", 0, false},
		{"", "", 0, false},
	} {
		km2, rest, ok := parseArea(c.text)
		if ok != c.ok || km2 != c.km2 || rest != c.rest {
			t.Errorf("parseArea(%q) = %v, %q, %v", c.text, km2, rest, ok)
		}
	}
}

func TestParsePoint(t *testing.T) {
	for text, want := range map[string]string{
		"48 00 N, 68 00 E":   "48,68",
		"12 30 S, 96 50 W":   "-12.5,-96.8333",
		"0 23 S, 160 01 W":   "-0.3833,-160.0167",
		"7 18S, 12 24E":      "-7.3,12.4",
		"50 84 N, 4 35 E":    "", // no minute 84
		"91 00 N, 4 35 E":    "",
		"48 N, 68 E":         "",
		"48 00 N, 68 00 E x": "",
	} {
		v, ok := parsePoint(text)
		if ok != (want != "") || ok && v.String() != want {
			t.Errorf("parsePoint(%q) = %v, %v; want %q", text, v, ok, want)
		}
	}
}

func TestParseDay(t *testing.T) {
	for text, want := range map[string]string{
		"20 March 2019": "2019-03-20", "21 Oct 2024": "2024-10-21", "5 Sep 2025": "2025-09-05",
		"May 2022": "2022-05", "1997": "1997", "3 September 301": "0301-09-03",
		"31 February 2020": "", "20 2019": "", "March": "", "2019-03-20": "", "14-15 May 1811": "", "": "",
	} {
		d, ok := parseDay(text)
		if ok != (want != "") || ok && d.String() != want {
			t.Errorf("parseDay(%q) = %v, %v; want %q", text, d, ok, want)
		}
	}
}

func TestSplitOutside(t *testing.T) {
	for _, c := range []struct {
		text, separators string
		want             []string
	}{
		{"a 1,234 km; b (c; d) 5 km;  ", ";", []string{"a 1,234 km", "b (c; d) 5 km"}},
		{"a, b (c, d), e", ",", []string{"a", "b (c, d)", "e"}},
		{"a [b; c]; d", ";", []string{"a [b; c]", "d"}},
		{"a); b", ";", []string{"a)", "b"}},
		{"", ";", []string{}},
	} {
		if got := splitOutside(c.text, c.separators); !reflect.DeepEqual(got, c.want) {
			t.Errorf("splitOutside(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]graph.ID{
		"N'Djamena": "ndjamena", "São Tomé": "sao-tome", "Washington, D.C.": "washington-d-c", "Côte d’Ivoire": "cote-divoire",
		"Nicușor Dan": "nicusor-dan", " coconuts/brazil nuts ": "coconuts-brazil-nuts", "Астана": "", "阿斯塔纳": "", "": "", "--": "",
		"Lake Võrtsjärv": "lake-vortsjarv",
	} {
		if got := facts.Slug(in); got != want {
			t.Errorf("slug(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if id := facts.Slug(rapid.String().Draw(t, "name")); id != "" && graph.CheckID(id) != nil {
			t.Fatal(graph.CheckID(id))
		}
	})
}

// A figure written in the Factbook's way is read as it was meant.
func TestFigureRoundTrip(t *testing.T) {
	scales := map[string]float64{"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
	rapid.Check(t, func(t *rapid.T) {
		thousandths := rapid.IntRange(1, 999_999).Draw(t, "thousandths")
		scale := rapid.SampledFrom([]string{"", "thousand", "million", "billion", "trillion"}).Draw(t, "scale")
		year := rapid.IntRange(1900, 2099).Draw(t, "year")
		text := strings.TrimSpace(fmt.Sprintf("%d.%03d %s", thousandths/1000, thousandths%1000, scale)) + fmt.Sprintf(" (%d est.)", year)
		got, ok := parseFigure(text)
		if !ok || !got.estimated || got.period != facts.Year(fmt.Sprint(year)) {
			t.Fatalf("parseFigure(%q) = %+v, %v", text, got, ok)
		}
		if scale != "" {
			if want := float64(thousandths) * (scales[scale] / 1000); got.value != want {
				t.Fatalf("parseFigure(%q) = %v, want %v", text, got.value, want)
			}
		}
	})
}

// No text makes a parser panic, and none reads more than it was given.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{
		"20,432,662 (2025 est.)", "48 00 N, 68 00 E", "China 28%, Gambia, The 4%", "UN, SCO (dialogue member), EITI (compliant country) (suspended)",
		"Libya 989 km; Spain (Ceuta) 8 km and Spain (Melilla) 10.5 km", "President XI Jinping (since 14 March 2013)",
		"unexploited deposits of uranium, coal, and bauxite", "Caspian Sea (shared with Iran) - 374,000 sq km", "((((", "))))", "%", "", "\x00", "é, é 5%",
	} {
		f.Add(s)
	}
	tables := names()
	f.Fuzz(func(t *testing.T, s string) {
		text := plainText(s)
		parseFigure(text)
		parseArea(text)
		parsePoint(text)
		parseDay(text)
		found, rest := parsePartners(text)
		for _, p := range found {
			if !strings.Contains(text, p.printed) {
				t.Errorf("the partner %q is not in %q", p.printed, text)
			}
			if v := share(p.percent); v < 0 || v != v {
				t.Errorf("share(%q) = %v", p.percent, v)
			}
		}
		if !strings.HasSuffix(text, rest) {
			t.Errorf("the rest %q does not end %q", rest, text)
		}
		parseMembers(text)
		parseBorders(text, tables.Country)
		parseNaturalResources(text, func(n string) bool { return tables.goods[n] != nil })
		parseShores(text, tables.waters)
		parseLocation(text, tables.waters)
		holders, _ := parseHolders(text, tables.titles)
		for _, h := range holders {
			if h.since.Check() != nil {
				t.Errorf("%q gives the time %v", text, h.since)
			}
			personName(h.name)
		}
		if id := facts.Slug(text); id != "" && len(id) <= 200 && graph.CheckID(id) != nil {
			t.Errorf("slug(%q) = %q: %v", text, id, graph.CheckID(id))
		}
	})
}
