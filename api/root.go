package api

import (
	"strings"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// query returns the query root: the fields that every schema has and, for each type of the
// ontology, a field for a single entity and one for a list.
func (b *builder) query() *graphql.Object {
	return b.Object("Query", "Everything that can be read.", func() []output.Field {
		any := b.Ontology.Type(schema.EntityType)
		fs := []output.Field{
			b.byID("node", "The entity with this id, of any type; null where the view shows none.", any),
			b.byID("entity", "The entity with this id, of any type; null where the view shows none.", any),
			b.plural(any),
			b.claimField(), b.rootClaims(), b.search(), b.graphField(), b.scenarios(),
		}
		for _, f := range b.analysisFields() {
			f.Read.Workload = f.Name
			fs = append(fs, f)
		}
		for _, t := range b.Ontology.Types {
			if t.Union {
				continue
			}
			if t != any {
				fs = append(fs, b.singular(t), b.plural(t))
			}
			for _, f := range t.Fields {
				if f.EveryEdge() != "" && f.Owner == t {
					fs = append(fs, b.everyEdge(f))
				}
			}
		}
		return fs
	})
}

// rootArgs are the prepared arguments of a root field that returns one entity or claim.
type rootArgs struct {
	view  input.View
	by    string
	value string
}

func (b *builder) byID(name, about string, t *schema.Type) output.Field {
	return output.Field{Name: name, About: about, Type: b.entityType(t),
		Args: b.WithView(graphql.FieldConfigArgument{"id": {Type: output.Must(graphql.ID), Description: "The entity's id."}}),
		Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				v, err := input.ReadView(args)
				return &rootArgs{v, "id", args["id"].(string)}, err
			},
			Object: find(t),
		}}
}

// singular returns the field that finds one entity of a type, by its id or by its key in an outside
// scheme.
func (b *builder) singular(t *schema.Type) output.Field {
	args := b.WithView(graphql.FieldConfigArgument{"id": {Type: graphql.ID, Description: "The entity's id."}})
	names := []string{"id"}
	for _, f := range t.Fields {
		if f.Key != "" {
			args[f.Name] = &graphql.ArgumentConfig{Type: graphql.String, Description: "The entity's key in the scheme " + f.Key + likeOf(f.Code) + "."}
			names = append(names, f.Name)
		}
	}
	return output.Field{Name: t.Singular(), About: strings.TrimSpace("The entity of type " + t.Name + " with this id or key; null where the view shows none. " + t.Description), Type: b.entityType(t), Args: args, Read: gql.Binding{
		Prepare: func(args map[string]any) (any, error) {
			v, err := input.ReadView(args)
			if err != nil {
				return nil, err
			}
			a := &rootArgs{view: v}
			for _, name := range names {
				s, given := args[name].(string)
				if given && a.by != "" {
					return nil, graph.Errorf(graph.BadInput, "%s: give either %s or %s, not both", t.Singular(), a.by, name)
				}
				if given {
					a.by, a.value = name, s
				}
			}
			if f := t.Field(a.by); f != nil && f.Code != nil {
				code, err := f.Code.Read(a.value)
				if err != nil {
					return nil, &gql.ArgumentError{Argument: a.by, Err: graph.Errorf(graph.BadInput, "%s %v", a.by, err)}
				}
				a.value = code
			}
			if a.by == "" {
				return nil, graph.Errorf(graph.BadInput, "%s: give one of the arguments %s", t.Singular(), strings.Join(names, ", "))
			}
			return a, nil
		},
		Object: find(t),
	}}
}

// likeOf returns an example of a code, for a description.
func likeOf(c *schema.Code) string {
	if c == nil || c.Like == "" {
		return ""
	}
	return ", such as " + c.Like
}

