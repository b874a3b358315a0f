// Package fit finds recorded claims and entities that do not fit an ontology, for example after the ontology
// was changed.
//
// It must not know where snapshots and ontologies come from.
package fit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Misfit is one way in which claims or entities do not fit the ontology, with their numbers.
type Misfit struct {
	// Reason says in words what does not fit.
	Reason string
	// Claims counts the live claims that do not fit, and Entities their subjects.
	Claims, Entities int
	// Examples are a few of the claims, or of the entities.
	Examples []string
}

func (m Misfit) String() string {
	claims, entities := "claims", "entities"
	if m.Claims == 1 {
		claims = "claim"
	}
	if m.Entities == 1 {
		entities = "entity"
	}
	text := fmt.Sprintf("%s: %d %s of %d %s", m.Reason, m.Claims, claims, m.Entities, entities)
	for i, x := range m.Examples {
		text += [...]string{", such as ", "; ", "; "}[i] + x
	}
	return text
}

const mostExamples = 3

// Misfits returns what is recorded and does not fit the snapshot's ontology, the most frequent first. earlier
// is the ontology under which it was accepted, or nil if that is unknown. Misfits leaves out what did not fit
// earlier either; some changes can be found only by comparison with earlier.
func Misfits(s *snapshot.Snapshot, earlier *schema.Ontology) []Misfit {
	o := s.Ontology()
	f := fitter{s: s, state: s.State(), by: map[string]*misfits{}}
	for n := range uint32(s.EntityCount()) {
		if !isType(o, s.TypeName(n)) && (earlier == nil || isType(earlier, s.TypeName(n))) {
			f.entity("the ontology has no type "+s.TypeName(n), n)
		}
	}
	changed := map[[2]string][]schema.Change{}
	if earlier != nil {
		for _, c := range schema.Compare(earlier, o) {
			if c.Narrowed || c.Meaning {
				k := [2]string{c.Type, c.Field}
				changed[k] = append(changed[k], c)
			}
			f.hint(c)
		}
	}
	for n := range uint32(s.ClaimCount()) {
		f.check(n, earlier, changed)
	}
	return f.list()
}

// check checks one claim.
func (f *fitter) check(n uint32, earlier *schema.Ontology, changed map[[2]string][]schema.Change) {
	if !f.s.Live(n) {
		return
	}
	c := f.s.ClaimAt(n)
	if why := graph.Misfit(f.s.Ontology(), f.state, &c); why != "" {
		if earlier == nil || graph.Misfit(earlier, f.state, &c) == "" {
			f.claim(why, n, &c)
		}
		return
	}
	for _, x := range changed[[2]string{f.s.TypeName(f.s.Subject(n)), c.Predicate}] {
		if x.Meaning || f.differing(c.Subject, c.Predicate) {
			f.claim(x.String(), n, &c)
		}
	}
}

func isType(o *schema.Ontology, name string) bool {
	t := o.Type(name)
	return t != nil && !t.Abstract
}

// differing reports whether live claims give several different values.
func (f *fitter) differing(subject graph.ID, predicate string) bool {
	vs := f.state.Values(subject, predicate)
	return slices.ContainsFunc(vs, func(v graph.Value) bool { return v != vs[0] })
}

type misfits struct {
	Misfit
	entities map[uint32]bool
}

type fitter struct {
	s     *snapshot.Snapshot
	state graph.State
	by    map[string]*misfits
	hints map[string]string // additions to reasons
}

func (f *fitter) of(reason string) *misfits {
	m := f.by[reason]
	if m == nil {
		m = &misfits{Misfit: Misfit{Reason: reason}, entities: map[uint32]bool{}}
		f.by[reason] = m
	}
	return m
}

func (f *fitter) entity(reason string, n uint32) {
	m := f.of(reason)
	m.entities[n] = true
	if len(m.Examples) < mostExamples {
		m.Examples = append(m.Examples, string(f.s.ID(n)))
	}
}

func (f *fitter) claim(reason string, n uint32, c *graph.Claim) {
	m := f.of(reason)
	m.Claims++
	m.entities[f.s.Subject(n)] = true
	if len(m.Examples) < mostExamples {
		m.Examples = append(m.Examples, fmt.Sprintf("%s %s %s", c.Subject, c.Predicate, graph.Clip(c.Value.String())))
	}
}

// hint records, for a removed type or field, the added one that may replace it. The hint comes from comparing
// the ontologies.
func (f *fitter) hint(c schema.Change) {
	if f.hints == nil {
		f.hints = map[string]string{}
	}
	if c.Field == "" {
		f.hints["the ontology has no type "+c.Type] = c.String()
	} else {
		f.hints[c.Type+" has no field "+c.Field] = c.String()
	}
}

func (f *fitter) list() []Misfit {
	var all []Misfit
	for reason, m := range f.by {
		m.Entities = len(m.entities)
		if better := f.hints[reason]; better != "" {
			m.Reason = better
		}
		all = append(all, m.Misfit)
	}
	slices.SortFunc(all, func(a, b Misfit) int {
		return cmp.Or(b.Claims-a.Claims, b.Entities-a.Entities, cmp.Compare(a.Reason, b.Reason))
	})
	return all
}
