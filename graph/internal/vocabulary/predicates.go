package vocabulary

import (
	"slices"

	"github.com/caspian-kg/caspian/schema"
)

// Predicate is what the ontology states about a predicate, by the subject's type.
type Predicate struct {
	Timing schema.Timing
	By     []schema.Timing // by number of the type; nil where all types agree
	// Mixed reports whether the types differ in the kind of time, not in reach alone.
	Mixed bool
	// Next says that another claim can bound the reach of one, for some type.
	Next bool
	// Narrows says that a claim can be about less than the field asks for.
	Narrows bool
	// Lives reports whether a claim can say when an entity at one of its ends begins
	// or ends to exist, OfObjects whether the one at its object's.
	Lives, OfObjects bool
	// Single reports, by number of the type, where it leads to one entity at a time;
	// nil where it nowhere does.
	Single []bool
}

// TimingOf is the timing of claims about subjects of a type, by its number.
func (p *Predicate) TimingOf(typ uint16) schema.Timing {
	if int(typ) < len(p.By) {
		return p.By[typ]
	}
	return p.Timing
}

// Predicates are what the ontology states about all predicates.
type Predicates struct {
	Of        []Predicate // by number of the predicate
	Lifetimes []uint16    // the predicates that say when an entity begins or ends
}

// PredicatesOf are the predicates with the names, of which so many as known come
// from the ontology, for subjects of the types, nil where the ontology lost one.
func PredicatesOf(o *schema.Ontology, names []string, known int, types []*schema.Type) *Predicates {
	ps := &Predicates{Of: make([]Predicate, len(names))}
	for i, name := range names {
		fields := o.Predicate(name)
		if i >= known || len(fields) == 0 {
			// The ontology lost it, or its values do not fit: show its claims as
			// facts of a state.
			ps.Of[i].Timing.Kind = schema.State
			if i >= known && len(fields) > 0 {
				ps.Of[i].Timing.Kind = fields[0].Time
			}
			continue
		}
		ps.Of[i] = predicateOf(fields, types)
		if ps.Of[i].Lives {
			ps.Lifetimes = append(ps.Lifetimes, uint16(i))
		}
	}
	return ps
}

func predicateOf(fields []*schema.Field, types []*schema.Type) Predicate {
	p := Predicate{Timing: fields[0].Timing(), Single: singleFor(fields, types)}
	for _, f := range fields {
		p.Next = p.Next || f.Reach.ByNext()
		p.Narrows = p.Narrows || f.Time == schema.Observation || slices.ContainsFunc(f.Qualifiers, func(q *schema.Qualifier) bool { return q.Narrows })
		p.Lives = p.Lives || f.Lifetime != (schema.Lifetime{})
		p.OfObjects = p.OfObjects || f.Lifetime.Object != schema.NoEnd
	}
	if !slices.ContainsFunc(fields, func(f *schema.Field) bool { return f.Timing() != p.Timing }) {
		return p
	}
	// Types that come later are unknown to the ontology.
	p.By = make([]schema.Timing, len(types))
	for n, t := range types {
		p.By[n] = p.Timing
		if t != nil && t.Field(fields[0].Name) != nil {
			p.By[n] = t.Field(fields[0].Name).Timing()
		}
		p.Mixed = p.Mixed || p.By[n].Kind != p.Timing.Kind
	}
	return p
}

// singleFor reports for which types the fields are relations of one.
func singleFor(fields []*schema.Field, types []*schema.Type) []bool {
	single := func(f *schema.Field) bool { return f != nil && f.Kind == schema.Relation && !f.Many }
	if !slices.ContainsFunc(fields, single) {
		return nil
	}
	by := make([]bool, len(types))
	for n, t := range types {
		by[n] = t != nil && single(t.Field(fields[0].Name))
	}
	return by
}

// Relation is a relation of the ontology as a source names it: by its own name, or
// by that of a field which leads from its objects to its subjects.
type Relation struct {
	Predicate uint16
	OfObjects bool
}

// RelationsOf are the relations of an ontology by the names of their fields.
func RelationsOf(o *schema.Ontology) map[string][]Relation {
	of := map[string][]Relation{}
	for _, t := range o.Types {
		for _, f := range t.Fields {
			end := f
			if f.Kind == schema.Derived {
				end = f.Path.Then
			}
			r := Relation{Predicate: uint16(end.Number)}
			if end.Kind == schema.Inverse {
				r = Relation{uint16(end.InverseOf[0].Number), true}
			}
			if f.Kind != schema.Property && !slices.Contains(of[f.Name], r) {
				of[f.Name] = append(of[f.Name], r)
			}
		}
	}
	return of
}

// ThroughOf are the derived fields of an ontology by the types of the entities through which they lead, such as that
// of offices.
func ThroughOf(o *schema.Ontology) map[*schema.Type][]*schema.Field {
	of := map[*schema.Type][]*schema.Field{}
	for _, t := range o.Types {
		for _, f := range t.Fields {
			if f.Kind == schema.Derived {
				of[f.Path.Through.Target] = append(of[f.Path.Through.Target], f)
			}
		}
	}
	return of
}

// Rule is how a qualifier of a field tells its claims apart.
type Rule struct {
	Name     uint16
	Distinct bool // by its value
	Stated   bool // by whether it is stated
	Narrows  bool // and a claim that states it is about less than the field asks for
}

// RulesOf are the rules of each field of the ontology.
func RulesOf(o *schema.Ontology) map[*schema.Field][]Rule {
	of := map[*schema.Field][]Rule{}
	for _, t := range o.Types {
		for _, f := range t.Fields {
			var rules []Rule
			for _, q := range f.Qualifiers {
				if rule := (Rule{uint16(q.Number), q.Distinct, f.Time == schema.Observation, q.Narrows}); rule.Distinct || rule.Stated || rule.Narrows {
					rules = append(rules, rule)
				}
			}
			of[f] = rules
		}
	}
	return of
}
