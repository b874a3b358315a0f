package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// Division is the list of a relation over all subjects, divided by the entities at one end of the edges. Each such
// entity has a list. Its keys are read once for the whole list, and the sums of a long list are cached.
type Division struct {
	aggregate.Parts // of the long lists, then of the edges in the short ones
	view            *View
	query           filter.Query // the query for the lists of the entities
	inverse         bool         // the entities are the objects of the relation
	keep            *filterPass
	room            listRoom
	long            []List
	edges           []Edge
}

// Divide divides a list of all subjects into groups by the keys; without keys, into one group. ok is false if the
// keys or the filters need both ends of each edge, or if each end reports the relation separately.
func (l *List) Divide(q *filter.Query, by []filter.Reading) (d *Division, ok bool) {
	v := l.view
	if l.field == nil || l.entity != memory.None || v.describing(l.field) || l.field.Mirror != nil {
		return nil, false
	}
	d = &Division{view: v}
	if d.inverse, ok = l.endOf(by); !ok || d.inverse && l.field.Symmetric {
		return nil, false
	}
	of, ok := d.split(q)
	if !ok {
		return nil, false
	}
	if p := l.plan(q, false); p != nil && p.Kind != access.Scan && p.Rows < len(v.ends(l.field, d.inverse))/8 {
		return nil, false // for a few subjects, reading the edges is faster
	}
	ends, counts := d.collect(l, of)
	if v.Err() != nil {
		return &Division{view: v}, true
	}
	d.group(by, ends, counts)
	return d, true
}

// endOf reports whether all keys are read from the nodes (nodes is true) or all from the subjects. ok
// is false if they are mixed. Without keys, it chooses the end with fewer entities.
func (l *List) endOf(by []filter.Reading) (nodes, ok bool) {
	if len(by) == 0 {
		return !l.field.Symmetric && len(l.view.ends(l.field, true)) < len(l.view.ends(l.field, false)), true
	}
	for _, r := range by {
		if r.Qualifier != "" || r.Claim != "" || r.Of != by[0].Of {
			return false, false
		}
	}
	return by[0].Of == filter.OfNode, by[0].Of == filter.OfNode || by[0].Of == filter.OfSubject
}

// split divides the filters of q: it returns the filter of the entities by which the list is divided,
// and sets the filters of their lists.
func (d *Division) split(q *filter.Query) (of *filter.Node, ok bool) {
	if q.Edges == nil || q.Nodes != nil {
		return nil, q.Nodes == nil
	}
	e := *q.Edges
	d.query.Edges = &e
	if !d.inverse {
		of, e.Subject = e.Subject, nil
		return of, true
	}
	if filter.TestsEnds(slices.Concat(e.And, e.Or, []*filter.Edge{e.Not})...) {
		return nil, false
	}
	of, e.Node, e.Subject = e.Node, e.Subject, nil
	return of, true
}

// collect finds the lists that have edges, and returns their entities and the counts of their edges.
func (d *Division) collect(l *List, of *filter.Node) (ends []Edge, counts []int) {
	v, f := d.view, l.field
	if d.inverse {
		f = &schema.Field{Name: f.Name, Owner: f.Target, Kind: schema.Inverse, Target: f.Owner, Many: true, InverseOf: []*schema.Field{f}}
	}
	keep := v.newFilterPass(&d.query)
	d.keep = keep
	if keep != nil {
		keep.from = true
		if d.query.Edges.Node != nil {
			keep.known = make([]verdict, v.s.IDs.Len())
		}
	}
	var short []Edge
	var few []int
	w := walk{keep: keep}
	for _, n := range v.ends(l.field, d.inverse) {
		if v.stop() {
			return nil, nil
		}
		if of != nil && !v.keeps(of, n) {
			continue
		}
		from := List{view: v, entity: n, field: f, series: l.series, narrow: l.narrow || keep.narrows()}
		if run, beside := from.beside(); beside {
			if _, m, ok := from.figures(run, &d.query, keep, &d.room, filter.Reading{}, false); ok {
				if m > 0 {
					d.long, ends, counts = append(d.long, from), append(ends, Edge{Node: n, Claim: memory.None}), append(counts, m)
				}
				continue
			}
		}
		before := len(d.edges)
		from.walkFrom(n, from.narrow, &w, func(e Edge) bool {
			d.edges = append(d.edges, e)
			return true
		})
		if m := len(d.edges) - before; m > 0 {
			short, few = append(short, Edge{Node: n, Claim: memory.None}), append(few, m)
		}
	}
	return append(ends, short...), append(counts, few...)
}

// group sets the groups.
func (d *Division) group(by []filter.Reading, ends []Edge, counts []int) {
	var parts aggregate.Parts
	keys := make([]aggregate.By, max(1, len(by)))
	keys[0].Of = make([]int32, len(ends))
	keys[0].Groups = []aggregate.Group{{}}
	for i, r := range by {
		r.Of = filter.OfNode
		d.view.PartBy(ends, r, &keys[i].Parts)
		keys[i].Bytes = r.ByBytes()
	}
	aggregate.Cross(d.view.s.Ontology(), keys, counts, &parts)
	d.Groups = parts.Groups
	for i := range ends {
		n := counts[i]
		if i < len(d.long) {
			n = 1
		}
		for range n {
			d.Of = append(d.Of, parts.Of[i])
		}
	}
}

// Stats appends to dst the sums of a reading, one for each group, with the least and the greatest
// value if bounds is set.
func (d *Division) Stats(by filter.Reading, bounds bool, dst []aggregate.Stats) []aggregate.Stats {
	if d.inverse && by.Of == filter.OfNode && (by.Own != "" || by.Property != nil) {
		by.Of = filter.OfObject
	}
	base := len(dst)
	dst = d.view.Stats(d.edges, by, &aggregate.Parts{Groups: d.Groups, Of: d.Of[len(d.long):]}, dst)
	for i := range d.long {
		run, _ := d.long[i].beside()
		st, _, ok := d.long[i].figures(run, &d.query, d.keep, &d.room, by, bounds)
		if !ok {
			edges := d.long[i].Select(&d.query, nil)
			st = d.view.Stats(edges, by, nil, nil)[0]
		}
		dst[base+int(d.Of[i])].Join(&st)
	}
	for i := range dst[base:] {
		dst[base+i].Settle(d.view.s.Ontology())
	}
	return dst
}
