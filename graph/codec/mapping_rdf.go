package codec

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/packed"
	"github.com/caspian-kg/caspian/graph/rdf"
)

// syntaxes maps extensions of files to syntaxes of RDF.
var syntaxes = map[string]rdf.Syntax{".nt": rdf.NTriples, ".nq": rdf.NQuads, ".ttl": rdf.Turtle, ".trig": rdf.TriG, ".jsonld": rdf.JSONLD}

// IsRDF reports whether the name of a file has an extension of RDF.
func IsRDF(name string) bool {
	_, is := syntaxOf(name)
	return is
}

// syntaxOf returns the RDF syntax of a file by its name.
func syntaxOf(name string) (rdf.Syntax, bool) {
	s, ok := syntaxes[packed.Ext(name)]
	return s, ok
}

// The constants name columns of an RDF subject besides its predicates.
const (
	subjectColumn = "@id"
	typeColumn    = "@type"
	graphColumn   = "@graph"
)

// described has everything that a document states about one subject. It is a row for the mapping.
type described struct {
	at graph.Position
	// values has the objects by predicate. Objects with a language are also under predicate@language.
	values map[string][]string
}

// document reads an RDF document, and emits the claims of each subject in the order of first occurrence.
func (t *mapped) document(name string, r io.Reader, syntax rdf.Syntax) error {
	subjects := map[string]*described{}
	var order []*described
	err := rdf.Decode(r, syntax, rdf.Options{Base: t.base}, func(q rdf.Quad) error {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		id := q.Subject.Resource()
		s := subjects[id]
		if s == nil {
			s = &described{at: graph.Position{File: name, Line: q.Line, Row: len(order) + 1}, values: map[string][]string{subjectColumn: {id}}}
			subjects[id] = s
			order = append(order, s)
			if q.Graph.Kind != rdf.None {
				s.values[graphColumn] = []string{q.Graph.Resource()}
			}
		}
		s.add(q.Predicate.Text, q.Object)
		return nil
	})
	var fault *rdf.Error
	if errors.As(err, &fault) {
		t.Add(graph.Position{File: name, Line: fault.Line, Column: fault.Column}, graph.BadInput, "%s", fault.Message)
		return nil
	}
	if err != nil {
		return err
	}
	for _, s := range order {
		if !t.record(s) {
			break
		}
	}
	return nil
}

// Values returns the objects of a predicate.
func (s *described) Values(predicate string) []string { return slices.Clone(s.values[predicate]) }

// Names returns the predicates of the subject.
func (s *described) Names() []string { return slices.Sorted(maps.Keys(s.values)) }

// Position returns where the subject first occurs.
func (s *described) Position(string) graph.Position { return s.at }

func (s *described) add(predicate string, o rdf.Term) {
	text := o.Resource()
	s.values[predicate] = append(s.values[predicate], text)
	if predicate == rdf.Type {
		s.values[typeColumn] = append(s.values[typeColumn], text)
	}
	if o.Lang != "" {
		in := predicate + "@" + strings.ToLower(o.Lang)
		s.values[in] = append(s.values[in], text)
	}
}

// iriOf is a column as the predicate that it names: an IRI, or a prefix of the mapping with a name.
func (m *Mapping) iriOf(column string) string {
	if prefix, name, ok := strings.Cut(column, ":"); ok {
		if space, known := m.prefixes[prefix]; known {
			return space + name
		}
	}
	return column
}
