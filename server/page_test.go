package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/server/internal/words"
	"github.com/caspian-kg/caspian/web"
)

// pageLimits is how many bytes a page may load at first, compressed, without what the API answers.
var pageLimits = map[string]int{"/": 45_000, "/e/KAZ": 45_000, "/routes?from=KAZ&to=eu": 45_000, "/network?id=TKM": 120_000, "/map": 110_000}

// built skips the test where the explorer is not built, as without Node.
func built(t *testing.T) {
	t.Helper()
	if !web.Load().Built() {
		t.Skip("the explorer is not built; make web builds it")
	}
}

// TestPageSize sums up what a first visit loads: the page, its scripts and styles, what these load at once (the layout of the network, the shapes
// of the map), and the words of the ontology.
func TestPageSize(t *testing.T) {
	built(t)
	s := seeded(t, Options{CompressAbove: 1}, gql.Limits{})
	later := regexp.MustCompile(`(?:worker|countries)-[\w-]+\.js(?:on)?`)
	for address, limit := range pageLimits {
		w := ask(s, "GET", address, "")
		sum := w.Body.Len()
		words := regexp.MustCompile(`data-words="(\w+)"`).FindStringSubmatch(w.Body.String())
		assets := regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`).FindAllStringSubmatch(w.Body.String(), -1)
		for i := 0; i < len(assets); i++ {
			for _, name := range later.FindAllString(ask(s, "GET", assets[i][1], "").Body.String(), -1) {
				if m := []string{"", "/assets/" + name}; !slices.ContainsFunc(assets, func(a []string) bool { return a[1] == m[1] }) {
					assets = append(assets, m)
				}
			}
		}
		for _, m := range append(assets, []string{"", "/assets/ontology.json?v=" + words[1]}) {
			f := ask(s, "GET", m[1], "", "Accept-Encoding", "gzip")
			if f.Code != 200 || f.Header().Get("Content-Encoding") != "gzip" || f.Header().Get("Cache-Control") != "max-age=31536000, immutable" {
				t.Errorf("%s: %d %v", m[1], f.Code, f.Header())
			}
			sum += f.Body.Len()
		}
		t.Logf("%s: %d bytes", address, sum)
		if len(assets) < 3 || sum > limit {
			t.Errorf("%s loads %d bytes in %d files; the limit is %d", address, sum, len(assets), limit)
		}
	}
}

// TestPageWithoutScript checks what the service itself writes: title, description, heading and status of each address,
// and that markup in the name of the host reaches no page.
func TestPageWithoutScript(t *testing.T) {
	s := seeded(t, Options{Version: "1.2.3", ReadOnly: true, Hosts: []string{"elsewhere.example"}}, gql.Limits{})
	if w := ask(s, "GET", "/", "", "Host", `"><script>alert(1)</script>.example`); w.Code != http.StatusMisdirectedRequest || strings.Contains(w.Body.String(), "script") {
		t.Errorf("a host of markup: %d %s", w.Code, w.Body)
	}
	for address, want := range map[string]struct {
		status         int
		title, heading string
	}{
		"/":                     {200, "Caspian", "What would you like to know?"},
		"/e/KAZ":                {200, "Kazakhstan · Caspian", "Kazakhstan"},
		"/e/astana?asOf=2020":   {200, "Nur-Sultan · Caspian", "Nur-Sultan"},
		"/e/astana?asOf=foo":    {200, "Astana · Caspian", "Astana"},
		"/e/nothing":            {404, "Not found · Caspian", "Nothing has this id"},
		"/e/%3Cscript%3E":       {404, "Not found · Caspian", "Nothing has this id"},
		"/routes?from=KAZ":      {200, "Routes · Caspian", "Routes"},
		"/table?type=<script>x": {200, "Tables · Caspian", "Tables"},
		"/graphiql?query=x":     {200, "Query · Caspian", "Query"},
	} {
		w := ask(s, "GET", address, "", "Host", "elsewhere.example")
		text := w.Body.String()
		if !web.Load().Built() {
			want.title, want.heading = "Caspian", "Caspian 1.2.3"
		} else if !strings.Contains(text, "<h1><bdi>"+want.heading+"</bdi></h1>") {
			t.Errorf("%s: no heading %s in\n%s", address, want.heading, text)
		}
		for _, part := range []string{"<title>" + want.title + "</title>", `<meta name="description" content="`, "http://elsewhere.example/graphql", "1.2.3", `href="/schema.graphql"`} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %s in\n%s", address, part, text)
			}
		}
		for _, never := range []string{"<script>", "<style", "style=", "onclick", "javascript:"} {
			if strings.Contains(text, never) {
				t.Errorf("%s has %s inline, which its policy forbids", address, never)
			}
		}
		if w.Code != want.status || w.Header().Get("Content-Type") != "text/html; charset=utf-8" ||
			!strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src 'self';") {
			t.Errorf("%s: %d %v", address, w.Code, w.Header())
		}
	}
	// The address of an entity as it was before /e/.
	if w := ask(s, "GET", "/?id=KAZ&asOf=2020", ""); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != "/e/KAZ?asOf=2020" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestOntologyWordsAreNotSentTwice(t *testing.T) {
	s := started(t, Options{})
	w := ask(s, "GET", "/assets/ontology.json", "")
	tag := w.Header().Get("ETag")
	if again := ask(s, "GET", "/assets/ontology.json", "", "If-None-Match", tag); w.Code != 200 || tag == "" || again.Code != http.StatusNotModified {
		t.Errorf("%d, tag %s, then %d", w.Code, tag, again.Code)
	}
	if w := ask(New(Options{}), "GET", "/assets/ontology.json", ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("ontology before there is one: %d", w.Code)
	}
}

