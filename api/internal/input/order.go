package input

import (
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// orderType returns the input type of one key of an order.
func (ts *Types) orderType(s Shape) *graphql.InputObject {
	if !s.Link {
		return ts.nodeOrderType(s.Target)
	}
	return ts.oneOf(s.Name+"Order", "One key to order edges by.", func() []inputField {
		fs := []inputField{
			{"node", "Orders by a value of the entity that the edge leads to.", ts.nodeOrderType(s.Target)},
			{"claim", "Orders by a field of the edge's claim.", ts.claimOrderType()},
		}
		if from := ts.SubjectType(s); from != nil {
			fs = append(fs, inputField{"subject", "Orders by a value of the subject of the edge, from which the relation leads.", ts.nodeOrderType(from)})
		}
		if len(orderedQualifiers(s)) > 0 {
			fs = append(fs, inputField{"edge", "Orders by a qualifier of the edge's claim.", ts.edgeOrderType(s)})
		}
		return fs
	})
}

func (ts *Types) nodeOrderType(t *schema.Type) *graphql.InputObject {
	return ts.oneOf(t.Name+"Order", "One key to order entities by: the field of its name.", func() []inputField {
		d := ts.direction()
		fs := []inputField{{"id", "Orders by id, byte by byte.", d}, {"type", "Orders by the name of the type.", d}, {"name", "Orders by name, as the Unicode collation has it.", d}}
		for _, f := range ts.OrderedFields(t) {
			fs = append(fs, inputField{f.Name, "", d})
		}
		for _, f := range ts.Fields(t) {
			if f.Kind != schema.Property && f.Many {
				fs = append(fs, inputField{f.Name, "", ts.relationOrderType()})
			}
		}
		return fs
	})
}

func (ts *Types) edgeOrderType(s Shape) *graphql.InputObject {
	return ts.oneOf(s.Name+"EdgeOrder", "One key to order edges by: the qualifier of its name.", func() []inputField {
		var fs []inputField
		for _, q := range orderedQualifiers(s) {
			fs = append(fs, inputField{q.Name, "", ts.direction()})
		}
		return fs
	})
}

// OrderedFields returns the properties of a type by which it can be ordered: those with one value
// at a time, of a scalar that has an order.
func (ts *Types) OrderedFields(t *schema.Type) []*schema.Field {
	var fs []*schema.Field
	for _, f := range ts.Fields(t) {
		if f.Kind == schema.Property && !f.Many && f.Scalar != schema.Coordinates && f.Name != "name" {
			fs = append(fs, f)
		}
	}
	return fs
}

func orderedQualifiers(s Shape) []*schema.Qualifier {
	var qs []*schema.Qualifier
	for _, q := range s.Qualifiers {
		if q.Scalar != schema.Coordinates {
			qs = append(qs, q)
		}
	}
	return qs
}

// orderKeys reads the argument orderBy. The engine ensures that each key has exactly one field.
func (ts *Types) orderKeys(s Shape, in []any) ([]filter.Key, error) {
	var keys []filter.Key
	found := 0
	for _, x := range in {
		m := x.(map[string]any)
		of := "node"
		if s.Link {
			for side, inner := range m {
				of = side
				m, _ = inner.(map[string]any)
			}
		}
		for name, dir := range m {
			k := filter.Key{By: ts.reading(s, of, name)}
			if figure, ok := dir.(map[string]any); ok {
				var err error
				if k.By.Figure, dir, err = ts.figureOrder(k.By.Property, figure); err != nil {
					return nil, err
				}
				k.By.Property = nil
			}
			k.Descending = dir == "DESC"
			found++
			keys = withKey(keys, k)
		}
	}
	if found != len(in) {
		return nil, graph.Errorf(graph.BadInput, "each key of an order names exactly one field")
	}
	return keys, nil
}

// reading returns the reading for a name on a side of an edge; side is node, subject, edge or
// claim.
func (ts *Types) reading(s Shape, side, name string) filter.Reading {
	switch side {
	case "edge":
		i := slices.IndexFunc(s.Qualifiers, func(q *schema.Qualifier) bool { return q.Name == name })
		return filter.ReadQualifier(s.Qualifiers[i])
	case "claim":
		return filter.Reading{Claim: filter.ClaimField(name)}
	case "subject":
		return ts.ofEntity(filter.OfSubject, ts.SubjectType(s), name)
	}
	return ts.ofEntity(filter.OfNode, s.Target, name)
}

// ofEntity returns the reading for a name of an entity at an end of an edge.
func (ts *Types) ofEntity(end filter.End, t *schema.Type, name string) filter.Reading {
	switch name {
	case "id", "type", "name":
		return filter.Reading{Of: end, Own: name}
	}
	return filter.Reading{Of: end, Property: ts.field(t, name)}
}

// withKey adds a key to an order unless it repeats an earlier one, because a repeated key decides
// nothing and would cost as much for each entity.
func withKey(keys []filter.Key, k filter.Key) []filter.Key {
	if slices.ContainsFunc(keys, func(x filter.Key) bool { return x.By.Same(k.By) }) {
		return keys
	}
	return append(keys, k)
}
