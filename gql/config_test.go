package gql

import (
	"strings"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql/internal/value"
)

// TestNewFaults puts faults into a configuration and checks that New names each with its
// place.
func TestNewFaults(t *testing.T) {
	leaf := func(_ *Call, _ Ref, dst []byte) ([]byte, error) { return dst, nil }
	object := func(_ *Call, src Ref) (Ref, bool, error) { return src, true, nil }
	list := func(_ *Call, _ Ref, dst []Ref) ([]Ref, bool, error) { return dst, true, nil }
	for _, c := range []struct {
		name  string
		plant func(*Config)
		want  string
	}{
		{"unknown type", func(c *Config) { c.Bindings["Nope"] = map[string]Binding{"a": {Leaf: leaf}} }, `Bindings["Nope"]: the schema has no object type of that name`},
		{"interface", func(c *Config) { c.Bindings["Node"] = map[string]Binding{"id": {Leaf: leaf}} }, `Bindings["Node"]`},
		{"unknown field", func(c *Config) { c.Bindings["City"]["nope"] = Binding{Leaf: leaf} }, `Bindings["City"]["nope"]: the type has no such field`},
		{"no reader", func(c *Config) { c.Bindings["City"]["id"] = Binding{} }, `Bindings["City"]["id"]: set exactly one of Leaf, Object and List`},
		{"two readers", func(c *Config) { c.Bindings["City"]["id"] = Binding{Leaf: leaf, Object: object} }, `set exactly one`},
		{"object for a leaf", func(c *Config) { c.Bindings["City"]["id"] = Binding{Object: object} }, `its type ID! needs a Leaf reader`},
		{"leaf for an object", func(c *Config) { c.Bindings["City"]["mayor"] = Binding{Leaf: leaf} }, `its type Person! needs an Object reader`},
		{"object for a list", func(c *Config) { c.Bindings["Query"]["things"] = Binding{Object: object} }, `its type [Thing!]! needs a List reader`},
		{"list for an object", func(c *Config) { c.Bindings["City"]["mayor"] = Binding{List: list} }, `needs an Object reader`},
		{"stream off the root", func(c *Config) {
			c.Bindings["City"]["mayor"] = Binding{Stream: func(*Call, Ref) (<-chan Ref, error) { return nil, nil }}
		}, `Stream is for fields of the subscription root`},
		{"stream of a leaf", func(c *Config) {
			c.Bindings["Subscription"] = map[string]Binding{"other": {Stream: func(*Call, Ref) (<-chan Ref, error) { return nil, nil }}}
		}, `a Stream alone gives objects`},
		{"missing reader", func(c *Config) { delete(c.Bindings["City"], "size") }, `Bindings["City"]["size"]: missing`},
		{"missing stream", func(c *Config) { c.Bindings["Subscription"]["other"] = Binding{Leaf: leaf} }, `needs a Stream`},
		{"missing TypeOf", func(c *Config) { delete(c.TypeOf, "") }, `TypeOf: the interface Named is missing`},
		{"TypeOf", func(c *Config) { c.TypeOf = map[string]func(Ref) string{"City": nil} }, `TypeOf["City"]: the schema has no interface or union of that name`},
		{"OneOf", func(c *Config) { c.Meta.OneOf = append(c.Meta.OneOf, "City") }, `Meta.OneOf: the schema has no input object "City"`},
		{"OneOf with non-null", func(c *Config) { c.Meta.OneOf = append(c.Meta.OneOf, "Point") }, `Point.x: a field of a oneOf input must be nullable and without default`},
		{"SpecifiedBy", func(c *Config) { c.Meta.SpecifiedBy["Nope"] = "x" }, `Meta.SpecifiedBy: the schema has no scalar "Nope"`},
		{"Scalars", func(c *Config) { c.Meta.Scalars["Color"] = nil }, `Meta.Scalars: the schema has no scalar "Color"`},
		{"Interfaces", func(c *Config) { c.Meta.Interfaces["Node"] = []string{"City"} }, `Meta.Interfaces["Node"]: "City" is not an interface`},
		{"Interfaces key", func(c *Config) { c.Meta.Interfaces["City"] = nil }, `Meta.Interfaces: the schema has no interface "City"`},
		{"Deprecated", func(c *Config) { c.Meta.Deprecated["City.nope(a:)"] = "x" }, `Meta.Deprecated: "City.nope(a:)" names no argument or input field`},
		{"deprecated and required", func(c *Config) { c.Meta.Deprecated["Point.x"] = "x" }, `Point.x: a required argument or field cannot be deprecated`},
		{"Defaults", func(c *Config) { c.Meta.Defaults["Nope.x"] = "1" }, `Meta.Defaults: "Nope.x" names no argument or input field`},
		{"default's syntax", func(c *Config) { c.Meta.Defaults["Query.int(v:)"] = "[1" }, `Query.int(v:): default value: not a GraphQL value: [1`},
		{"default's syntax, two values", func(c *Config) { c.Meta.Defaults["Query.int(v:)"] = "1, $b: Int" }, `not a single GraphQL value`},
		{"default's type", func(c *Config) { c.Meta.Defaults["Query.int(v:)"] = `"x"` }, `Query.int(v:): default value: Int cannot represent non-integer value: "x"`},
		{"directive's name", func(c *Config) {
			c.Meta.Directives = append(c.Meta.Directives, Directive{Name: "a b", Locations: []string{"FIELD"}})
		}, `Meta.Directives: "a b"`},
		{"directive's location", func(c *Config) { c.Meta.Directives = append(c.Meta.Directives, Directive{Name: "a"}) }, `at least one location`},
		{"cyclic interfaces", func(c *Config) { c.Meta.Interfaces["Node"] = []string{"Named"} }, `Node`},
		{"no schema", func(c *Config) { c.Schema = graphql.Schema{} }, `Config.Schema has no query type`},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := fromSDL(readFile(t, "testdata/schema.graphql"))
			if err != nil {
				t.Fatal(err)
			}
			cfg = bound(cfg)
			c.plant(&cfg)
			if _, err = New(cfg); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func TestNewListsEveryFault(t *testing.T) {
	cfg, err := fromSDL(readFile(t, "testdata/schema.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Bindings = map[string]map[string]Binding{"Nope": {}, "Query": {"nope": {}}}
	cfg = bound(cfg)
	cfg.Meta.SpecifiedBy["Nope"] = "x"
	_, err = New(cfg)
	for _, want := range []string{`Bindings["Nope"]`, `Bindings["Query"]["nope"]`, "Meta.SpecifiedBy"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not mention %s", err, want)
		}
	}
}

// TestDefaults checks defaults given in Go, as graphql-go has them, and that defaults of
// nested input fields apply within them.
func TestDefaults(t *testing.T) {
	type level int
	enum := graphql.NewEnum(graphql.EnumConfig{Name: "Level", Values: graphql.EnumValueConfigMap{"LOW": {Value: level(1)}, "HIGH": {Value: level(2)}}})
	inner := graphql.NewInputObject(graphql.InputObjectConfig{Name: "Inner", Fields: graphql.InputObjectConfigFieldMap{
		"a": {Type: graphql.Int, DefaultValue: 5}, "level": {Type: enum, DefaultValue: level(2)}, "f": {Type: graphql.Float},
	}})
	outer := graphql.NewInputObject(graphql.InputObjectConfig{Name: "Outer", Fields: graphql.InputObjectConfigFieldMap{
		"inner": {Type: inner, DefaultValue: map[string]any{"f": 1.5}}, "list": {Type: graphql.NewList(graphql.Int), DefaultValue: []int{1, 2}},
	}})
	query := graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{
		"show": {Type: graphql.String, Args: graphql.FieldConfigArgument{
			"v": {Type: outer, DefaultValue: map[string]any{}}, "level": {Type: enum, DefaultValue: level(1)}, "id": {Type: graphql.ID, DefaultValue: 7}, "when": {Type: graphql.DateTime},
		}},
	}})
	schema, err := graphql.NewSchema(graphql.SchemaConfig{Query: query})
	if err != nil {
		t.Fatal(err)
	}
	e := newEngine(t, Config{Schema: schema, Bindings: map[string]map[string]Binding{"Query": {"show": {
		Leaf: func(c *Call, _ Ref, dst []byte) ([]byte, error) {
			return value.AppendString(dst, string(canonicalArgs(nil, c.Args))), nil
		},
	}}}})
	if want := `show(id: ID = 7, level: Level = LOW, v: Outer = {}, when: DateTime): String`; !strings.Contains(e.SDL(), want) {
		t.Errorf("the schema does not hold %s:\n%s", want, e.SDL())
	}
	for query, want := range map[string]string{
		`{show}`: `{"data":{"show":"{\"id\":\"7\",\"level\":1,\"v\":{\"inner\":{\"a\":5,\"f\":1.5,\"level\":2},\"list\":[1,2]}}"}}`,
		`{show(v:{inner:{}},level:HIGH,id:null)}`:    `{"data":{"show":"{\"id\":null,\"level\":2,\"v\":{\"inner\":{\"a\":5,\"level\":2},\"list\":[1,2]}}"}}`,
		`{show(when:"2025-06-18T00:00:00Z",v:null)}`: `{"data":{"show":"{\"id\":\"7\",\"level\":1,\"v\":null,\"when\":\"2025-06-18T00:00:00Z\"}"}}`,
		`{show(when:"soon")}`:                        `{"errors":[{"message":"when: Expected value of type \"DateTime\", found \"soon\".","locations":[{"line":1,"column":12}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
	} {
		if got := answer(t, e, query, ""); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}
