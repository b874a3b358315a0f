package api

import (
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/routes"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// entityType returns the API's type for a type of the ontology. The Ref of an entity has the view
// as its Obj and the entity's number as its Index.
func (b *builder) entityType(t *schema.Type) graphql.Output {
	if have := b.entities[t.Name]; have != nil {
		return have
	}
	var made graphql.Output
	if t.Abstract {
		for _, i := range b.interfacesOf(t) {
			b.Meta.Interfaces[t.Name] = append(b.Meta.Interfaces[t.Name], i.Name)
		}
		made = graphql.NewInterface(graphql.InterfaceConfig{
			Name: t.Name, Description: t.Description, ResolveType: unused,
			Fields: graphql.FieldsThunk(func() graphql.Fields {
				fs := b.FieldsOf(t.Name, b.entityFields(t))
				delete(b.Bindings, t.Name) // the concrete types have the bindings
				return fs
			}),
		})
	} else {
		interfaces := func() []*graphql.Interface {
			var is []*graphql.Interface
			for _, i := range b.interfacesOf(t) {
				is = append(is, b.entityType(i).(*graphql.Interface))
			}
			return is
		}
		made = graphql.NewObject(graphql.ObjectConfig{
			Name: t.Name, Description: t.Description, Interfaces: graphql.InterfacesThunk(interfaces),
			Fields: graphql.FieldsThunk(func() graphql.Fields { return b.FieldsOf(t.Name, b.entityFields(t)) }),
		})
	}
	b.entities[t.Name] = made
	return made
}

// interfacesOf returns the interfaces of a type in the API. A union of the ontology is an interface
// in the API, so that a query can select the fields of Entity without a fragment for each member.
func (b *builder) interfacesOf(t *schema.Type) []*schema.Type {
	if t.Union {
		return []*schema.Type{b.Ontology.Type(schema.EntityType)}
	}
	is := t.Interfaces
	for _, u := range b.Ontology.Types {
		if u.Union && !t.Abstract && u.Includes(t) {
			is = append(is[:len(is):len(is)], u)
		}
	}
	return is
}

// unused satisfies graphql-go, which requires a function; gql calls typeOf instead.
func unused(graphql.ResolveTypeParams) *graphql.Object { return nil }

func viewOf(r gql.Ref) (*snapshot.View, uint32) {
	return r.Obj.(*snapshot.View), uint32(r.Index)
}

// entityFields returns the fields that every entity has, and the fields that the ontology declares.
func (b *builder) entityFields(t *schema.Type) []output.Field {
	text := func(read func(v *snapshot.View, n uint32) string) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendString(dst, read(viewOf(src))), nil
		}}
	}
	fs := []output.Field{
		{Name: "id", Type: output.Must(graphql.ID), About: "The entity's id.",
			Read: text(func(v *snapshot.View, n uint32) string {
				if id, ok := v.WrittenID(n); ok {
					return id
				}
				return string(v.Snapshot().ID(n))
			})},
		{Name: "type", Type: output.Must(graphql.String), About: "The name of the entity's type in the ontology.",
			Read: text(func(v *snapshot.View, n uint32) string { return v.Snapshot().TypeName(n) })},
		b.claimsField("claims", "The claims about the entity that the view shows, in the order in which the store recorded them.", false),
		{Name: "none", Type: output.List(graphql.String), About: "The names of the fields of which a source states that there is nothing, and no better claim states something. They read as null, or as empty lists, as does what is not known.", Read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				v, n := viewOf(src)
				dst = append(dst, '[')
				for i, name := range nones(v, n) {
					if i > 0 {
						dst = append(dst, ',')
					}
					dst = gql.AppendString(dst, name)
				}
				return append(dst, ']'), v.Err()
			}}},
		b.rangesField("The ranges of the fields for which the view shows a range, such as 10 to 15, and no single number. Fields of plain numbers read as null there.", entityRanges),
		b.claimsField("about", "The claims in view that have the entity as their object, in the order in which the store recorded them.", true),
	}
	for _, f := range b.Fields(t) {
		switch {
		case f.Name == "name":
			fs = append(fs, b.nameField(f))
		case f.Kind == schema.Property && f.Many:
			fs = append(fs, b.properties(f))
		case f.Kind == schema.Property:
			fs = append(fs, b.property(f))
		case f.Many:
			fs = append(fs, b.relation(f))
		default:
			fs = append(fs, b.one(f))
		}
	}
	if routes.IsVariant(b.Ontology, t) {
		for _, f := range b.analyses.Variant() {
			if t.Field(f.Name) == nil { // a field that the user's ontology declares with this name is stored
				fs = append(fs, f)
			}
		}
	}
	return fs
}

