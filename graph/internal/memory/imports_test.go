package memory

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// TestImports: imports are listed with what all of their commits did, claims have the reason of their last
// withdrawal or reinstatement, and the file keeps both.
func TestImports(t *testing.T) {
	name := func(text string) graph.Claim {
		return graph.Claim{Subject: "KAZ", Predicate: "name", Value: graph.StringValue(text), Source: "src", Confidence: 1}
	}
	a, b, c := name("A"), name("B"), name("C")
	c.Supersedes = []graph.ClaimID{b.ID()}
	s := Empty(schema.MustDefault())
	for i, c := range []graph.Commit{
		{Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "KAZ", Type: "Country"}}, Claims: []graph.Claim{a}, Import: &graph.Import{First: 1, Files: "a.csv"}},
		{Claims: []graph.Claim{b}},
		{Claims: []graph.Claim{c}, Retractions: []graph.Retraction{{Claim: a.ID(), Reason: "misread"}}, Import: &graph.Import{First: 1}},
		{Reinstatements: []graph.Reinstatement{{Claim: a.ID(), Reason: "as before"}}, Import: &graph.Import{First: 4, Undid: 2}},
		{Retractions: []graph.Retraction{{Claim: c.ID(), Reason: "wrong"}}},
	} {
		c.Seq, c.At = graph.Seq(i+1), time.Unix(int64(i), 0)
		next, err := s.Apply(&c)
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	var file bytes.Buffer
	if err := s.Encode(&file, graph.Identity{}); err != nil {
		t.Fatal(err)
	}
	read, _, err := Decode(bytes.NewReader(file.Bytes()), int64(file.Len()), s.Ontology())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Graph{s, read} {
		var list []string
		s.Imports(func(i *Imported) bool { list = append(list, fmt.Sprintf("%+v", *i)); return true })
		got := fmt.Sprint(list, s.Commits(1), s.Commits(2), s.Commits(4), s.ReasonOf(a.ID()), ", ", s.ReasonOf(b.ID()), ", ", s.ReasonOf(c.ID()), s.ClaimCount(), s.Recorded())
		want := "[{Seq:4 Import:{First:4 Label: Files: Format: Sync: Undid:2 UndidSource:} Entities:0 Claims:0 Withdrawn:0 Reinstated:1}" +
			" {Seq:3 Import:{First:1 Label: Files:a.csv Format: Sync: Undid:0 UndidSource:} Entities:2 Claims:2 Withdrawn:2 Reinstated:0}] [1 3] [] [4]as before, , wrong4 3"
		if got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	if d := Differences(read, s); len(d) > 0 {
		t.Error(d)
	}
}
