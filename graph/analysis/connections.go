package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Limits of a search for connections.
const (
	MaxConnectionLength = 6
	MaxConnections      = 100
	// ConnectionWork is how many claims and ways a search looks at where its
	// options do not say: some tens of milliseconds.
	ConnectionWork = 60_000
)

// ConnectionsOptions say what to connect, and by what.
type ConnectionsOptions struct {
	From, To graph.ID
	// MaxLength is the limit of steps, at most MaxConnectionLength; 0 means 4.
	MaxLength int
	// Relations, if not nil, are the predicates that steps may follow.
	Relations []string
	// ExcludeTypes are types and interfaces whose entities no way may pass; nil stands for
	// sources.
	ExcludeTypes []string
	// First is how many to find, up to MaxConnections; 0 is 5.
	First int
	// Work is how much to look at before the search ends; 0 is ConnectionWork.
	Work int
}

// Validate returns every fault of the options, or nil.
func (o *ConnectionsOptions) Validate(v *snapshot.View) error {
	var f question.Faults
	s := v.Snapshot()
	f.Entity(v, "from", o.From)
	f.Entity(v, "to", o.To)
	if o.From == o.To {
		f.Add("to", graph.BadInput, "it is the same as from; ask about two entities")
	}
	if o.MaxLength < 0 || o.MaxLength > MaxConnectionLength {
		f.Add("maxLength", graph.BadInput, "%d is not between 1 and %d", o.MaxLength, MaxConnectionLength)
	}
	if o.First < 0 || o.First > MaxConnections {
		f.Add("first", graph.BadInput, "%d is not between 1 and %d", o.First, MaxConnections)
	}
	for _, r := range o.Relations {
		if fields := s.Ontology().Predicate(r); fields == nil {
			f.Predicate(s.Ontology(), "relations", r)
		} else if fields[0].Kind != schema.Relation {
			f.Add("relations", graph.BadInput, "%s leads to no entity; name a relation", r)
		}
	}
	for _, t := range o.ExcludeTypes {
		if s.Ontology().Type(t) == nil {
			f.Add("excludeTypes", graph.UnknownName, "the ontology has no type %q", graph.Clip(t))
		}
	}
	return f.Err()
}

// Step is one claim of a connection, read from one entity to the next.
type Step struct {
	From, To uint32
	Relation string
	// Qualifier is the one by which the claim names the entity that is not its
	// subject; "" where that is its object.
	Qualifier string
	// Inverse reports that To is the claim's subject; a symmetric relation has no direction.
	Inverse bool
	Claim   uint32
}

// Connection is a way from one entity to another along claims. It says that
// they are connected and by what; it does not say that one causes, supplies
// or controls the other.
type Connection struct {
	Steps []Step
	// Score is the confidences of the steps multiplied, divided for every
	// entity between by the number of others that claims in view link it with,
	// whatever the filters: the more a thing is linked, the less it explains.
	// It is between 0 and 1.
	Score float64
	// Weakest is the least confident claim, the first of several.
	Weakest uint32
}

// Connections is what a search for connections found.
type Connections struct {
	// List has the best score first, then the shorter, then by the ids and
	// relations of the steps.
	List []Connection
	// Partial reports that the search ended at its limit of work: there may be
	// better ones.
	Partial bool
}

