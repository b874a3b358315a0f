package api

import (
	"slices"
	"strings"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// query is the root of reading: the fields of the contract and, for each type
// of the ontology, one for a single entity and one for a list.
func (b *builder) query() *graphql.Object {
	return b.object("Query", "Everything that can be asked.", func() []field {
		any := b.o.Type(schema.EntityType)
		fs := []field{
			b.byID("node", "The entity of an id, of whatever type.", any),
			b.byID("entity", "The entity of an id, of whatever type.", any),
			b.plural(any),
			b.claimField(), b.rootClaims(), b.search(), b.graphField(),
		}
		for _, f := range b.analyses() {
			f.read.Workload = f.name
			fs = append(fs, f)
		}
		for _, t := range b.o.Types {
			if !t.Union && t != any {
				fs = append(fs, b.singular(t), b.plural(t))
			}
		}
		return fs
	})
}

// rootArgs are the prepared arguments of a field that finds one thing.
type rootArgs struct {
	view  input.View
	by    string
	value string
}

func (b *builder) byID(name, about string, t *schema.Type) field {
	return field{name: name, about: about, typ: b.entityType(t),
		args: b.WithView(graphql.FieldConfigArgument{"id": {Type: must(graphql.ID)}}),
		read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				v, err := input.ReadView(args)
				return &rootArgs{v, "id", args["id"].(string)}, err
			},
			Object: find(t),
		}}
}

// singular finds one entity of a type, by its id or by a key of an outside scheme.
func (b *builder) singular(t *schema.Type) field {
	args := b.WithView(graphql.FieldConfigArgument{"id": {Type: graphql.ID}})
	names := []string{"id"}
	for _, f := range t.Fields {
		if f.Key != "" {
			args[f.Name] = &graphql.ArgumentConfig{Type: graphql.String, Description: "Its name in the scheme " + f.Key + likeOf(f.Code) + "."}
			names = append(names, f.Name)
		}
	}
	return field{name: t.Singular(), about: t.Description, typ: b.entityType(t), args: args, read: gql.Binding{
		Prepare: func(args map[string]any) (any, error) {
			v, err := input.ReadView(args)
			if err != nil {
				return nil, err
			}
			a := &rootArgs{view: v}
			for _, name := range names {
				s, given := args[name].(string)
				if given && a.by != "" {
					return nil, graph.Errorf(graph.BadInput, "%s: give one of %s and %s, not both", t.Singular(), a.by, name)
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
				return nil, graph.Errorf(graph.BadInput, "%s: say which one, by %s", t.Singular(), strings.Join(names, ", "))
			}
			return a, nil
		},
		Object: find(t),
	}}
}

// likeOf is, for a description, an example of a code.
func likeOf(c *schema.Code) string {
	if c == nil || c.Like == "" {
		return ""
	}
	return ", as " + c.Like
}

// find looks an entity of the type up; null where the view shows none.
func find(t *schema.Type) func(*gql.Call, gql.Ref) (gql.Ref, bool, error) {
	return func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
		a := c.Args.(*rootArgs)
		v, err := c.Request.(*Session).resolve(c.Ctx, a.view)
		if err != nil {
			return gql.Ref{}, false, err
		}
		var n uint32
		var ok bool
		if a.by == "id" {
			n, ok = v.Entity(graph.ID(a.value))
		} else {
			n, ok = v.ByKey(a.by, a.value)
		}
		if !ok {
			return gql.Ref{}, false, nil
		}
		have := v.Snapshot().Type(n)
		return gql.Ref{Obj: v, Index: uint64(n)}, have != nil && t.Includes(have), nil
	}
}

func (b *builder) plural(t *schema.Type) field {
	s := input.ListShape(t)
	return field{name: t.Plural, about: t.Description, typ: b.connectionType(s), args: b.WithView(b.ListArgs(s)), read: gql.Binding{
		Prepare: func(args map[string]any) (any, error) { return b.ReadList(s, args) },
		Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
			a := c.Args.(*input.List)
			s := c.Request.(*Session)
			v, err := s.resolve(c.Ctx, a.View)
			if err != nil {
				return gql.Ref{}, false, err
			}
			return gql.Ref{Obj: s.connection(v, v.OfTypes(t.Concrete), &a.Query)}, true, nil
		},
	}}
}

func (b *builder) claimField() field {
	return field{name: "claim", about: "The claim of an id, withdrawn or not.", typ: b.claimType(),
		args: b.WithView(graphql.FieldConfigArgument{"id": {Type: must(graphql.ID)}}),
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
	return field{name: "claims", about: "The claims in view, in the order in which the store learned them.",
		typ: b.claimConnectionType(), args: b.WithView(b.ClaimArgs()), read: gql.Binding{
			Prepare: b.readClaims,
			Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
				a := c.Args.(*input.Claims)
				v, err := c.Request.(*Session).resolve(c.Ctx, a.View)
				if err != nil {
					return gql.Ref{}, false, err
				}
				list := claimsFor(v, a)
				if err := v.Err(); err != nil {
					return gql.Ref{}, false, err
				}
				return gql.Ref{Obj: &claimListing{view: v, query: &a.Query, list: list}}, true, nil
			},
		}}
}

// claimsFor walks the shortest list that holds every claim asked for.
func claimsFor(v *snapshot.View, a *input.Claims) []snapshot.Edge {
	var list []snapshot.Edge
	add := func(n uint32) bool {
		list = append(list, snapshot.Edge{Node: v.Snapshot().Subject(n), Claim: n})
		return true
	}
	listed := func(n uint32) bool { return !v.Lists(n) || add(n) }
	of := func(id string, walk func(n uint32)) {
		if n, ok := v.Snapshot().Number(graph.ID(id)); ok {
			walk(n)
		}
	}
	switch {
	case a.Subject != "":
		of(a.Subject, func(n uint32) { v.Claims(n, "", false, listed) })
		sortByRecord(list)
	case a.Object != "":
		of(a.Object, func(n uint32) { v.Claims(n, "", true, listed) })
		sortByRecord(list)
	case a.Source != "":
		of(a.Source, func(n uint32) { v.CitedBy(n, false, add) })
	default:
		v.AllClaims(add)
	}
	return list
}

func sortByRecord(list []snapshot.Edge) {
	slices.SortFunc(list, func(x, y snapshot.Edge) int { return int(int64(x.Claim) - int64(y.Claim)) })
}

// instant writes a record time; "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
