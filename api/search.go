package api

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// searchArgs are the prepared arguments of search.
type searchArgs struct {
	view  viewArg
	text  string
	types map[string]bool // nil: all
	page  pageInput
}

// found is the outcome of a search. It lives for one request.
type found struct {
	view  *snapshot.View
	all   []snapshot.Match
	from  int
	shown []snapshot.Match
}

func (b *builder) search() field {
	return field{name: "search", about: "Entities by the words of their names, aliases and original forms, of whatever date; the best first.",
		typ: b.searchConnectionType(),
		args: b.withView(graphql.FieldConfigArgument{
			"text":  {Type: must(graphql.String), Description: "The beginning of a name or of a word in it; case and diacritics do not matter."},
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
	var err error
	if a.view, err = viewInput(args); err != nil {
		return nil, err
	}
	if a.page, err = pageOf(args); err != nil {
		return nil, err
	}
	if a.page.first == nil {
		n := 20
		a.page.first = &n
	}
	names, given := args["types"].([]any)
	if !given {
		return a, nil
	}
	a.types = map[string]bool{}
	for _, x := range names {
		t := b.o.Type(x.(string))
		if t == nil {
			return nil, &gql.ArgumentError{Argument: "types", Err: graph.Errorf(graph.UnknownName, "types: the ontology has no type %q", x)}
		}
		for _, c := range t.Concrete {
			a.types[c.Name] = true
		}
	}
	return a, nil
}

func runSearch(v *snapshot.View, a *searchArgs) (*found, error) {
	keep := func(name string) bool { return a.types == nil || a.types[name] }
	f := &found{view: v, all: v.Search(a.text, keep)}
	if v.Interrupted() {
		return nil, snapshot.ErrInterrupted
	}
	if a.page.after != "" {
		score, id, err := parseSearchCursor(a.page.after)
		if err != nil {
			return nil, err
		}
		for f.from < len(f.all) {
			m := f.all[f.from]
			if m.Score < score || m.Score == score && string(v.Snapshot().ID(m.Entity)) > id {
				break
			}
			f.from++
		}
	}
	f.shown = f.all[f.from:]
	if n := *a.page.first; len(f.shown) > n {
		f.shown = f.shown[:n]
	}
	return f, nil
}

func (f *found) cursor(i int) string {
	m := f.shown[i]
	return base64.RawURLEncoding.EncodeToString([]byte(
		strconv.FormatFloat(m.Score, 'g', -1, 64) + " " + string(f.view.Snapshot().ID(m.Entity))))
}

func parseSearchCursor(s string) (score float64, id string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	num, id, ok := strings.Cut(string(b), " ")
	if err == nil && ok {
		score, err = strconv.ParseFloat(num, 64)
	}
	if err != nil || !ok {
		return 0, "", &gql.ArgumentError{Argument: "after", Err: graph.Errorf(graph.BadInput, "after: the cursor is not one of this search")}
	}
	return score, id, nil
}

func (b *builder) searchConnectionType() *graphql.Object {
	any := b.entityType(b.o.Type(schema.EntityType))
	match := func(read func(f *found, m snapshot.Match, i int, dst []byte) []byte) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			f := src.Obj.(*found)
			return read(f, f.shown[src.Index], int(src.Index), dst), nil
		}}
	}
	edge := b.object("SearchEdge", "One entity found.", func() []field {
		return []field{
			{name: "cursor", typ: must(graphql.String), read: match(func(f *found, _ snapshot.Match, i int, dst []byte) []byte { return gql.AppendString(dst, f.cursor(i)) })},
			{name: "node", typ: must(any), read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					f := src.Obj.(*found)
					return gql.Ref{Obj: f.view, Index: uint64(f.shown[src.Index].Entity)}, true, nil
				}}},
			{name: "score", typ: must(graphql.Float), about: "From 0 to 1, the higher the better.",
				read: match(func(_ *found, m snapshot.Match, _ int, dst []byte) []byte { return gql.AppendFloat(dst, m.Score) })},
			{name: "matched", typ: must(graphql.String), about: "The name that matched.",
				read: match(func(_ *found, m snapshot.Match, _ int, dst []byte) []byte { return gql.AppendString(dst, m.Matched) })},
			{name: "claim", typ: b.claimType(), about: "The claim of that name; null where the id matched.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					f := src.Obj.(*found)
					n := f.shown[src.Index].Claim
					return gql.Ref{Obj: f.view, Index: uint64(n)}, n != snapshot.None, nil
				}}},
		}
	})
	items := func(item func(f *found, i int) gql.Ref) gql.Binding {
		return gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
			f := src.Obj.(*found)
			for i := range f.shown {
				dst = append(dst, item(f, i))
			}
			return dst, true, nil
		}}
	}
	return b.object("SearchConnection", "What a search found, the best first.", func() []field {
		return []field{
			{name: "edges", typ: list(edge), read: items(func(f *found, i int) gql.Ref { return gql.Ref{Obj: f, Index: uint64(i)} })},
			{name: "nodes", typ: list(any), read: items(func(f *found, i int) gql.Ref {
				return gql.Ref{Obj: f.view, Index: uint64(f.shown[i].Entity)}
			})},
			{name: "pageInfo", typ: must(b.pageInfoType()), read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					f := src.Obj.(*found)
					return gql.Ref{Obj: &pageInfo{f.from+len(f.shown) < len(f.all), f.from > 0, len(f.shown), f.cursor}}, true, nil
				}}},
			{name: "totalCount", typ: must(graphql.Int), read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendInt(dst, int64(len(src.Obj.(*found).all))), nil
				}}},
		}
	})
}
