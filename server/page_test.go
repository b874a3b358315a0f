package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// pageLimit is how many bytes each address of the first page may load, uncompressed and
// without its requests about the graph and the ontology.
const pageLimit = 31_500

// imported returns the modules that a module imports statically, without those that it
// imports on demand.
var imported = regexp.MustCompile(`(?m)^import [^;]* from '\./(\w+\.js)'`)

// loads adds the asset, and all that is loaded with it, to files.
func loads(t *testing.T, s *Server, name string, files map[string]string) {
	if _, ok := files[name]; ok {
		return
	}
	w := ask(s, "GET", "/assets/"+name, "")
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d", name, w.Code)
	}
	files[name] = w.Body.String()
	for _, m := range imported.FindAllStringSubmatch(files[name], -1) {
		loads(t, s, m[1], files)
	}
}

// TestPageSize sums up what each address loads; TestPageInBrowser compares the list with
// what a browser loads.
func TestPageSize(t *testing.T) {
	s := started(t, Options{Version: "1.2.3"})
	for address, modules := range pageModules {
		files := map[string]string{}
		w := ask(s, "GET", address, "")
		for _, m := range regexp.MustCompile(`(?:src|href)="/assets/([^"]+)"`).FindAllStringSubmatch(w.Body.String(), -1) {
			loads(t, s, m[1], files)
		}
		for _, name := range modules {
			loads(t, s, name, files)
		}
		sum := w.Body.Len()
		for _, text := range files {
			sum += len(text)
		}
		t.Logf("%s: %d bytes in %d files", address, sum, len(files)+1)
		if len(files) < 4 || sum > pageLimit {
			t.Errorf("%s loads %d bytes in %d files; the limit is %d", address, sum, len(files)+1, pageLimit)
		}
	}
}

// pageModules are the modules that each kind of address asks for on demand.
var pageModules = map[string][]string{
	"/":                {"questions.js", "routeform.js", "ask.js"},
	"/?q=kaza":         nil,
	"/?id=KAZ":         {"entity.js"},
	"/?from=KAZ&to=eu": {"routeform.js", "routes.js"},
	"/?query=" + url.QueryEscape("{graph{sequence}}"): {"ask.js", "answer.js"},
}

// TestPageWithoutScript checks that without scripts the page says what it is and links on,
// and that markup in the name of the host reaches no page.
func TestPageWithoutScript(t *testing.T) {
	s := seeded(t, Options{Version: "1.2.3", ReadOnly: true, Hosts: []string{"elsewhere.example"}}, gql.Limits{})
	if w := ask(s, "GET", "/", "", "Host", `"><script>alert(1)</script>.example`); w.Code != http.StatusMisdirectedRequest || strings.Contains(w.Body.String(), "script") {
		t.Errorf("a host of markup: %d %s", w.Code, w.Body)
	}
	for _, address := range []string{"/", "/?id=KAZ", "/?from=KAZ", "/?query=x"} {
		w := ask(s, "GET", address, "", "Host", "elsewhere.example")
		text := w.Body.String()
		for _, want := range []string{"<noscript>", "needs JavaScript", "/graphql?query=", `href="/schema.graphql"`, "http://elsewhere.example/graphql", "1.2.3"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %s in\n%s", address, want, text)
			}
		}
		for _, never := range []string{"<script>", "<style", "style=", "onclick", "javascript:"} {
			if strings.Contains(text, never) {
				t.Errorf("%s has %s inline, which its policy forbids", address, never)
			}
		}
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" ||
			!strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src 'self';") {
			t.Errorf("%s: %d %v", address, w.Code, w.Header())
		}
	}
	link := regexp.MustCompile(`href="(/graphql\?[^"]+)"`).FindStringSubmatch(ask(s, "GET", "/", "").Body.String())
	if link == nil {
		t.Fatal("no link to an answer")
	}
	if w := ask(s, "GET", link[1], "", "Host", "elsewhere.example"); !strings.Contains(w.Body.String(), `"id":"KAZ","name":"Kazakhstan"`) {
		t.Errorf("%s: %s", link[1], w.Body)
	}
}

func TestPageIsNotSentTwice(t *testing.T) {
	s := started(t, Options{})
	for _, path := range []string{"/assets/front.js", "/assets/style.css", "/assets/ontology.json", "/graphiql"} {
		w := ask(s, "GET", path, "")
		tag := w.Header().Get("ETag")
		if again := ask(s, "GET", path, "", "If-None-Match", tag); w.Code != 200 || tag == "" || again.Code != http.StatusNotModified {
			t.Errorf("%s: %d, tag %s, then %d", path, w.Code, tag, again.Code)
		}
	}
	if w := ask(New(Options{}), "GET", "/assets/ontology.json", ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("ontology before there is one: %d", w.Code)
	}
}

func TestOntologyWords(t *testing.T) {
	var got words
	if err := json.Unmarshal(ask(started(t, Options{}), "GET", "/assets/ontology.json", "").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	at := func(name string) int {
		return slices.IndexFunc(got.Fields, func(w word) bool { return w.Name == name })
	}
	for _, want := range []word{
		{Name: "littoralOf", Label: "has a shore on", Inverse: map[string]string{"WaterBody": "littorals"}},
		{Name: "borders", Label: "borders", Symmetric: true},
		{Name: "population", Label: "population", Kind: "Long"},
		{Name: "status", Label: "status", Kind: "Enum"},
	} {
		i := at(want.Name)
		if i < 0 {
			t.Errorf("no %s", want.Name)
			continue
		}
		if f := got.Fields[i]; f.Label != want.Label || f.Kind != want.Kind || f.Symmetric != want.Symmetric || f.Inverse["WaterBody"] != want.Inverse["WaterBody"] {
			t.Errorf("%+v, want %+v", f, want)
		}
	}
	order := []string{"capital", "population", "partnerOf", "name"}
	if !slices.IsSortedFunc(order, func(a, b string) int { return at(a) - at(b) }) || at("name") < 0 {
		t.Errorf("relations, properties, what interfaces declare, what all have: %v", order)
	}
	if at("cities") >= 0 || got.Units["km2"] != "km²" || len(got.Qualifiers) == 0 {
		t.Errorf("cities, an inverse, at %d; units %v, %d qualifiers", at("cities"), got.Units, len(got.Qualifiers))
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

func markedUpServer(t *testing.T) *httptest.Server {
	t.Helper()
	s := started(t, Options{ReadOnly: true})
	var ch graph.Change
	text := strings.ReplaceAll(markedUp, "MARK", mark)
	err := codec.JSONLines.Decode(t.Context(), "hostile.jsonl", bytes.NewReader([]byte(text)), func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.backend.Load().Graph.Commit(t.Context(), &ch); err != nil {
		t.Fatal(err)
	}
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
