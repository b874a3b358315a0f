package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

const file = `
defaults: {source: open-list}
entities:
  open-list: {type: Source, name: An open list, publisher: The office, licence: CC BY 4.0, url: "https://example.org/a"}
  closed-list: {type: Source, _: {source: closed-list}, name: A closed list, licence: all rights reserved}
  KAZ:
    type: Country
    name: Kazakhstan
    aliases: [Qazaqstan, "K, \"Z\" & <>"]
    population: [{value: 20000000, valid: 2024, confidence: 0.5}, {value: 20400000, valid: 2025, source: closed-list}]
    capital: {to: astana, valid: 1997-12-10/..}
    borders: {to: CHN, lengthKm: 1765}
  CHN: {type: Country, name: China}
  astana: {type: City, name: Astana, coordinates: "51.17,71.43", country: {to: KAZ, source: closed-list}}
`

var today = graph.DayDate(2026, 1, 15).First()

func apply(t rapid.TB, s *snapshot.Snapshot, ch *graph.Change) *snapshot.Snapshot {
	t.Helper()
	res, problems := graph.Check(s.Ontology(), s.State(), ch)
	if problems != nil {
		t.Fatal(problems)
	}
	c := &res.Commit
	c.Seq, c.At = s.Seq()+1, time.Unix(int64(s.Seq()), 0)
	next, err := s.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func read(t rapid.TB, f *codec.Format, text string) *graph.Change {
	t.Helper()
	ch := &graph.Change{}
	if err := f.Decode(context.Background(), "x", strings.NewReader(text), func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil }); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return ch
}

// example is a small graph, of which a claim is superseded and another retracted.
func example(t rapid.TB) *snapshot.Snapshot {
	t.Helper()
	s := apply(t, snapshot.Empty(schema.MustDefault()), read(t, codec.Seed, file))
	ch := &graph.Change{}
	_ = s.Claims(func(c *graph.Claim, id graph.ClaimID, _ bool) error {
		switch {
		case c.Predicate == "name" && c.Subject == "CHN":
			by := *c
			by.Locator, by.Supersedes = "corrected", []graph.ClaimID{id}
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: by})
		case c.Value.String() == "Qazaqstan":
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: id, Reason: "misread"}})
		}
		return nil
	})
	return apply(t, s, ch)
}

