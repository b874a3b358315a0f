package analysis

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// ConflictsOptions say which conflicts to look for; the zero value is all.
type ConflictsOptions struct {
	// Subject, where not empty, keeps the sets with a claim about it.
	Subject graph.ID
	// Predicate, where not empty, keeps those of one field.
	Predicate string
	// After leaves out the conflicts at or before a place; nil leaves out nothing.
	After *ConflictPlace
	// Work bounds how many claims are read; 0 is about a second's worth.
	Work int
}

// ConflictPlace is the place of a set of claims in the order of conflicts. It
// stays valid across writes.
type ConflictPlace struct {
	// Subject is the one under which the set was found.
	Subject   graph.ID
	Predicate string
	// Claim is the least id of the set's claims.
	Claim string
}

func (p ConflictPlace) compare(q ConflictPlace) int {
	return cmp.Or(cmp.Compare(p.Subject, q.Subject), cmp.Compare(p.Predicate, q.Predicate), cmp.Compare(p.Claim, q.Claim))
}

// Conflict is a set of claims of which not all can be true: each disagrees with
// at least one other.
type Conflict struct {
	Place     ConflictPlace
	Subject   uint32
	Predicate string
	// Claims are in record order.
	Claims []uint32
	// Holds is how surely all of them hold at the view's date, but for
	// DEPRECATED ones.
	Holds graph.Holds
	// Reason says in words why not all can be true.
	Reason string
}

// Conflicts calls fn with every set of claims that disagree, in the order of
// the subject's id, the predicate and the least claim id; fn ends the walk by
// returning false. Two claims of the view disagree where
//
//   - they state different values of a field that has one at a time, agree in
//     every qualifier, and their valid times overlap (disjoint says when not);
//   - they give figures of one period, object and set of qualifiers that are
//     further apart than the tolerance of the ontology;
//   - a curator put them into one group of competing claims, and they say
//     different things about one subject or one object.
//
// Claims of rank DEPRECATED disagree only in a curator's group. A set has all
// claims that are connected by such pairs.
//
// rest, if not nil, is the place where the walk ended at its limit of work;
// with After set to it, the next walk continues from there. The claims of one
// subject are always read together.
func Conflicts(ctx context.Context, v *snapshot.View, o ConflictsOptions, fn func(Conflict) bool) (rest *ConflictPlace, err error) {
	w := &conflictWalk{walk: walk{ctx: ctx}, v: v, o: o, fn: fn}
	var f question.Faults
	subject := snapshot.None
	if o.Subject != "" {
		subject = f.Entity(v, "subject", o.Subject)
	}
	if o.Predicate != "" {
		f.Predicate(v.Snapshot().Ontology(), "predicate", o.Predicate)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	if subject != snapshot.None {
		w.visit(subject)
		return nil, w.err
	}
	work := cmp.Or(o.Work, question.WalkWork)
	for e := range v.OfTypes(concrete(v.Snapshot().Ontology())).All() {
		id := v.Snapshot().ID(e.Node)
		if o.After != nil && id < o.After.Subject {
			continue
		}
		if w.looked >= work {
			rest = &ConflictPlace{Subject: id}
			break
		}
		if !w.visit(e.Node) {
			break
		}
	}
	return rest, w.err
}

// concrete are the types that entities may have.
func concrete(o *schema.Ontology) []*schema.Type {
	return slices.DeleteFunc(slices.Clone(o.Types), func(t *schema.Type) bool { return t.Abstract })
}

type conflictWalk struct {
	walk
	v   *snapshot.View
	o   ConflictsOptions
	fn  func(Conflict) bool
	key []byte
}

// run is the claims of one subject and predicate, by what may disagree.
type run struct {
	// suspects are those that share a question or a group with another, or
	// have a group: only these can disagree.
	suspects []uint32
	slots    map[string][]uint32 // claims that answer one question
	groups   map[string][]uint32 // the curator's
}

// visit finds the sets listed under a subject.
func (w *conflictWalk) visit(subject uint32) bool {
	s := w.v.Snapshot()
	var names []string
	last := uint32(snapshot.None)
	w.v.Claims(subject, w.o.Predicate, false, func(n uint32) bool {
		// A run of one claim can only disagree through a curator's group.
		name := s.Predicate(n)
		if last != snapshot.None && s.Predicate(last) == name || s.Details(n).Conflict != "" {
			names = append(names, name)
		}
		last = n
		return w.tick()
	})
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !w.visitField(subject, name) {
			return false
		}
	}
	return w.tick()
}

