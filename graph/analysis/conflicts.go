package analysis

import (
	"cmp"
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// ConflictsOptions selects conflicts; the zero value selects all.
type ConflictsOptions struct {
	// Subject, if not empty, selects the sets with a claim about it. If it is an office, it also selects the
	// sets about its holders.
	Subject graph.ID
	// Predicate, if not empty, selects the sets of one field.
	Predicate string
	// After, if not nil, leaves out the conflicts up to that place.
	After *ConflictPlace
	// Work bounds how many claims are read; 0 means about a second's worth.
	Work int
}

// ConflictPlace is the place of a set of claims in the order of conflicts. It remains valid across writes.
type ConflictPlace struct {
	// Subject is the subject under which the set was found.
	Subject   graph.ID
	Predicate string
	// Claim is the least id among the set's claims. A word precedes it if the set does not consist of pairs
	// that disagree.
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
	// Holds says how certainly all of them, except DEPRECATED ones, hold on the view's date.
	Holds graph.Holds
	// Reason says in words why not all can be true.
	Reason string
}

// Conflicts calls fn with every set of claims that disagree, in the order of the subject's id, the predicate
// and the least claim id, until fn returns false. Two claims that the view lists disagree if
//
//   - they state different values of a field that has one at a time, agree in
//     every qualifier, and the change from one to the other explains nothing
//     (conflictWalk.together);
//   - they give figures of one period, object and set of qualifiers, or of one
//     relation in one direction or the other, that are further apart than the
//     tolerance of the ontology;
//   - more subjects than there are seats relate to one object at once, as two
//     people who hold one office;
//   - a curator put them into one group of competing claims, and they say
//     different things about one subject or one object.
//
// A set has all claims that are connected by such pairs. Further sets are a stated
// number with the claims that it counts, dates in the wrong order, and a claim that
// outlives its source by decades (conflictWalk.checks). Claims of rank DEPRECATED
// disagree only in a curator's group.
//
// rest, if not nil, is the place at which Conflicts reached its limit of work; a call with After set to rest
// continues from there. The claims of one subject are always read together.
func Conflicts(ctx context.Context, v *snapshot.View, o ConflictsOptions, fn func(Conflict) bool) (rest *ConflictPlace, err error) {
	w := &conflictWalk{walk: walk{ctx: ctx}, v: v, o: o, fn: fn, dates: map[uint32]graph.Date{}, parts: map[uint32]bool{}}
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
	for e := range v.OfTypes(nil).All() {
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

type conflictWalk struct {
	walk
	v     *snapshot.View
	o     ConflictsOptions
	fn    func(Conflict) bool
	key   []byte
	dates map[uint32]graph.Date // by source
	// parts has the claims whose figures are for a part of what they state.
	parts map[uint32]bool
}

// run has the claims of one subject and predicate, grouped by what may disagree.
type run struct {
	// suspects are the claims that share a question with another, or belong to a curator's group: only these
	// can disagree.
	suspects []uint32
	slots    map[string][]uint32 // the claims by the question that they answer
	groups   map[string][]uint32 // the claims by the curator's group
}

// visit finds the conflicts that are listed under a subject. It returns false when the search must end.
func (w *conflictWalk) visit(subject uint32) bool {
	s := w.v.Snapshot()
	var names []string
	var f *schema.Field
	last := ""
	w.v.Claims(subject, w.o.Predicate, false, func(n uint32) bool {
		// If a claim is alone in its run, only claims about other subjects can disagree with it.
		name := s.Predicate(n)
		alone := name != last
		if alone {
			f, last = s.Field(n), name
		}
		if !alone || s.Details(n).Conflict != "" || f != nil && (crosses(f) || checked(f)) || w.outlives(f, n) > 0 {
			names = append(names, name)
		}
		return w.tick()
	})
	if w.o.Subject != "" {
		for _, f := range w.crossing(subject) {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !w.visitField(subject, name) {
			return false
		}
	}
	return w.tick()
}

// crossing returns the selected fields that lead to the entity from several subjects whose claims may disagree.
func (w *conflictWalk) crossing(entity uint32) []*schema.Field {
	s := w.v.Snapshot()
	var list []*schema.Field
	for _, name := range s.Ontology().Predicates() {
		for _, f := range s.Ontology().Predicate(name) {
			if t := s.Type(entity); crosses(f) && t != nil && f.Target.Includes(t) && (w.o.Predicate == "" || w.o.Predicate == name) {
				list = append(list, f)
			}
		}
	}
	return list
}

func (w *conflictWalk) visitField(subject uint32, predicate string) bool {
	runs := map[uint32]*run{}
	seen := map[uint32]bool{}
	var found []Conflict
	suspects := w.run(runs, subject, predicate).suspects
	if w.o.Subject != "" {
		suspects = append(slices.Clone(suspects), w.leadingTo(subject, predicate)...)
	}
	for _, n := range suspects {
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
	found = append(found, w.checks(subject, predicate)...)
	slices.SortFunc(found, func(a, b Conflict) int { return a.Place.compare(b.Place) })
	for _, c := range found {
		if w.o.After != nil && c.Place.compare(*w.o.After) <= 0 {
			continue
		}
		if !w.fn(c) {
			return false
		}
	}
	return w.err == nil
}

// leadingTo returns the claims about other subjects that lead to an entity by a field that crosses subjects.
func (w *conflictWalk) leadingTo(entity uint32, predicate string) (claims []uint32) {
	s := w.v.Snapshot()
	w.v.Claims(entity, predicate, true, func(n uint32) bool {
		if f := s.Field(n); f != nil && crosses(f) && w.v.Lists(n) {
			claims = append(claims, n)
		}
		return w.tick()
	})
	return claims
}

// run returns the claims of a subject and predicate. It reads them once.
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
		if len(claims) > 1 || f != nil && crosses(f) {
			r.suspects = append(r.suspects, claims...)
		}
		if f.Many && f.Time == schema.State {
			w.noteParts(f, claims)
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

// gather returns the set of claims that are connected with a claim by disagreeing pairs.
func (w *conflictWalk) gather(runs map[uint32]*run, seen map[uint32]bool, n uint32) []uint32 {
	s := w.v.Snapshot()
	predicate := s.Predicate(n)
	set := []uint32{n}
	seen[n] = true
	for i := 0; i < len(set) && w.err == nil; i++ {
		c := set[i]
		add := func(d uint32, disagree func(a, b uint32) bool) {
			if w.tick() && !seen[d] && disagree(c, d) {
				seen[d] = true
				set = append(set, d)
			}
		}
		r := w.run(runs, s.Subject(c), predicate)
		if f := s.Field(c); f != nil {
			for _, d := range w.rivals(runs, r, f, c) {
				add(d, w.disagree)
			}
		}
		group := s.Details(c).Conflict
		if group == "" {
			continue
		}
		compete := func(a, b uint32) bool { return Compete(s, a, b) }
		for _, d := range r.groups[group] {
			add(d, compete)
		}
		if to := s.Object(c); to != snapshot.None {
			w.v.Claims(to, predicate, true, func(d uint32) bool {
				if s.Details(d).Conflict == group && w.v.Lists(d) {
					add(d, compete)
				}
				return w.tick()
			})
		}
	}
	return set
}

// rivals returns the claims that answer the same question as claim c.
func (w *conflictWalk) rivals(runs map[uint32]*run, r *run, f *schema.Field, c uint32) []uint32 {
	s := w.v.Snapshot()
	if f.Exclusive != nil && !s.IsNone(c) {
		return w.leadingTo(s.Object(c), f.Name)
	}
	k, ok := slotOf(s, f, c, nil)
	if !ok {
		return nil
	}
	claims := r.slots[string(k)]
	if f.Symmetric && !s.IsNone(c) {
		claims = append(slices.Clone(claims), w.run(runs, s.Object(c), f.Name).slots[string(k)]...)
	}
	return claims
}

// describe builds the Conflict of a set. first is false if the set is listed under another subject: its least
// one, unless the question names a subject.
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
