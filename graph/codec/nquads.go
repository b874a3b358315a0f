package codec

import (
	"bufio"
	"context"
	"io"
	"strconv"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/rdf"
)

// NQuads is RDF, one quad per line. A claim is a quad in its own graph, named
// by the claim's address; the rest of the claim is quads about that address:
//
//	<caspian:e/KAZ> <rdf:type> <caspian:t/Country> .
//	<caspian:e/KAZ> <caspian:p/capital> <caspian:e/astana> <caspian:c/…> .
//	<caspian:c/…> <caspian:m/source> <caspian:e/factbook> .
//	<caspian:c/…> <caspian:m/locator> "kz.json" .
//	<caspian:c/…> <caspian:m/confidence> "0.9"^^<xsd:decimal> .
//	<caspian:c/…> <caspian:m/valid> "1997-12-10/.."^^<http://id.loc.gov/datatypes/edtf/EDTF> .
//	<caspian:c/…> <caspian:q/lengthKm> "1765"^^<xsd:double> .
//
// (rdf and xsd are short here for the addresses of RDF's own vocabularies.) The
// other words under m are rank, attribution, attributedTo, original, conflict,
// note, supersedes; withdrawn, which is true of a withdrawn claim; reinstated, which is
// true of one that holds though another supersedes it; and the reason of either. Texts are plain literals; numbers, booleans and dates have RDF's
// datatypes; <caspian:enum>, <caspian:quantity> ("3 bcm"),
// <caspian:range> ("10..15 bcm") and <caspian:coordinates> ("48,68") are Caspian's own. A reader takes the quads in
// any order. Claims may have other names; claims outside the file cannot then
// supersede them.
var NQuads = &Format{
	Name:       "nquads",
	About:      "RDF N-Quads: each claim in a graph of its own name",
	Extensions: []string{".nq"},
	Lossless:   true,
	Decode:     decodeRDF(rdf.NQuads),
	Encode:     encodeNQuads,
}

// The addresses. The store keeps claims under the same addresses.
const (
	xsd  = "http://www.w3.org/2001/XMLSchema#"
	edtf = "http://id.loc.gov/datatypes/edtf/EDTF"

	entityIRI    = "caspian:e/"
	typeIRI      = "caspian:t/"
	predicateIRI = "caspian:p/"
	qualifierIRI = "caspian:q/"
	metaIRI      = "caspian:m/"
	claimIRI     = "caspian:c/"
)

// datatypes are the datatypes of literals by kind; texts have none.
var datatypes = map[graph.Kind]string{
	graph.EnumKind: "caspian:enum", graph.IntKind: xsd + "integer", graph.FloatKind: xsd + "double",
	graph.BoolKind: xsd + "boolean", graph.DateKind: edtf, graph.QuantityKind: "caspian:quantity",
	graph.CoordinatesKind: "caspian:coordinates", graph.NoneKind: "caspian:none", graph.RangeKind: "caspian:range",
}

// kindOfType are the kinds by their datatypes.
var kindOfType = func() map[string]graph.Kind {
	of := map[string]graph.Kind{}
	for kind, datatype := range datatypes {
		of[datatype] = kind
	}
	return of
}()

func encodeNQuads(ctx context.Context, w io.Writer, from Graph) error {
	q := &quadWriter{w: bufio.NewWriterSize(w, 64<<10)}
	err := from.Entities(func(e graph.Entity) error {
		q.iri(entityIRI, string(e.ID))
		q.iri(rdf.Type, "")
		q.iri(typeIRI, e.Type)
		q.end()
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	superseded, err := supersededIn(ctx, from)
	if err != nil {
		return err
	}
	err = from.Claims(func(c *graph.Claim, id graph.ClaimID, live bool) error {
		q.claim(c, id.String())
		switch {
		case !live:
			q.metaTrue(id.String(), "withdrawn")
			q.metaText(id.String(), "reason", from.ReasonOf(id))
		case superseded[id]:
			q.metaTrue(id.String(), "reinstated")
			q.metaText(id.String(), "reason", from.ReasonOf(id))
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return q.w.Flush()
}

// quadWriter writes terms and quads. The writer under it keeps the first error.
type quadWriter struct {
	w    *bufio.Writer
	text []byte
}

func (q *quadWriter) claim(c *graph.Claim, id string) {
	q.iri(entityIRI, string(c.Subject))
	q.iri(predicateIRI, c.Predicate)
	q.value(c.Value)
	q.iri(claimIRI, id)
	q.end()

	q.about(id, "source")
	q.iri(entityIRI, string(c.Source))
	q.end()
	q.metaText(id, "locator", c.Locator)
	q.about(id, "confidence")
	q.literal(strconv.FormatFloat(c.Confidence, 'f', -1, 64), xsd+"decimal")
	q.end()
	if !c.Valid.Empty() {
		q.about(id, "valid")
		q.literal(c.Valid.String(), edtf)
		q.end()
	}
	if c.Rank != graph.Normal {
		q.metaText(id, "rank", c.Rank.String())
	}
	if c.Attribution != graph.Asserted {
		q.metaText(id, "attribution", c.Attribution.String())
	}
	q.metaText(id, "attributedTo", c.AttributedTo)
	q.metaText(id, "original", c.Original)
	q.metaText(id, "conflict", c.Conflict)
	q.metaText(id, "note", c.Note)
	for _, v := range c.Qualifiers {
		q.iri(claimIRI, id)
		q.iri(qualifierIRI, v.Name)
		q.value(v.Value)
		q.end()
	}
	for _, old := range c.Supersedes {
		q.about(id, "supersedes")
		q.iri(claimIRI, old.String())
		q.end()
	}
}

func (q *quadWriter) metaTrue(id, word string) {
	q.about(id, word)
	q.literal("true", xsd+"boolean")
	q.end()
}

func (q *quadWriter) about(id, word string) {
	q.iri(claimIRI, id)
	q.iri(metaIRI, word)
}

func (q *quadWriter) metaText(id, word, text string) {
	if text == "" {
		return
	}
	q.about(id, word)
	q.literal(text, "")
	q.end()
}

// iri writes the address; ids and names of the ontology need no escapes.
func (q *quadWriter) iri(prefix, rest string) {
	q.text = append(q.text, '<')
	q.text = append(q.text, prefix...)
	q.text = append(q.text, rest...)
	q.text = append(q.text, '>', ' ')
}

func (q *quadWriter) value(v graph.Value) {
	if v.Kind() == graph.EntityKind {
		q.iri(entityIRI, string(v.Entity()))
		return
	}
	q.literal(v.String(), datatypes[v.Kind()])
}

func (q *quadWriter) literal(text, datatype string) {
	q.text = append(q.text, '"')
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b == '"' || b == '\\':
			q.text = append(q.text, '\\', b)
		case b == '\n':
			q.text = append(q.text, '\\', 'n')
		case b == '\r':
			q.text = append(q.text, '\\', 'r')
		case b == '\t':
			q.text = append(q.text, '\\', 't')
		case b < 0x20 || b == 0x7f:
			const hex = "0123456789ABCDEF"
			q.text = append(q.text, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
		default:
			q.text = append(q.text, b)
		}
	}
	q.text = append(q.text, '"')
	if datatype != "" {
		q.text = append(q.text, "^^<"...)
		q.text = append(q.text, datatype...)
		q.text = append(q.text, '>')
	}
	q.text = append(q.text, ' ')
}

func (q *quadWriter) end() {
	_, _ = q.w.Write(append(q.text, '.', '\n')) // Flush returns the error
	q.text = q.text[:0]
}
