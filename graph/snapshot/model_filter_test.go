package snapshot_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// read is what a reading takes from an edge, or the zero Value.
func (l *lens) read(r filter.Reading, e edge) graph.Value {
	switch {
	case r.Own == "id":
		return graph.StringValue(string(e.node))
	case r.Own == "type":
		return graph.StringValue(l.m.types[e.node])
	case r.Own == "name":
		return graph.StringValue(l.name(e.node))
	case r.Qualifier != "":
		if e.claim == nil {
			return graph.Value{}
		}
		return e.claim.Qualifier(r.Qualifier)
	case r.Property.Kind != schema.Property:
		if to := l.one(e.node, r.Property); to != nil {
			return graph.EntityValue(to.node)
		}
		return graph.Value{}
	}
	if c := l.pick(l.of(e.node, r.Property.Name)); c != nil {
		return c.Value
	}
	return graph.Value{}
}

// keeps evaluates a filter.
func (l *lens) keeps(f *filter.Node, id graph.ID) bool {
	if f == nil {
		return true
	}
	ok := true
	for _, g := range f.And {
		ok = ok && l.keeps(g, id)
	}
	if f.Or != nil {
		ok = ok && slices.ContainsFunc(f.Or, func(g *filter.Node) bool { return l.keeps(g, id) })
	}
	if f.Not != nil {
		ok = ok && !l.keeps(f.Not, id)
	}
	if f.Name != nil {
		ok = ok && passes(f.Name, graph.StringValue(l.name(id)), f.Name.ByBytes)
	}
	if f.ID != nil {
		ok = ok && passes(f.ID, graph.StringValue(string(id)), true)
	}
	for _, p := range f.Properties {
		if p.Field.Many {
			cs := l.values(id, p.Field)
			if len(cs) == 0 {
				ok = ok && passes(p.Test, graph.Value{}, false)
			} else {
				ok = ok && slices.ContainsFunc(cs, func(c *fact) bool { return passes(p.Test, c.Value, p.Test.ByBytes) })
			}
			continue
		}
		ok = ok && passes(p.Test, l.read(filter.Reading{Property: p.Field}, edge{id, nil}), p.Test.ByBytes)
	}
	for _, r := range f.Relations {
		es := l.leads(id, r.Field, false, testsNarrow(r.Some) || testsNarrow(r.Every) || testsNarrow(r.None))
		some, every, none := false, true, true
		for _, e := range es {
			some = some || r.Some != nil && l.keepsEdge(r.Some, e)
			every = every && (r.Every == nil || l.keepsEdge(r.Every, e))
			none = none && (r.None == nil || !l.keepsEdge(r.None, e))
		}
		ok = ok && (r.Some == nil || some) && every && none
	}
	return ok
}

func (l *lens) keepsEdge(f *filter.Edge, e edge) bool {
	if f == nil {
		return true
	}
	ok := l.keeps(f.Node, e.node)
	for _, q := range f.Qualifiers {
		ok = ok && passes(q.Test, l.read(filter.Reading{Qualifier: q.Qualifier.Name}, e), q.Test.ByBytes)
	}
	for _, g := range f.And {
		ok = ok && l.keepsEdge(g, e)
	}
	if f.Or != nil {
		ok = ok && slices.ContainsFunc(f.Or, func(g *filter.Edge) bool { return l.keepsEdge(g, e) })
	}
	if f.Not != nil {
		ok = ok && !l.keepsEdge(f.Not, e)
	}
	return ok
}

// sorted puts edges into the order of a query.
func (l *lens) sorted(order []filter.Key, es []edge) []edge {
	es = slices.Clone(es)
	slices.SortFunc(es, func(a, b edge) int {
		for _, k := range order {
			x, y := l.read(k.By, a), l.read(k.By, b)
			switch mx, my := x == (graph.Value{}), y == (graph.Value{}); {
			case mx && my:
				continue
			case mx:
				return 1
			case my:
				return -1
			}
			c := compareValues(x, y, byBytes(k.By))
			if k.Descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		if c := strings.Compare(string(a.node), string(b.node)); c != 0 || a.claim == nil {
			return c
		}
		return cmp.Or(strings.Compare(l.tie(a.claim), l.tie(b.claim)), cmp.Compare(string(a.claim.id[:]), string(b.claim.id[:])))
	})
	return es
}

func (l *lens) tie(c *fact) string {
	f := l.m.o.Type(l.m.types[c.Subject]).Field(c.Predicate)
	if len(c.Qualifiers) == 0 && f.Time != schema.Observation {
		return ""
	}
	var b strings.Builder
	for _, q := range f.Qualifiers {
		v := c.Qualifier(q.Name)
		if q.Distinct {
			b.WriteString(v.String() + "\x00")
		} else if f.Time == schema.Observation && v != (graph.Value{}) {
			b.WriteString(q.Name + "\x00")
		}
	}
	if f.Time == schema.Observation {
		b.WriteString(c.Valid.String())
	}
	return b.String()
}

var epoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// testsNarrow reports whether some condition of the filter is on a qualifier that
// narrows a claim.
func testsNarrow(f *filter.Edge) bool {
	if f == nil {
		return false
	}
	found := testsNarrow(f.Not)
	for _, g := range f.And {
		found = found || testsNarrow(g)
	}
	for _, g := range f.Or {
		found = found || testsNarrow(g)
	}
	for _, q := range f.Qualifiers {
		found = found || q.Qualifier.Narrows
	}
	return found
}
