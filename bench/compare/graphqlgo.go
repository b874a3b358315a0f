package compare

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/parser"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// node is an entity that one resolver of graphql-go passes to the next.
type node struct {
	v *snapshot.View
	n uint32
}

// listing is a connection that one resolver passes to the next.
type listing struct {
	v     *snapshot.View
	list  *snapshot.List
	query filter.Query
}

// export is an edge that one resolver passes to the next.
type export struct {
	v *snapshot.View
	e snapshot.Edge
}

// graphqlGo executes documents with graphql-go, which reads the snapshot. It caches parsed documents and
// validates each only once.
type graphqlGo struct {
	schema graphql.Schema
	parsed sync.Map // values of type *ast.Document, by document
}

func newGraphqlGo(g *live.Graph) (*graphqlGo, error) {
	s, err := graphql.NewSchema(graphql.SchemaConfig{Query: (&goTypes{o: g.Ontology(), g: g}).query()})
	return &graphqlGo{schema: s}, err
}

// answer returns the response to a request.
func (c *graphqlGo) answer(query string, variables map[string]any) ([]byte, error) {
	doc, ok := c.parsed.Load(query)
	if !ok {
		d, err := parser.Parse(parser.ParseParams{Source: query})
		if err != nil {
			return nil, err
		}
		if r := graphql.ValidateDocument(&c.schema, d, nil); !r.IsValid {
			return nil, fmt.Errorf("graphql-go refuses the document: %v", r.Errors)
		}
		doc = d
		c.parsed.Store(query, d)
	}
	r := graphql.Execute(graphql.ExecuteParams{Schema: c.schema, AST: doc.(*ast.Document), Args: variables})
	return json.Marshal(r)
}

func (c *graphqlGo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Query     string
		Variables map[string]any
	}
	err := json.NewDecoder(r.Body).Decode(&req)
	var body []byte
	if err == nil {
		body, err = c.answer(req.Query, req.Variables)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // fails if the client has disconnected
}

// goTypes creates the types of the schema.
type goTypes struct {
	o *schema.Ontology
	g *live.Graph
}

type resolve = func(p graphql.ResolveParams) (any, error)

func must(t graphql.Type) graphql.Output { return graphql.NewNonNull(t) }

func first(p graphql.ResolveParams) *int {
	if n, ok := p.Args["first"].(int); ok {
		return &n
	}
	return nil
}

var firstArg = graphql.FieldConfigArgument{"first": {Type: graphql.Int}}

func (t *goTypes) query() *graphql.Object {
	country, city := t.o.Type("Country"), t.o.Type("City")
	cities := t.nodes("City", t.city())
	var countries, countryType *graphql.Object
	countryType = graphql.NewObject(graphql.ObjectConfig{Name: "Country", Fields: graphql.FieldsThunk(func() graphql.Fields {
		fs := t.scalars(country, map[string]graphql.Output{"population": graphql.Int, "officialName": graphql.String, "iso2": graphql.String,
			"isoNumeric": graphql.String, "currency": graphql.String, "terrain": graphql.String, "landlocked": graphql.Boolean})
		fs["borders"] = &graphql.Field{Type: must(countries), Args: firstArg, Resolve: relation(country.Field("borders"))}
		fs["cities"] = &graphql.Field{Type: must(cities), Args: firstArg, Resolve: relation(country.Field("cities"))}
		fs["exportsTo"] = t.exports(country, countryType)
		return fs
	})})
	countries = t.nodes("Country", countryType)
	all := func(typ *schema.Type) resolve {
		return func(p graphql.ResolveParams) (any, error) {
			v := Today(t.g)
			return &listing{v, v.OfTypes(typ.Concrete), filter.Query{First: first(p)}}, nil
		}
	}
	return graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{
		"country": {Type: countryType, Args: graphql.FieldConfigArgument{"id": {Type: must(graphql.ID)}},
			Resolve: func(p graphql.ResolveParams) (any, error) {
				v := Today(t.g)
				n, ok := v.Find("id", p.Args["id"].(string))
				if !ok {
					return nil, nil
				}
				return node{v, n}, nil
			}},
		"countries": {Type: must(countries), Args: firstArg, Resolve: all(country)},
		"cities":    {Type: must(cities), Args: firstArg, Resolve: all(city)},
	}})
}

