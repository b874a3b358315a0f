package api

import (
	"encoding/base64"
	"fmt"
	"unicode/utf8"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/search"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// searchArgs are the prepared arguments of search.
type searchArgs struct {
	view  input.View
	text  string
	types map[string]bool // nil means all
	page  input.Page
}

// maxSearchText bounds the text of a search, in characters: longer names are rare, and each word
// takes time.
const maxSearchText = 256

// searchPage is one page of the results of a search. It lives for one request.
type searchPage struct {
	view *snapshot.View
	text string
	*names.Matches
}

func (b *builder) search() output.Field {
	return output.Field{Name: "search", About: "Finds entities by their names, aliases and original forms of any date, as they are written or sound in any script; the best matches first.",
		Type: b.searchConnectionType(),
		Args: b.WithView(graphql.FieldConfigArgument{
			"text":  {Type: output.Must(graphql.String), Description: "A name, its beginning, or words of it in any order, of at most 256 characters. Case, diacritics, script and romanisation do not matter."},
			"types": {Type: graphql.NewList(output.Must(graphql.String)), Description: "Finds only entities of these types or interfaces; all by default."},
			"first": {Type: graphql.Int, Description: "Returns at most this many, from the start of the list; 20 by default."},
			"after": {Type: graphql.String, Description: "Starts after this cursor."},
		}),
		Read: gql.Binding{
			Prepare: b.prepareSearch,
			Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
				a := c.Args.(*searchArgs)
				s := c.Request.(*Session)
				v, err := s.Resolve(c.Ctx, a.view)
				if err != nil {
					return gql.Ref{}, false, err
				}
				s.reads = readPresent // equal scores are ordered by all claims, later ones included
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
		t := b.Ontology.Type(x.(string))
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
	m, err := search.Entities(v, q)
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

// matchKindType returns the enum of the ways in which a name can match.
func (b *builder) matchKindType() *graphql.Enum {
	var members []schema.EnumMember
	for _, k := range names.MatchKinds {
		members = append(members, schema.EnumMember{Name: k.Name, Description: k.About})
	}
	return b.Enum("MatchKind", "How a name matches the text of a search.", members...)
}

func (b *builder) searchConnectionType() *graphql.Object {
	any := b.entityType(b.Ontology.Type(schema.EntityType))
	items := func(item func(p *searchPage, i int) gql.Ref) gql.Binding {
		return output.EachOf(func(p *searchPage) int { return len(p.List) }, item)
	}
	return b.Object("SearchConnection", "What a search found, the best first, and one page of it.", func() []output.Field {
		return []output.Field{
			{Name: "edges", Type: output.List(b.searchEdgeType()), About: "The matches of the page, each with its cursor.",
				Read: items(func(p *searchPage, i int) gql.Ref { return gql.Ref{Obj: p, Index: uint64(i)} })},
			{Name: "nodes", Type: output.List(any), About: "The entities of the page.", Read: items(func(p *searchPage, i int) gql.Ref {
				return gql.Ref{Obj: p.view, Index: uint64(p.List[i].Entity)}
			})},
			{Name: "didYouMean", Type: output.List(b.searchEdgeType()), About: "Where nothing matches: what may be meant, though more than a misspelling differs; at most three.",
				Read: output.EachOf(func(p *searchPage) int { return len(p.Near) }, func(p *searchPage, i int) gql.Ref {
					return gql.Ref{Obj: &searchPage{p.view, p.text, &names.Matches{List: p.Near}}, Index: uint64(i)}
				})},
			{Name: "pageInfo", Type: output.Must(b.PageInfoType()), About: output.AboutPageInfo, Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					p := src.Obj.(*searchPage)
					return gql.Ref{Obj: &output.PageInfo{Next: p.HasNext(), Prev: p.Before > 0, Count: len(p.List), Cursor: p.cursor}}, true, nil
				}}},
			{Name: "totalCount", Type: output.Must(graphql.Int), About: output.AboutTotal, Read: gql.Binding{
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
	return b.Object("SearchEdge", "One entity that a search found, with the name that matched.", func() []output.Field {
		return []output.Field{
			{Name: "cursor", Type: output.Must(graphql.String), About: "The position of the match in the list, opaque: a value for the argument after.",
				Read: match(func(p *searchPage, i int, dst []byte) []byte { return gql.AppendString(dst, p.cursor(i)) })},
			{Name: "node", Type: output.Must(b.entityType(b.Ontology.Type(schema.EntityType))), About: "The entity.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					p := src.Obj.(*searchPage)
					return gql.Ref{Obj: p.view, Index: uint64(p.List[src.Index].Entity)}, true, nil
				}}},
			{Name: "score", Type: output.Must(graphql.Float), About: "How well it matches, from 0 to 1. Where scores are equal, the entity with more claims comes first.",
				Read: match(func(p *searchPage, i int, dst []byte) []byte {
					return gql.AppendFloat(dst, float64(p.List[i].Score)/1000)
				})},
			{Name: "kind", Type: output.Must(b.matchKindType()), About: "How the name matches.",
				Read: match(func(p *searchPage, i int, dst []byte) []byte { return gql.AppendString(dst, p.List[i].Kind.String()) })},
			{Name: "matched", Type: output.Must(graphql.String), About: "The name, or the id, that matched.",
				Read: match(func(p *searchPage, i int, dst []byte) []byte { return gql.AppendString(dst, p.List[i].Name) })},
			{Name: "highlights", Type: output.List(b.textRangeType()), About: "The parts of matched that match, in order: the letters searched for, or whole words where they match by sound.",
				Read: gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					p := src.Obj.(*searchPage)
					for _, r := range p.List[src.Index].Highlights(p.text) {
						dst = append(dst, gql.Ref{Obj: &r})
					}
					return dst, true, nil
				}}},
			{Name: "holds", Type: b.HoldsType(), About: "Whether the name is in use on the view's date; NO for a former or future name, null if the id matched.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					p := src.Obj.(*searchPage)
					n := p.List[src.Index].Claim
					if n == names.None {
						return append(dst, "null"...), nil
					}
					return gql.AppendString(dst, p.view.Holds(n).String()), nil
				}}},
			{Name: "claim", Type: b.claimType(), About: "The claim that gives the name; null where the id matched.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					p := src.Obj.(*searchPage)
					n := p.List[src.Index].Claim
					return gql.Ref{Obj: p.view, Index: uint64(n)}, n != names.None, nil
				}}},
		}
	})
}

// textRangeType returns the type of a range within a text.
func (b *builder) textRangeType() *graphql.Object {
	bound := func(read func(r *names.Range) int) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendInt(dst, int64(read(src.Obj.(*names.Range)))), nil
		}}
	}
	return b.Object("TextRange", "A part of a text, counted in UTF-16 code units, like strings of JavaScript.", func() []output.Field {
		return []output.Field{
			{Name: "start", Type: output.Must(graphql.Int), About: "The index of its first unit, from 0.", Read: bound(func(r *names.Range) int { return r.Start })},
			{Name: "end", Type: output.Must(graphql.Int), About: "The index after its last unit.", Read: bound(func(r *names.Range) int { return r.End })},
		}
	})
}
