// Package output creates the object types of the API, with the readers of their fields. It has the
// types that many of these share: Quantity, Coordinates and PageInfo.
//
// Read Types and Field first. The package must not know the snapshot, or which types there are.
package output

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/schema"
)

// Types creates the object types of an API, each once, and collects the readers of their fields.
// Types refer to one another in cycles, so fields are created only when graphql-go asks for them.
type Types struct {
	*input.Types // input types and enums
	Ontology     *schema.Ontology
	Bindings     map[string]map[string]gql.Binding // by the names of type and field
	Meta         *gql.Meta
	objects      map[string]*graphql.Object
}

// New returns an empty set of types for an ontology's API. Creating types adds metadata of the
// schema to meta.
func New(o *schema.Ontology, meta *gql.Meta) *Types {
	return &Types{Types: input.New(o, meta), Ontology: o, Bindings: map[string]map[string]gql.Binding{}, Meta: meta, objects: map[string]*graphql.Object{}}
}

// Field is one field of an object, with its reader.
type Field struct {
	Name, About string
	Type        graphql.Output
	Args        graphql.FieldConfigArgument
	Read        gql.Binding
}

// Object returns the object type with a name, and creates it if it does not exist yet.
func (ts *Types) Object(name, about string, fields func() []Field) *graphql.Object {
	if o := ts.objects[name]; o != nil {
		return o
	}
	o := graphql.NewObject(graphql.ObjectConfig{
		Name: name, Description: about,
		Fields: graphql.FieldsThunk(func() graphql.Fields { return ts.FieldsOf(name, fields()) }),
	})
	ts.objects[name] = o
	return o
}

// FieldsOf returns the fields of a type for graphql-go, and adds their readers to Bindings.
func (ts *Types) FieldsOf(owner string, list []Field) graphql.Fields {
	fs := graphql.Fields{}
	bind := map[string]gql.Binding{}
	for _, f := range list {
		if _, ok := f.Args["where"]; ok {
			f.Read.Prepare = input.Bounded(f.Read.Prepare)
		}
		fs[f.Name] = &graphql.Field{Type: f.Type, Args: f.Args, Description: f.About}
		bind[f.Name] = f.Read
		if _, ok := f.Args["view"]; ok {
			ts.Meta.Defaults[owner+"."+f.Name+"(view:)"] = "{}"
		}
	}
	ts.Bindings[owner] = bind
	return fs
}

// List returns the type of a list that is never null and has no null items.
func List(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(graphql.NewList(Must(t))) }

// Must returns the non-null form of a type.
func Must(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(t) }
