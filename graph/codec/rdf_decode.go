package codec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/rdf"
)

// decodeRDF reads claims in a syntax of RDF, and nothing else.
func decodeRDF(syntax rdf.Syntax) func(ctx context.Context, name string, r io.Reader, emit Emit) error {
	return func(ctx context.Context, name string, r io.Reader, emit Emit) error {
		return DecodeRDF(ctx, name, r, syntax, emit, nil)
	}
}

// DecodeRDF reads claims in a syntax of RDF. It collects them first: the quads about a claim may come before it. Quads that
// have nothing of Caspian's go to other, or are faults if it is nil.
func DecodeRDF(ctx context.Context, name string, r io.Reader, syntax rdf.Syntax, emit Emit, other func(*rdf.Quad)) error {
	d := &quadDecoder{name: name, claims: map[string]*quadClaim{}}
	fault := func(f *rdf.Error) {
		d.Add(graph.Position{File: name, Line: f.Line, Column: f.Column}, graph.BadInput, "not well-formed %s: %s", syntax, f.Message)
	}
	n := 0
	err := rdf.Decode(r, syntax, rdf.Options{Fault: fault}, func(q rdf.Quad) error {
		if n++; n%256 == 1 && ctx.Err() != nil {
			return ctx.Err()
		}
		if other != nil && !ours(&q) {
			other(&q)
			return nil
		}
		return d.quad(&q, emit)
	})
	var bad *rdf.Error
	switch {
	case errors.As(err, &bad):
		fault(bad)
	case err != nil:
		return fmt.Errorf("reading %s: %w", name, err)
	}
	for _, c := range d.order {
		if err := d.emit(c, emit); err != nil {
			return err
		}
	}
	return d.Err()
}

// ours reports whether a quad is of a claim, or the type of an entity.
func ours(q *rdf.Quad) bool {
	return strings.HasPrefix(q.Predicate.Text, "caspian:") || q.Predicate.Text == rdf.Type && strings.HasPrefix(q.Object.Text, typeIRI)
}

// quad takes one quad; the error is that of emit.
func (d *quadDecoder) quad(q *rdf.Quad, emit Emit) error {
	at := graph.Position{File: d.name, Line: q.Line}
	switch {
	case q.Graph.Kind != rdf.None:
	case q.Predicate.Text == rdf.Type:
		return d.declare(at, q, emit)
	case q.Predicate.Text == metaIRI+mergedWord:
		return d.merge(at, q, emit)
	}
	if err := d.statement(at, q); err != nil {
		d.Add(at, codeOf(err), "%v", err)
	}
	return nil
}

// quadClaim is the part of a claim that was read so far.
type quadClaim struct {
	name       rdf.Term
	claim      graph.Claim
	place      graph.Position // the position of the fact or, until it is read, of the first quad about it
	fact       bool
	withdrawn  bool
	reinstated bool
	reason     string
	seen       uint16 // which of onceWords were read, as bits
	faulty     bool
}

// onceWords are the predicates that a claim may have only once.
var onceWords = []string{"source", "locator", "confidence", "valid", "rank", "attribution", "attributedTo", "original", "conflict", "note", "withdrawn", "reinstated", "reason"}

type quadDecoder struct {
	Faults
	name   string // the name of the document
	claims map[string]*quadClaim
	order  []*quadClaim
	last   *quadClaim // the claim of the previous quad
}

func (d *quadDecoder) declare(at graph.Position, q *rdf.Quad, emit Emit) error {
	id, err := local(q.Subject, EntityIRI, "an entity")
	var typ string
	if err == nil {
		typ, err = local(q.Object, typeIRI, "a type of the ontology")
	}
	if err != nil {
		d.Add(at, codeOf(err), "%v", err)
		return nil
	}
	return emit(graph.Op{Kind: graph.Declare, Position: at, Entity: graph.Entity{ID: graph.ID(id), Type: typ}})
}

func (d *quadDecoder) merge(at graph.Position, q *rdf.Quad, emit Emit) error {
	from, err := local(q.Subject, EntityIRI, "an entity")
	var into string
	if err == nil {
		into, err = local(q.Object, EntityIRI, "an entity")
	}
	if err != nil {
		d.Add(at, codeOf(err), "%v", err)
		return nil
	}
	return emit(graph.Op{Kind: graph.Merge, Position: at, Merge: graph.Merged{From: graph.ID(from), Into: graph.ID(into)}})
}

// local returns the part of an IRI after a prefix of Caspian.
func local(t rdf.Term, prefix, what string) (string, error) {
	rest, ok := strings.CutPrefix(t.Text, prefix)
	if t.Kind != rdf.IRI || !ok || rest == "" {
		return "", graph.Errorf(graph.BadInput, "%v is not the IRI of %s, <%s...>", t, what, prefix)
	}
	return rest, nil
}

// of returns the claim with the name. It first tries the last claim, because the quads about a claim are
// usually adjacent.
func (d *quadDecoder) of(name rdf.Term, at graph.Position) *quadClaim {
	if d.last != nil && d.last.name == name {
		return d.last
	}
	key := name.Text
	if name.Kind == rdf.Blank {
		key = "_:" + key
	}
	c := d.claims[key]
	if c == nil {
		c = &quadClaim{name: name, place: at, claim: graph.Claim{Confidence: 1}}
		d.claims[key] = c
		d.order = append(d.order, c)
	}
	d.last = c
	return c
}

