package api

import (
	"fmt"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/analyses"
	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// connection is one list of the API in the Relay form, with its page once a field needed it. It
// lives for one request.
type connection struct {
	view  *snapshot.View
	list  snapshot.List
	query *filter.Query
	types []*schema.Type // the types of a list of all entities
	root  string         // the name of the root field, or
	field *schema.Field  // the relation that the list belongs to

	page   snapshot.Page
	loaded bool
	err    error
	buffer [12]snapshot.Edge // the memory for the edges of a short page
}

func (c *connection) load() (*snapshot.Page, error) {
	if !c.loaded {
		c.loaded = true
		c.page.Edges = c.buffer[:0]
		c.err = c.list.Run(c.query, &c.page)
	}
	return &c.page, c.err
}

// edgeArgs returns the arguments of a field that lists the edges of a relation.
func (b *builder) edgeArgs(s input.Shape, f *schema.Field) graphql.FieldConfigArgument {
	args := b.ListArgs(s)
	if f.Stored() && f.Time == schema.Observation || f.Kind == schema.Inverse && f.InverseOf[0].Time == schema.Observation {
		args["series"] = &graphql.ArgumentConfig{Type: graphql.Boolean, Description: "True lists every period and every source, false only the latest figures; false by default."}
	}
	return args
}

// relation returns a field that leads to many entities.
func (b *builder) relation(f *schema.Field) output.Field {
	s := input.LinkShape(f)
	return output.Field{Name: f.Name, About: f.Description, Type: output.Must(b.connectionType(s)), Args: b.edgeArgs(s, f), Read: gql.Binding{
		Prepare: func(args map[string]any) (any, error) { return b.ReadList(s, args) },
		Repeats: true,
		Object: func(c *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			v, e := viewOf(src)
			a := c.Args.(*input.List)
			return gql.Ref{Obj: c.Request.(*Session).relation(listKey{v, &a.Query, e}, f, a.Series)}, true, nil
		},
	}}
}

func (b *builder) connectionType(s input.Shape) *graphql.Object {
	node := b.entityType(s.Target)
	about := fmt.Sprintf("A list of entities of type %s, and one page of it.", s.Target.Name)
	return b.Object(s.Name+"Connection", about, func() []output.Field {
		return []output.Field{
			{Name: "edges", Type: output.List(b.edgeType(s)), About: "The entities of the page, each with its cursor and, in a relation, the claim for it.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					c := src.Obj.(*connection)
					p, err := c.load()
					if err != nil {
						return nil, false, err
					}
					c.view.TouchQualified(p.Edges)
					for i := range p.Edges {
						dst = append(dst, gql.Ref{Obj: c, Index: uint64(i)})
					}
					return dst, true, nil
				}}},
			{Name: "nodes", Type: output.List(node), About: "The entities of the page.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					c := src.Obj.(*connection)
					p, err := c.load()
					if err != nil {
						return nil, false, err
					}
					c.view.Touch(p.Edges)
					for _, e := range p.Edges {
						dst = append(dst, gql.Ref{Obj: c.view, Index: uint64(e.Node)})
					}
					return dst, true, nil
				}}},
			b.pageInfoField(), b.totalCountField(),
			{Name: "aggregate", Type: output.Must(b.aggregateType(s)), About: "Counts and sums over the whole list, not only the page.", Read: gql.Binding{
				Object: func(call *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					c := src.Obj.(*connection)
					g := call.Request.(*Session).aggregation(c.view)
					g.list, g.query = &c.list, c.query
					return gql.Ref{Obj: g.whole()}, true, nil
				}}},
		}
	})
}

// edgeOf returns the connection and the edge that a Ref means.
func edgeOf(r gql.Ref) (*connection, snapshot.Edge) {
	c := r.Obj.(*connection)
	return c, c.page.Edges[r.Index]
}