// find returns a reader that looks up an entity of the type, and returns null if the view does not
// show it.
func find(t *schema.Type) func(*gql.Call, gql.Ref) (gql.Ref, bool, error) {
	return func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
		a := c.Args.(*rootArgs)
		v, err := c.Request.(*Session).Resolve(c.Ctx, a.view)
		if err != nil {
			return gql.Ref{}, false, err
		}
		n, ok := v.Find(a.by, a.value)
		if !ok {
			return gql.Ref{}, false, nil
		}
		have := v.Snapshot().Type(n)
		return gql.Ref{Obj: v, Index: uint64(n)}, have != nil && t.Includes(have), nil
	}
}

func (b *builder) plural(t *schema.Type) output.Field {
	s := input.ListShape(t)
	return output.Field{Name: t.Plural, About: strings.TrimSpace("Lists the entities of type " + t.Name + " that the view shows. " + t.Description), Type: b.connectionType(s), Args: b.WithView(b.ListArgs(s)), Read: gql.Binding{
		Prepare: func(args map[string]any) (any, error) { return b.ReadList(s, args) },
		Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
			a := c.Args.(*input.List)
			s := c.Request.(*Session)
			v, err := s.Resolve(c.Ctx, a.View)
			if err != nil {
				return gql.Ref{}, false, err
			}
			list := s.connection(v, v.OfTypes(t.Concrete), &a.Query)
			list.types, list.root = t.Concrete, t.Plural
			return gql.Ref{Obj: list}, true, nil
		},
	}}
}

// everyEdge returns the field that lists the edges of a relation over all its subjects.
func (b *builder) everyEdge(f *schema.Field) output.Field {
	s := input.SubjectsShape(f)
	about := "Lists the edges of " + f.Owner.Name + "." + f.Name + " over all subjects that the view shows, in the order of the subjects' ids, then of the nodes'. "
	if f.Symmetric {
		about += "Each is listed from both its ends. "
	}
	return output.Field{Name: f.EveryEdge(), About: strings.TrimSpace(about + f.Description), Type: b.connectionType(s), Args: b.WithView(b.edgeArgs(s, f)), Read: gql.Binding{
		Prepare: func(args map[string]any) (any, error) { return b.ReadList(s, args) },
		Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
			a := c.Args.(*input.List)
			s := c.Request.(*Session)
			v, err := s.Resolve(c.Ctx, a.View)
			if err != nil {
				return gql.Ref{}, false, err
			}
			list := s.connection(v, v.Relation(snapshot.None, f, a.Series), &a.Query)
			list.root = f.EveryEdge()
			return gql.Ref{Obj: list}, true, nil
		},
	}}
}

func (b *builder) claimField() output.Field {
	return output.Field{Name: "claim", About: "The claim with this id, withdrawn or not; null where the view's record time does not know it.", Type: b.claimType(),
		Args: b.WithView(graphql.FieldConfigArgument{"id": {Type: output.Must(graphql.ID), Description: "The claim's id."}}),
		Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				v, err := input.ReadView(args)
				return &rootArgs{v, "id", args["id"].(string)}, err
			},
			Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
				a := c.Args.(*rootArgs)
				v, err := c.Request.(*Session).Resolve(c.Ctx, a.view)
				if err != nil {
					return gql.Ref{}, false, err
				}
				id, err := graph.ParseClaimID(a.value)
				if err != nil {
					return gql.Ref{}, false, err
				}
				n, ok := v.ClaimNumber(id)
				return gql.Ref{Obj: v, Index: uint64(n)}, ok && v.Knows(n), nil
			},
		}}
}

func (b *builder) rootClaims() output.Field {
	return output.Field{Name: "claims", About: "Lists the claims in view, in the order in which the store recorded them.",
		Type: b.claimConnectionType(), Args: b.WithView(b.ClaimArgs()), Read: gql.Binding{
			Prepare: b.readClaims,
			Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
				a := c.Args.(*input.Claims)
				v, err := c.Request.(*Session).Resolve(c.Ctx, a.View)
				if err != nil {
					return gql.Ref{}, false, err
				}
				return gql.Ref{Obj: c.Request.(*Session).claimListing(v, v.OfClaims(), &a.Query)}, true, nil
			},
		}}
}

// instant formats a record time; the zero time is "".
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
