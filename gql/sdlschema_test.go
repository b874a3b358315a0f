package gql

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"
	gqlast "github.com/graphql-go/graphql/language/ast"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/caspian-kg/caspian/gql/internal/value"
)

// sdlSchema builds a graphql-go schema and its Meta from SDL, so that tests can state
// their schemas in the language.
type sdlSchema struct {
	types map[string]graphql.Type
	meta  Meta
	defs  map[string]*ast.Definition
}

func fromSDL(sdl string) (Config, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: "test.graphql", Input: sdl})
	if err != nil {
		return Config{}, err
	}
	s := &sdlSchema{types: map[string]graphql.Type{
		"Int": graphql.Int, "Float": graphql.Float, "String": graphql.String, "Boolean": graphql.Boolean, "ID": graphql.ID,
	}, defs: map[string]*ast.Definition{}, meta: Meta{
		SpecifiedBy: map[string]string{}, Deprecated: map[string]string{}, Defaults: map[string]string{},
		Interfaces: map[string][]string{}, Scalars: map[string]func(any) (any, error){},
	}}
	for _, d := range doc.Definitions {
		s.defs[d.Name] = d
	}
	for _, d := range doc.Definitions {
		s.define(d)
	}
	cfg := graphql.SchemaConfig{Directives: graphql.SpecifiedDirectives}
	root := func(name string) *graphql.Object {
		o, _ := s.types[name].(*graphql.Object)
		return o
	}
	cfg.Query, cfg.Mutation, cfg.Subscription = root("Query"), root("Mutation"), root("Subscription")
	for _, d := range doc.Schema {
		s.meta.Description = d.Description
	}
	for _, d := range doc.Definitions {
		cfg.Types = append(cfg.Types, s.types[d.Name])
	}
	for _, d := range doc.Directives {
		dir := Directive{Name: d.Name, Description: d.Description, Repeatable: d.IsRepeatable, Args: s.args("@"+d.Name, d.Arguments)}
		for _, l := range d.Locations {
			dir.Locations = append(dir.Locations, string(l))
		}
		s.meta.Directives = append(s.meta.Directives, dir)
	}
	schema, err := graphql.NewSchema(cfg)
	return Config{Schema: schema, Meta: s.meta}, err
}

// bound fills the fields that have no reader with null, for tests that read none of them.
func bound(cfg Config) Config {
	bindings := map[string]map[string]Binding{}
	maps.Copy(bindings, cfg.Bindings)
	for name, typ := range cfg.Schema.TypeMap() {
		o, ok := typ.(*graphql.Object)
		if !ok || strings.HasPrefix(name, "__") {
			continue
		}
		fields := map[string]Binding{}
		for field, def := range o.Fields() {
			b := nullReader(def.Type)
			if o == cfg.Schema.SubscriptionType() {
				b.Stream = func(*Call, Ref) (<-chan Ref, error) { return nil, nil }
			}
			fields[field] = b
		}
		maps.Copy(fields, bindings[name])
		bindings[name] = fields
	}
	cfg.Bindings = bindings
	if cfg.TypeOf == nil {
		cfg.TypeOf = map[string]func(Ref) string{"": func(Ref) string { return "" }}
	}
	return cfg
}

func nullReader(typ graphql.Output) Binding {
	list := false
	for {
		switch t := typ.(type) {
		case *graphql.NonNull:
			typ = t.OfType
			continue
		case *graphql.List:
			typ, list = t.OfType, true
			continue
		case *graphql.Scalar, *graphql.Enum:
			return Binding{Leaf: func(_ *Call, _ Ref, dst []byte) ([]byte, error) { return dst, nil }}
		}
		break
	}
	if list {
		return Binding{List: func(*Call, Ref, []Ref) ([]Ref, bool, error) { return nil, false, nil }}
	}
	return Binding{Object: func(*Call, Ref) (Ref, bool, error) { return Ref{}, false, nil }}
}

func reason(list ast.DirectiveList) (string, bool) {
	d := list.ForName("deprecated")
	if d == nil {
		return "", false
	}
	if a := d.Arguments.ForName("reason"); a != nil {
		return a.Value.Raw, true
	}
	return defaultDeprecation, true
}

