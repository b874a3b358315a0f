package api

import (
	"encoding/base64"
	"fmt"
	"unicode/utf8"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// searchArgs are the prepared arguments of search.
type searchArgs struct {
	view  input.View
	text  string
	types map[string]bool // nil: all
	page  input.Page
}

// maxSearchText bounds the text of a search in characters: longer names are rare, and
// each word costs.
const maxSearchText = 256

// found is the outcome of a search. It lives for one request.
type found struct {
	view *snapshot.View
	text string
	*names.Matches
}

func (b *builder) search() field {
	return field{name: "search", about: "Entities by their names, aliases and original forms, of whatever date, as they are written or sound in any script; the best first.",
		typ: b.searchConnectionType(),
		args: b.WithView(graphql.FieldConfigArgument{
			"text":  {Type: must(graphql.String), Description: "A name, its beginning or words of it in any order, at most 256 characters; case, diacritics, script and romanisation do not matter."},
			"types": {Type: graphql.NewList(must(graphql.String)), Description: "Only entities of these types or interfaces."},
			"first": {Type: graphql.Int, Description: "At most so many; 20 where it is absent."},
			"after": {Type: graphql.String, Description: "Behind this cursor."},
		}),
		read: gql.Binding{
			Prepare: b.prepareSearch,
			Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
				a := c.Args.(*searchArgs)
				v, err := c.Request.(*Session).resolve(c.Ctx, a.view)
				if err != nil {
					return gql.Ref{}, false, err
				}
				f, err := runSearch(v, a)
				return gql.Ref{Obj: f}, err == nil, err
			},
		}}
}

func (b *builder) prepareSearch(args map[string]any) (any, error) {
	a := &searchArgs{text: args["text"].(string)}
	if n := utf8.RuneCountInString(a.text); n > maxSearchText {
		return nil, &gql.ArgumentError{Argument: "text", Err: graph.Errorf(graph.BadInput, "text: %d characters are more than the %d that a search takes; leave words out", n, maxSearchText)}
	}
	var err error
	if a.view, err = input.ReadView(args); err != nil {
		return nil, err
	}
	if a.page, err = input.ReadPage(args); err != nil {
		return nil, err
	}
	if a.page.First == nil {
		n := 20
		a.page.First = &n
	}
	types, given := args["types"].([]any)
	if !given {
		return a, nil
	}
	a.types = map[string]bool{}
	for _, x := range types {
		t := b.o.Type(x.(string))
		if t == nil {
			return nil, &gql.ArgumentError{Argument: "types", Err: graph.Errorf(graph.UnknownName, "types: the ontology has no type %q; the types and interfaces of /schema.graphql that are or implement Entity can be asked for", x)}
		}
		for _, c := range t.Concrete {
			a.types[c.Name] = true
		}
	}
	return a, nil
}

func runSearch(v *snapshot.View, a *searchArgs) (*found, error) {
	q := &names.Search{Text: a.text, First: *a.page.First}
	if a.types != nil {
		q.Types = func(name string) bool { return a.types[name] }
	}
	if a.page.After != "" {
		after, err := parseSearchCursor(a.page.After)
		if err != nil {
			return nil, err
		}
		q.After = after
	}
	m, err := v.Search(q)
	return &found{v, a.text, m}, err
}

func (f *found) cursor(i int) string {
	p := f.List[i].Cursor()
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %d %s", p.Score, p.Prominence, p.ID))
}

func parseSearchCursor(s string) (*names.Cursor, error) {
	p := &names.Cursor{}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		_, err = fmt.Sscanf(string(b), "%d %d %s", &p.Score, &p.Prominence, &p.ID)
	}
	if err != nil {
		return nil, &gql.ArgumentError{Argument: "after", Err: graph.Errorf(graph.BadInput, "after: the cursor is not one of this search")}
	}
	return p, nil
}

// matchKindType is the enum of how a name matches.
func (b *builder) matchKindType() *graphql.Enum {
	var members []schema.EnumMember
	for _, k := range names.MatchKinds {
		members = append(members, schema.EnumMember{Name: k.Name, Description: k.About})
	}
	return b.Enum("MatchKind", "How a name matches what was searched for.", members...)
}

