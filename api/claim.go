package api

import (
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// claimType returns the API's type of claims. The Ref of a claim has the view as its Obj and the
// claim's number as its Index.
func (b *builder) claimType() *graphql.Object {
	return b.Object("Claim", "One sourced statement: who says what, where, how surely, and when it holds.", func() []output.Field {
		return slices.Concat(b.statementFields(), b.provenanceFields(), b.timeFields(), b.rivalFields())
	})
}

// claimText returns a reader of a claim's text, which is null if the text is empty.
func claimText(read func(s *snapshot.Snapshot, n uint32) string) gql.Binding {
	return viewText(func(v *snapshot.View, n uint32) string { return read(v.Snapshot(), n) })
}

// viewText is like claimText, for a text that depends on the view.
func viewText(read func(v *snapshot.View, n uint32) string) gql.Binding {
	return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
		if s := read(viewOf(src)); s != "" {
			dst = gql.AppendString(dst, s)
		}
		return dst, nil
	}}
}

// claimEntity returns a reader of an entity that a claim names, which may be missing.
func claimEntity(read func(s *snapshot.Snapshot, n uint32) uint32) gql.Binding {
	return gql.Binding{Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
		v, n := viewOf(src)
		e := read(v.Snapshot(), n)
		return gql.Ref{Obj: v, Index: uint64(e)}, e != snapshot.None, nil
	}}
}

// statementFields returns the fields of what a claim states.
func (b *builder) statementFields() []output.Field {
	any := b.entityType(b.Ontology.Type(schema.EntityType))
	return []output.Field{
		{Name: "id", Type: output.Must(graphql.ID), About: "The claim's id, a hash of what it says: the same claim has the same id in every store.",
			Read: claimText(func(s *snapshot.Snapshot, n uint32) string { return s.ClaimID(n).String() })},
		{Name: "subject", Type: output.Must(any), About: "The entity that the claim is about.", Read: claimEntity((*snapshot.Snapshot).Subject)},
		{Name: "predicate", Type: output.Must(graphql.String), About: "The name of the field of the subject that it states.",
			Read: claimText((*snapshot.Snapshot).Predicate)},
		{Name: "value", Type: graphql.String, About: "The literal that it states, as text; null where it states an entity.",
			Read: claimText(func(s *snapshot.Snapshot, n uint32) string {
				if s.Object(n) != snapshot.None || s.IsNone(n) {
					return ""
				}
				return s.Value(n).String()
			})},
		{Name: "none", Type: output.Must(graphql.Boolean), About: "Whether it states that there is nothing: no capital, no railways. Its value and its object are null then.", Read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				v, n := viewOf(src)
				return gql.AppendBool(dst, v.Snapshot().IsNone(n)), nil
			}}},
		{Name: "object", Type: any, About: "The entity that it states; null where it states a literal.", Read: claimEntity((*snapshot.Snapshot).Object)},
		{Name: "qualifiers", Type: output.List(b.qualifierType()), About: "Values on the claim itself, such as a share or a scope.", Read: gql.Binding{
			List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				v, n := viewOf(src)
				for _, q := range v.Snapshot().Qualifiers(n) {
					dst = append(dst, gql.Ref{Obj: &claimQualifier{v, q}})
				}
				return dst, true, nil
			}}},
		b.rangesField("The ranges that its value and its qualifiers state, such as 10 to 15.", func(_ *gql.Call, src gql.Ref) (*snapshot.View, []fieldRange) {
			v, n := viewOf(src)
			return v, claimRanges(v, n)
		}),
		{Name: "original", Type: graphql.String, About: "The value as the source prints it; null where the claim gives the same.", Read: claimText(func(s *snapshot.Snapshot, n uint32) string { return s.Details(n).Original })},
		{Name: "note", Type: graphql.String, About: "A curator's remark.", Read: claimText(func(s *snapshot.Snapshot, n uint32) string { return s.Details(n).Note })},
	}
}