// written writes a selection in the named format.
func written(t rapid.TB, s *snapshot.Snapshot, format string, sel Selection) string {
	t.Helper()
	f, err := ByName(format)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Select(s, sel, today)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(context.Background(), &out, p); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestSelections reads what each selection leaves into an empty graph: it is complete, and has the claims that a plain
// walk over all of them finds, with what describes their sources.
func TestSelections(t *testing.T) {
	s := example(t)
	rapid.Check(t, func(t *rapid.T) {
		sel := Selection{}
		if rapid.Bool().Draw(t, "view") {
			sel.View = &graph.View{MinConfidence: rapid.SampledFrom([]float64{0, 0.6}).Draw(t, "confidence"), AsOf: graph.DayDate(rapid.IntRange(1990, 2026).Draw(t, "year"), 1, 1)}
			if rapid.Bool().Draw(t, "source") {
				sel.View.Sources = []graph.ID{"open-list"}
			}
		}
		if rapid.Bool().Draw(t, "type") {
			sel.Types = []string{rapid.SampledFrom([]string{"Country", "City", "Entity"}).Draw(t, "of")}
		}
		licence := rapid.SampledFrom([]string{"", "cc by 4.0", "all rights reserved"}).Draw(t, "licence")
		if licence != "" {
			sel.Licences = []string{licence}
		}
		format := rapid.SampledFrom([]*codec.Format{codec.JSONLines, codec.NQuads, codec.JSONLD, codec.Seed}).Draw(t, "format")
		text := written(t, s, format.Name, sel)
		got := statements(apply(t, snapshot.Empty(s.Ontology()), read(t, format, text)))
		if want := expected(t, s, sel, licence); !slices.Equal(got, want) {
			t.Fatalf("got  %v\nwant %v\n%s", got, want, text)
		}
	})
}

// statements are what a graph states, with what is withdrawn and why.
func statements(s *snapshot.Snapshot) (list []string) {
	_ = s.Claims(func(c *graph.Claim, id graph.ClaimID, live bool) error {
		list = append(list, fmt.Sprint(id, live, s.ReasonOf(id)))
		return nil
	})
	slices.Sort(list)
	return list
}

// expected are the statements that a selection leaves.
func expected(t rapid.TB, s *snapshot.Snapshot, sel Selection, licence string) (list []string) {
	shown := map[graph.ClaimID]bool{}
	if sel.View != nil {
		v, err := s.View(*sel.View, today)
		if err != nil {
			t.Fatal(err)
		}
		v.AllClaims(func(n uint32) bool { shown[s.ClaimID(n)] = true; return true })
	}
	licences := map[graph.ID]string{"open-list": "cc by 4.0", "closed-list": "all rights reserved"}
	types := map[graph.ID]string{"KAZ": "Country", "CHN": "Country", "astana": "City", "open-list": "Source", "closed-list": "Source"}
	cited := map[graph.ID]bool{}
	for _, describing := range []bool{false, true} {
		_ = s.Claims(func(c *graph.Claim, id graph.ClaimID, live bool) error {
			if sel.View != nil && !shown[id] {
				return nil
			}
			kept := (licence == "" || licences[c.Source] == licence) && (sel.Types == nil || sel.Types[0] == "Entity" || sel.Types[0] == types[c.Subject])
			if describing {
				if kept || c.Subject == c.Source && cited[c.Source] {
					list = append(list, fmt.Sprint(id, live, s.ReasonOf(id)))
				}
			} else if kept {
				cited[c.Source] = true
			}
			return nil
		})
	}
	slices.Sort(list)
	return list
}

// TestTables: the tables of a view, their dictionary and the notice.
func TestTables(t *testing.T) {
	files := unzipped(t, written(t, example(t), "csv", Selection{}))
	for name, want := range map[string]string{
		"countries.csv": `id=KAZ name=Kazakhstan aliases=K, "Z" & <> population=20400000 capital=astana`,
		"cities.csv":    "id=astana name=Astana country=KAZ coordinates=51.17,71.43",
		"edges.csv":     `subject=KAZ predicate=borders object=CHN qualifiers={"lengthKm":"1765"} holds=POSSIBLY confidence=1 source=open-list`,
		"claims.csv":    "subject=KAZ predicate=population value=20000000 valid=2024 confidence=0.5",
	} {
		rows, err := csv.NewReader(strings.NewReader(files[name])).ReadAll()
		if err != nil {
			t.Fatal(name, err)
		}
		found := false
		for _, row := range rows[1:] {
			var cells []string
			for i, cell := range row {
				if strings.Contains(want, rows[0][i]+"=") {
					cells = append(cells, rows[0][i]+"="+cell)
				}
			}
			found = found || strings.Join(cells, " ") == want
		}
		for _, column := range rows[0] {
			if !strings.Contains(files["dictionary.csv"], ","+column+",") {
				t.Errorf("the dictionary leaves out %s of %s", column, name)
			}
		}
		if !found {
			t.Errorf("%s has no row %s:\n%s", name, want, files[name])
		}
	}
	if want := "closed-list: A closed list, all rights reserved\nopen-list: An open list, The office, CC BY 4.0, https://example.org/a\n"; files["NOTICE"] != want {
		t.Errorf("the notice is %q", files["NOTICE"])
	}
	open := unzipped(t, written(t, example(t), "csv", Selection{Licences: []string{"CC BY 4.0"}}))
	if all := fmt.Sprint(open); strings.Contains(all, "closed-list") || strings.Contains(all, "20400000") || !strings.Contains(open["NOTICE"], "open-list") {
		t.Errorf("a licence lets others through: %s", all)
	}
}

func unzipped(t *testing.T, text string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(b)
	}
	return files
}