func (b *builder) edgeType(s input.Shape) *graphql.Object {
	return b.Object(s.Name+"Edge", "One entity of a list, and how it comes to be there.", func() []output.Field {
		fs := []output.Field{
			{Name: "cursor", Type: output.Must(graphql.String), About: "The position of the edge in the list, opaque: a value for the arguments after and before.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*connection).page.Cursor(int(src.Index))), nil
				}}},
			{Name: "node", Type: output.Must(b.entityType(s.Target)), About: "The entity.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					c, e := edgeOf(src)
					return gql.Ref{Obj: c.view, Index: uint64(e.Node)}, true, nil
				}}},
		}
		if !s.Link {
			return fs
		}
		if from := b.SubjectType(s); from != nil {
			fs = append(fs, output.Field{Name: "subject", Type: output.Must(b.entityType(from)), About: "The subject of the edge, from which the relation leads.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					c, e := edgeOf(src)
					return gql.Ref{Obj: c.view, Index: uint64(c.view.SubjectOf(e))}, true, nil
				}}})
		}
		fs = append(fs, output.Field{Name: "claim", Type: output.Must(b.claimType()), About: "The best claim for the edge, by rank, date and confidence.", Read: gql.Binding{
			Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
				c, e := edgeOf(src)
				return gql.Ref{Obj: c.view, Index: uint64(e.Claim)}, true, nil
			}}},
			output.Field{Name: "from", Type: input.Date, About: "The date from which the edge holds, by its claim; null where nobody states one.", Read: edgeText(func(v *snapshot.View, n uint32) string { return validFrom(v.Snapshot(), n) })},
			output.Field{Name: "to", Type: input.Date, About: "The date until which the edge holds, by its claim; \"..\" where the source leaves it open, null where nobody states one.", Read: edgeText(func(v *snapshot.View, n uint32) string { return validTo(v.Snapshot(), n) })},
			output.Field{Name: "holds", Type: output.Must(b.HoldsType()), About: aboutHolds, Read: edgeText(holdsOf)},
			output.Field{Name: "basis", Type: b.BasisType(), About: aboutBasis, Read: edgeText(basisOf)})
		if slices.ContainsFunc(s.Qualifiers, func(q *schema.Qualifier) bool { return q.Scalar.Numeric() }) {
			fs = append(fs, b.rangesField("The ranges of the qualifiers that are a range, such as 10 to 15, and no single number. Qualifiers that are plain numbers read as null there.", func(_ *gql.Call, src gql.Ref) (*snapshot.View, []fieldRange) {
				c, e := edgeOf(src)
				return c.view, claimRanges(c.view, e.Claim)
			}))
		}
		if s.Mirror {
			fs = append(fs, output.Field{Name: "report", Type: output.Must(b.analyses.ReportType()), About: "MIRROR if only the entity at the other end reports it, by the claim of the edge.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					if _, e := edgeOf(src); e.Mirrored() {
						return analyses.AppendReport(dst, analysis.MirrorReport), nil
					}
					return analyses.AppendReport(dst, analysis.OwnReport), nil
				}}})
		}
		for _, q := range s.Qualifiers {
			fs = append(fs, b.qualifierField(q))
		}
		return fs
	})
}

// edgeText returns a reader of a text about an edge's claim, which is null if the text is empty.
func edgeText(read func(v *snapshot.View, n uint32) string) gql.Binding {
	return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
		c, e := edgeOf(src)
		if s := read(c.view, e.Claim); s != "" {
			dst = gql.AppendString(dst, s)
		}
		return dst, nil
	}}
}

// described returns the description. If it is empty, it is composed from the name and the unit.
func described(about, thing, unit, dimension string) string {
	switch {
	case about != "":
		return about
	case unit != "":
		return thing + ", in " + unit + "."
	case dimension != "":
		return thing + ", a quantity of " + dimension + "."
	}
	return thing + "."
}

func (b *builder) qualifierField(q *schema.Qualifier) output.Field {
	f := output.Field{Name: q.Name, About: described(q.Description, "The qualifier "+q.Name+" of the edge's claim", q.Unit, q.Dimension)}
	switch {
	case q.Target != nil:
		f.Type = b.entityType(q.Target)
		f.Read.Object = func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			c, e := edgeOf(src)
			to := c.view.Snapshot().QualifierOf(e, q)
			return gql.Ref{Obj: c.view, Index: to.Bits}, to.Kind == graph.EntityKind, nil
		}
	case q.Scalar == schema.Quantity || q.Scalar == schema.Coordinates:
		f.Type = b.ScalarType(q.Scalar, q.Enum)
		f.Read.Object = func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			c, e := edgeOf(src)
			s := c.view.Snapshot()
			val := s.QualifierOf(e, q)
			return b.Literal(s.ValueOf(val)), val.Kind != graph.NoKind, nil
		}
	default:
		f.Type = b.ScalarType(q.Scalar, q.Enum)
		f.Read.Leaf = func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			c, e := edgeOf(src)
			s := c.view.Snapshot()
			if val := s.QualifierOf(e, q); val.Kind != graph.NoKind {
				return appendCell(dst, s, val, q.Scalar)
			}
			return dst, nil
		}
	}
	return f
}

// pager is a list whose page is loaded when a field first needs it.
type pager interface {
	load() (*snapshot.Page, error)
}

func (b *builder) pageInfoField() output.Field {
	return output.Field{Name: "pageInfo", Type: output.Must(b.PageInfoType()), About: output.AboutPageInfo, Read: gql.Binding{
		Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			p, err := src.Obj.(pager).load()
			if err != nil {
				return gql.Ref{}, false, err
			}
			return gql.Ref{Obj: &output.PageInfo{Next: p.HasNext, Prev: p.HasPrev, Count: len(p.Edges), Cursor: p.Cursor}}, true, nil
		}}}
}

func (b *builder) totalCountField() output.Field {
	return output.Field{Name: "totalCount", Type: output.Must(graphql.Int), About: output.AboutTotal, Read: gql.Binding{
		Leaf: func(call *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			totals := &call.Request.(*Session).api.totals
			switch c := src.Obj.(type) {
			case *connection:
				if c.types != nil && c.query.Nodes == nil && c.query.After == "" && c.query.Before == "" {
					n, err := totals.Of(call.Ctx, c.view, c.types)
					return gql.AppendInt(dst, int64(n)), err
				}
			case *claimListing:
				if of, ok := c.predicates(); ok {
					n, err := totals.OfClaims(call.Ctx, c.view, of...)
					return gql.AppendInt(dst, int64(n)), err
				}
			}
			p, err := src.Obj.(pager).load()
			if err != nil {
				return dst, err
			}
			return gql.AppendInt(dst, int64(p.Total())), nil
		}}}
}
