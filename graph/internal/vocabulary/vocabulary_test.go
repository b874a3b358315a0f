package vocabulary_test

import (
	"slices"
	"testing"

	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/schema"
)

// TestNames adds names, the last of them aside, and reads the list that a file keeps.
func TestNames(t *testing.T) {
	var n vocabulary.Names
	for _, name := range []string{"area", "capital", "lost", vocabulary.Aside + "area"} {
		was := n
		if n = n.With(name); len(was.List) != len(n.List)-1 {
			t.Fatalf("%q changes earlier names", name)
		}
		if _, ok := was.Number(name); ok {
			t.Errorf("%q is found before it is added", name)
		}
	}
	if want := []string{"area", "capital", "lost", "area"}; !slices.Equal(n.List, want) {
		t.Fatalf("%q, want %q", n.List, want)
	}
	for _, x := range []vocabulary.Names{n, vocabulary.NamesOf(n.List)} {
		for name, want := range map[string]uint16{"area": 0, "capital": 1, "lost": 2, vocabulary.Aside + "area": 3} {
			if got, ok := x.Number(name); !ok || got != want {
				t.Errorf("%q is number %d, %t; want %d", name, got, ok, want)
			}
		}
		if _, ok := x.Number("flag"); ok {
			t.Error("a name is found that nobody added")
		}
	}
}

// TestPredicates compares the tables with each field of the default ontology.
func TestPredicates(t *testing.T) {
	o := schema.MustDefault()
	var types []*schema.Type
	for _, typ := range o.Types {
		if !typ.Abstract {
			types = append(types, typ)
		}
	}
	types = append(types, nil) // one that the ontology lost
	names := o.Predicates()
	known := len(names)
	names = append(slices.Clip(names), "lost", names[0]) // what the ontology does not have, and what does not fit it
	ps, rules := vocabulary.PredicatesOf(o, names, known, types), vocabulary.RulesOf(o)
	for n, typ := range types {
		if typ == nil {
			continue
		}
		for p, name := range names[:known] {
			f := typ.Field(name)
			if f == nil || !f.Stored() {
				continue
			}
			x := ps.Of[p]
			timing := x.Timing
			if x.By != nil {
				timing = x.By[n]
			}
			if timing != f.Timing() {
				t.Errorf("%s.%s is timed %v, want %v", typ.Name, name, timing, f.Timing())
			}
			if single := x.Single != nil && x.Single[n]; single != (f.Kind == schema.Relation && !f.Many) {
				t.Errorf("%s.%s leads to one entity: %t", typ.Name, name, single)
			}
			if f.Reach.ByNext() && !x.Next || f.Time == schema.Observation && !x.Narrows || f.Lifetime != (schema.Lifetime{}) && !x.Lives {
				t.Errorf("%s.%s: %+v", typ.Name, name, x)
			}
			if x.Lives != slices.Contains(ps.Lifetimes, uint16(p)) {
				t.Errorf("%s is among the predicates of lifetimes: %v", name, ps.Lifetimes)
			}
			for _, q := range f.Qualifiers {
				i := slices.IndexFunc(rules[f], func(r vocabulary.Rule) bool { return int(r.Name) == int(q.Number) })
				if want := q.Distinct || q.Narrows || f.Time == schema.Observation; want != (i >= 0) {
					t.Errorf("%s.%s, %s: a rule %t, want %t", typ.Name, name, q.Name, i >= 0, want)
				} else if want && (rules[f][i].Distinct != q.Distinct || rules[f][i].Narrows != q.Narrows) {
					t.Errorf("%s.%s, %s: %+v", typ.Name, name, q.Name, rules[f][i])
				}
			}
		}
	}
	if got := ps.Of[known].Timing.Kind; got != schema.State {
		t.Errorf("a lost predicate is timed %v", got)
	}
	if got, want := ps.Of[known+1].Timing.Kind, o.Predicate(names[0])[0].Time; got != want {
		t.Errorf("%s aside is timed %v, want %v", names[0], got, want)
	}
}
