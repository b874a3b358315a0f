package graphtest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

var loadOntology = sync.OnceValues(func() (*schema.Ontology, error) { return schema.Load("ontology.graphql", schema.Default) })

// Ontology returns the built-in ontology, which it loads once.
func Ontology(t testing.TB) *schema.Ontology {
	t.Helper()
	o, err := loadOntology()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Checked collects the operations of a decoder, and checks them against the built-in ontology and an empty
// graph. Problems end the test. The error is that of the decoder.
func Checked[E ~func(graph.Op) error](t testing.TB, decode func(E) error) (*graph.Result, error) {
	t.Helper()
	var ch graph.Change
	err := decode(func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
	res, problems := graph.Check(Ontology(t), graph.Nothing, &ch)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return res, err
}

// Sentence returns a claim as one line, for comparison. It leaves out a confidence equal to usual.
func Sentence(c *graph.Claim, usual float64) string {
	s := fmt.Sprint(c.Subject, " ", c.Predicate, " ", c.Value)
	for _, q := range c.Qualifiers {
		s += fmt.Sprint(" ", q.Name, "=", q.Value)
	}
	for _, x := range []struct{ mark, text string }{
		{"@", c.Valid.String()}, {"printed ", c.Original}, {"note ", c.Note}, {"conflict ", c.Conflict},
	} {
		if x.text != "" {
			s += " " + x.mark + x.text
		}
	}
	if c.Attribution != graph.Asserted {
		s += " " + c.Attribution.String()
	}
	if c.Confidence != usual {
		s += fmt.Sprint(" ", c.Confidence)
	}
	return s
}
