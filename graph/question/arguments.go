// Package question has what all analyses share: the faults of arguments, the limits of work, a cache of results
// by view, and iteration over what was recorded since a view. Changed has the rule for which claims a write may
// affect.
//
// Read Faults and ViewCache first. The package must not know any one analysis.
package question

import (
	"math"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Faults collects every fault of an analysis's options. The zero value is empty.
type Faults struct{ list graph.Problems }

// Add adds a fault of an argument.
func (f *Faults) Add(argument string, code graph.Code, format string, a ...any) {
	f.list = append(f.list, graph.Problem{Position: graph.Position{Path: argument}, Code: code, Message: graph.Errorf(code, format, a...).Message})
}

// Join adds faults that another check found.
func (f *Faults) Join(more graph.Problems) { f.list = append(f.list, more...) }

// Predicate adds a fault unless name is the name of a stored field.
func (f *Faults) Predicate(o *schema.Ontology, argument, name string) {
	if o.Predicate(name) == nil {
		f.Add(argument, graph.UnknownName, "the ontology has no stored field %q; inverse and derived fields are read from others", graph.Clip(name))
	}
}

// Relations adds a fault for each name that is not that of a stored relation.
func (f *Faults) Relations(o *schema.Ontology, argument string, names ...string) {
	for _, r := range names {
		if fields := o.Predicate(r); fields == nil {
			f.Predicate(o, argument, r)
		} else if fields[0].Kind != schema.Relation {
			f.Add(argument, graph.BadInput, "%s leads to no entity; name a relation", r)
		}
	}
}

// Types adds a fault for each name that is not that of a type or an interface.
func (f *Faults) Types(o *schema.Ontology, argument string, names ...string) {
	for _, t := range names {
		if o.Type(t) == nil {
			f.Add(argument, graph.UnknownName, "the ontology has no type %q", graph.Clip(t))
		}
	}
}

// Err returns the faults as graph.Problems, or nil if there are none.
func (f *Faults) Err() error {
	if len(f.list) == 0 {
		return nil
	}
	return f.list
}

// Entity returns the entity that an argument names. If the store has none, it returns snapshot.None and adds a
// problem, because avoiding a misspelt id would avoid nothing.
//
// An entity that the store has but the view does not show is accepted, and the answer about
// it is empty or unknown. The ids and types of entities are not claims: they have no source
// and no date, and views do not hide them. So the same question can be asked in several
// views.
func (f *Faults) Entity(v *snapshot.View, argument string, id graph.ID) uint32 {
	s := v.Snapshot()
	n, ok := v.Meant(id)
	if ok {
		return n
	}
	advice := "search finds ids by names"
	for _, other := range [...]string{strings.ToUpper(string(id)), strings.ToLower(string(id))} {
		if _, ok := s.Number(graph.ID(other)); ok {
			advice = "did you mean \"" + other + "\"?"
		}
	}
	f.Add(argument, graph.UnknownID, "there is no entity %q; %s", graph.Clip(string(id)), advice)
	return snapshot.None
}

// Round removes the rounding error of binary fractions, such as that of 1-0.93.
func Round(x float64) float64 { return math.Round(x*1e12) / 1e12 }

// The limits of iterating over the claims.
const (
	// WalkWork is how many claims an analysis reads if its options give no limit: about a second's work.
	WalkWork = 5_000_000
	// CheckEvery is how many claims are read between two checks of the context.
	CheckEvery = 1024
)
