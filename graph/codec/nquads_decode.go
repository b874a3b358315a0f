package codec

import (
	"context"
	"io"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// decodeNQuads collects the claims first: the quads about a claim may
// come before it.
func decodeNQuads(ctx context.Context, name string, r io.Reader, emit Emit) error {
	d := &quadDecoder{claims: map[string]*quadClaim{}}
	err := lines(ctx, name, r, &d.Faults, func(line int, text []byte) error {
		at := graph.Position{File: name, Line: line}
		q, ok, err := parseQuad(string(text))
		if err != nil {
			d.Add(at, codeOf(err), "%v", err)
			return nil
		}
		if !ok {
			return nil
		}
		if q.predicate.text == rdfType && q.graph.kind == noTerm {
			return d.declare(at, &q, emit)
		}
		if err := d.statement(at, &q); err != nil {
			d.Add(at, codeOf(err), "%v", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range d.order {
		if err := d.emit(c, emit); err != nil {
			return err
		}
	}
	return d.Err()
}

// quadClaim is a claim as far as it was read.
type quadClaim struct {
	name       term
	claim      graph.Claim
	place      graph.Position // of the fact; of the first quad about it before that
	fact       bool
	withdrawn  bool
	reinstated bool
	reason     string
	seen       map[string]bool // words given, each once
	faulty     bool
}

type quadDecoder struct {
	Faults
	claims map[string]*quadClaim
	order  []*quadClaim
}

func (d *quadDecoder) declare(at graph.Position, q *quad, emit Emit) error {
	id, err := local(q.subject, entityIRI, "an entity")
	var typ string
	if err == nil {
		typ, err = local(q.object, typeIRI, "a type of the ontology")
	}
	if err != nil {
		d.Add(at, codeOf(err), "%v", err)
		return nil
	}
	return emit(graph.Op{Kind: graph.Declare, Position: at, Entity: graph.Entity{ID: graph.ID(id), Type: typ}})
}

// local returns the part of an IRI after one of our prefixes.
func local(t term, prefix, what string) (string, error) {
	rest, ok := strings.CutPrefix(t.text, prefix)
	if t.kind != iriTerm || !ok || rest == "" {
		return "", graph.Errorf(graph.BadInput, "%v is not the IRI of %s, <%s...>", t, what, prefix)
	}
	return rest, nil
}

func (d *quadDecoder) of(name term, at graph.Position) *quadClaim {
	key := name.String()
	c := d.claims[key]
	if c == nil {
		c = &quadClaim{name: name, place: at, claim: graph.Claim{Confidence: 1}, seen: map[string]bool{}}
		d.claims[key] = c
		d.order = append(d.order, c)
	}
	return c
}

// statement takes a fact or a quad about a claim.
func (d *quadDecoder) statement(at graph.Position, q *quad) (err error) {
	name := q.graph
	if name.kind == noTerm {
		name = q.subject
	}
	c := d.of(name, at)
	defer func() { c.faulty = c.faulty || err != nil }()
	if predicate, ok := strings.CutPrefix(q.predicate.text, predicateIRI); ok {
		return c.state(at, predicate, q)
	}
	if q.graph.kind != noTerm && q.graph != q.subject {
		return graph.Errorf(graph.BadInput, "the predicate %v is not one of <%s...>", q.predicate, predicateIRI)
	}
	if qualifier, ok := strings.CutPrefix(q.predicate.text, qualifierIRI); ok {
		v, err := valueOfTerm(q.object)
		if err == nil {
			c.claim.Qualifiers = append(c.claim.Qualifiers, graph.QualifierValue{Name: qualifier, Value: v})
		}
		return err
	}
	word, ok := strings.CutPrefix(q.predicate.text, metaIRI)
	if !ok {
		return graph.Errorf(graph.UnknownName, "the predicate %v is unknown: a fact is in the graph that its claim names, and a quad about a claim has <%s...> or <%s...>",
			q.predicate, metaIRI, qualifierIRI)
	}
	return c.meta(word, q.object)
}

func (c *quadClaim) state(at graph.Position, predicate string, q *quad) error {
	switch {
	case q.graph.kind == noTerm:
		return graph.Errorf(graph.NoSource, "the fact is not in a graph; its graph names the claim, so that other quads can state its source")
	case c.fact:
		return graph.Errorf(graph.Duplicate, "the claim %v states a fact already (line %d); one fact a graph", c.name, c.place.Line)
	}
	c.fact, c.place = true, at
	subject, err := local(q.subject, entityIRI, "an entity")
	if err != nil {
		return err
	}
	c.claim.Subject, c.claim.Predicate = graph.ID(subject), predicate
	c.claim.Value, err = valueOfTerm(q.object)
	return err
}

func (c *quadClaim) meta(word string, object term) error {
	if word != "supersedes" && c.seen[word] {
		return graph.Errorf(graph.Duplicate, "%s of the claim %v is given twice", word, c.name)
	}
	c.seen[word] = true
	switch word {
	case "source":
		id, err := local(object, entityIRI, "a source")
		c.claim.Source = graph.ID(id)
		return err
	case "supersedes":
		id, err := local(object, claimIRI, "a claim")
		if err != nil {
			return err
		}
		return claimMeta[word](&c.claim, id)
	}
	if object.kind != literalTerm {
		return graph.Errorf(graph.WrongType, "%s is a literal, not %v", word, object)
	}
	switch word {
	case "withdrawn", "reinstated":
		v, err := graph.ParseValue(graph.BoolKind, object.text)
		if word == "withdrawn" {
			c.withdrawn = v.Bool()
		} else {
			c.reinstated = v.Bool()
		}
		return err
	case "reason":
		c.reason = object.text
		return nil
	case "locator":
		word = "at" // as the other text formats call it
	case "confidence", "valid", "rank", "attribution", "attributedTo", "original", "conflict", "note":
	default:
		return graph.Errorf(graph.UnknownName, "<%s%s> is not a property of claims", metaIRI, word)
	}
	return claimMeta[word](&c.claim, object.text)
}

// valueOfTerm reads the object of a fact or a qualifier.
func valueOfTerm(t term) (graph.Value, error) {
	switch {
	case t.kind == iriTerm:
		id, err := local(t, entityIRI, "an entity")
		return graph.EntityValue(graph.ID(id)), err
	case t.kind == blankTerm:
		return graph.Value{}, graph.Errorf(graph.BadInput, "the blank node %v is not a value; name an entity <%s...>", t, entityIRI)
	case t.lang != "":
		return graph.Value{}, graph.Errorf(graph.BadInput, "the text has the language @%s; state it plain, with the qualifier lang where the field has one", t.lang)
	case t.datatype == "" || t.datatype == xsd+"string":
		return graph.StringValue(t.text), nil
	}
	for kind, datatype := range datatypes {
		if datatype == t.datatype {
			return graph.ParseValue(kind, t.text)
		}
	}
	if strings.HasPrefix(t.datatype, xsd) {
		// Other writers say decimal, gYear and so on; the ontology decides.
		return graph.LooseValue(t.text), nil
	}
	return graph.Value{}, graph.Errorf(graph.WrongType, "the datatype <%s> is not known here", t.datatype)
}

// emit emits one claim, and after it its withdrawal or reinstatement.
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
	if text, ok := strings.CutPrefix(c.name.text, claimIRI); ok && c.name.kind == iriTerm && text != id.String() {
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
