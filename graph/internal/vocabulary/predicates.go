package vocabulary

import (
	"slices"

	"github.com/caspian-kg/caspian/schema"
)

// Predicate has the ontology's rules for a predicate, by the subject's type.
type Predicate struct {
	Timing schema.Timing
	By     []schema.Timing // by number of the type; nil if all types agree
	// Mixed is true if the types differ in the kind of time, not only in reach.
	Mixed bool
	// Next is true if, for some type, the next claim can end the reach of a claim.
	Next bool
	// Narrows is true if a claim can be about less than the field asks for.
	Narrows bool
	// Lives is true if a claim can say when an entity at one of its ends begins or ends to exist; OfObjects is
	// true if that can be its object.
	Lives, OfObjects bool
	// Single says, by number of the type, whether the relation leads to one entity at a time; nil if it does
	// for no type.
	Single []bool
}

// TimingOf returns the timing of claims whose subject has the type with the number typ.
func (p *Predicate) TimingOf(typ uint16) schema.Timing {
	if int(typ) < len(p.By) {
		return p.By[typ]
	}
	return p.Timing
}

// Predicates has the ontology's rules for all predicates.
type Predicates struct {
	Of        []Predicate // by number of the predicate
	Lifetimes []uint16    // the predicates that say when an entity begins or ends
}

// PredicatesOf returns the rules of the predicates with the given names, of which the first known are in the
// ontology. types are the types of subjects by number; a type is nil if the ontology no longer has it.
func PredicatesOf(o *schema.Ontology, names []string, known int, types []*schema.Type) *Predicates {
	ps := &Predicates{Of: make([]Predicate, len(names))}
	for i, name := range names {
		fields := o.Predicate(name)
		if i >= known || len(fields) == 0 {
			// The ontology no longer has it, or its values do not fit: show its claims like facts of a state.
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
	// Types that are added later are unknown to the ontology.
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

// singleFor returns for which types the fields are relations of one value.
func singleFor(fields []*schema.Field, types []*schema.Type) []bool {
	if !slices.ContainsFunc(fields, (*schema.Field).Single) {
		return nil
	}
	by := make([]bool, len(types))
	for n, t := range types {
		by[n] = t != nil && t.Field(fields[0].Name).Single()
	}
	return by
}

// Relation is a relation of the ontology as a source names it: by its own name, or by the name of the field
// that leads from its objects to its subjects.
type Relation struct {
	Predicate uint16
	OfObjects bool
}

// RelationsOf returns the relations of an ontology by the names of their fields.
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

// ThroughOf returns the derived fields of an ontology by the types of the entities through which they lead.
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

// Rule says how a qualifier of a field distinguishes claims.
type Rule struct {
	Name     uint16
	Distinct bool // claims with different values are distinct
	Stated   bool // claims that state it are distinct from claims that do not
	Narrows  bool // a claim that states it is about less than the field asks for
}

// RulesOf returns the rules of each field of the ontology.
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
