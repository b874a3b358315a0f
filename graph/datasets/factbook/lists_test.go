package factbook

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

func TestParseNaturalResources(t *testing.T) {
	known := func(s string) bool { return names().goods[s] != nil }
	for _, c := range []struct{ text, want, unread string }{
		{"petroleum, natural gas, salt", "petroleum natural gas salt", ""},
		{"major deposits of petroleum, natural gas, uranium", "petroleum/ABUNDANT natural gas/ABUNDANT uranium/ABUNDANT", ""},
		{"limestone, unexploited deposits of uranium, coal, and bauxite", "limestone uranium/UNTAPPED coal/UNTAPPED bauxite/UNTAPPED", ""},
		{"uranium and largely unexploited reserves of iron ore, tin, likely oil reserves", "uranium iron ore/UNTAPPED tin/UNTAPPED oil/UNTAPPED?", ""},
		{"abundant hydropower; gold, rare earth metals", "hydropower/ABUNDANT gold rare earth metals", ""},
		{"gold, possibly oil and natural gas, fish", "gold oil and natural gas? fish", ""},
		{"hydropower potential (world's largest), offshore oil potential", "hydropower oil?", ""},
		{"petroleum; small reserves of iron ore, copper", "petroleum iron ore copper", ""},
		{"fish (Lake Chad), gold", "fish gold", ""},
		{"NEGL; pleasant climate fosters tourism", "", "pleasant climate fosters tourism"},
		{"none", "", ""},
		{"platinum and other minerals, gold", "gold", "platinum and other minerals"},
		{"metropolitan France: coal; French Guiana : gold deposits", "coal gold", ""},
	} {
		found, unread := parseNaturalResources(c.text, known)
		var got []string
		for _, r := range found {
			s := r.printed
			if r.abundance != "" {
				s += "/" + r.abundance
			}
			if r.possible {
				s += "?"
			}
			got = append(got, s)
		}
		if strings.Join(got, " ") != c.want || strings.Join(unread, "; ") != c.unread {
			t.Errorf("%q gives %q, unread %q; want %q, unread %q", c.text, strings.Join(got, " "), unread, c.want, c.unread)
		}
	}
}

func TestParsePartners(t *testing.T) {
	for _, c := range []struct {
		text, rest string
		want       []partner
	}{
		{"China 28%, Russia 24%, Gambia, The 4%", "", []partner{{"China", "28"}, {"Russia", "24"}, {"Gambia, The", "4"}}},
		{"Israel 6%, Congo, Republic of the 5.5%", "", []partner{{"Israel", "6"}, {"Congo, Republic of the", "5.5"}}},
		{"almost entirely United Kingdom", "almost entirely United Kingdom", nil},
		{"China 16%, others", "others", []partner{{"China", "16"}}},
		{"China <1%", "China <1%", nil},
		{"", "", nil},
	} {
		got, rest := parsePartners(c.text)
		if !reflect.DeepEqual(got, c.want) || rest != c.rest {
			t.Errorf("parsePartners(%q) = %v, %q", c.text, got, rest)
		}
	}
}

func TestShare(t *testing.T) {
	for percent, want := range map[string]float64{"28": 0.28, "7": 0.07, "0.5": 0.005, "100": 1, "10.3": 0.103} {
		if got := share(percent); got != want {
			t.Errorf("share(%q) = %v, want %v", percent, got, want)
		}
	}
}