func relation(f *schema.Field) resolve {
	return func(p graphql.ResolveParams) (any, error) {
		x := p.Source.(node)
		return &listing{x.v, x.v.Relation(x.n, f, false), filter.Query{First: first(p)}}, nil
	}
}

func (t *goTypes) nodes(name string, of *graphql.Object) *graphql.Object {
	return graphql.NewObject(graphql.ObjectConfig{Name: name + "List", Fields: graphql.Fields{
		"nodes": {Type: must(graphql.NewList(must(of))), Resolve: func(p graphql.ResolveParams) (any, error) {
			l := p.Source.(*listing)
			var page snapshot.Page
			if err := l.list.Run(&l.query, &page); err != nil {
				return nil, err
			}
			out := make([]node, len(page.Edges))
			for i, e := range page.Edges {
				out[i] = node{l.v, e.Node}
			}
			return out, nil
		}},
	}})
}

func (t *goTypes) scalars(typ *schema.Type, fields map[string]graphql.Output) graphql.Fields {
	text := func(read func(x node) string) *graphql.Field {
		return &graphql.Field{Type: must(graphql.String), Resolve: func(p graphql.ResolveParams) (any, error) { return read(p.Source.(node)), nil }}
	}
	fs := graphql.Fields{
		"id":   text(func(x node) string { return string(x.v.Snapshot().ID(x.n)) }),
		"name": text(func(x node) string { return x.v.Name(x.n) }),
		"type": text(func(x node) string { return x.v.Snapshot().TypeName(x.n) }),
	}
	for name, out := range fields {
		f := typ.Field(name)
		fs[name] = &graphql.Field{Type: out, Resolve: func(p graphql.ResolveParams) (any, error) {
			x := p.Source.(node)
			shown, ok := x.v.One(x.n, f)
			if !ok {
				return nil, nil
			}
			return native(x.v.Snapshot().Value(shown.Claim)), nil
		}}
	}
	return fs
}

func native(v graph.Value) any {
	switch v.Kind() {
	case graph.IntKind:
		return int(v.Int())
	case graph.FloatKind:
		return v.Float()
	case graph.BoolKind:
		return v.Bool()
	}
	return v.String()
}

func (t *goTypes) city() *graphql.Object {
	return graphql.NewObject(graphql.ObjectConfig{Name: "City", Fields: t.scalars(t.o.Type("City"), map[string]graphql.Output{
		"population": graphql.Int, "kind": graphql.String, "description": graphql.String, "wikidata": graphql.String, "founded": graphql.String})})
}

func (t *goTypes) exports(country *schema.Type, countryType *graphql.Object) *graphql.Field {
	input := func(name, field string, of graphql.Input) *graphql.InputObject {
		return graphql.NewInputObject(graphql.InputObjectConfig{Name: name, Fields: graphql.InputObjectConfigFieldMap{field: {Type: of}}})
	}
	direction := graphql.NewEnum(graphql.EnumConfig{Name: "OrderDirection", Values: graphql.EnumValueConfigMap{"ASC": {Value: "ASC"}, "DESC": {Value: "DESC"}}})
	where := input("ExportFilter", "edge", input("ExportEdgeFilter", "share", input("FloatFilter", "gte", graphql.Float)))
	where.AddFieldConfig("node", &graphql.InputObjectFieldConfig{Type: input("CountryFilter", "name", input("TextFilter", "startsWith", graphql.String))})
	order := input("ExportOrder", "edge", input("ExportEdgeOrder", "share", direction))
	f := country.Field("exportsTo")
	share := f.Qualifiers[slices.IndexFunc(f.Qualifiers, func(q *schema.Qualifier) bool { return q.Name == "share" })]
	return &graphql.Field{
		Type: must(t.exportList(countryType)),
		Args: graphql.FieldConfigArgument{"where": {Type: where}, "orderBy": {Type: graphql.NewList(must(order))},
			"first": {Type: graphql.Int}, "series": {Type: graphql.Boolean}},
		Resolve: func(p graphql.ResolveParams) (any, error) {
			x := p.Source.(node)
			series, _ := p.Args["series"].(bool)
			q := filter.Query{First: first(p)}
			if edge, ok := at(p.Args, "where", "edge", "share", "gte").(float64); ok {
				atLeast := graph.FloatValue(edge)
				q.Edges = &filter.Edge{Qualifiers: []filter.Qualifier{{Qualifier: share, Test: &filter.Test{Gte: &atLeast}}}}
			}
			if prefix, ok := at(p.Args, "where", "node", "name", "startsWith").(string); ok {
				begins := &filter.Test{StartsWith: prefix}
				begins.Prepare()
				q.Nodes = &filter.Node{Name: begins}
			}
			if keys, ok := p.Args["orderBy"].([]any); ok && len(keys) > 0 {
				down := at(keys[0].(map[string]any), "edge", "share") == "DESC"
				q.Order = []filter.Key{{By: filter.Reading{Qualifier: "share"}, Descending: down}}
			}
			return &listing{x.v, x.v.Relation(x.n, f, series), q}, nil
		},
	}
}

