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

// maxSearchText bounds the text of a search, in characters: longer names are rare, and each word
// takes time.
const maxSearchText = 256

// searchPage is one page of what a search found. It lives for one request.
type searchPage struct {
	view *snapshot.View
	text string
	*names.Matches
}

func (b *builder) search() field {
	return field{name: "search", about: "Finds entities by their names, aliases and original forms of any date, as they are written or sound in any script; the best matches first.",
		typ: b.searchConnectionType(),
		args: b.WithView(graphql.FieldConfigArgument{
			"text":  {Type: must(graphql.String), Description: "A name, its beginning, or words of it in any order, of at most 256 characters. Case, diacritics, script and romanisation do not matter."},
			"types": {Type: graphql.NewList(must(graphql.String)), Description: "Finds only entities of these types or interfaces; all by default."},
			"first": {Type: graphql.Int, Description: "Returns at most this many, from the start of the list; 20 by default."},
			"after": {Type: graphql.String, Description: "Starts after this cursor."},
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
		return nil, &gql.ArgumentError{Argument: "text", Err: graph.Errorf(graph.BadInput, "text: %d characters are more than the limit of %d; leave words out", n, maxSearchText)}
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
			return nil, &gql.ArgumentError{Argument: "types", Err: graph.Errorf(graph.UnknownName, "types: the ontology has no type %q; give Entity, or types and interfaces of /schema.graphql that implement it", x)}
		}
		for _, c := range t.Concrete {
			a.types[c.Name] = true
		}
	}
	return a, nil
}

func runSearch(v *snapshot.View, a *searchArgs) (*searchPage, error) {
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
	return &searchPage{v, a.text, m}, err
}

func (p *searchPage) cursor(i int) string {
	c := p.List[i].Cursor()
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %d %s", c.Score, c.Prominence, c.ID))
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

// matchKindType returns the enum of how a name matches.
func (b *builder) matchKindType() *graphql.Enum {
	var members []schema.EnumMember
	for _, k := range names.MatchKinds {
		members = append(members, schema.EnumMember{Name: k.Name, Description: k.About})
	}
	return b.Enum("MatchKind", "How a name matches the text of a search.", members...)
}

func (b *builder) searchConnectionType() *graphql.Object {
	any := b.entityType(b.o.Type(schema.EntityType))
	items := func(item func(p *searchPage, i int) gql.Ref) gql.Binding {
		return eachOf(func(p *searchPage) int { return len(p.List) }, item)
	}
	return b.object("SearchConnection", "What a search found, the best first, and one page of it.", func() []field {
		return []field{
			{name: "edges", typ: list(b.searchEdgeType()), about: "The matches of the page, each with its cursor.",
				read: items(func(p *searchPage, i int) gql.Ref { return gql.Ref{Obj: p, Index: uint64(i)} })},
			{name: "nodes", typ: list(any), about: "The entities of the page.", read: items(func(p *searchPage, i int) gql.Ref {
				return gql.Ref{Obj: p.view, Index: uint64(p.List[i].Entity)}
			})},
			{name: "pageInfo", typ: must(b.pageInfoType()), about: aboutPageInfo, read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					p := src.Obj.(*searchPage)
					return gql.Ref{Obj: &pageInfo{p.HasNext(), p.Before > 0, len(p.List), p.cursor}}, true, nil
				}}},
			{name: "totalCount", typ: must(graphql.Int), about: aboutTotal, read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendInt(dst, int64(src.Obj.(*searchPage).Total)), nil
				}}},
		}
	})
}

func (b *builder) searchEdgeType() *graphql.Object {
	match := func(read func(p *searchPage, i int, dst []byte) []byte) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return read(src.Obj.(*searchPage), int(src.Index), dst), nil
		}}
	}
	return b.object("SearchEdge", "One entity that a search found, with the name that matched.", func() []field {
		return []field{
			{name: "cursor", typ: must(graphql.String), about: "The position of the match in the list, opaque: a value for the argument after.",
				read: match(func(p *searchPage, i int, dst []byte) []byte { return gql.AppendString(dst, p.cursor(i)) })},
			{name: "node", typ: must(b.entityType(b.o.Type(schema.EntityType))), about: "The entity.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					p := src.Obj.(*searchPage)
					return gql.Ref{Obj: p.view, Index: uint64(p.List[src.Index].Entity)}, true, nil
				}}},
			{name: "score", typ: must(graphql.Float), about: "How well it matches, from 0 to 1. Where scores are equal, the entity with more claims comes first.",
				read: match(func(p *searchPage, i int, dst []byte) []byte {
					return gql.AppendFloat(dst, float64(p.List[i].Score)/1000)
				})},
			{name: "kind", typ: must(b.matchKindType()), about: "How the name matches.",
				read: match(func(p *searchPage, i int, dst []byte) []byte { return gql.AppendString(dst, p.List[i].Kind.String()) })},
			{name: "matched", typ: must(graphql.String), about: "The name, or the id, that matched.",
				read: match(func(p *searchPage, i int, dst []byte) []byte { return gql.AppendString(dst, p.List[i].Name) })},
			{name: "highlights", typ: list(b.textRangeType()), about: "The parts of matched that match, in order: the letters searched for, or whole words where they match by sound.",
				read: gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					p := src.Obj.(*searchPage)
					for _, r := range p.List[src.Index].Highlights(p.text) {
						dst = append(dst, gql.Ref{Obj: &r})
					}
					return dst, true, nil
				}}},
			{name: "holds", typ: b.HoldsType(), about: "Whether the name is in use on the view's date; NO for a former or future name, null if the id matched.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					p := src.Obj.(*searchPage)
					n := p.List[src.Index].Claim
					if n == names.None {
						return append(dst, "null"...), nil
					}
					return gql.AppendString(dst, p.view.Holds(n).String()), nil
				}}},
			{name: "claim", typ: b.claimType(), about: "The claim that gives the name; null where the id matched.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					p := src.Obj.(*searchPage)
					n := p.List[src.Index].Claim
					return gql.Ref{Obj: p.view, Index: uint64(n)}, n != names.None, nil
				}}},
		}
	})
}

// textRangeType returns the type of a part of a text.
func (b *builder) textRangeType() *graphql.Object {
	bound := func(read func(r *names.Range) int) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendInt(dst, int64(read(src.Obj.(*names.Range)))), nil
		}}
	}
	return b.object("TextRange", "A part of a text, counted in UTF-16 code units, like strings of JavaScript.", func() []field {
		return []field{
			{name: "start", typ: must(graphql.Int), about: "The index of its first unit, from 0.", read: bound(func(r *names.Range) int { return r.Start })},
			{name: "end", typ: must(graphql.Int), about: "The index after its last unit.", read: bound(func(r *names.Range) int { return r.End })},
		}
	})
}