func (s *sdlSchema) define(d *ast.Definition) {
	switch d.Kind {
	case ast.Scalar:
		same := func(v any) any { return v }
		s.types[d.Name] = graphql.NewScalar(graphql.ScalarConfig{Name: d.Name, Description: d.Description, Serialize: same, ParseValue: same, ParseLiteral: func(gqlast.Value) any { return nil }})
		if by := d.Directives.ForName("specifiedBy"); by != nil {
			s.meta.SpecifiedBy[d.Name] = by.Arguments[0].Value.Raw
		}
		s.meta.Scalars[d.Name] = func(v any) (any, error) { return v, nil }
	case ast.Object:
		s.types[d.Name] = graphql.NewObject(graphql.ObjectConfig{Name: d.Name, Description: d.Description, Fields: s.fields(d),
			Interfaces: graphql.InterfacesThunk(func() (out []*graphql.Interface) {
				for _, n := range d.Interfaces {
					out = append(out, s.types[n].(*graphql.Interface))
				}
				return out
			})})
	case ast.Interface:
		s.types[d.Name] = graphql.NewInterface(graphql.InterfaceConfig{Name: d.Name, Description: d.Description, Fields: s.fields(d)})
		if len(d.Interfaces) > 0 {
			s.meta.Interfaces[d.Name] = d.Interfaces
		}
	case ast.Union:
		s.types[d.Name] = graphql.NewUnion(graphql.UnionConfig{Name: d.Name, Description: d.Description, Types: graphql.UnionTypesThunk(func() (out []*graphql.Object) {
			for _, n := range d.Types {
				out = append(out, s.types[n].(*graphql.Object))
			}
			return out
		}), ResolveType: func(graphql.ResolveTypeParams) *graphql.Object { return nil }})
	case ast.Enum:
		values := graphql.EnumValueConfigMap{}
		for _, v := range d.EnumValues {
			r, _ := reason(v.Directives)
			values[v.Name] = &graphql.EnumValueConfig{Value: v.Name, Description: v.Description, DeprecationReason: r}
		}
		s.types[d.Name] = graphql.NewEnum(graphql.EnumConfig{Name: d.Name, Description: d.Description, Values: values})
	case ast.InputObject:
		if d.Directives.ForName("oneOf") != nil {
			s.meta.OneOf = append(s.meta.OneOf, d.Name)
		}
		s.types[d.Name] = graphql.NewInputObject(graphql.InputObjectConfig{Name: d.Name, Description: d.Description, Fields: graphql.InputObjectConfigFieldMapThunk(func() graphql.InputObjectConfigFieldMap {
			out := graphql.InputObjectConfigFieldMap{}
			for _, f := range d.Fields {
				out[f.Name] = &graphql.InputObjectFieldConfig{Type: s.typ(f.Type), Description: f.Description}
				s.input(d.Name+"."+f.Name, f.DefaultValue, f.Directives)
			}
			return out
		})})
	}
}

func (s *sdlSchema) input(coord string, def *ast.Value, dirs ast.DirectiveList) {
	if def != nil {
		s.meta.Defaults[coord] = value.Print(def)
	}
	if r, ok := reason(dirs); ok {
		s.meta.Deprecated[coord] = r
	}
}

func (s *sdlSchema) fields(d *ast.Definition) graphql.FieldsThunk {
	return func() graphql.Fields {
		out := graphql.Fields{}
		for _, f := range d.Fields {
			r, _ := reason(f.Directives)
			out[f.Name] = &graphql.Field{Type: s.typ(f.Type), Description: f.Description, DeprecationReason: r, Args: s.args(d.Name+"."+f.Name, f.Arguments)}
		}
		return out
	}
}

func (s *sdlSchema) args(coord string, defs ast.ArgumentDefinitionList) graphql.FieldConfigArgument {
	out := graphql.FieldConfigArgument{}
	for _, a := range defs {
		out[a.Name] = &graphql.ArgumentConfig{Type: s.typ(a.Type), Description: a.Description}
		s.input(fmt.Sprintf("%s(%s:)", coord, a.Name), a.DefaultValue, a.Directives)
	}
	return out
}

func (s *sdlSchema) typ(t *ast.Type) graphql.Type {
	var out graphql.Type
	if t.Elem != nil {
		out = graphql.NewList(s.typ(t.Elem))
	} else {
		out = s.types[t.NamedType]
	}
	if t.NonNull {
		out = graphql.NewNonNull(out)
	}
	return out
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