func (w *conflictWalk) visitField(subject uint32, predicate string) bool {
	runs := map[uint32]*run{}
	seen := map[uint32]bool{}
	var found []Conflict
	for _, n := range w.run(runs, subject, predicate).suspects {
		if seen[n] {
			continue
		}
		if set := w.gather(runs, seen, n); len(set) > 1 {
			if c, first := w.describe(subject, predicate, set); first {
				found = append(found, c)
			}
		}
		if w.err != nil {
			return false
		}
	}
	slices.SortFunc(found, func(a, b Conflict) int { return a.Place.compare(b.Place) })
	for _, c := range found {
		if w.o.After != nil && c.Place.compare(*w.o.After) <= 0 {
			continue
		}
		if !w.fn(c) {
			return false
		}
	}
	return true
}

// run reads the claims of a subject and predicate once.
func (w *conflictWalk) run(runs map[uint32]*run, subject uint32, predicate string) *run {
	if r := runs[subject]; r != nil {
		return r
	}
	r := &run{slots: map[string][]uint32{}, groups: map[string][]uint32{}}
	runs[subject] = r
	s := w.v.Snapshot()
	f := w.field(subject, predicate)
	w.v.Claims(subject, predicate, false, func(n uint32) bool {
		if !w.v.Lists(n) {
			return true
		}
		if k, ok := slotOf(s, f, n, w.key[:0]); ok {
			w.key = k
			r.slots[string(k)] = append(r.slots[string(k)], n)
		}
		if g := s.Details(n).Conflict; g != "" {
			r.groups[g] = append(r.groups[g], n)
		}
		return w.tick()
	})
	for _, claims := range r.slots {
		if len(claims) > 1 {
			r.suspects = append(r.suspects, claims...)
		}
	}
	for _, claims := range r.groups {
		r.suspects = append(r.suspects, claims...)
	}
	slices.Sort(r.suspects)
	r.suspects = slices.Compact(r.suspects)
	return r
}

func (w *conflictWalk) field(subject uint32, predicate string) *schema.Field {
	if t := w.v.Snapshot().Type(subject); t != nil {
		return t.Field(predicate)
	}
	return nil
}

// gather collects what hangs together with a claim.
func (w *conflictWalk) gather(runs map[uint32]*run, seen map[uint32]bool, n uint32) []uint32 {
	s := w.v.Snapshot()
	predicate := s.Predicate(n)
	set := []uint32{n}
	seen[n] = true
	for i := 0; i < len(set) && w.err == nil; i++ {
		c := set[i]
		add := func(d uint32, disagree func(*snapshot.Snapshot, uint32, uint32) bool) {
			if w.tick() && !seen[d] && disagree(s, c, d) {
				seen[d] = true
				set = append(set, d)
			}
		}
		r := w.run(runs, s.Subject(c), predicate)
		if k, ok := slotOf(s, s.Field(c), c, nil); ok {
			for _, d := range r.slots[string(k)] {
				add(d, disagree)
			}
		}
		group := s.Details(c).Conflict
		if group == "" {
			continue
		}
		for _, d := range r.groups[group] {
			add(d, Compete)
		}
		if to := s.Object(c); to != snapshot.None {
			w.v.Claims(to, predicate, true, func(d uint32) bool {
				if s.Details(d).Conflict == group && w.v.Lists(d) {
					add(d, Compete)
				}
				return w.tick()
			})
		}
	}
	return set
}