// nones returns the names of the fields for which the view shows a claim that the entity has no
// value.
func nones(v *snapshot.View, entity uint32) (names []string) {
	s := v.Snapshot()
	for n := range v.Literals(entity) {
		if !s.IsNone(n) {
			continue
		}
		if f := s.Field(n); f != nil && !slices.Contains(names, f.Name) {
			if _, ok := v.None(entity, f); ok {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// property returns a field of one value, which it reads from the chosen claim.
func (b *builder) property(f *schema.Field) output.Field {
	out := output.Field{Name: f.Name, About: f.Description, Type: b.ScalarType(f.Scalar, f.Enum)}
	if f.Scalar == schema.Quantity || f.Scalar == schema.Coordinates {
		out.Read.Object = func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			v, e := viewOf(src)
			shown, ok := v.One(e, f)
			if !ok {
				return gql.Ref{}, false, nil
			}
			return b.Literal(v.Snapshot().Value(shown.Claim)), true, nil
		}
		return out
	}
	inLanguage(&out, f, "The language to read it in, such as fr or pt-BR. If there is none in it, the field shows what it shows without.")
	out.Read.Ahead = func(_ *gql.Call, items []gql.Ref) {
		v, ok := items[0].Obj.(*snapshot.View)
		if !ok { // the first reason is null
			return
		}
		v.TouchClaims(func(yield func(uint32) bool) {
			for _, r := range items {
				if r.Obj == items[0].Obj && !yield(uint32(r.Index)) {
					return
				}
			}
		})
	}
	out.Read.Leaf = func(c *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
		v, e := viewOf(src)
		if lang, ok := c.Args.(string); ok {
			if n := v.OneIn(e, f, lang); n != snapshot.None {
				return appendClaim(dst, v.Snapshot(), n, f.Scalar)
			}
			return dst, nil
		}
		if text, ok := v.Written(e, f, appendClaim); ok {
			return append(dst, text...), nil
		}
		if shown, ok := v.One(e, f); ok {
			return appendClaim(dst, v.Snapshot(), shown.Claim, f.Scalar)
		}
		return dst, nil
	}
	return out
}

// properties returns a field of many values, as a plain list.
func (b *builder) properties(f *schema.Field) output.Field {
	out := output.Field{Name: f.Name, About: f.Description, Type: output.List(b.ScalarType(f.Scalar, f.Enum))}
	if f.Scalar == schema.Quantity || f.Scalar == schema.Coordinates {
		out.Read.List = func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
			v, e := viewOf(src)
			for _, n := range v.Values(e, f, nil) {
				dst = append(dst, b.Literal(v.Snapshot().Value(n)))
			}
			return dst, true, nil
		}
		return out
	}
	inLanguage(&out, f, "Lists only those in this language; all by default.")
	out.Read.Leaf = func(c *gql.Call, src gql.Ref, dst []byte) (_ []byte, err error) {
		v, e := viewOf(src)
		var claims []uint32
		if lang, ok := c.Args.(string); ok {
			claims = v.ValuesIn(e, f, lang, nil)
		} else {
			claims = v.Values(e, f, nil)
		}
		dst = append(dst, '[')
		empty := len(dst)
		for _, n := range claims {
			if v.Snapshot().ClaimCell(n).Kind == graph.RangeKind {
				continue // the field ranges shows it
			}
			if len(dst) > empty {
				dst = append(dst, ',')
			}
			if dst, err = appendClaim(dst, v.Snapshot(), n, f.Scalar); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	}
	return out
}

// one returns the field of a relation that leads to one entity.
func (b *builder) one(f *schema.Field) output.Field {
	return output.Field{Name: f.Name, About: f.Description, Type: b.entityType(f.Target), Read: gql.Binding{
		Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			v, e := viewOf(src)
			to, ok := v.One(e, f)
			return gql.Ref{Obj: v, Index: uint64(to.Node)}, ok, nil
		},
	}}
}

// appendClaim writes the value of a claim as JSON.
func appendClaim(dst []byte, s *snapshot.Snapshot, n uint32, as schema.Scalar) ([]byte, error) {
	return appendCell(dst, s, s.ClaimCell(n), as)
}

// appendCell is output.AppendValue for a value in memory. Most values are texts and whole numbers;
// appendCell writes them without creating a Value.
func appendCell(dst []byte, s *snapshot.Snapshot, c snapshot.Cell, as schema.Scalar) ([]byte, error) {
	if text, ok := s.TextIn(c); ok {
		return gql.AppendString(dst, text), nil
	}
	if c.Kind == graph.IntKind {
		return output.AppendInt(dst, int64(c.Bits), as)
	}
	return output.AppendValue(dst, s.ValueOf(c), as)
}
