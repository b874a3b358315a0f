// Package output makes the object types of the API, whose fields carry their readers, and the types
// that many of them share: scalars with parts, and where a page is in its list.
//
// Read Types and Field first. The package must not know the snapshot, or which types there are.
package output

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/schema"
)

// Types makes the object types of an API, each once, and collects how their fields are read. Types
// refer to one another in cycles, so fields are made only when graphql-go asks for them.
type Types struct {
	*input.Types // inputs and enums
	Ontology     *schema.Ontology
	Bindings     map[string]map[string]gql.Binding // by the names of type and field
	Meta         *gql.Meta
	objects      map[string]*graphql.Object
}

// New returns the types of an ontology's API, none of which is made yet. They write what they add
// to the metadata of the schema to meta.
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

// Object makes an object type, or returns the one of that name.
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

// FieldsOf returns the fields of a type for graphql-go, and keeps their readers in Bindings.
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

// List returns the type of a list that is never null, nor any of its items.
func List(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(graphql.NewList(Must(t))) }

// Must returns the type of what is never null.
func Must(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(t) }