func (b *builder) searchConnectionType() *graphql.Object {
	any := b.entityType(b.o.Type(schema.EntityType))
	match := func(read func(f *found, i int, dst []byte) []byte) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return read(src.Obj.(*found), int(src.Index), dst), nil
		}}
	}
	edge := b.object("SearchEdge", "One entity found.", func() []field {
		return []field{
			{name: "cursor", typ: must(graphql.String), read: match(func(f *found, i int, dst []byte) []byte { return gql.AppendString(dst, f.cursor(i)) })},
			{name: "node", typ: must(any), read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					f := src.Obj.(*found)
					return gql.Ref{Obj: f.view, Index: uint64(f.List[src.Index].Entity)}, true, nil
				}}},
			{name: "score", typ: must(graphql.Float), about: "From 0 to 1, the higher the better. Of equal scores the entity with more claims comes first.",
				read: match(func(f *found, i int, dst []byte) []byte { return gql.AppendFloat(dst, float64(f.List[i].Score)/1000) })},
			{name: "kind", typ: must(b.matchKindType()), about: "How the name matches.",
				read: match(func(f *found, i int, dst []byte) []byte { return gql.AppendString(dst, f.List[i].Kind.String()) })},
			{name: "matched", typ: must(graphql.String), about: "The name that matched.",
				read: match(func(f *found, i int, dst []byte) []byte {
					return gql.AppendString(dst, f.List[i].Name)
				})},
			{name: "highlights", typ: list(b.textRangeType()), about: "The parts of the name that matched, in order: the letters of the text, or whole words where they match by sound.",
				read: gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					f := src.Obj.(*found)
					for _, r := range f.List[src.Index].Highlights(f.text) {
						dst = append(dst, gql.Ref{Obj: &r})
					}
					return dst, true, nil
				}}},
			{name: "holds", typ: b.HoldsType(), about: "How surely the name holds at the view's date; NO for a name of other times, null where the id matched.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					f := src.Obj.(*found)
					n := f.List[src.Index].Claim
					if n == names.None {
						return append(dst, "null"...), nil
					}
					return gql.AppendString(dst, f.view.Holds(n).String()), nil
				}}},
			{name: "claim", typ: b.claimType(), about: "The claim of that name; null where the id matched.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					f := src.Obj.(*found)
					n := f.List[src.Index].Claim
					return gql.Ref{Obj: f.view, Index: uint64(n)}, n != names.None, nil
				}}},
		}
	})
	items := func(item func(f *found, i int) gql.Ref) gql.Binding {
		return gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
			f := src.Obj.(*found)
			for i := range f.List {
				dst = append(dst, item(f, i))
			}
			return dst, true, nil
		}}
	}
	return b.object("SearchConnection", "What a search found, the best first.", func() []field {
		return []field{
			{name: "edges", typ: list(edge), read: items(func(f *found, i int) gql.Ref { return gql.Ref{Obj: f, Index: uint64(i)} })},
			{name: "nodes", typ: list(any), read: items(func(f *found, i int) gql.Ref {
				return gql.Ref{Obj: f.view, Index: uint64(f.List[i].Entity)}
			})},
			{name: "pageInfo", typ: must(b.pageInfoType()), read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					f := src.Obj.(*found)
					return gql.Ref{Obj: &pageInfo{f.HasNext(), f.Before > 0, len(f.List), f.cursor}}, true, nil
				}}},
			{name: "totalCount", typ: must(graphql.Int), read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendInt(dst, int64(src.Obj.(*found).Total)), nil
				}}},
		}
	})
}

// textRangeType is a part of a text.
func (b *builder) textRangeType() *graphql.Object {
	bound := func(read func(r *names.Range) int) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendInt(dst, int64(read(src.Obj.(*names.Range)))), nil
		}}
	}
	return b.object("TextRange", "A part of a text, in UTF-16 code units, as strings of JavaScript count.", func() []field {
		return []field{
			{name: "start", typ: must(graphql.Int), about: "Where it begins, from 0.", read: bound(func(r *names.Range) int { return r.Start })},
			{name: "end", typ: must(graphql.Int), about: "Behind its last unit.", read: bound(func(r *names.Range) int { return r.End })},
		}
	})
}