// provenanceFields returns the fields about the source of a claim and its confidence.
func (b *builder) provenanceFields() []output.Field {
	return []output.Field{
		{Name: "source", Type: output.Must(b.entityType(b.Ontology.Type(schema.SourceType))), About: "The source that makes the claim.", Read: claimEntity((*snapshot.Snapshot).Source)},
		{Name: "scenario", Type: graphql.String, About: "The name of the scenario that supposes the claim; null for a fact.", Read: claimText((*snapshot.Snapshot).ScenarioOf)},
		{Name: "locator", Type: graphql.String, About: "Where in the source: a paragraph, a row, a path.", Read: claimText((*snapshot.Snapshot).Locator)},
		{Name: "attribution", Type: output.Must(b.AttributionType()), About: "Whether the source asserts, reports or estimates what the claim says, or a curator infers it.",
			Read: claimText(func(s *snapshot.Snapshot, n uint32) string { return s.Details(n).Attribution.String() })},
		{Name: "attributedTo", Type: graphql.String, About: "Whom the source reports: an entity's id, or a name.", Read: claimText(func(s *snapshot.Snapshot, n uint32) string { return s.Details(n).AttributedTo })},
		{Name: "confidence", Type: output.Must(graphql.Float), About: "How far the source is trusted in this, from 0 to 1.", Read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				v, n := viewOf(src)
				return gql.AppendFloat(dst, v.Snapshot().Confidence(n)), nil
			}}},
		{Name: "independentSources", Type: output.Must(graphql.Int), About: "How many independent sources in view state the same, of a time that may be the same, with its own: those of one publisher count once, and one that takes the place of a missing citation does not count.", Read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				v, n := viewOf(src)
				return gql.AppendInt(dst, int64(v.IndependentSources(n))), nil
			}}},
		{Name: "rank", Type: output.Must(b.RankType()), About: "A curator's preference for or against the claim.",
			Read: claimText(func(s *snapshot.Snapshot, n uint32) string { return s.Rank(n).String() })},
	}
}

// rivalFields returns the fields with the claims that a claim replaced or competes with.
func (b *builder) rivalFields() []output.Field {
	self := b.claimType()
	return []output.Field{
		{Name: "supersedes", Type: output.List(self), About: "The claims that it replaced.", Read: claimList(func(v *snapshot.View, n uint32, dst []uint32) []uint32 {
			for _, id := range v.Snapshot().Details(n).Supersedes {
				if old, ok := v.ClaimNumber(id); ok && v.Knows(old) {
					dst = append(dst, old)
				}
			}
			return dst
		})},
		{Name: "agrees", Type: output.List(self), About: "The claims in view that state the same, of a time that may be the same.", Read: claimList((*snapshot.View).Agreeing)},
		{Name: "contradicts", Type: output.List(self), About: "The claims in view that a curator marked as competing with it.", Read: claimList(contradicting)},
		{Name: "conflict", Type: graphql.String, About: "The name of the group of competing claims that it belongs to; null for none.", Read: claimText(func(s *snapshot.Snapshot, n uint32) string { return s.Details(n).Conflict })},
	}
}

// claimList returns a reader of a list of claims.
func claimList(read func(v *snapshot.View, n uint32, dst []uint32) []uint32) gql.Binding {
	return gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
		v, n := viewOf(src)
		for _, c := range read(v, n, nil) {
			dst = append(dst, gql.Ref{Obj: v, Index: uint64(c)})
		}
		return dst, true, nil
	}}
}

// contradicting returns the claims that share the curator's conflict group and the subject or
// object of claim n, and state something else.
func contradicting(v *snapshot.View, n uint32, dst []uint32) []uint32 {
	s := v.Snapshot()
	group := s.Details(n).Conflict
	if group == "" {
		return nil
	}
	seen := map[uint32]bool{n: true}
	add := func(c uint32) bool {
		if !seen[c] && s.Details(c).Conflict == group && analysis.Compete(s, n, c) {
			seen[c] = true
			dst = append(dst, c)
		}
		return true
	}
	v.Claims(s.Subject(n), "", false, add)
	if o := s.Object(n); o != snapshot.None {
		v.Claims(o, "", true, add)
	}
	return dst
}

// claimQualifier is one qualifier of a claim.
type claimQualifier struct {
	view *snapshot.View
	q    graph.QualifierValue
}

func (b *builder) qualifierType() *graphql.Object {
	return b.Object("Qualifier", "A value on a claim itself, such as a share or a scope.", func() []output.Field {
		return []output.Field{
			{Name: "name", Type: output.Must(graphql.String), About: "The qualifier's name in the ontology.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*claimQualifier).q.Name), nil
				}}},
			{Name: "value", Type: graphql.String, About: "The literal, as text; null where it is an entity.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					if q := src.Obj.(*claimQualifier).q; q.Value.Kind() != graph.EntityKind {
						dst = gql.AppendString(dst, q.Value.String())
					}
					return dst, nil
				}}},
			{Name: "object", Type: b.entityType(b.Ontology.Type(schema.EntityType)), About: "The entity; null where it is a literal.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					q := src.Obj.(*claimQualifier)
					n, ok := q.view.Snapshot().Number(q.q.Value.Entity())
					return gql.Ref{Obj: q.view, Index: uint64(n)}, ok, nil
				}}},
		}
	})
}

// claimListing is one list of claims. It lives for one request.
type claimListing struct {
	view  *snapshot.View
	list  *snapshot.List
	query *filter.Query

	page   snapshot.Page
	loaded bool
	err    error
}

