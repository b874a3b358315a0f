package api

import (
	"strings"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// query returns the root of reading: the fields that every ontology has and, for each type
// of the ontology, one for a single entity and one for a list.
func (b *builder) query() *graphql.Object {
	return b.object("Query", "Everything that can be read.", func() []field {
		any := b.o.Type(schema.EntityType)
		fs := []field{
			b.byID("node", "The entity with this id, of any type; null where the view shows none.", any),
			b.byID("entity", "The entity with this id, of any type; null where the view shows none.", any),
			b.plural(any),
			b.claimField(), b.rootClaims(), b.search(), b.graphField(),
		}
		for _, f := range b.analyses() {
			f.read.Workload = f.name
			fs = append(fs, f)
		}
		for _, t := range b.o.Types {
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

// rootArgs are the prepared arguments of a field that finds one entity or claim.
type rootArgs struct {
	view  input.View
	by    string
	value string
}

func (b *builder) byID(name, about string, t *schema.Type) field {
	return field{name: name, about: about, typ: b.entityType(t),
		args: b.WithView(graphql.FieldConfigArgument{"id": {Type: must(graphql.ID), Description: "The entity's id."}}),
		read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				v, err := input.ReadView(args)
				return &rootArgs{v, "id", args["id"].(string)}, err
			},
			Object: find(t),
		}}
}

// singular finds one entity of a type, by its id or by its key in an outside scheme.
func (b *builder) singular(t *schema.Type) field {
	args := b.WithView(graphql.FieldConfigArgument{"id": {Type: graphql.ID, Description: "The entity's id."}})
	names := []string{"id"}
	for _, f := range t.Fields {
		if f.Key != "" {
			args[f.Name] = &graphql.ArgumentConfig{Type: graphql.String, Description: "The entity's key in the scheme " + f.Key + likeOf(f.Code) + "."}
			names = append(names, f.Name)
		}
	}
	return field{name: t.Singular(), about: strings.TrimSpace("The entity of type " + t.Name + " with this id or key; null where the view shows none. " + t.Description), typ: b.entityType(t), args: args, read: gql.Binding{
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

// likeOf gives an example of a code, for a description.
func likeOf(c *schema.Code) string {
	if c == nil || c.Like == "" {
		return ""
	}
	return ", such as " + c.Like
}

// find looks up an entity of the type; null where the view shows none.
func find(t *schema.Type) func(*gql.Call, gql.Ref) (gql.Ref, bool, error) {
	return func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
		a := c.Args.(*rootArgs)
		v, err := c.Request.(*Session).resolve(c.Ctx, a.view)
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

func (b *builder) plural(t *schema.Type) field {
	s := input.ListShape(t)
	return field{name: t.Plural, about: strings.TrimSpace("Lists the entities of type " + t.Name + " that the view shows. " + t.Description), typ: b.connectionType(s), args: b.WithView(b.ListArgs(s)), read: gql.Binding{
		Prepare: func(args map[string]any) (any, error) { return b.ReadList(s, args) },
		Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
			a := c.Args.(*input.List)
			s := c.Request.(*Session)
			v, err := s.resolve(c.Ctx, a.View)
			if err != nil {
				return gql.Ref{}, false, err
			}
			list := s.connection(v, v.OfTypes(t.Concrete), &a.Query)
			list.types, list.root = t.Concrete, t.Plural
			return gql.Ref{Obj: list}, true, nil
		},
	}}
}

// everyEdge lists the edges of a relation over all its subjects.
func (b *builder) everyEdge(f *schema.Field) field {
	s := input.SubjectsShape(f)
	about := "Lists the edges of " + f.Owner.Name + "." + f.Name + " over all subjects that the view shows, in the order of the subjects' ids, then of the nodes'. "
	if f.Symmetric {
		about += "Each is listed from both its ends. "
	}
	return field{name: f.EveryEdge(), about: strings.TrimSpace(about + f.Description), typ: b.connectionType(s), args: b.WithView(b.edgeArgs(s, f)), read: gql.Binding{
		Prepare: func(args map[string]any) (any, error) { return b.ReadList(s, args) },
		Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
			a := c.Args.(*input.List)
			s := c.Request.(*Session)
			v, err := s.resolve(c.Ctx, a.View)
			if err != nil {
				return gql.Ref{}, false, err
			}
			list := s.connection(v, v.Relation(snapshot.None, f, a.Series), &a.Query)
			list.root = f.EveryEdge()
			return gql.Ref{Obj: list}, true, nil
		},
	}}
}

func (b *builder) claimField() field {
	return field{name: "claim", about: "The claim with this id, withdrawn or not; null where the view's record time does not know it.", typ: b.claimType(),
		args: b.WithView(graphql.FieldConfigArgument{"id": {Type: must(graphql.ID), Description: "The claim's id."}}),
		read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				v, err := input.ReadView(args)
				return &rootArgs{v, "id", args["id"].(string)}, err
			},
			Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
				a := c.Args.(*rootArgs)
				v, err := c.Request.(*Session).resolve(c.Ctx, a.view)
				if err != nil {
					return gql.Ref{}, false, err
				}
				id, err := graph.ParseClaimID(a.value)
				if err != nil {
					return gql.Ref{}, false, err
				}
				n, ok := v.Snapshot().ClaimNumber(id)
				return gql.Ref{Obj: v, Index: uint64(n)}, ok && v.Knows(n), nil
			},
		}}
}

func (b *builder) rootClaims() field {
	return field{name: "claims", about: "Lists the claims in view, in the order in which the store recorded them.",
		typ: b.claimConnectionType(), args: b.WithView(b.ClaimArgs()), read: gql.Binding{
			Prepare: b.readClaims,
			Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
				a := c.Args.(*input.Claims)
				v, err := c.Request.(*Session).resolve(c.Ctx, a.View)
				if err != nil {
					return gql.Ref{}, false, err
				}
				return gql.Ref{Obj: c.Request.(*Session).claimListing(v, v.OfClaims(), &a.Query)}, true, nil
			},
		}}
}

// instant formats a record time; "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
