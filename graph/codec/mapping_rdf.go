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

// syntaxes are the syntaxes of RDF by the endings of files.
var syntaxes = map[string]rdf.Syntax{".nt": rdf.NTriples, ".nq": rdf.NQuads, ".ttl": rdf.Turtle, ".trig": rdf.TriG}

// IsRDF reports whether a file is RDF, by its name.
func IsRDF(name string) bool {
	_, is := syntaxOf(name)
	return is
}

// syntaxOf is the syntax of a file of RDF.
func syntaxOf(name string) (rdf.Syntax, bool) {
	s, ok := syntaxes[packed.Ext(name)]
	return s, ok
}

// Columns of a subject of RDF besides its predicates.
const (
	subjectColumn = "@id"
	typeColumn    = "@type"
	graphColumn   = "@graph"
)

// described is what a document says of one subject: the row of a mapping.
type described struct {
	at graph.Position
	// values are the objects by predicate, and those with a language also by predicate@language.
	values map[string][]string
}

// document reads a document of RDF, and states what the mapping makes of each subject, in the order in
// which they occur.
func (t *mapped) document(name string, r io.Reader, syntax rdf.Syntax) error {
	subjects := map[string]*described{}
	var order []*described
	err := rdf.Decode(r, syntax, rdf.Options{Base: t.base}, func(q rdf.Quad) error {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		id := resource(q.Subject)
		s := subjects[id]
		if s == nil {
			s = &described{at: graph.Position{File: name, Line: q.Line, Row: len(order) + 1}, values: map[string][]string{subjectColumn: {id}}}
			subjects[id] = s
			order = append(order, s)
			if q.Graph.Kind != rdf.None {
				s.values[graphColumn] = []string{resource(q.Graph)}
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

// Values are the objects of a predicate.
func (s *described) Values(predicate string) []string { return slices.Clone(s.values[predicate]) }

// Names are the predicates of the subject.
func (s *described) Names() []string { return slices.Sorted(maps.Keys(s.values)) }

// Position is where the subject first occurs.
func (s *described) Position(string) graph.Position { return s.at }

func (s *described) add(predicate string, o rdf.Term) {
	text := o.Text
	if o.Kind != rdf.Literal {
		text = resource(o)
	}
	s.values[predicate] = append(s.values[predicate], text)
	if predicate == rdf.Type {
		s.values[typeColumn] = append(s.values[typeColumn], text)
	}
	if o.Lang != "" {
		in := predicate + "@" + strings.ToLower(o.Lang)
		s.values[in] = append(s.values[in], text)
	}
}

// resource writes an IRI, or a blank node with its _:.
func resource(t rdf.Term) string {
	if t.Kind == rdf.Blank {
		return "_:" + t.Text
	}
	return t.Text
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