func (c *claimListing) load() (*snapshot.Page, error) {
	if !c.loaded {
		c.loaded = true
		c.err = c.list.Run(c.query, &c.page)
	}
	return &c.page, c.err
}

// predicates returns the predicates to which a list of all claims is restricted, or nil if it has
// no filter. ok is false for a list with any other filter or a cursor.
func (c *claimListing) predicates() (of []string, ok bool) {
	q := c.query
	if !c.list.AllClaims() || q.Nodes != nil || q.After != "" || q.Before != "" {
		return nil, false
	}
	if q.Edges == nil {
		return nil, true
	}
	test, ok := q.Edges.OnlyClaim("predicate")
	if !ok || !test.Listed() {
		return nil, false
	}
	for _, value := range test.Wanted() {
		of = append(of, value.Text())
	}
	return of, len(of) > 0
}

// claimAggregateType counts a list of claims, whole and in groups.
func (b *builder) claimAggregateType() *graphql.Object {
	count := countField("claims")
	keys, read := b.ClaimGroupKeyType(), input.ReadClaimGroupKey
	group := b.Object("ClaimGroup", "The claims of a list that have their keys in common.", func() []output.Field {
		return slices.Concat(keyFields(), b.shareFields(input.Shape{}), []output.Field{count, distinctField(keys, read)})
	})
	return b.Object("ClaimAggregate", "Counts over a list of claims.", func() []output.Field {
		return []output.Field{count, distinctField(keys, read), b.groupsField(input.Shape{Name: "claims", Target: b.Ontology.Type(schema.EntityType)}, group, keys, read)}
	})
}

func (b *builder) claimAggregateField() output.Field {
	return output.Field{Name: "aggregate", Type: output.Must(b.claimAggregateType()), About: "Counts over the whole list, not only the page.", Read: gql.Binding{
		Object: func(call *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			l := src.Obj.(*claimListing)
			g := call.Request.(*Session).aggregation(l.view)
			g.edges, g.selected = l.list.Select(l.query, g.edges), true
			if err := l.view.Err(); err != nil {
				return gql.Ref{}, false, err
			}
			return gql.Ref{Obj: g.whole()}, true, nil
		}}}
}

func (b *builder) claimsField(name, about string, inverse bool) output.Field {
	args := b.ClaimArgs()
	args["predicate"] = &graphql.ArgumentConfig{Type: graphql.String, Description: "Only claims with this predicate; all by default."}
	return output.Field{Name: name, About: about, Type: output.Must(b.claimConnectionType()), Args: args, Read: gql.Binding{
		Prepare: b.readClaims,
		Object: func(c *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			v, e := viewOf(src)
			a := c.Args.(*input.Claims)
			return gql.Ref{Obj: c.Request.(*Session).claimListing(v, v.ClaimsOf(e, a.Predicate, inverse), &a.Query)}, true, nil
		}}}
}

func (b *builder) readClaims(args map[string]any) (any, error) { return b.ReadClaims(args) }

func (b *builder) claimConnectionType() *graphql.Object {
	return b.Object("ClaimConnection", "A list of claims, and one page of it.", func() []output.Field {
		claim := func(v *snapshot.View, e snapshot.Edge) gql.Ref { return gql.Ref{Obj: v, Index: uint64(e.Claim)} }
		items := func(item func(l *claimListing, i int) gql.Ref) gql.Binding {
			return gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				l := src.Obj.(*claimListing)
				p, err := l.load()
				if err != nil {
					return nil, false, err
				}
				for i := range p.Edges {
					dst = append(dst, item(l, i))
				}
				return dst, true, nil
			}}
		}
		edge := b.Object("ClaimEdge", "One claim of a list.", func() []output.Field {
			return []output.Field{
				{Name: "cursor", Type: output.Must(graphql.String), About: "The position of the claim in the list, opaque: a value for the arguments after and before.", Read: gql.Binding{
					Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
						return gql.AppendString(dst, src.Obj.(*claimListing).page.Cursor(int(src.Index))), nil
					}}},
				{Name: "node", Type: output.Must(b.claimType()), About: "The claim.", Read: gql.Binding{
					Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
						l := src.Obj.(*claimListing)
						return claim(l.view, l.page.Edges[src.Index]), true, nil
					}}},
			}
		})
		return []output.Field{
			{Name: "edges", Type: output.List(edge), About: "The claims of the page, each with its cursor.", Read: items(func(l *claimListing, i int) gql.Ref { return gql.Ref{Obj: l, Index: uint64(i)} })},
			{Name: "nodes", Type: output.List(b.claimType()), About: "The claims of the page.", Read: items(func(l *claimListing, i int) gql.Ref { return claim(l.view, l.page.Edges[i]) })},
			b.pageInfoField(), b.totalCountField(), b.claimAggregateField(),
		}
	})
}
