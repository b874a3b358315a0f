package codec

import (
	"context"
	"strconv"

	"github.com/caspian-kg/caspian/graph"
)

// EntityIRI is the prefix of the addresses of entities.
const EntityIRI = "caspian:e/"

// The constants are the prefixes of addresses. The store uses the same addresses for claims.
const (
	xsd  = "http://www.w3.org/2001/XMLSchema#"
	edtf = "http://id.loc.gov/datatypes/edtf/EDTF"

	typeIRI      = "caspian:t/"
	predicateIRI = "caspian:p/"
	qualifierIRI = "caspian:q/"
	metaIRI      = "caspian:m/"
	claimIRI     = "caspian:c/"
	mergedWord   = "merged" // of an entity, not of a claim
)

// datatypes maps each kind to the datatype of its literals. Texts have none.
var datatypes = map[graph.Kind]string{
	graph.EnumKind: "caspian:enum", graph.IntKind: xsd + "integer", graph.FloatKind: xsd + "double",
	graph.BoolKind: xsd + "boolean", graph.DateKind: edtf, graph.QuantityKind: "caspian:quantity",
	graph.CoordinatesKind: "caspian:coordinates", graph.NoneKind: "caspian:none", graph.RangeKind: "caspian:range",
}

// kindOfType maps datatypes to kinds.
var kindOfType = func() map[string]graph.Kind {
	of := map[string]graph.Kind{}
	for kind, datatype := range datatypes {
		of[datatype] = kind
	}
	return of
}()

// object is the object of a quad: an address, or a literal with or without a datatype.
type object struct {
	prefix, text string // prefix is "" for a literal
	datatype     string
}

// about is one quad about a claim.
type about struct {
	prefix, word string // the address of the predicate
	object
}

// quadWriter writes quads in one syntax of RDF.
type quadWriter interface {
	entity(graph.Entity)
	claim(c *graph.Claim, id string, quads []about)
	merged(graph.Merged)
}

// encodeRDF writes entities, merges and claims, with the reason of the last withdrawal or reinstatement of each claim.
func encodeRDF(ctx context.Context, from Graph, to quadWriter) error {
	err := from.Entities(func(e graph.Entity) error {
		to.entity(e)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	superseded, err := supersededIn(ctx, from)
	if err != nil {
		return err
	}
	var quads []about
	err = from.Claims(func(c *graph.Claim, id graph.ClaimID, live bool) error {
		quads = append(quads[:0], about{metaIRI, "source", object{prefix: EntityIRI, text: string(c.Source)}})
		quads = appendText(quads, "locator", c.Locator)
		quads = append(quads, about{metaIRI, "confidence", object{text: strconv.FormatFloat(c.Confidence, 'f', -1, 64), datatype: xsd + "decimal"}})
		if !c.Valid.Empty() {
			quads = append(quads, about{metaIRI, "valid", object{text: c.Valid.String(), datatype: edtf}})
		}
		if c.Rank != graph.Normal {
			quads = appendText(quads, "rank", c.Rank.String())
		}
		if c.Attribution != graph.Asserted {
			quads = appendText(quads, "attribution", c.Attribution.String())
		}
		quads = appendText(quads, "attributedTo", c.AttributedTo)
		quads = appendText(quads, "original", c.Original)
		quads = appendText(quads, "conflict", c.Conflict)
		quads = appendText(quads, "note", c.Note)
		for _, v := range c.Qualifiers {
			quads = append(quads, about{qualifierIRI, v.Name, objectOf(v.Value)})
		}
		for _, old := range c.Supersedes {
			quads = append(quads, about{metaIRI, "supersedes", object{prefix: claimIRI, text: old.String()}})
		}
		word := ""
		switch {
		case !live:
			word = "withdrawn"
		case superseded[id]:
			word = "reinstated"
		}
		if word != "" {
			quads = append(quads, about{metaIRI, word, object{text: "true", datatype: xsd + "boolean"}})
			quads = appendText(quads, "reason", from.ReasonOf(id))
		}
		to.claim(c, id.String(), quads)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return from.Merged(func(m graph.Merged) error {
		to.merged(m)
		return ctx.Err()
	})
}

func appendText(quads []about, word, text string) []about {
	if text == "" {
		return quads
	}
	return append(quads, about{metaIRI, word, object{text: text}})
}

// objectOf converts a value to the object of a quad.
func objectOf(v graph.Value) object {
	if v.Kind() == graph.EntityKind {
		return object{prefix: EntityIRI, text: string(v.Entity())}
	}
	return object{text: v.String(), datatype: datatypes[v.Kind()]}
}
