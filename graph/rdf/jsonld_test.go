package rdf

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// entry is a test of the W3C's suite of JSON-LD.
type entry struct {
	ID            string   `json:"@id"`
	Type          []string `json:"@type"`
	Input, Expect string
	Option        struct {
		ProcessingMode, SpecVersion, RDFDirection, Base string
		ProduceGeneralizedRDF                           bool
		ExpandContext                                   string
	}
}

// known are the tests that fail, by what the library expands otherwise than the norm.
var known = map[string]string{
	"#t0122": resolution, "#t0123": resolution, "#t0124": resolution, "#t0125": resolution, "#t0128": resolution, "#t0130": resolution, "#t0131": resolution, "#t0132": resolution,
	"#te111": resolution, "#te112": resolution, "#tli11": resolution, "#tli12": resolution,
	"#tc033": accepted, "#te123": accepted, "#tec02": accepted, "#ter52": accepted, "#ter54": accepted, "#ter56": accepted, "#tpr28": accepted,
	"#tc037": scopes, "#tc038": scopes, "#tpr38": scopes, "#tpr39": scopes, "#tpr43": scopes,
}

const (
	resolution = "dots and empty parts of relative IRIs"
	accepted   = "what is wrong is accepted"
	scopes     = "contexts of nested properties, protected terms"
)

// TestConformanceOfJSONLD runs the W3C's tests of the conversion of JSON-LD 1.1 to RDF. They come with the
// library that expands JSON-LD.
func TestConformanceOfJSONLD(t *testing.T) {
	library, err := build.Import("github.com/piprate/json-gold/ld", ".", build.FindOnly)
	dir := filepath.Join(library.Dir, "testdata")
	text, missing := os.ReadFile(filepath.Join(dir, "toRdf-manifest.jsonld"))
	if err := errors.Join(err, missing); err != nil {
		t.Skipf("the tests of the W3C are not run: %v", err)
	}
	var manifest struct {
		BaseIri  string
		Sequence []entry
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	n, refused := 0, 0
	for _, e := range manifest.Sequence {
		if e.Option.SpecVersion == "json-ld-1.0" || e.Option.ProcessingMode == "json-ld-1.0" || e.Option.RDFDirection != "" || e.Option.ProduceGeneralizedRDF || e.Option.ExpandContext != "" {
			continue // of another version, or of what is not offered
		}
		n++
		err := e.run(t, dir, manifest.BaseIri)
		switch _, fails := known[e.ID]; {
		case err != nil && strings.Contains(err.Error(), "nothing remote is"):
			refused++
		case (err != nil) != fails:
			t.Errorf("%s %s: %v", e.ID, e.Input, err)
		}
	}
	t.Logf("%d tests; %d fail, and %d name a context elsewhere", n, len(known), refused)
	if n < 440 {
		t.Errorf("the suite has only %d tests", n)
	}
}

func (e *entry) run(t *testing.T, dir, base string) error {
	t.Helper()
	base += e.Input
	if e.Option.Base != "" {
		base = e.Option.Base
	}
	quads, err := decodeFile(t, filepath.Join(dir, filepath.FromSlash(e.Input)), JSONLD, base)
	switch {
	case slices.ContainsFunc(e.Type, func(t string) bool { return strings.Contains(t, "Negative") }):
		if err == nil {
			return errors.New("no fault")
		}
		return nil
	case err != nil:
		return err
	case e.Expect == "":
		return nil
	}
	want, err := decodeFile(t, filepath.Join(dir, filepath.FromSlash(e.Expect)), NQuads, "")
	if err != nil {
		return err
	}
	if !isomorphic(quads, want) {
		return fmt.Errorf("has\n%v\nwant\n%v", quads, want)
	}
	return nil
}

// TestJSONLD reads documents in each form, with the line of each node.
func TestJSONLD(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a context and a graph", "{\"@context\": {\"@vocab\": \"v:\"},\n\"@graph\": [\n{\"@id\": \"a:b\", \"n\": 1},\n\n{\"@id\": \"_:c\", \"n\": [12345678901234567, 1.5, true, {\"@value\": \"x\", \"@language\": \"kk\"}]}]}",
			"3 <a:b> <v:n> \"1\"^^integer\n5 _:c <v:n> \"12345678901234567\"^^integer\n5 _:c <v:n> \"1.5E0\"^^double\n5 _:c <v:n> \"true\"^^boolean\n5 _:c <v:n> \"x\"@kk\n"},
		{"the context last", "{\"@graph\": [{\"@id\": \"a:b\", \"n\": 1}], \"@context\": {\"@vocab\": \"v:\"}}", "1 <a:b> <v:n> \"1\"^^integer\n"},
		{"a named graph", "{\"@id\": \"a:g\", \"a:p\": \"x\", \"@graph\": {\"@id\": \"a:b\", \"a:p\": {\"@id\": \"a:c\"}}}", "1 <a:b> <a:p> <a:c> <a:g>\n1 <a:g> <a:p> \"x\"\n"},
		{"the context of schema.org", `{"@context": "https://schema.org/", "@type": "City", "sameAs": "a:b", "name": "x", "foundingDate": "1824"}`,
			"1 _:/1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://schema.org/City>\n1 _:/1 <http://schema.org/foundingDate> \"1824\"^^Date\n" +
				"1 _:/1 <http://schema.org/name> \"x\"\n1 _:/1 <http://schema.org/sameAs> <a:b>\n"},
		{"a list of documents", "[\n{\"@context\": {\"p\": \"a:p\"}, \"p\": {\"@list\": [1]}},\n{\"p\": 1, \"a:p\": {}}]",
			"2 _:/2 <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> \"1\"^^integer\n2 _:/2 <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>\n2 _:/1 <a:p> _:/2\n3 _:/3 <a:p> _:/4\n"},
	} {
		quads, err := decode(c.text, JSONLD, Options{})
		if got := written(quads); err != nil || got != c.want {
			t.Errorf("%s: %v\n%swant\n%s", c.name, err, got, c.want)
		}
	}
}

