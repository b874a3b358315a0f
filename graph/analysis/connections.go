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

// The limits of a search for connections.
const (
	MaxConnectionLength = 6
	MaxConnections      = 100
	// ConnectionWork is how many claims and trails a search reads unless its options say otherwise: some tens
	// of milliseconds of work.
	ConnectionWork = 60_000
)

// ConnectionsOptions says which entities to connect, and by which claims.
type ConnectionsOptions struct {
	From, To graph.ID
	// MaxLength is the maximum number of steps, at most MaxConnectionLength; 0 means 4.
	MaxLength int
	// Relations, if not nil, are the predicates that steps may follow.
	Relations []string
	// ExcludeTypes are types and interfaces through whose entities no connection may pass; nil means Source.
	ExcludeTypes []string
	// First is how many connections to find, at most MaxConnections; 0 means 5.
	First int
	// Work bounds how many claims and trails the search reads; 0 means ConnectionWork.
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
	f.Relations(s.Ontology(), "relations", o.Relations...)
	f.Types(s.Ontology(), "excludeTypes", o.ExcludeTypes...)
	return f.Err()
}

// Step is one claim of a connection, in the direction of the connection.
type Step struct {
	From, To uint32
	Relation string
	// Qualifier is the qualifier by which the claim names the entity that is not its subject; "" if that entity
	// is its object.
	Qualifier string
	// Inverse is true if To is the claim's subject; a symmetric relation has no direction.
	Inverse bool
	Claim   uint32
}

// Connection is a path of claims from one entity to another. It says that they are connected and how; it does
// not say that one causes, supplies or controls the other.
type Connection struct {
	Steps []Step
	// Score is from 0 to 1. It is the product of the steps' confidences, divided, for every entity between the
	// ends, by the number of other entities with which claims in view link it, regardless of filters: an entity
	// with many links explains less.
	Score float64
	// Weakest is the claim with the lowest confidence, the first of several.
	Weakest uint32
}

// Connections is the result of a search for connections.
type Connections struct {
	// List has the highest score first, then the shorter connection; ids and relations of the steps decide
	// among the rest.
	List []Connection
	// Partial is true if the search reached its limit of work: there may be better connections.
	Partial bool
}

// Connect finds the best connections between two entities. A connection enters no entity twice. Its steps are
// claims in view, each from its subject to its object or to an entity in a qualifier, or back. Connections
// through the same entities by the same relations count as one; each step shows the claim of the highest
// confidence, and a DEPRECATED one only if there is no other. Unless Partial is set, the answer is exact. kept,
// if not nil, caches the numbers of links in views.
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
	w := &connector{linker: linker{v: v, s: s, words: words{""}}, walk: walk{ctx: ctx, work: o.Work}, o: o, degrees: degrees, links: map[uint32][]link{}}
	w.from, _ = v.Meant(o.From)
	w.to, _ = v.Meant(o.To)
	if o.ExcludeTypes == nil {
		o.ExcludeTypes = []string{schema.SourceType}
	}
	var excluded []string // types
	for _, t := range o.ExcludeTypes {
		for _, c := range s.Ontology().Type(t).Concrete {
			excluded = append(excluded, c.Name)
		}
	}
	w.keeps = func(to uint32) bool {
		return to == w.from || to == w.to || !slices.Contains(excluded, s.TypeName(to))
	}
	if o.Relations != nil {
		w.relations = slices.Compact(slices.Sorted(slices.Values(o.Relations)))
	}
	if len(w.linksOf(w.to)) == 0 && w.err == nil && !w.spent {
		return &Connections{}, nil // an end to which nothing leads would let the search from the other end spend all its work
	}
	// Searching for cheap connections first keeps the search away from hubs: a round that finds enough within
	// its bound has found the best.
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

// trail is the beginning of a connection, from one of the two ends.
type trail struct {
	end  uint32
	link link // the link to its end
	up   *trail
	cost float64 // the cost of its steps and of the entities between, without its end
}

func (t *trail) has(x uint32) bool {
	for ; t != nil; t = t.up {
		if t.end == x {
			return true
		}
	}
	return false
}

// connector searches from both ends. The cost of a connection is the negative logarithm of its score. The cost
// grows with each step, so a trail that already costs more than the worst of the best connections so far can be
// dropped.
type connector struct {
	linker
	walk
	o        ConnectionsOptions
	from, to uint32
	degrees  []uint32
	links    map[uint32][]link
	block    []trail
	bound    float64
	best     []Connection
}

func (w *connector) costOf(i int) float64 { return -math.Log(w.best[i].Score) }

// limit returns the highest cost that a connection may have to be among the results.
func (w *connector) limit() float64 {
	const slack = 1e-9 // because sums of logarithms are not exact, and ties must remain
	if len(w.best) < w.o.First {
		return w.bound + slack
	}
	return min(w.bound, w.costOf(len(w.best)-1)) + slack
}

// round finds every connection within the bound that can be among the results. A connection of n steps is
// joined from a trail of half the steps from each end.
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

// direct adds the connections of one step.
func (w *connector) direct(root *trail) {
	for _, k := range w.linksOf(w.from) {
		if k.to == w.to {
			w.add(&trail{end: k.to, link: k, up: root, cost: k.cost}, nil)
		}
	}
}

// passing returns the cost of passing through an entity.
func (w *connector) passing(x uint32) float64 { return math.Log(float64(w.degrees[x])) }

// extend makes trails one step longer. others are the trails from the other end. It drops the trails, and the
// entities that they reach, through which no connection within the limit can pass.
func (w *connector) extend(trails, others []*trail) []*trail {
	// The lowest cost of the rest of a connection: after an entity at which a trail meets one of the others or
	// a longer one, and after the entity before that.
	meeting, before := math.Inf(1), math.Inf(1)
	for _, t := range others {
		if meeting = min(meeting, t.cost); t.up == nil {
			before = math.Ln2 // an entity with a link in and a link out is linked with two others
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

// trail allocates a trail; many share a block of memory.
func (w *connector) trail(t trail) *trail {
	if len(w.block) == cap(w.block) {
		w.block = make([]trail, 0, 256)
	}
	w.block = append(w.block, t)
	return &w.block[len(w.block)-1]
}

// join joins the trails that end at the same entity.
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

// apart reports whether two trails have only their ends in common.
func apart(t, u *trail) bool {
	for x := t.up; x != nil; x = x.up {
		if u.has(x.end) {
			return false
		}
	}
	return true
}

// add adds the connection of two trails if it is one of the best.
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
		return // an earlier round has found it
	}
	w.best = slices.Insert(w.best, at, c)
	if len(w.best) > w.o.First {
		w.best = w.best[:w.o.First]
	}
}

// compare orders connections, the better first; 0 means that they are the same.
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

// surely returns the confidence of a claim. A confidence of 0 counts as the least that can be stated, so that
// connections through such a claim still have an order.
func surely(s *snapshot.Snapshot, n uint32) float64 { return max(s.Confidence(n), 1e-4) }
