package codec

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// BenchmarkJSONLines reads and checks lines of claims with one qualifier.
func BenchmarkJSONLines(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"entity":"s","type":"Source"}` + "\n" + `{"entity":"KAZ","type":"Country"}` + "\n")
	const lines = 10_000
	for i := range lines {
		fmt.Fprintf(&text, `{"subject":"KAZ","predicate":"rankings","value":%d,"valid":"2024","source":"s","locator":"row %d","confidence":0.9,"qualifiers":{"by":"area"}}`+"\n", i, i)
	}
	o := schema.MustDefault()
	for _, check := range []bool{false, true} {
		b.Run(fmt.Sprintf("check=%v", check), func(b *testing.B) {
			for b.Loop() {
				ch := graph.Change{}
				err := JSONLines.Decode(context.Background(), "x.jsonl", strings.NewReader(text.String()), func(op graph.Op) error {
					ch.Ops = append(ch.Ops, op)
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
				if !check {
					continue
				}
				if _, problems := graph.Check(o, graph.Nothing, &ch); problems != nil {
					b.Fatal(problems)
				}
			}
			b.ReportMetric(float64(b.N)*lines/b.Elapsed().Seconds(), "lines/s")
		})
	}
}

// BenchmarkNQuads reads claims with one qualifier.
func BenchmarkNQuads(b *testing.B) {
	w := &listedGraph{o: schema.MustDefault(), withdrawn: map[graph.ClaimID]bool{}}
	const claims = 10_000
	valid, _ := graph.ParseInterval("2024")
	for i := range claims {
		c := graph.Claim{Subject: "KAZ", Predicate: "rankings", Value: graph.IntValue(int64(i)), Valid: valid, Source: "s", Locator: fmt.Sprint("row ", i), Confidence: 0.9,
			Qualifiers: []graph.QualifierValue{{Name: "by", Value: graph.StringValue("area")}}}
		w.claims = append(w.claims, c)
	}
	var file bytes.Buffer
	if err := NQuads.Encode(b.Context(), &file, w); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if err := NQuads.Decode(context.Background(), "x.nq", bytes.NewReader(file.Bytes()), func(graph.Op) error { n++; return nil }); err != nil || n != claims {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.N)*claims/b.Elapsed().Seconds(), "claims/s")
}

// BenchmarkMapping reads rows of a table, and subjects of Turtle, by a mapping.
func BenchmarkMapping(b *testing.B) {
	const rows = 10_000
	var csv, turtle strings.Builder
	csv.WriteString("city,year,population\n")
	for i := range rows {
		fmt.Fprintf(&csv, "%d,%d,%d\n", i/25, 2000+i%25, 1000+i)
		fmt.Fprintf(&turtle, "[] <https://e.org/city> \"%d\" ; <https://e.org/year> \"%d\" ; <https://e.org/population> %d .\n", i/25, 2000+i%25, 1000+i)
	}
	const mapping = `
defaults: {source: bench, at: figures}
rows:
  "city-{CITY}":
    type: City
    population: {value: "{POPULATION}", valid: "{YEAR}", confidence: 0.7}
`
	for _, c := range []struct{ name, text, prefix string }{{"t.csv", csv.String(), ""}, {"t.ttl", turtle.String(), "https://e.org/"}} {
		m, err := ReadMapping("m.yaml", []byte(strings.NewReplacer("CITY", c.prefix+"city", "POPULATION", c.prefix+"population", "YEAR", c.prefix+"year").Replace(mapping)), nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				if err := m.Format(nil).Decode(b.Context(), c.name, strings.NewReader(c.text), func(graph.Op) error { n++; return nil }); err != nil || n != 2*rows {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
