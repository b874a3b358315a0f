package codec

import (
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
