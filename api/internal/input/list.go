package input

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// Shape names the API types of one kind of connection. All relations to one target that have no
// qualifiers share a shape.
type Shape struct {
	Name       string // such as CountryBorders, CityLink or Country
	Target     *schema.Type
	Qualifiers []*schema.Qualifier
	Link       bool // whether the edges have claims
	Mirror     bool // whether some of these claims may be the other end's reports
	// Subject is the type that the claims of all edges have as subject. It is nil if there are
	// several such types, or if the edges have no claims.
	Subject *schema.Type
	// Filter is the name of the filter type for edges. It equals Name except in lists over all
	// subjects.
	Filter string
}

// ListShape returns the shape of a list of all entities of a type.
func ListShape(t *schema.Type) Shape { return Shape{Name: t.Name, Target: t, Filter: t.Name} }

// LinkShape returns the shape of the connection of a relation.
func LinkShape(f *schema.Field) Shape {
	s := Shape{Name: f.Target.Name + "Link", Target: f.Target, Link: true, Qualifiers: f.Qualifiers}
	if f.Kind == schema.Inverse {
		s.Qualifiers = f.InverseOf[0].Qualifiers
	}
	s.Mirror = f.Stored() && f.Mirror != nil
	if len(s.Qualifiers) > 0 || s.Mirror {
		s.Name = f.Owner.Name + title(f.Name)
		if f.Stored() {
			s.Subject = f.Owner
		}
	}
	s.Filter = s.Name
	return s
}

// SubjectsShape returns the shape of the list of a relation over all its subjects. It has the types
// of the relation's connection, except for the filter, which is never shared and so knows the type
// of the subjects.
func SubjectsShape(f *schema.Field) Shape {
	s := LinkShape(f)
	s.Subject, s.Filter = f.Owner, f.Owner.Name+title(f.Name)
	return s
}

// shared reports whether relations of several types may have this shape.
func (s Shape) shared() bool { return s.Link && len(s.Qualifiers) == 0 && !s.Mirror }

// SubjectType returns the type of the subjects of the edges. For a shared shape it is Entity; it is
// nil if the node is the subject or there is none.
func (ts *Types) SubjectType(s Shape) *schema.Type {
	if s.shared() {
		return ts.ontology.Type(schema.EntityType)
	}
	return s.Subject
}

// List are the prepared arguments of a connection.
type List struct {
	View   View
	Query  filter.Query
	Series bool // lists every period and source of an observation, not only the latest of each
}

// ListArgs returns the arguments of a connection.
func (ts *Types) ListArgs(s Shape) graphql.FieldConfigArgument {
	where := graphql.Input(ts.filterType(s.Target))
	if s.Link {
		where = ts.edgeFilterType(s)
	}
	args := pageArgs()
	args["where"] = &graphql.ArgumentConfig{Type: where, Description: "Which to list; all by default."}
	args["orderBy"] = &graphql.ArgumentConfig{Type: graphql.NewList(must(ts.orderType(s))), Description: "The keys to order by, the most significant first; equals are ordered by id."}
	return args
}

// pageArgs returns the four arguments that choose a page of a list.
func pageArgs() graphql.FieldConfigArgument {
	return graphql.FieldConfigArgument{
		"first":  {Type: graphql.Int, Description: "Returns at most this many, from the start of the list."},
		"after":  {Type: graphql.String, Description: "Starts after this cursor."},
		"last":   {Type: graphql.Int, Description: "Returns at most this many, from the end of the list."},
		"before": {Type: graphql.String, Description: "Ends before this cursor."},
	}
}

// Page chooses a part of a list.
type Page struct {
	First, Last   *int // nil if absent
	After, Before string
}

// ReadPage reads the arguments that choose a page: first, after, last and before.
func ReadPage(args map[string]any) (Page, error) {
	var p Page
	for _, x := range []struct {
		name string
		to   **int
	}{{"first", &p.First}, {"last", &p.Last}} {
		n, ok := args[x.name].(int)
		if !ok {
			continue
		}
		if n < 0 {
			return p, &gql.ArgumentError{Argument: x.name, Err: graph.Errorf(graph.BadInput, "%s: %d is below 0", x.name, n)}
		}
		*x.to = &n
	}
	p.After, _ = args["after"].(string)
	p.Before, _ = args["before"].(string)
	return p, nil
}

// readQuery reads the arguments that all lists of the graph have: the view and the page.
func readQuery(args map[string]any) (v View, q filter.Query, err error) {
	if v, err = ReadView(args); err != nil {
		return v, q, err
	}
	p, err := ReadPage(args)
	return v, filter.Query{First: p.First, Last: p.Last, After: p.After, Before: p.Before}, err
}

// ReadList reads the arguments of a connection.
func (ts *Types) ReadList(s Shape, args map[string]any) (*List, error) {
	a := &List{}
	var err error
	if a.View, a.Query, err = readQuery(args); err != nil {
		return nil, err
	}
	a.Series, _ = args["series"].(bool)
	if where, ok := args["where"].(map[string]any); ok {
		if s.Link {
			a.Query.Edges, err = ts.edgeFilter(s, where)
		} else {
			a.Query.Nodes, err = ts.filter(s.Target, where)
		}
		if err != nil {
			return nil, &gql.ArgumentError{Argument: "where", Err: err}
		}
	}
	if keys, ok := args["orderBy"].([]any); ok {
		if a.Query.Order, err = ts.orderKeys(s, keys); err != nil {
			return nil, &gql.ArgumentError{Argument: "orderBy", Err: err}
		}
	}
	return a, nil
}
