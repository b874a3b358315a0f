package foreign

import (
	"context"
	"io"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/rdf"
	"github.com/caspian-kg/caspian/schema"
)

// The formats of RDF that only readers of other vocabularies have. Bind makes them ask the graph; by themselves they know
// the ontology that Caspian ships with, and no entities.
var (
	Turtle   = alone("turtle", "RDF in Turtle, by the vocabularies that the ontology maps", ".ttl")
	TriG     = alone("trig", "RDF in TriG, as Turtle; claims in graphs of their names as N-Quads", ".trig")
	NTriples = alone("ntriples", "RDF in N-Triples, as Turtle", ".nt")
)

// decoder reads a document with access to a graph.
type decoder func(ctx context.Context, name string, in io.Reader, g Graph, emit codec.Emit) error

// decoders are those of the formats by name.
var decoders = map[string]decoder{
	"nquads": decodeRDF(rdf.NQuads), "jsonld": decodeRDF(rdf.JSONLD), "turtle": decodeRDF(rdf.Turtle), "trig": decodeRDF(rdf.TriG), "ntriples": decodeRDF(rdf.NTriples),
	"ftm": decodeFTM,
}

// Formats lists the formats of this package.
var Formats = codec.List{Turtle, TriG, NTriples, FollowTheMoney}

func alone(name, about string, endings ...string) *codec.Format {
	f := &codec.Format{Name: name, About: about, Extensions: endings}
	f.Decode = func(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
		return Bind(f, nothing{}).Decode(ctx, name, r, emit)
	}
	return f
}

// Bind returns the format with access to a graph, if it reads other vocabularies: those of this package, and N-Quads and
// JSON-LD, which besides claims have the same.
func Bind(f *codec.Format, in Graph) *codec.Format {
	decode := decoders[f.Name]
	if decode == nil {
		return f
	}
	bound := *f
	bound.Decode = func(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
		return decode(ctx, name, r, in, emit)
	}
	return &bound
}

// nothing is a graph without entities.
type nothing struct{}

func (nothing) Ontology() *schema.Ontology                            { return schema.MustDefault() }
func (nothing) Key(context.Context, string, string) (graph.ID, error) { return "", nil }
func (nothing) TypeOf(context.Context, graph.ID) (string, error)      { return "", nil }

// decodeRDF reads the claims of a document, and what it says in other vocabularies.
func decodeRDF(syntax rdf.Syntax) decoder {
	return func(ctx context.Context, name string, in io.Reader, g Graph, emit codec.Emit) error {
		r := newReader(ctx, name, g, emit)
		if err := codec.DecodeRDF(ctx, name, in, syntax, emit, r.quad); err != nil {
			return err
		}
		return r.finish()
	}
}

// quad takes what a document says in another vocabulary.
func (r *reader) quad(q *rdf.Quad) {
	t := r.of(q.Subject.Resource(), graph.Position{File: r.name, Line: q.Line})
	if q.Graph.Kind != rdf.None && len(t.says) == 0 {
		t.source = q.Graph.Resource()
	}
	property := canonical(q.Predicate.Text)
	if property == rdf.Type || property == direct+"P31" {
		t.classes = append(t.classes, canonical(q.Object.Resource()))
		return
	}
	t.says = append(t.says, statement{property: property, text: q.Object.Resource(), lang: q.Object.Lang, named: q.Object.Kind != rdf.Literal, line: q.Line})
}

// canonical is the one form of the addresses of schema.org, which has two.
func canonical(iri string) string {
	if rest, ok := strings.CutPrefix(iri, "https://schema.org/"); ok {
		return schemaOrg + rest
	}
	return iri
}
