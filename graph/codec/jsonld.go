package codec

import (
	"bufio"
	"context"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/rdf"
)

// JSONLD writes the quads of NQuads as JSON-LD. It has one object for each entity and one for each claim, each on a
// separate line. The object of a claim names a graph that has the fact, and states the rest about that graph:
//
//	{"@id":"e:KAZ","@type":"t:Country"}
//	{"@id":"c:c…","@graph":{"@id":"e:KAZ","p:capital":{"@id":"e:astana"}},"m:source":{"@id":"e:factbook"},"m:confidence":{"@value":"0.9","@type":"x:decimal"}}
//
// A reader takes any document that says the same, with any context.
var JSONLD = &Format{
	Name:       "jsonld",
	About:      "JSON-LD: each claim in a graph of its own name, as in N-Quads",
	Extensions: []string{".jsonld"},
	Lossless:   true,
	Decode:     decodeRDF(rdf.JSONLD),
	Encode:     encodeJSONLD,
}

// prefixesOfJSONLD maps each address that the context shortens to its prefix.
var prefixesOfJSONLD = map[string]string{
	EntityIRI: "e:", typeIRI: "t:", predicateIRI: "p:", qualifierIRI: "q:", metaIRI: "m:", claimIRI: "c:",
}

const (
	jsonldBegin = `{"@context":{"@version":1.1,"e":"caspian:e/","t":"caspian:t/","p":"caspian:p/","q":"caspian:q/","m":"caspian:m/","c":"caspian:c/"},"@graph":[`
	jsonldEnd   = "\n]}\n"
)

func encodeJSONLD(ctx context.Context, w io.Writer, from Graph) error {
	j := &jsonld{w: bufio.NewWriterSize(w, 64<<10)}
	_, _ = j.w.WriteString(jsonldBegin) // Flush returns the error, if any
	if err := encodeRDF(ctx, from, j); err != nil {
		return err
	}
	_, _ = j.w.WriteString(jsonldEnd)
	return j.w.Flush()
}

// jsonld writes nodes. Its writer keeps the first error.
type jsonld struct {
	w    *bufio.Writer
	text []byte
	many bool // whether a node was written already
}

func (j *jsonld) entity(e graph.Entity) {
	j.begin(EntityIRI, string(e.ID))
	j.put(`,"@type":`)
	j.address(typeIRI, e.Type)
	j.end()
}

func (j *jsonld) merged(m graph.Merged) {
	j.begin(EntityIRI, string(m.From))
	j.put(",")
	j.address(metaIRI, mergedWord)
	j.put(`:{"@id":`)
	j.address(EntityIRI, string(m.Into))
	j.put("}")
	j.end()
}

func (j *jsonld) claim(c *graph.Claim, id string, quads []about) {
	j.begin(claimIRI, id)
	j.put(`,"@graph":{"@id":`)
	j.address(EntityIRI, string(c.Subject))
	j.put(",")
	j.address(predicateIRI, c.Predicate)
	j.put(":")
	j.object(objectOf(c.Value))
	j.put("}")
	for len(quads) > 0 {
		q, n := quads[0], 1
		for n < len(quads) && quads[n].word == q.word && quads[n].prefix == q.prefix {
			n++
		}
		j.put(",")
		j.address(q.prefix, q.word)
		j.put(":")
		j.objects(quads[:n])
		quads = quads[n:]
	}
	j.end()
}

// objects writes the objects of quads with one predicate, as a list if there are several.
func (j *jsonld) objects(quads []about) {
	if len(quads) == 1 {
		j.object(quads[0].object)
		return
	}
	separator := "["
	for i := range quads {
		j.put(separator)
		j.object(quads[i].object)
		separator = ","
	}
	j.put("]")
}

func (j *jsonld) object(o object) {
	switch {
	case o.prefix != "":
		j.put(`{"@id":`)
		j.address(o.prefix, o.text)
	case o.datatype == "":
		j.quote(o.text)
		return
	default:
		j.put(`{"@value":`)
		j.quote(o.text)
		j.put(`,"@type":`)
		j.quote(o.datatype)
	}
	j.put("}")
}

// address writes an address with its prefix. Ids and names of the ontology need no escapes.
func (j *jsonld) address(prefix, rest string) {
	j.put(`"`)
	j.put(prefixesOfJSONLD[prefix])
	j.put(rest)
	j.put(`"`)
}

func (j *jsonld) begin(prefix, id string) {
	if j.many {
		j.put(",")
	}
	j.many = true
	j.put("\n{\"@id\":")
	j.address(prefix, id)
}

func (j *jsonld) end() {
	j.put("}")
	_, _ = j.w.Write(j.text)
	j.text = j.text[:0]
}

func (j *jsonld) put(text string) { j.text = append(j.text, text...) }

func (j *jsonld) quote(text string) { j.text, _ = jsontext.AppendQuote(j.text, text) }