func TestOntologyWords(t *testing.T) {
	var got words.Text
	if err := json.Unmarshal(ask(started(t, Options{}), "GET", "/assets/ontology.json", "").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	at := func(name string) int {
		return slices.IndexFunc(got.Fields, func(w words.Word) bool { return w.Name == name })
	}
	for _, want := range []words.Word{
		{Name: "littoralOf", Label: "has a shore on", Theme: "Place", Inverse: map[string]words.Inverse{"WaterBody": {Label: "littorals", Theme: "Place"}}},
		{Name: "borders", Label: "borders", Theme: "Place", Symmetric: true},
		{Name: "population", Label: "population", Kind: "Long", Theme: "People"},
		{Name: "exportsTo", Label: "exports to", Theme: "Trade", Inverse: map[string]words.Inverse{"": {Label: "customer of", Theme: "Trade"}}},
		{Name: "avoids", Label: "avoids", Theme: "Place", Inverse: map[string]words.Inverse{"": {Label: "avoided by", Theme: "Corridors"}}},
		{Name: "distanceKm", Label: "distance", Kind: "Float", Unit: "km"},
		{Name: "status", Label: "status", Kind: "Enum"},
	} {
		i := at(want.Name)
		if i < 0 {
			t.Errorf("no %s", want.Name)
			continue
		}
		if f := got.Fields[i]; f.Label != want.Label || f.Kind != want.Kind || f.Theme != want.Theme || f.Symmetric != want.Symmetric || f.Unit != want.Unit ||
			f.Inverse["WaterBody"] != want.Inverse["WaterBody"] || f.Inverse[""] != want.Inverse[""] {
			t.Errorf("%+v, want %+v", f, want)
		}
	}
	order := []string{"capital", "population", "partnerOf", "name"}
	if !slices.IsSortedFunc(order, func(a, b string) int { return at(a) - at(b) }) || at("name") < 0 {
		t.Errorf("relations, properties, what interfaces declare, what all have: %v", order)
	}
	if at("cities") >= 0 || got.Units["km2"] != "km²" || len(got.Qualifiers) == 0 || len(got.Types) == 0 || got.Themes[0] != "Place" {
		t.Errorf("cities, an inverse, at %d; units %v, %d qualifiers, themes %v", at("cities"), got.Units, len(got.Qualifiers), got.Themes)
	}
}

// markedUp is a graph with markup in every text that a page shows.
const markedUp = `
{"entity":"src","type":"Source"}
{"subject":"src","predicate":"title","value":"MARK source","source":"src"}
{"subject":"src","predicate":"name","value":"MARK source","source":"src"}
{"subject":"src","predicate":"url","value":"javascript:window.hacked=1","source":"src"}
{"entity":"evil","type":"Organisation"}
{"subject":"evil","predicate":"name","value":"MARK evil","source":"src","locator":"MARK locator","original":"MARK original","note":"MARK note","attributedTo":"MARK somebody","attribution":"REPORTED"}
{"subject":"evil","predicate":"aliases","value":"MARK alias","source":"src"}
{"subject":"evil","predicate":"description","value":"MARK description","source":"src"}
{"subject":"evil","predicate":"parent","object":"evil2","source":"src"}
{"entity":"evil2","type":"Organisation"}
{"subject":"evil2","predicate":"name","value":"MARK other","source":"src"}
{"entity":"XXX","type":"Country"}
{"subject":"XXX","predicate":"name","value":"MARK country","source":"src"}
{"entity":"n1","type":"TransportNode"}
{"subject":"n1","predicate":"name","value":"MARK port","source":"src"}
{"subject":"n1","predicate":"country","object":"XXX","source":"src"}
{"entity":"n2","type":"TransportNode"}
{"subject":"n2","predicate":"name","value":"MARK quay","source":"src"}
{"subject":"n2","predicate":"country","object":"XXX","source":"src"}
{"entity":"s","type":"Segment"}
{"subject":"s","predicate":"name","value":"MARK way","source":"src"}
{"subject":"s","predicate":"from","object":"n1","source":"src"}
{"subject":"s","predicate":"to","object":"n2","source":"src"}
{"subject":"s","predicate":"mode","value":"RAIL","source":"src"}
{"subject":"s","predicate":"status","value":"OPERATIONAL","source":"src"}
`

const mark = `<img src=x onerror=\"window.hacked=1\"></script><script>window.hacked=1</script>`

// recordLines commits JSON lines to the graph of a server.
func recordLines(t *testing.T, s *Server, lines string) {
	t.Helper()
	var ch graph.Change
	err := codec.JSONLines.Decode(t.Context(), "lines.jsonl", strings.NewReader(lines), func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.backend.Load().Graph.Commit(t.Context(), &ch); err != nil {
		t.Fatal(err)
	}
}

func markedUpServer(t *testing.T) *httptest.Server {
	t.Helper()
	s := started(t, Options{ReadOnly: true})
	recordLines(t, s, strings.ReplaceAll(markedUp, "MARK", mark))
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return ts
}

// axe returns the accessibility checker, where it is installed.
func axe(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "browser", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("the npm package axe-core is not installed; make js installs it")
	}
	return string(text)
}
