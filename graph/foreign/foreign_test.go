package foreign

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/schema"
)

var update = flag.Bool("update", false, "write the answers of testdata again")

// known is a graph with a few entities.
type known struct{}

var ontology = schema.MustDefault()

func (known) Ontology() *schema.Ontology { return ontology }

func (known) Key(_ context.Context, key, value string) (graph.ID, error) {
	return map[string]graph.ID{"wikidata Q232": "KAZ", "iso2 KZ": "KAZ", "wikidata Q159": "RUS"}[key+" "+value], nil
}

func (known) TypeOf(_ context.Context, id graph.ID) (string, error) {
	return map[graph.ID]string{"KAZ": "Country", "RUS": "Country"}[id], nil
}

// stated writes what a document becomes, an operation a line.
func stated(f *codec.Format, name, text string) (string, []graph.Op, error) {
	var b strings.Builder
	var ops []graph.Op
	err := Bind(f, known{}).Decode(context.Background(), name, strings.NewReader(text), func(op graph.Op) error {
		ops = append(ops, op)
		switch op.Kind {
		case graph.Declare:
			fmt.Fprintf(&b, "%d: %s is a %s\n", op.Position.Line, op.Entity.ID, op.Entity.Type)
		case graph.Notice:
			fmt.Fprintf(&b, "%d: %s\n", op.Position.Line, op.Notice)
		default:
			c := &op.Claim
			fmt.Fprintf(&b, "%d: %s %s %s", op.Position.Line, c.Subject, c.Predicate, c.Value)
			for _, q := range c.Qualifiers {
				fmt.Fprintf(&b, " %s=%s", q.Name, q.Value)
			}
			fmt.Fprintf(&b, " %s [%s %s]\n", c.Valid, c.Source, c.Locator)
		}
		return nil
	})
	if err != nil {
		fmt.Fprintln(&b, err)
	}
	return b.String(), ops, err
}

// TestVocabularies reads the documents of testdata, each with what it becomes after it.
func TestVocabularies(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	formats := append(codec.List{codec.NQuads, codec.JSONLD}, Formats...)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(archive.Files); i += 2 {
			in, want := archive.Files[i], &archive.Files[i+1]
			f, err := formats.ForFile(in.Name)
			if err != nil {
				t.Fatal(err)
			}
			got, _, _ := stated(f, in.Name, string(in.Data))
			if *update {
				want.Data = []byte(got)
			} else if got != string(want.Data) {
				t.Errorf("%s: %s:\n%swant\n%s", file, in.Name, got, want.Data)
			}
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestFits: whatever a document says, the claims of it fit the ontology, and nothing is lost: each statement is a claim
// or is counted.
func TestFits(t *testing.T) {
	properties := []string{"s:name", "s:foundingDate", "s:geo", "s:containedInPlace", "wdt:P1082", "wdt:P2046", "wdt:P36", "rdfs:label", "s:sameAs", "wdt:P297", "s:slogan"}
	objects := []string{`"Astana"`, `"Astana"@kk`, `"1998-01-01T00:00:00Z"`, "12", "1.5", "wd:Q232", "wd:Q1", "<a:1>", "<a:2>", `"Point(71 51)"`, `"KZ"`, `"x\ty"`}
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		text.WriteString("@prefix s: <http://schema.org/> . @prefix wd: <http://www.wikidata.org/entity/> . @prefix wdt: <http://www.wikidata.org/prop/direct/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n<a:1> a s:City .\n<a:2> a s:Organization .\n")
		n := rapid.IntRange(0, 12).Draw(t, "statements")
		said := map[string]bool{}
		for range n {
			line := fmt.Sprintf("%s %s %s .\n", rapid.SampledFrom([]string{"<a:1>", "<a:2>", "wd:Q232"}).Draw(t, "subject"), rapid.SampledFrom(properties).Draw(t, "property"), rapid.SampledFrom(objects).Draw(t, "object"))
			if said[line] {
				continue
			}
			said[line] = true
			text.WriteString(line)
		}
		_, ops, err := stated(Turtle, "t.ttl", text.String())
		if err != nil {
			t.Fatal(err)
		}
		became := 0
		for i := range ops {
			op := &ops[i]
			switch {
			case op.Kind == graph.Notice:
				var left int
				_, _ = fmt.Sscanf(op.Notice, "left out %d", &left)
				became += left
			case op.Kind == graph.Assert && op.Claim.Subject != op.Claim.Source:
				became++
			}
		}
		if became > len(said) || became < len(said)-3 { // statements that mean the same are one claim
			t.Fatalf("%d statements are %d\n%s", len(said), became, text.String())
		}
	})
}

// FuzzFollowTheMoney reads any lines: no crash, and faults only of form.
func FuzzFollowTheMoney(f *testing.F) {
	f.Add(`{"id":"c","schema":"Company","properties":{"name":["x"],"country":["kz"]}}` + "\n" + `{"id":"o","schema":"Ownership","properties":{"owner":["c"],"asset":["c"],"percentage":["51%"],"startDate":["2001"]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		_, ops, err := stated(FollowTheMoney, "t.ftm", text)
		var form graph.Problems
		if err != nil && !errors.As(err, &form) {
			t.Fatal(err)
		}
		for _, op := range ops {
			if op.Kind == graph.Declare && graph.CheckID(op.Entity.ID) != nil {
				t.Fatalf("%q cannot be an id", op.Entity.ID)
			}
		}
	})
}
