package snapshot_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/schema"
)

// read is what a reading takes from an edge, or the zero Value.
func (l *lens) read(r filter.Reading, e edge) graph.Value {
	if r.Of != filter.OfNode {
		if e.claim == nil {
			return graph.Value{}
		}
		if e.mirror && r.Of == filter.OfObject {
			r.Of = filter.OfNode
		}
		e.node = map[filter.End]graph.ID{filter.OfSubject: e.from, filter.OfObject: e.claim.Value.Entity(), filter.OfSource: e.claim.Source, filter.OfNode: e.node}[r.Of]
		if e.node == "" {
			return graph.Value{}
		}
	}
	switch {
	case r.Figure != nil:
		return l.figure(r.Figure, e.node)
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
		return e.seen().Qualifier(r.Qualifier)
	case r.Property.Kind != schema.Property:
		if to := l.one(e.node, r.Property); to != nil {
			return graph.EntityValue(to.node)
		}
		return graph.Value{}
	}
	if c := l.stated(e.node, r.Property); c != nil {
		return c.Value
	}
	return graph.Value{}
}

// truth is how sure a condition is.
type truth int

const (
	no truth = iota
	unknown
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// keeps reports whether a filter surely keeps the entity.
func (l *lens) keeps(f *filter.Node, id graph.ID) bool { return l.node(f, id) == yes }

// keepsEdge reports whether a filter surely keeps the edge.
func (l *lens) keepsEdge(f *filter.Edge, e edge) bool { return l.edge(f, e) == yes }

// node evaluates a filter in the three values of Kleene's logic.
func (l *lens) node(f *filter.Node, id graph.ID) truth {
	if f == nil {
		return yes
	}
	ok := yes
	for _, g := range f.And {
		ok = min(ok, l.node(g, id))
	}
	if f.Or != nil {
		some := no
		for _, g := range f.Or {
			some = max(some, l.node(g, id))
		}
		ok = min(ok, some)
	}
	if f.Not != nil {
		ok = min(ok, yes-l.node(f.Not, id))
	}
	if f.Name != nil {
		ok = min(ok, truthOf(passes(f.Name, graph.StringValue(l.name(id)), f.Name.ByBytes)))
	}
	if f.ID != nil {
		ok = min(ok, truthOf(passes(f.ID, graph.StringValue(string(id)), true)))
	}
	if f.Type != nil {
		ok = min(ok, truthOf(passes(f.Type, graph.StringValue(l.m.types[id]), true)))
	}
	for _, p := range f.Properties {
		asked := *p.Test
		asked.IsNone = nil
		if !p.Field.Many {
			ok = min(ok, verdict(&asked, l.read(filter.Reading{Property: p.Field}, edge{node: id}), p.Test.ByBytes))
			ok = min(ok, l.noneTest(p.Test.IsNone, id, p.Field))
			continue
		}
		cs := l.values(id, p.Field)
		passed := truthOf(len(cs) == 0 && passes(&asked, graph.Value{}, false))
		for _, c := range cs {
			passed = max(passed, verdict(&asked, c.Value, p.Test.ByBytes))
		}
		ok = min(ok, passed, l.noneTest(p.Test.IsNone, id, p.Field))
	}
	for i := range f.Relations {
		ok = min(ok, l.relation(&f.Relations[i], id))
	}
	return ok
}

// relation evaluates what is asked of the edges of a relation. Where nobody says
// where it leads there may be more of them; where the view hides what is only
// possible, there may be those.
func (l *lens) relation(r *filter.Relation, id graph.ID) truth {
	narrow := testsNarrow(r.Some) || testsNarrow(r.Every) || testsNarrow(r.None)
	lax := l.lax()
	known := lax.says(id, r.Field)
	any := func(pass func(edge) truth) truth {
		found := no
		for _, e := range l.leads(id, r.Field, false, narrow) {
			found = max(found, pass(e))
		}
		for _, e := range lax.leads(id, r.Field, false, narrow) {
			found = max(found, min(unknown, pass(e)))
		}
		if !known {
			found = max(found, unknown)
		}
		return found
	}
	ok := yes
	if r.Some != nil {
		ok = min(ok, any(func(e edge) truth { return l.edge(r.Some, e) }))
	}
	if r.None != nil {
		ok = min(ok, yes-any(func(e edge) truth { return l.edge(r.None, e) }))
	}
	if r.Every != nil {
		ok = min(ok, yes-any(func(e edge) truth { return yes - l.edge(r.Every, e) }))
	}
	if r.Unknown != nil {
		ok = min(ok, truthOf(*r.Unknown != known))
	}
	ok = min(ok, l.noneTest(r.IsNone, id, r.Field))
	for _, t := range r.Figures {
		ok = min(ok, l.figureTest(t, id, known))
	}
	return ok
}

// lax is the view that also shows what only possibly holds.
func (l *lens) lax() *lens {
	lax := &lens{m: l.m, view: l.view, today: l.today, known: l.known}
	lax.view.Holds = graph.HoldsNo
	return lax
}

// says reports whether some source says where a relation of the entity leads.
func (l *lens) says(id graph.ID, f *schema.Field) bool {
	if c := l.nothing(id, f); c != nil && l.looked(*l.dated(c)) {
		return true
	}
	for _, e := range l.edges(id, f, true, true) {
		if !e.mirror && l.plain(e.claim, false) && !l.declares(e.claim.Source, "partialFor", f.Name, e.claim.Predicate) && l.looked(*l.dated(e.claim)) {
			return true
		}
	}
	stored := f
	for !stored.Stored() {
		if stored.Kind == schema.Derived {
			stored = stored.Path.Then
		} else {
			stored = stored.InverseOf[0]
		}
	}
	for _, c := range l.m.claims {
		if c.Subject != id || !l.sees(c) || !l.declares(c.Source, "completeFor", f.Name) && !l.declares(c.Source, "maintains", f.Name) {
			continue
		}
		silent := graphtest.Dated{Timing: stored.Timing(), Source: l.sourceDate(c.Source),
			Begins: [][]graph.Date{l.ends(id, schema.Begins)}, Ends: [][]graph.Date{l.ends(id, schema.Ends)}}
		switch silent.Timing.Kind {
		case schema.Event:
			silent.Timing = schema.Timing{Kind: schema.State, Reach: schema.Reach{After: schema.Extent{Kind: schema.ToNext}}}
		case schema.Observation:
			silent.Timing.Kind, silent.Timing.Reach.After = schema.State, schema.Extent{Kind: schema.ToNext}
		}
		if l.looked(silent) {
			return true
		}
	}
	return false
}

// looked reports whether a claim attests all the days that the view asks for, or
// days near them, as far as its field reaches but no more than a year where another
// claim might end it.
func (l *lens) looked(d graphtest.Dated) bool {
	for _, side := range []*schema.Extent{&d.Timing.Reach.Before, &d.Timing.Reach.After} {
		if side.Kind == schema.ToNext {
			*side = schema.Extent{Kind: schema.ToDays, Days: 366}
		}
	}
	d.Mode, d.Turns, d.Unlisted = graph.Throughout, nil, nil
	first, last := l.on()
	if d.Holds(first, last) == graph.HoldsNo {
		return false
	}
	return d.Timing.Kind == schema.Event || d.Distance(first, last) >= 0 || d.Timing.Reach == schema.Reach{}
}

// declares reports whether a source says of itself what its lists of some relation
// are worth.
func (l *lens) declares(source graph.ID, predicate string, names ...string) bool {
	return slices.ContainsFunc(l.m.claims, func(f *fact) bool {
		return f.Subject == source && f.Predicate == predicate && f.Rank != graph.Deprecated && l.sees(f) && slices.Contains(names, f.Value.Text())
	})
}

func (l *lens) edge(f *filter.Edge, e edge) truth {
	if f == nil {
		return yes
	}
	ok := l.node(f.Node, e.node)
	if f.Subject != nil {
		ok = min(ok, l.node(f.Subject, e.from))
	}
	for _, q := range f.Qualifiers {
		ok = min(ok, verdict(q.Test, l.read(filter.Reading{Qualifier: q.Qualifier.Name}, e), q.Test.ByBytes))
	}
	for _, c := range f.Claims {
		val := graph.StringValue(string(e.claim.Source))
		if c.Field == "confidence" {
			val = graph.FloatValue(e.claim.Confidence)
		}
		ok = min(ok, truthOf(passes(c.Test, val, true)))
	}
	for _, g := range f.And {
		ok = min(ok, l.edge(g, e))
	}
	if f.Or != nil {
		some := no
		for _, g := range f.Or {
			some = max(some, l.edge(g, e))
		}
		ok = min(ok, some)
	}
	if f.Not != nil {
		ok = min(ok, yes-l.edge(f.Not, e))
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
