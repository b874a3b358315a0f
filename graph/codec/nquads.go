package codec

import (
	"bufio"
	"context"
	"io"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/rdf"
)

// NQuads writes RDF with one quad per line. Each claim is a quad in a separate graph, whose name is the address of the
// claim. Further quads about that address state the rest of the claim:
//
//	<caspian:e/KAZ> <rdf:type> <caspian:t/Country> .
//	<caspian:e/KAZ> <caspian:p/capital> <caspian:e/astana> <caspian:c/…> .
//	<caspian:c/…> <caspian:m/source> <caspian:e/factbook> .
//	<caspian:c/…> <caspian:m/locator> "kz.json" .
//	<caspian:c/…> <caspian:m/confidence> "0.9"^^<xsd:decimal> .
//	<caspian:c/…> <caspian:m/valid> "1997-12-10/.."^^<http://id.loc.gov/datatypes/edtf/EDTF> .
//	<caspian:c/…> <caspian:q/lengthKm> "1765"^^<xsd:double> .
//	<caspian:e/alma-ata> <caspian:m/merged> <caspian:e/almaty> .
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

func encodeNQuads(ctx context.Context, w io.Writer, from Graph) error {
	q := &nquads{w: bufio.NewWriterSize(w, 64<<10)}
	if err := encodeRDF(ctx, from, q); err != nil {
		return err
	}
	return q.w.Flush()
}

// nquads writes terms and quads. Its writer keeps the first error.
type nquads struct {
	w    *bufio.Writer
	text []byte
}

func (q *nquads) entity(e graph.Entity) {
	q.iri(EntityIRI, string(e.ID))
	q.iri(rdf.Type, "")
	q.iri(typeIRI, e.Type)
	q.end()
}

func (q *nquads) merged(m graph.Merged) {
	q.iri(EntityIRI, string(m.From))
	q.iri(metaIRI, mergedWord)
	q.iri(EntityIRI, string(m.Into))
	q.end()
}

func (q *nquads) claim(c *graph.Claim, id string, quads []about) {
	q.iri(EntityIRI, string(c.Subject))
	q.iri(predicateIRI, c.Predicate)
	q.object(objectOf(c.Value))
	q.iri(claimIRI, id)
	q.end()
	for i := range quads {
		q.iri(claimIRI, id)
		q.iri(quads[i].prefix, quads[i].word)
		q.object(quads[i].object)
		q.end()
	}
}

// iri writes an address. Ids and names of the ontology need no escapes.
func (q *nquads) iri(prefix, rest string) {
	q.text = append(q.text, '<')
	q.text = append(q.text, prefix...)
	q.text = append(q.text, rest...)
	q.text = append(q.text, '>', ' ')
}

func (q *nquads) object(o object) {
	if o.prefix != "" {
		q.iri(o.prefix, o.text)
		return
	}
	q.literal(o.text, o.datatype)
}

func (q *nquads) literal(text, datatype string) {
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

func (q *nquads) end() {
	_, _ = q.w.Write(append(q.text, '.', '\n')) // Flush returns the error, if any
	q.text = q.text[:0]
}