// TestNetworkAndPlaces: other readers find the nodes, edges and points.
func TestNetworkAndPlaces(t *testing.T) {
	var g struct {
		Graph struct {
			Nodes []struct {
				ID string `xml:"id,attr"`
			} `xml:"node"`
			Edges []struct {
				From string `xml:"source,attr"`
				To   string `xml:"target,attr"`
			} `xml:"edge"`
		} `xml:"graph"`
	}
	text := written(t, example(t), "graphml", Selection{})
	if err := xml.Unmarshal([]byte(text), &g); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(g.Graph.Nodes, g.Graph.Edges); got != "[{CHN} {KAZ} {astana} {closed-list} {open-list}] [{KAZ astana} {KAZ CHN} {astana KAZ}]" {
		t.Error(got)
	}
	var places struct {
		Notice   string
		Features []struct {
			ID       string
			Geometry struct{ Coordinates []float64 }
		}
	}
	if err := json.Unmarshal([]byte(written(t, example(t), "geojson", Selection{})), &places); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(places.Features); got != "[{astana {[71.43 51.17]}}]" || !strings.Contains(places.Notice, "open-list") {
		t.Error(got, places.Notice)
	}
}

// TestRefusals: what a selection names must exist.
func TestRefusals(t *testing.T) {
	s := example(t)
	for want, sel := range map[string]Selection{
		`the ontology has no type "Town"`:                                                  {Types: []string{"Town"}},
		`no source has the licence "MIT"; the licences are CC BY 4.0; all rights reserved`: {Licences: []string{"MIT"}},
		`view.sources: there is no source "x"; the field sources lists them`:               {View: &graph.View{Sources: []graph.ID{"x"}}},
	} {
		if _, err := Select(s, sel, today); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := ByName("xls"); err == nil || !strings.Contains(err.Error(), "graphml") {
		t.Error(err)
	}
}

// TestOtherTools opens exports with other programs, where this machine has them.
func TestOtherTools(t *testing.T) {
	s, dir := example(t), t.TempDir()
	for _, x := range []struct{ tool, format, script, want string }{
		{"networkx", "graphml", "import networkx, sys; g = networkx.read_graphml(sys.argv[1]); print(g.number_of_nodes(), g.number_of_edges(), g.nodes['KAZ']['name'])", "5 3 Kazakhstan"},
		{"pandas", "csv", "import pandas, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); d = pandas.read_csv(z.open('countries.csv')); print(len(d), int(d.set_index('id').loc['KAZ', 'population']))", "2 20400000"},
		{"rdflib", "nquads", "import rdflib, sys; g = rdflib.Dataset() if hasattr(rdflib, 'Dataset') else rdflib.ConjunctiveGraph(); g.parse(sys.argv[1], format='nquads'); print(len(list(g.quads((None, rdflib.URIRef('caspian:m/reason'), None, None)))))", "1"},
		{"rdflib", "jsonld", "import rdflib, sys; g = rdflib.Dataset() if hasattr(rdflib, 'Dataset') else rdflib.ConjunctiveGraph(); g.parse(sys.argv[1], format='json-ld'); print(len(list(g.quads((None, rdflib.URIRef('caspian:m/reason'), None, None)))))", "1"},
	} {
		if exec.Command("/usr/bin/python3", "-c", "import "+x.tool).Run() != nil {
			t.Logf("%s is not installed; a Debian package has it: python3-%s", x.tool, x.tool)
			continue
		}
		path := filepath.Join(dir, x.format)
		if err := os.WriteFile(path, []byte(written(t, s, x.format, Selection{})), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("/usr/bin/python3", "-c", x.script, path).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != x.want {
			t.Errorf("%s reads %s, want %s (%v)", x.tool, out, x.want, err)
		}
	}
}