func TestParseMembers(t *testing.T) {
	for text, want := range map[string]string{
		"UN, SCO (dialogue member), WTO":                         "[{UN []} {SCO [dialogue member]} {WTO []}]",
		"EITI (compliant country) (suspended)":                   "[{EITI [compliant country suspended]}]",
		"CIS (associate member, has not ratified), UN":           "[{CIS [associate member, has not ratified]} {UN []}]",
		"A is in the following organizations but absent: ADB, C": "[{ADB []} {C []}]",
		"UNOOSA,UNWTO; none":                                     "[{UNOOSA []} {UNWTO []}]",
		"none":                                                   "[]",
	} {
		text = strings.ReplaceAll(text, ",U", ", U")
		if got := fmt.Sprint(parseMembers(text)); got != want {
			t.Errorf("parseMembers(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestParseBorders(t *testing.T) {
	country := names().Country
	for _, c := range []struct{ text, want, unread string }{
		{"Libya 989 km; Mali 1,359 km, Niger 951 km", "LBY 989 MLI 1359 NER 951", ""},
		{"China (southeast) 4,133 km and China (south) 46 km", "CHN 4179/2", ""},
		{"Spain (Ceuta) 8 km and Spain (Melilla) 10.5 km", "ESP 18.5/2", ""},
		{"US 8,891 km (includes 2,475 km with Alaska); Denmark (Greenland) 1.3 km", "USA 8891 DNK 1.3", ""},
		{"Democratic Republic of the Congo 2,646 km (of which 225 km is Cabinda); Republic of the Congo 231 km", "COD 2646 COG 231", ""},
		{"US Naval Base at Guantanamo Bay 28.5 km", "", "US Naval Base at Guantanamo Bay 28.5 km"},
		{"Cote d'Ivoire 816 km; Guinea-Bissau 421 km", "CIV 816 GNB 421", ""},
		{"Atlantis 5 km; Mali", "", "Atlantis 5 km; Mali"},
	} {
		found, unread := parseBorders(c.text, country)
		var got []string
		for _, b := range found {
			s := fmt.Sprint(b.with, " ", b.km)
			if b.parts > 1 {
				s += fmt.Sprint("/", b.parts)
			}
			got = append(got, s)
		}
		if strings.Join(got, " ") != c.want || strings.Join(unread, "; ") != c.unread {
			t.Errorf("%q gives %q, unread %q", c.text, got, unread)
		}
	}
}

func TestParseShores(t *testing.T) {
	for text, want := range map[string]string{
		"note: Kazakhstan borders the Aral Sea, now split into two bodies of water (1,070 km), and the Caspian Sea (1,894 km)": "caspian-sea 1894 aral-sea 1070",
		"note: Iran also borders the Caspian Sea (740 km)":                                                                     "caspian-sea 740",
		"note: Uzbekistan includes the southern portion of the Aral Sea with a 420 km shoreline":                               "aral-sea 420",
		"3,208 km (Caribbean Sea 1,760 km, North Pacific Ocean 1,448 km)":                                                      "north-pacific-ocean 1448 caribbean-sea 1760",
		"2,234 km (mainland on Red Sea 1,151 km; islands in Red Sea 1,083 km)":                                                 "",
		"310 km": "",
	} {
		var got []string
		for _, s := range parseShores(text, names().waters) {
			got = append(got, fmt.Sprint(s.water.id, " ", s.km))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestParseLocation(t *testing.T) {
	for text, want := range map[string]string{
		"Central Asia, bordering the Caspian Sea, between Iran and Kazakhstan":                                                                                                         "[caspian-sea]",
		"Eastern Asia, island chain between the North Pacific Ocean and the Sea of Japan, east of the Korean Peninsula":                                                                "[north-pacific-ocean sea-of-japan]",
		"chain of islands in the North Atlantic Ocean, southeast of Florida; note - although it does not border the Caribbean Sea":                                                     "[north-atlantic-ocean]",
		"Southwestern Europe, bordering the Strait of Gibraltar, which links the Mediterranean Sea and the North Atlantic Ocean":                                                       "[strait-of-gibraltar]",
		"metropolitan France: Western Europe, bordering the Bay of Biscay; bordering the Mediterranean Sea, between Italy and Spain French Guiana: bordering the North Atlantic Ocean": "[bay-of-biscay mediterranean-sea]",
		"Central Asia, west of China, south of Kazakhstan":                                                                                                                             "[]",
	} {
		got := []graph.ID{}
		for _, w := range parseLocation(text, names().waters) {
			got = append(got, w.id)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%q gives %v, want %s", text, got, want)
		}
	}
}

// The tables hold what the ontology has room for, and every id is a good one.
func TestNames(t *testing.T) {
	table, err := readNames()
	if err != nil {
		t.Fatal(err)
	}
	o, err := schema.Load("ontology.graphql", schema.Default)
	if err != nil {
		t.Fatal(err)
	}
	id := func(what string, id graph.ID) {
		if err := graph.CheckID(id); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	enum := func(what, typ, field, qualifier, value string) {
		f := o.Type(typ).Field(field)
		e := f.Enum
		if qualifier != "" {
			e = f.Qualifier(qualifier).Enum
		}
		if !e.Has(value) {
			t.Errorf("%s: %q is not in %s", what, value, e.Names())
		}
	}
	for n, c := range table.ByFIPS {
		if len(c.ID) != 3 || len(n) != 2 || c.Name == "" || c.Of == "" {
			t.Errorf("country %s: %+v", n, c)
		}
	}
	for n, x := range table.organisations {
		id(n, x.id)
		enum(n, "Organisation", "kind", "", x.kind)
		if x.parent != "" && table.organisationsByID[x.parent] == nil {
			t.Errorf("%s is a part of %s, which has no row", n, x.parent)
		}
		if first := table.organisationsByID[x.id]; first.name != x.name || first.kind != x.kind || first.parent != x.parent {
			t.Errorf("%s: two rows tell %s apart", n, x.id)
		}
	}
	for n, g := range table.goods {
		if n != strings.ToLower(n) {
			t.Errorf("good %q: write it in lower case", n)
		}
		for _, x := range g.ids {
			id(n, x)
		}
	}
	for n, r := range table.roles {
		enum(n, "Country", "memberOf", "role", r)
	}
	for n, w := range table.lakes {
		id(n, w.id)
		enum(n, "WaterBody", "kind", "", w.kind)
	}
	for n, x := range table.regions {
		id(n, x)
	}
	for n, p := range table.people {
		id(n, p.id)
	}
	for n, x := range table.Cities {
		id(n, x)
	}
}
