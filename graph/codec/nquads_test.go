package codec

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

func drawValue(t *rapid.T) graph.Value {
	text := rapid.StringN(1, 20, 60)
	number := rapid.Float64Range(-1e15, 1e15)
	switch rapid.IntRange(0, 7).Draw(t, "kind") {
	case 0:
		return graph.EntityValue(graph.ID(rapid.StringMatching(`[a-z][a-z0-9.:_-]{0,10}`).Draw(t, "entity")))
	case 1:
		return graph.EnumOf(rapid.StringMatching(`[A-Z_]{1,8}`).Draw(t, "enum"))
	case 2:
		return graph.IntValue(rapid.Int64().Draw(t, "int"))
	case 3:
		return graph.FloatValue(number.Draw(t, "float"))
	case 4:
		return graph.BoolValue(rapid.Bool().Draw(t, "bool"))
	case 5:
		return graph.QuantityValue(number.Draw(t, "amount"), "bcm")
	case 6:
		return graph.CoordinatesValue(rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon"))
	}
	return graph.StringValue(text.Draw(t, "text"))
}

func drawClaim(t *rapid.T) graph.Claim {
	id := rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9.:_-]{0,10}`)
	text := rapid.StringN(0, 12, 40)
	valid, err := graph.ParseInterval(rapid.SampledFrom([]string{"", "2023", "1997-12-10/..", "/2010", "2020-01/2021-06-30"}).Draw(t, "valid"))
	if err != nil {
		t.Fatal(err)
	}
	c := graph.Claim{
		Subject: graph.ID(id.Draw(t, "subject")), Predicate: "borders", Value: drawValue(t), Valid: valid,
		Source: graph.ID(id.Draw(t, "source")), Locator: text.Draw(t, "locator"),
		Confidence: rapid.Float64Range(0, 1).Draw(t, "confidence"), Rank: graph.Rank(rapid.IntRange(0, 2).Draw(t, "rank")),
		Attribution: graph.Attribution(rapid.IntRange(0, 3).Draw(t, "attribution")), AttributedTo: text.Draw(t, "to"),
		Original: text.Draw(t, "original"), Conflict: text.Draw(t, "conflict"), Note: text.Draw(t, "note"),
	}
	for i, n := 0, rapid.IntRange(0, 3).Draw(t, "qualifiers"); i < n; i++ {
		c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: string(rune('a' + i)), Value: drawValue(t)})
	}
	c.Normalise()
	return c
}

// TestQuadsRoundTrip writes random claims and reads them back the same.
func TestQuadsRoundTrip(t *testing.T) {
	for _, f := range []*Format{NQuads, JSONLD} {
		t.Run(f.Name, func(t *testing.T) { roundTrip(t, f) })
	}
}

func roundTrip(t *testing.T, f *Format) {
	rapid.Check(t, func(t *rapid.T) {
		w := &listedGraph{o: schema.MustDefault(), entities: []graph.Entity{{ID: "KAZ", Type: "Country"}}, withdrawn: map[graph.ClaimID]bool{}}
		have := map[graph.ClaimID]bool{}
		for i, n := 0, rapid.IntRange(0, 5).Draw(t, "claims"); i < n; i++ {
			c := drawClaim(t)
			if have[c.ID()] {
				continue
			}
			if i > 0 && rapid.Bool().Draw(t, "supersedes") {
				c.Supersedes = []graph.ClaimID{w.claims[0].ID()}
			}
			have[c.ID()] = true
			w.withdrawn[c.ID()] = rapid.Bool().Draw(t, "withdrawn")
			w.claims = append(w.claims, c)
		}
		var file bytes.Buffer
		if err := f.Encode(context.Background(), &file, w); err != nil {
			t.Fatal(err)
		}
		back := &listedGraph{withdrawn: map[graph.ClaimID]bool{}}
		err := f.Decode(context.Background(), "t", bytes.NewReader(file.Bytes()), func(op graph.Op) error {
			switch op.Kind {
			case graph.Declare:
				back.entities = append(back.entities, op.Entity)
			case graph.Assert:
				back.claims = append(back.claims, op.Claim)
			case graph.Retract:
				back.withdrawn[op.Retract.Claim] = true
			}
			return nil
		})
		if err != nil {
			t.Fatalf("%v\n%s", err, file.Bytes())
		}
		var again bytes.Buffer
		if err := f.Encode(context.Background(), &again, back); err != nil {
			t.Fatal(err)
		}
		if again.String() != file.String() {
			t.Fatalf("wrote\n%s\nread and wrote\n%s", file.Bytes(), again.Bytes())
		}
	})
}

func TestNQuadsFaults(t *testing.T) {
	const fact = `<caspian:e/KAZ> <caspian:p/capital> <caspian:e/astana> _:c .` + "\n"
	for _, tc := range []struct{ name, text, want string }{
		{"syntax", "<caspian:e/KAZ> <p> .", "t.nq:1:20: not well-formed N-Quads: the IRI <p> is not absolute"},
		{"after a fault of syntax", "<caspian:e/KAZ> \"\n" + `_:c <caspian:m/source> "x" .`, `t.nq:2: "x" is not the IRI of a source`},
		{"no graph", "<caspian:e/KAZ> <caspian:p/capital> <caspian:e/astana> .", "t.nq:1: the fact is not in a graph"},
		{"two facts", fact + fact, "t.nq:2: the claim _:c states a fact already (line 1)"},
		{"no fact", "_:c <caspian:m/source> <caspian:e/x> .", "t.nq:1: the claim _:c has no fact"},
		{"foreign predicate", fact + `_:c <http://example.org/p> "x" .`, "t.nq:2: the predicate <http://example.org/p> is unknown"},
		{"foreign subject", `<http://example.org/KAZ> <caspian:p/capital> <caspian:e/astana> _:c .`, "is not the IRI of an entity"},
		{"unknown word", fact + `_:c <caspian:m/colour> "x" .`, "t.nq:2: <caspian:m/colour> is not a property of claims"},
		{"twice", fact + `_:c <caspian:m/note> "x" .` + "\n" + `_:c <caspian:m/note> "y" .`, "t.nq:3: note of the claim _:c is given twice"},
		{"bad date", fact + `_:c <caspian:m/valid> "yesterday" .`, "t.nq:2: "},
		{"bad number", `<caspian:e/KAZ> <caspian:p/x> "many"^^<http://www.w3.org/2001/XMLSchema#integer> _:c .`, `t.nq:1: "many"`},
		{"language", `<caspian:e/KAZ> <caspian:p/name> "Kasachstan"@de _:c .`, "t.nq:1: the text has the language @de"},
		{"changed", `<caspian:e/KAZ> <caspian:p/capital> <caspian:e/astana> <caspian:c/caaaaaaaaaaaaaaaaaaaaaaaaaa> .`, "t.nq:1: the claim's name"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := NQuads.Decode(context.Background(), "t.nq", strings.NewReader(tc.text), func(graph.Op) error { return nil })
			var ps graph.Problems
			if !errors.As(err, &ps) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