// statement processes a fact, or a quad about a claim.
func (d *quadDecoder) statement(at graph.Position, q *rdf.Quad) (err error) {
	name := q.Graph
	if name.Kind == rdf.None {
		name = q.Subject
	}
	c := d.of(name, at)
	defer func() { c.faulty = c.faulty || err != nil }()
	if predicate, ok := strings.CutPrefix(q.Predicate.Text, predicateIRI); ok {
		return c.state(at, predicate, q)
	}
	if q.Graph.Kind != rdf.None && q.Graph != q.Subject {
		return graph.Errorf(graph.BadInput, "the predicate %v is not one of <%s...>", q.Predicate, predicateIRI)
	}
	if qualifier, ok := strings.CutPrefix(q.Predicate.Text, qualifierIRI); ok {
		v, err := valueOfTerm(q.Object)
		if err == nil {
			c.claim.Qualifiers = append(c.claim.Qualifiers, graph.QualifierValue{Name: qualifier, Value: v})
		}
		return err
	}
	word, ok := strings.CutPrefix(q.Predicate.Text, metaIRI)
	if !ok {
		return graph.Errorf(graph.UnknownName, "the predicate %v is unknown: a fact is in the graph that its claim names, and a quad about a claim has <%s...> or <%s...>",
			q.Predicate, metaIRI, qualifierIRI)
	}
	return c.meta(word, q.Object)
}

func (c *quadClaim) state(at graph.Position, predicate string, q *rdf.Quad) error {
	switch {
	case q.Graph.Kind == rdf.None:
		return graph.Errorf(graph.NoSource, "the fact is not in a graph; its graph names the claim, so that other quads can state its source")
	case c.fact:
		return graph.Errorf(graph.Duplicate, "the claim %v states a fact already (line %d); each graph contains one fact", c.name, c.place.Line)
	}
	c.fact, c.place = true, at
	subject, err := local(q.Subject, EntityIRI, "an entity")
	if err != nil {
		return err
	}
	c.claim.Subject, c.claim.Predicate = graph.ID(subject), predicate
	c.claim.Value, err = valueOfTerm(q.Object)
	return err
}

func (c *quadClaim) meta(word string, object rdf.Term) error {
	if word == "supersedes" {
		id, err := local(object, claimIRI, "a claim")
		if err != nil {
			return err
		}
		return claimMeta[word](&c.claim, id)
	}
	place := slices.Index(onceWords, word)
	switch {
	case place < 0:
		return graph.Errorf(graph.UnknownName, "<%s%s> is not a property of claims", metaIRI, word)
	case c.seen&(1<<place) != 0:
		return graph.Errorf(graph.Duplicate, "%s of the claim %v is given twice", word, c.name)
	}
	c.seen |= 1 << place
	if word == "source" {
		id, err := local(object, EntityIRI, "a source")
		c.claim.Source = graph.ID(id)
		return err
	}
	if object.Kind != rdf.Literal {
		return graph.Errorf(graph.WrongType, "%s is a literal, not %v", word, object)
	}
	switch word {
	case "withdrawn", "reinstated":
		v, err := graph.ParseValue(graph.BoolKind, object.Text)
		if word == "withdrawn" {
			c.withdrawn = v.Bool()
		} else {
			c.reinstated = v.Bool()
		}
		return err
	case "reason":
		c.reason = object.Text
		return nil
	case "locator":
		word = "at" // the key in the other text formats
	}
	return claimMeta[word](&c.claim, object.Text)
}

// valueOfTerm converts the object of a fact or a qualifier to a value.
func valueOfTerm(t rdf.Term) (graph.Value, error) {
	switch {
	case t.Kind == rdf.IRI:
		id, err := local(t, EntityIRI, "an entity")
		return graph.EntityValue(graph.ID(id)), err
	case t.Kind == rdf.Blank:
		return graph.Value{}, graph.Errorf(graph.BadInput, "the blank node %v is not a value; name an entity <%s...>", t, EntityIRI)
	case t.Lang != "":
		return graph.Value{}, graph.Errorf(graph.BadInput, "the text has the language @%s; state it plain, with the qualifier lang where the field has one", t.Lang)
	case t.Datatype == rdf.XSDString:
		return graph.StringValue(t.Text), nil
	}
	if kind, known := kindOfType[t.Datatype]; known {
		return graph.ParseValue(kind, t.Text)
	}
	if strings.HasPrefix(t.Datatype, xsd) {
		// Other programs write datatypes such as decimal or gYear. The ontology decides what such a value
		// means.
		return graph.LooseValue(t.Text), nil
	}
	return graph.Value{}, graph.Errorf(graph.WrongType, "the datatype <%s> is not known here", t.Datatype)
}

// emit emits a claim, and then its withdrawal or reinstatement, if any.
func (d *quadDecoder) emit(c *quadClaim, emit Emit) error {
	if c.faulty {
		return nil
	}
	if !c.fact {
		d.Add(c.place, graph.BadInput, "the claim %v has no fact: no quad is in the graph of that name", c.name)
		return nil
	}
	c.claim.Normalise()
	id := c.claim.ID()
	if text, ok := strings.CutPrefix(c.name.Text, claimIRI); ok && c.name.Kind == rdf.IRI && text != id.String() {
		if _, err := graph.ParseClaimID(text); err == nil {
			d.Add(c.place, graph.BadInput, "the claim's name %s does not fit what it says, which is named %s; a word of it was lost or changed", text, id)
			return nil
		}
	}
	if err := emit(graph.Op{Kind: graph.Assert, Position: c.place, Claim: c.claim}); err != nil {
		return err
	}
	if c.withdrawn {
		if err := emit(graph.Op{Kind: graph.Retract, Position: c.place, Retract: graph.Retraction{Claim: id, Reason: c.reason}}); err != nil {
			return err
		}
	}
	if c.reinstated {
		return emit(graph.Op{Kind: graph.Reinstate, Position: c.place, Reinstate: graph.Reinstatement{Claim: id, Reason: c.reason}})
	}
	return nil
}
