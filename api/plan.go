package api

import (
	"cmp"
	"slices"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// listPlan describes how the lists of one field in a document were read.
type listPlan struct {
	field, path            string
	query                  *filter.Query // distinguishes the fields
	lists                  int
	estimated, read, shown int
	planned, asked, early  bool // see appendPlan
	cold                   []string
}

// appendPlan appends how the request's lists were read, as a JSON list with an object for each
// field and path. An object has the number of lists, the estimated and actual number of entities or
// claims read and how many were shown, whether the filter was evaluated for each, whether the page
// was full before the end, and which indexes would have served if they had been built.
func (s *Session) appendPlan(dst []byte) []byte {
	dst = append(dst, '[')
	for i, x := range s.plans() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = gql.AppendString(append(dst, `{"field":`...), x.field)
		dst = gql.AppendString(append(dst, `,"path":`...), x.path)
		dst = gql.AppendInt(append(dst, `,"lists":`...), int64(x.lists))
		if x.planned {
			dst = gql.AppendInt(append(dst, `,"estimated":`...), int64(x.estimated))
		}
		dst = gql.AppendInt(append(dst, `,"read":`...), int64(x.read))
		dst = gql.AppendInt(append(dst, `,"shown":`...), int64(x.shown))
		dst = gql.AppendBool(append(dst, `,"filtered":`...), x.asked)
		dst = gql.AppendBool(append(dst, `,"early":`...), x.early)
		if len(x.cold) > 0 {
			dst = append(dst, `,"cold":[`...)
			for k, name := range x.cold {
				if k > 0 {
					dst = append(dst, ',')
				}
				dst = gql.AppendString(dst, name)
			}
			dst = append(dst, ']')
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// plans returns the plans of the lists that were read and are still held, in descending order of
// the entities or claims read.
func (s *Session) plans() (all []listPlan) {
	add := func(field string, q *filter.Query, p *snapshot.Page) {
		x := listPlan{field: field, query: q, path: "scan", read: p.Read, shown: len(p.Edges), asked: q.Nodes != nil || q.Edges != nil, early: p.Early}
		if by := p.Path(); by != nil {
			x.path, x.estimated, x.planned, x.cold = by.String(), by.Rows, true, by.Cold
			x.asked = x.asked && !by.Exact
		}
		i := slices.IndexFunc(all, func(y listPlan) bool { return y.query == q && y.path == x.path })
		if i < 0 {
			i = len(all)
			all = append(all, listPlan{field: field, query: q, path: x.path, planned: x.planned, asked: x.asked, cold: x.cold})
		}
		y := &all[i]
		y.lists++
		y.estimated, y.read, y.shown, y.early = y.estimated+x.estimated, y.read+x.read, y.shown+x.shown, y.early || x.early
	}
	if s.lists != nil {
		for i := range s.lists.connections {
			if c := &s.lists.blocks[i/connectionBlock][i%connectionBlock]; c.loaded {
				add(c.name(), c.query, &c.page)
			}
		}
	}
	for _, c := range s.listings {
		if c.loaded {
			add("claims", c.query, &c.page)
		}
	}
	slices.SortStableFunc(all, func(a, b listPlan) int { return cmp.Compare(b.read, a.read) })
	return all
}

// name returns the name of the field that the list belongs to.
func (c *connection) name() string {
	if c.field == nil {
		return c.root
	}
	return c.field.Owner.Name + "." + c.field.Name
}