// Connect finds the best connections between two entities: ways that enter no
// entity twice, along claims in view, each from its subject to its object or to
// an entity that a qualifier names, or back. Ways through the same entities by
// the same relations are one; each step shows the most confident claim, and a
// DEPRECATED one only if there is no other. Without Partial the answer is
// exact. kept, if not nil, has the links of views that were counted before.
func Connect(ctx context.Context, v *snapshot.View, kept *Degrees, o ConnectionsOptions) (*Connections, error) {
	s := v.Snapshot()
	if err := o.Validate(v); err != nil {
		return nil, err
	}
	o.MaxLength, o.First, o.Work = cmp.Or(o.MaxLength, 4), cmp.Or(o.First, 5), cmp.Or(o.Work, ConnectionWork)
	if kept == nil {
		kept = new(Degrees)
	}
	degrees, err := kept.of(ctx, v)
	if err != nil {
		return nil, err
	}
	w := &connector{ctx: ctx, v: v, s: s, o: o, degrees: degrees, links: map[uint32][]link{}, words: words{""}}
	w.from, _ = s.Number(o.From)
	w.to, _ = s.Number(o.To)
	if o.ExcludeTypes == nil {
		o.ExcludeTypes = []string{schema.SourceType}
	}
	for _, t := range o.ExcludeTypes {
		for _, c := range s.Ontology().Type(t).Concrete {
			w.excluded = append(w.excluded, c.Name)
		}
	}
	if w.relations = o.Relations; w.relations == nil {
		w.relations = []string{""}
	} else {
		w.relations = slices.Compact(slices.Sorted(slices.Values(w.relations)))
	}
	if len(w.linksOf(w.to)) == 0 && w.err == nil && !w.spent {
		return &Connections{}, nil // an end that nothing leads to would let the search from the other one spend all its work
	}
	// Looking for what is near first keeps the search away from hubs: a round
	// that finds enough within its bound has found the best.
	for _, bound := range [...]float64{4, 8, 12, math.Inf(1)} {
		w.bound = bound
		w.round()
		if w.err != nil {
			return nil, w.err
		}
		if w.spent || len(w.best) >= o.First && w.costOf(len(w.best)-1) <= bound {
			break
		}
	}
	return &Connections{List: w.best, Partial: w.spent}, nil
}

// trail is the beginning of a way, from one of the two ends.
type trail struct {
	end  uint32
	link link // by which it came to its end
	up   *trail
	cost float64 // of its steps and the entities between, without its end
}

func (t *trail) has(x uint32) bool {
	for ; t != nil; t = t.up {
		if t.end == x {
			return true
		}
	}
	return false
}

// connector searches from both ends. The cost of a way is the negative logarithm of its
// score. It grows with each step, so a way that already costs more than the last of the best
// found so far can be dropped.
type connector struct {
	ctx       context.Context
	v         *snapshot.View
	s         *snapshot.Snapshot
	o         ConnectionsOptions
	from, to  uint32
	relations []string
	excluded  []string // types
	words     words
	degrees   []uint32
	links     map[uint32][]link
	block     []trail
	bound     float64
	best      []Connection
	work      int
	spent     bool
	err       error
}

// tick counts work; false ends the search.
func (w *connector) tick() bool {
	w.work++
	if w.work > w.o.Work {
		w.spent = true
	}
	if w.work%question.CheckEvery == 0 && w.err == nil {
		w.err = w.ctx.Err()
	}
	return !w.spent && w.err == nil
}

func (w *connector) costOf(i int) float64 { return -math.Log(w.best[i].Score) }

// limit is the highest cost that a connection may have to be among the results.
func (w *connector) limit() float64 {
	const slack = 1e-9 // sums of logarithms are not exact, and ties must stay
	if len(w.best) < w.o.First {
		return w.bound + slack
	}
	return min(w.bound, w.costOf(len(w.best)-1)) + slack
}

// round finds every connection within the bound that can be among the results.
// A way of n steps is one that comes half of them from either end.
func (w *connector) round() {
	forward, backward := []*trail{{end: w.from}}, []*trail{{end: w.to}}
	for n := 1; n <= w.o.MaxLength; n++ {
		if n == 1 {
			w.direct(forward[0])
			continue
		}
		if n%2 == 1 || n == 2 {
			forward = w.extend(forward, backward)
		}
		if n%2 == 0 && len(forward) > 0 {
			backward = w.extend(backward, forward)
		}
		w.join(forward, backward)
		if w.spent || w.err != nil || len(forward) == 0 || len(backward) == 0 {
			return
		}
	}
}

// direct takes the ways of one step.
func (w *connector) direct(root *trail) {
	for _, k := range w.linksOf(w.from) {
		if k.to == w.to {
			w.add(&trail{end: k.to, link: k, up: root, cost: k.cost}, nil)
		}
	}
}

// passing is what it costs to pass an entity.
func (w *connector) passing(x uint32) float64 { return math.Log(float64(w.degrees[x])) }