// describe builds the answer for a set. The set is listed under its least subject
// only, unless the question names a subject.
func (w *conflictWalk) describe(under uint32, predicate string, set []uint32) (c Conflict, first bool) {
	s := w.v.Snapshot()
	slices.Sort(set)
	subject := s.Subject(slices.MinFunc(set, func(a, b uint32) int { return cmp.Compare(s.ID(s.Subject(a)), s.ID(s.Subject(b))) }))
	if w.o.Subject == "" && subject != under {
		return c, false
	}
	c = Conflict{Subject: subject, Predicate: predicate, Claims: set, Holds: graph.HoldsYes,
		Place: ConflictPlace{Subject: s.ID(under), Predicate: predicate}}
	for _, n := range set {
		if id := s.ClaimID(n).String(); c.Place.Claim == "" || id < c.Place.Claim {
			c.Place.Claim = id
		}
		if s.Rank(n) != graph.Deprecated {
			c.Holds = min(c.Holds, w.v.Holds(n))
		}
	}
	c.Reason = w.reason(set)
	return c, true
}

// reason says in words why the claims of a set cannot all be true.
func (w *conflictWalk) reason(set []uint32) string {
	s := w.v.Snapshot()
	var values, periods, objects []string
	slots := map[string][]uint32{}
	for _, n := range set {
		// Claims about several subjects are a curator's: only those about one
		// answer one question.
		if k, ok := slotOf(s, s.Field(n), n, binary.BigEndian.AppendUint32(nil, s.Subject(n))); ok && s.Rank(n) != graph.Deprecated {
			slots[string(k)] = append(slots[string(k)], n)
		}
	}
	for _, claims := range slots {
		stated := len(values)
		for _, n := range claims {
			// Each brings its own value in, so that one partner is enough.
			for _, m := range claims {
				if w.tick() && disagree(s, n, m) {
					values = append(values, differing(w.v, n, m)...)
					break
				}
			}
		}
		if len(values) > stated {
			periods = append(periods, period(s, claims))
			if to := s.Object(claims[0]); to != snapshot.None {
				objects = append(objects, w.v.Name(to))
			}
		}
	}
	var parts []string
	if len(values) > 0 {
		parts = append(parts, differ(s.Field(set[0]), distinct(values), distinct(periods), distinct(objects)))
	}
	if w.competing(set) {
		marked := "a curator marked them as competing"
		// What is said is one thing, and the sources write it in several ways.
		if written := originals(s, set); len(values) == 0 && len(written) > 1 {
			marked += ", written as " + distinct(written)
		}
		parts = append(parts, marked)
	}
	return strings.Join(parts, "; ")
}

// differ says that a field is stated with values, or with figures of one thing
// for a period, of which one at most is true.
func differ(f *schema.Field, values, periods, objects string) string {
	switch f.Time {
	case schema.State:
		return f.Label + " has one value at a time and is stated as " + values
	case schema.Observation:
	default:
		return f.Label + " has one value and is stated as " + values
	}
	text := f.Label + " for " + periods + " is stated as " + values
	if f.Many && f.Kind == schema.Relation {
		text = f.Label + " " + objects + " for " + periods + " is stated with " + values
	}
	if f.Tolerance.Relative > 0 {
		text += ", further apart than " + percent(f.Tolerance.Relative)
	}
	return text
}

// period writes the period that the claims share, the shortest way any of them does.
func period(s *snapshot.Snapshot, claims []uint32) string {
	text := s.Valid(claims[0]).String()
	for _, n := range claims[1:] {
		if t := s.Valid(n).String(); len(t) < len(text) || len(t) == len(text) && t < text {
			text = t
		}
	}
	return strings.ReplaceAll(text, "/", " to ")
}

// competing reports whether a curator's group makes claims of the set disagree.
func (w *conflictWalk) competing(set []uint32) bool {
	s := w.v.Snapshot()
	for i, n := range set {
		for _, m := range set[:i] {
			if w.tick() && Compete(s, n, m) {
				return true
			}
		}
	}
	return false
}
