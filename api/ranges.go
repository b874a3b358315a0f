package api

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// A field of numbers shows null if a source states a range, because a range is not one number. The
// field ranges of an entity, an edge or a claim shows these ranges, whatever the type of the field.

// rangesField returns the field ranges; read returns the ranges of a Ref.
func (b *builder) rangesField(about string, read func(c *gql.Call, src gql.Ref) (*snapshot.View, []fieldRange)) output.Field {
	return output.Field{Name: "ranges", Type: output.List(b.valueRangeType()), About: about, Read: gql.Binding{
		List: func(c *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
			v, found := read(c, src)
			for i := range found {
				dst = append(dst, gql.Ref{Obj: &found[i]})
			}
			return dst, true, v.Err()
		}}}
}

// fieldRange is a range that is the value of a field or a qualifier.
type fieldRange struct {
	field string
	value graph.Value
	unit  *schema.Unit
}

func (b *builder) valueRangeType() *graphql.Object {
	leaf := output.LeafOf[fieldRange]
	return b.Object("ValueRange", "A range that a source states where it gives no single number, such as 10 to 15 or over 5.", func() []output.Field {
		bounds := output.BoundFields(func(r *fieldRange) graph.Value { return r.value })
		return append([]output.Field{
			{Name: "field", Type: output.Must(graphql.String), About: "The name of the field or the qualifier.", Read: leaf(func(r *fieldRange, dst []byte) []byte { return gql.AppendString(dst, r.field) })},
			{Name: "text", Type: output.Must(graphql.String), About: "The range as people write it, such as 10–15 km.", Read: leaf(func(r *fieldRange, dst []byte) []byte {
				return gql.AppendString(dst, output.NumberText(r.value, r.unit))
			})},
			{Name: "unit", Type: graphql.String, About: "The code of the unit; null for plain numbers.", Read: leaf(func(r *fieldRange, dst []byte) []byte {
				if r.value.Text() == "" {
					return dst
				}
				return gql.AppendString(dst, r.value.Text())
			})},
		}, bounds...)
	})
}

// entityRanges returns the ranges among the values that the fields of an entity show.
func entityRanges(c *gql.Call, src gql.Ref) (v *snapshot.View, found []fieldRange) {
	v, entity := viewOf(src)
	s := v.Snapshot()
	for n := range v.Literals(entity) {
		if s.ClaimCell(n).Kind == graph.RangeKind && c.Request.(*Session).chosen.has(v, n) {
			found = appendRange(found, s, s.Predicate(n), s.Value(n))
		}
	}
	return v, found
}

// claimRanges returns the ranges that a claim states as its value or its qualifiers.
func claimRanges(v *snapshot.View, n uint32) (found []fieldRange) {
	s := v.Snapshot()
	found = appendRange(found, s, s.Predicate(n), s.Value(n))
	for _, q := range s.Qualifiers(n) {
		found = appendRange(found, s, q.Name, q.Value)
	}
	return found
}

func appendRange(to []fieldRange, s *snapshot.Snapshot, field string, v graph.Value) []fieldRange {
	if v.Kind() != graph.RangeKind {
		return to
	}
	return append(to, fieldRange{field, v, s.Ontology().Units[v.Text()]})
}