// extend makes trails longer by a step. others are those from the other end. It
// drops the trails, and the entities that they reach, through which no
// connection within the limit can pass.
func (w *connector) extend(trails, others []*trail) []*trail {
	// The least cost of the rest of a way after an entity at which it meets one
	// of the others, or a longer one, and after the entity before that.
	meeting, before := math.Inf(1), math.Inf(1)
	for _, t := range others {
		if meeting = min(meeting, t.cost); t.up == nil {
			before = math.Ln2 // an entity with a way in and a way out is linked with two others
		} else {
			before = min(before, t.cost+w.passing(t.end))
		}
	}
	other := others[0]
	for other.up != nil {
		other = other.up
	}
	var next []*trail
	for _, t := range trails {
		base := t.cost
		if t.up != nil {
			base += w.passing(t.end)
		}
		if t.up != nil && base+before > w.limit() {
			continue
		}
		for _, k := range w.linksOf(t.end) {
			cost := base + k.cost
			if k.to == other.end || w.degrees[k.to] < 2 || cost+w.passing(k.to)+meeting > w.limit() || t.has(k.to) {
				continue
			}
			if !w.tick() {
				return nil
			}
			next = append(next, w.trail(trail{end: k.to, link: k, up: t, cost: cost}))
		}
	}
	slices.SortStableFunc(next, func(a, b *trail) int { return cmp.Compare(a.cost, b.cost) })
	return next
}

// trail keeps a trail, many to a block.
func (w *connector) trail(t trail) *trail {
	if len(w.block) == cap(w.block) {
		w.block = make([]trail, 0, 256)
	}
	w.block = append(w.block, t)
	return &w.block[len(w.block)-1]
}

// join puts together the trails that end at the same entity.
func (w *connector) join(forward, backward []*trail) {
	at := map[uint32][]*trail{}
	for _, t := range backward {
		at[t.end] = append(at[t.end], t)
	}
	for _, t := range forward {
		base := t.cost + w.passing(t.end)
		for _, u := range at[t.end] {
			if base+u.cost > w.limit() {
				break
			}
			if !w.tick() {
				return
			}
			if apart(t, u) {
				w.add(t, u)
			}
		}
	}
}

// apart reports whether two trails share their end only.
func apart(t, u *trail) bool {
	for x := t.up; x != nil; x = x.up {
		if u.has(x.end) {
			return false
		}
	}
	return true
}

// add takes a way, if it is one of the best.
func (w *connector) add(t, u *trail) {
	c := Connection{Score: 1}
	for x := t; x.up != nil; x = x.up {
		c.Steps = append(c.Steps, Step{x.up.end, x.end, w.words[x.link.relation], w.words[x.link.qualifier], x.link.inverse, x.link.claim})
	}
	slices.Reverse(c.Steps)
	for x := u; x != nil && x.up != nil; x = x.up {
		c.Steps = append(c.Steps, Step{x.end, x.up.end, w.words[x.link.relation], w.words[x.link.qualifier], !x.link.inverse && !x.link.symmetric, x.link.claim})
	}
	for i, step := range c.Steps {
		if i > 0 {
			c.Score /= float64(w.degrees[step.From])
		}
		c.Score *= surely(w.s, step.Claim)
		if i == 0 || w.s.Confidence(step.Claim) < w.s.Confidence(c.Weakest) {
			c.Weakest = step.Claim
		}
	}
	at, found := slices.BinarySearchFunc(w.best, c, w.compare)
	if found {
		return // an earlier round found it
	}
	w.best = slices.Insert(w.best, at, c)
	if len(w.best) > w.o.First {
		w.best = w.best[:w.o.First]
	}
}

// compare puts the better connection first; 0 is the same one.
func (w *connector) compare(a, b Connection) int {
	if c := cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(len(a.Steps), len(b.Steps))); c != 0 {
		return c
	}
	for i, x := range a.Steps {
		y := b.Steps[i]
		if c := cmp.Or(cmp.Compare(w.s.ID(x.To), w.s.ID(y.To)), cmp.Compare(x.Relation, y.Relation),
			cmp.Compare(x.Qualifier, y.Qualifier), first(y.Inverse, x.Inverse)); c != 0 {
			return c
		}
	}
	return 0
}

// surely is the confidence of a claim. A confidence of 0 counts as the least that can be
// written, so that paths through such a claim still have an order.
func surely(s *snapshot.Snapshot, n uint32) float64 { return max(s.Confidence(n), 1e-4) }