// at returns the value at a path of keys in nested input objects.
func at(m map[string]any, keys ...string) any {
	for _, k := range keys[:len(keys)-1] {
		m, _ = m[k].(map[string]any)
	}
	return m[keys[len(keys)-1]]
}

func (t *goTypes) exportList(countryType *graphql.Object) *graphql.Object {
	edge := graphql.NewObject(graphql.ObjectConfig{Name: "Export", Fields: graphql.Fields{
		"share": {Type: graphql.Float, Resolve: func(p graphql.ResolveParams) (any, error) {
			x := p.Source.(export)
			share, _ := x.v.Snapshot().Qualifier(x.e.Claim, "share")
			return share.Float(), nil
		}},
		"node": {Type: must(countryType), Resolve: func(p graphql.ResolveParams) (any, error) {
			x := p.Source.(export)
			return node{x.v, x.e.Node}, nil
		}},
	}})
	return graphql.NewObject(graphql.ObjectConfig{Name: "ExportList", Fields: graphql.Fields{
		"edges": {Type: must(graphql.NewList(must(edge))), Resolve: func(p graphql.ResolveParams) (any, error) {
			l := p.Source.(*listing)
			var page snapshot.Page
			if err := l.list.Run(&l.query, &page); err != nil {
				return nil, err
			}
			out := make([]export, len(page.Edges))
			for i, e := range page.Edges {
				out[i] = export{l.v, e}
			}
			return out, nil
		}},
		"aggregate": {Type: must(t.aggregate()), Resolve: func(p graphql.ResolveParams) (any, error) { return p.Source, nil }},
	}})
}

func (t *goTypes) aggregate() *graphql.Object {
	key := graphql.NewEnum(graphql.EnumConfig{Name: "ExportGroupKey", Values: graphql.EnumValueConfigMap{"resource": {Value: "resource"}}})
	numbers := graphql.NewObject(graphql.ObjectConfig{Name: "ExportNumbers", Fields: graphql.Fields{"share": {Type: graphql.Float}}})
	group := graphql.NewObject(graphql.ObjectConfig{Name: "ExportGroup", Fields: graphql.Fields{
		"key": {Type: graphql.String}, "count": {Type: must(graphql.Int)}, "avg": {Type: must(numbers)}}})
	return graphql.NewObject(graphql.ObjectConfig{Name: "ExportAggregate", Fields: graphql.Fields{
		"groups": {Type: must(graphql.NewList(must(group))), Args: graphql.FieldConfigArgument{"by": {Type: must(key)}},
			Resolve: func(p graphql.ResolveParams) (any, error) {
				l := p.Source.(*listing)
				var out []map[string]any
				edges := l.list.Select(&l.query, nil)
				var parts aggregate.Parts
				l.v.PartBy(edges, filter.Reading{Qualifier: p.Args["by"].(string)}, &parts)
				shares := l.v.Stats(edges, filter.Reading{Qualifier: "share"}, &parts, nil)
				for i, g := range parts.Groups {
					if err := shares[i].Err(); err != nil {
						return nil, err
					}
					out = append(out, map[string]any{"key": g.Key.String(), "count": g.Count, "avg": map[string]any{"share": shares[i].Sum / float64(shares[i].Count)}})
				}
				return out, nil
			}},
	}})
}