// TestFaultsOfJSONLD checks where and how faults are reported, and that what is hostile is one.
func TestFaultsOfJSONLD(t *testing.T) {
	deep := strings.Repeat(`{"a:p":`, 200) + "1" + strings.Repeat("}", 200)
	filler := fmt.Sprintf(`{"@id": %q}`, "a:"+strings.Repeat("x", 1<<20))
	for _, c := range []struct{ text, want string }{
		{"[{\n\"a:p\": 1", "2:1: not well-formed JSON: the document ends too soon"},
		{"[{\"a:p\": 1},\n{\"a:p\": tru}]", "2:1: not well-formed JSON: invalid character"},
		{"[{\"a:p\": 1,\n\"a:p\": 2}]", "2:1: not well-formed JSON: duplicate object member name"},
		{"{\"@context\": \"https://example.org/c\", \"name\": \"x\"}", "1:1: the context https://example.org/c is not loaded, because nothing remote is: write the context itself"},
		{"{\"@context\": {\"@import\": \"file:///etc/passwd\"}}", "1:1: the context file:///etc/passwd is not loaded"},
		{"{\"@context\": {\"a\": \"b:x\", \"b\": \"a:y\"}, \"a\": 1}", "1:1: not well-formed JSON-LD: cyclic IRI mapping"},
		{"[1,\n{\"@id\": 1}]", "2:1: not well-formed JSON-LD: invalid @id value"},
		{deep, "1:1: the document is nested more than 128 deep"},
		{`{"@context": {"a": "` + strings.Repeat("x", maxContexts) + `"}, "@graph": []}`, "1:1: the context of the document has more than 256 kB"},
		{"{\"@graph\": [" + filler + "],\n\"@context\": {}}", `2:1: "@context" comes after @graph`},
		{"{\"a:p\": [" + strings.Repeat(filler+",", 17) + "1]}", "a node has more than 16 MB"},
		{`{"a:p": [` + strings.Repeat(`{"@context": {}}, `, 20000) + "1]}", "1:1: the node has 20000 contexts"},
		{"\"x\"", "1:1: a document of JSON-LD is an object or a list of objects"},
		{"", "1:1: not well-formed JSON: the document ends too soon"},
		{"[] []", "1:1: there is more after the document"},
		{"[{\"a:p\": \"\xff\"}]", "1:1: not well-formed JSON: invalid UTF-8"},
	} {
		_, err := decode(c.text, JSONLD, Options{})
		var fault *Error
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: %v, want %s", c.text, err, c.want)
		}
	}
	stop := errors.New("stop")
	if err := Decode(strings.NewReader(`{"a:p": 1}`), JSONLD, Options{}, func(Quad) error { return stop }); err != stop {
		t.Error(err)
	}
}
