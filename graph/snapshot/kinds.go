package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/schema"
)

// predicateKinds is what the ontology says of a predicate, by the subject's type.
type predicateKinds struct {
	timing schema.Timing
	by     []schema.Timing // by number of the type; nil where all types agree
	// next says that another claim can bound the reach of one, for some type.
	next bool
	// narrows says that a claim can be about less than the field asks for.
	narrows bool
	// lifetime is what a claim says of the existence of its ends.
	lifetime schema.Lifetime
	// single reports, by number of the type, where it leads to one entity at a time;
	// nil where it nowhere does.
	single []bool
}

// kindsTable is what the ontology says of all predicates.
type kindsTable struct {
	of        []predicateKinds // by number of the predicate
	lifetimes []uint16         // the predicates that say when an entity begins or ends
}

// kindsOf makes the table once for each list of predicates; the ontology never
// changes and predicates are only added, by the one writer, at the end.
func (w *writer) kindsOf(s *Snapshot) *kindsTable {
	if ks := w.kinds.Load(); ks != nil && len(ks.of) >= len(s.predicates.list) {
		return ks
	}
	ks := &kindsTable{of: make([]predicateKinds, len(s.predicates.list))}
	for i, name := range s.predicates.list {
		fields := s.o.Predicate(name)
		if i >= len(s.fields) || len(fields) == 0 {
			// The ontology lost it, or its values do not fit: show its claims as
			// facts of a state.
			ks.of[i].timing.Kind = schema.State
			if i >= len(s.fields) && len(fields) > 0 {
				ks.of[i].timing.Kind = fields[0].Time
			}
			continue
		}
		ks.of[i] = s.kindsOf(fields)
		if ks.of[i].lifetime != (schema.Lifetime{}) {
			ks.lifetimes = append(ks.lifetimes, uint16(i))
		}
	}
	w.kinds.Store(ks)
	return ks
}

func (s *Snapshot) kindsOf(fields []*schema.Field) predicateKinds {
	k := predicateKinds{timing: fields[0].Timing(), single: s.singleFor(fields)}
	for _, f := range fields {
		k.next = k.next || f.Reach.ByNext()
		k.narrows = k.narrows || f.Time == schema.Observation || slices.ContainsFunc(f.Qualifiers, func(q *schema.Qualifier) bool { return q.Narrows })
		if f.Lifetime != (schema.Lifetime{}) {
			k.lifetime = f.Lifetime
		}
	}
	if !slices.ContainsFunc(fields, func(f *schema.Field) bool { return f.Timing() != k.timing }) {
		return k
	}
	// Types that come later are unknown to the ontology.
	k.by = make([]schema.Timing, len(s.typesOf))
	for n, t := range s.typesOf {
		k.by[n] = k.timing
		if t != nil && t.Field(fields[0].Name) != nil {
			k.by[n] = t.Field(fields[0].Name).Timing()
		}
	}
	return k
}

// singleFor reports for which types the fields are relations of one.
func (s *Snapshot) singleFor(fields []*schema.Field) []bool {
	single := func(f *schema.Field) bool { return f != nil && f.Kind == schema.Relation && !f.Many }
	if !slices.ContainsFunc(fields, single) {
		return nil
	}
	by := make([]bool, len(s.typesOf))
	for n, t := range s.typesOf {
		by[n] = t != nil && single(t.Field(fields[0].Name))
	}
	return by
}

func (v *View) timing(r *row) schema.Timing {
	k := &v.kinds[r.predicate]
	if k.by == nil {
		return k.timing
	}
	if t := int(v.s.types.At(r.subject)); t < len(k.by) {
		return k.by[t]
	}
	return k.timing
}
