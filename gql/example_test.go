package gql_test

import (
	"context"
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
)

// city is a row of some store; bound readers see it through gql.Ref.
type city struct {
	name  string
	count int64
}

// An engine over two rows: fields are read by functions that append JSON.
func Example() {
	cityType := graphql.NewObject(graphql.ObjectConfig{Name: "City", Fields: graphql.Fields{
		"name":       {Type: graphql.NewNonNull(graphql.String)},
		"population": {Type: graphql.Int},
	}})
	schema, err := graphql.NewSchema(graphql.SchemaConfig{Query: graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{
		"cities": {Type: graphql.NewList(cityType), Args: graphql.FieldConfigArgument{"first": {Type: graphql.Int, DefaultValue: 1}}},
		"hello":  {Type: graphql.String},
	}})})
	if err != nil {
		panic(err)
	}
	rows := []*city{{"Astana", 1350000}, {"Almaty", 2200000}}
	engine, err := gql.New(gql.Config{
		Schema: schema,
		Bindings: map[string]map[string]gql.Binding{
			"Query": {"hello": {Leaf: func(_ *gql.Call, _ gql.Ref, dst []byte) ([]byte, error) {
				return gql.AppendString(dst, "world"), nil
			}}, "cities": {
				Prepare: func(args map[string]any) (any, error) {
					first := args["first"].(int)
					if first < 0 {
						return nil, &gql.ArgumentError{Argument: "first", Err: fmt.Errorf("first is %d; give 0 or more", first)}
					}
					return min(first, len(rows)), nil
				},
				List: func(c *gql.Call, _ gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					for _, row := range rows[:c.Args.(int)] {
						dst = append(dst, gql.Ref{Obj: row})
					}
					return dst, true, nil
				},
			}},
			"City": {
				"name": {Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*city).name), nil
				}},
				"population": {Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendInt(dst, src.Obj.(*city).count), nil
				}},
			},
		},
	})
	if err != nil {
		panic(err)
	}
	for _, query := range []string{`{ hello cities(first: 2) { population name } }`, `{ cities(first: -1) { name } }`, `{ citys { name } }`} {
		resp := engine.Execute(context.Background(), &gql.Request{Query: query})
		fmt.Println(string(resp.Body))
		resp.Release()
	}
	// Output:
	// {"data":{"hello":"world","cities":[{"population":1350000,"name":"Astana"},{"population":2200000,"name":"Almaty"}]}}
	// {"errors":[{"message":"first is -1; give 0 or more","locations":[{"line":1,"column":17}],"path":["cities"],"extensions":{"code":"BAD_USER_INPUT"}}],"data":{"cities":null}}
	// {"errors":[{"message":"Cannot query field \"citys\" on type \"Query\". Did you mean \"cities\"?","locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}
}
