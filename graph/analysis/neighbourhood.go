package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// LinkDirection says which claims of an entity lead to its neighbours.
type LinkDirection string

// BothWays follows all claims, Outward those of which the entity is the subject, Inward those of which it is the object or
// in a qualifier. A symmetric relation is followed from both ends.
const (
	BothWays LinkDirection = "BOTH"
	Outward  LinkDirection = "OUT"
	Inward   LinkDirection = "IN"
)

// The limits of a neighbourhood.
const (
	MaxNeighbourhoodDepth = 3
	MaxNeighbours         = 1000
	// NeighbourhoodHub is how many links the hubs of a neighbourhood exceed unless its options say otherwise.
	NeighbourhoodHub = 100
	// NeighbourhoodWork is how many links a neighbourhood reads: some tens of milliseconds of work.
	NeighbourhoodWork = 1_000_000
)

// NeighbourhoodOptions says what is near an entity.
type NeighbourhoodOptions struct {
	Of graph.ID
	// Depth is how many steps to go, at most MaxNeighbourhoodDepth; 0 means 1.
	Depth int
	// Relations, if not nil, are the predicates to follow.
	Relations []string
	// Types, if not nil, are the types and interfaces of the entities to find and to pass; nil means all but
	// Source.
	Types []string
	// Direction is BothWays if it is empty.
	Direction LinkDirection
	// MaxLinks is with how many others an entity may be linked for the search to go on from it; 0 means
	// NeighbourhoodHub. With EveryHub, it goes on from all.
	MaxLinks int
	EveryHub bool
	// First is how many neighbours to return, at most MaxNeighbours; 0 means 100.
	First int
	// Work bounds how many links are read; 0 means NeighbourhoodWork.
	Work int
}

// Validate returns every fault of the options, or nil.
func (o *NeighbourhoodOptions) Validate(v *snapshot.View) error {
	var f question.Faults
	f.Entity(v, "of", o.Of)
	if o.Depth < 0 || o.Depth > MaxNeighbourhoodDepth {
		f.Add("depth", graph.BadInput, "%d is not between 1 and %d", o.Depth, MaxNeighbourhoodDepth)
	}
	f.Relations(v.Snapshot().Ontology(), "relations", o.Relations...)
	f.Types(v.Snapshot().Ontology(), "types", o.Types...)
	if o.MaxLinks < 0 {
		f.Add("maxLinks", graph.BadInput, "%d is below 1", o.MaxLinks)
	}
	if o.First < 0 || o.First > MaxNeighbours {
		f.Add("first", graph.BadInput, "%d is not between 1 and %d", o.First, MaxNeighbours)
	}
	return f.Err()
}

// Neighbour is an entity near another.
type Neighbour struct {
	Entity   uint32
	Distance int
	// Links is with how many others the question links it; -1 for a hub, or if the search ended before it counted
	// them.
	Links int
	// Hub is true if the neighbour has so many links that the search did not go on from it.
	Hub bool
	// Specificity is from 0 to 1: 1 for the nearest, and for others, of all shortest ways to it, the greatest
	// product of 1/Links of the entities between. What is reached through an entity with many links has little
	// to do with the first one.
	Specificity float64
}

// Neighbourhood is the graph around an entity.
type Neighbourhood struct {
	// Count is how many entities there are, with those that List leaves out.
	Count int
	// List has the nearest first, then the most specific; ids decide among the rest.
	List []Neighbour
	// Edges are those among the entities of List and the entity itself.
	Edges []Tie
	// Partial is true if the search ended at its limit of work or of edges: there may be more entities and edges.
	Partial bool
}

// hood is the state of a search for a neighbourhood.
type hood struct {
	*wander
	o        NeighbourhoodOptions
	root     uint32
	adjacent *adjacent // nil if nothing is kept
	after    int
	most     int // how many links an entity has at most that is not a hub
	list     []Neighbour
	// at marks the entities found, by their index in list; read those that are linked with one entity.
	at, read *marks
	mark     uint32
	room     []uint32
}

// newHood checks the options and returns a search that has found nothing yet.
func newHood(ctx context.Context, v *snapshot.View, kept *Neighbours, o NeighbourhoodOptions) (*hood, error) {
	if err := o.Validate(v); err != nil {
		return nil, err
	}
	o.Depth, o.First, o.Work, o.Direction = cmp.Or(o.Depth, 1), cmp.Or(o.First, 100), cmp.Or(o.Work, NeighbourhoodWork), cmp.Or(o.Direction, BothWays)
	h := &hood{o: o, most: cmp.Or(o.MaxLinks, NeighbourhoodHub)}
	if o.EveryHub {
		h.most = math.MaxInt
	}
	admits := func(t *schema.Type) bool { return t.Name != schema.SourceType }
	if o.Types != nil {
		admits = func(t *schema.Type) bool {
			return slices.ContainsFunc(o.Types, func(name string) bool { return v.Snapshot().Ontology().Type(name).Includes(t) })
		}
	}
	h.wander = newWander(ctx, v, o.Relations, o.Direction, admits, o.Work)
	h.root, _ = v.Meant(o.Of)
	if kept != nil {
		var err error
		if h.adjacent, err = kept.of(v, &o); err != nil {
			return nil, err
		}
		h.after, h.kept = kept.After, h.adjacent.list.Load()
	}
	return h, nil
}

// done notes what the search has read. The answer must be complete.
func (h *hood) done() {
	if h.adjacent != nil && h.kept == nil && h.failed() == nil {
		h.adjacent.spent(h.wander, h.after)
	}
}

// failed returns why the search has no answer, if so.
func (h *hood) failed() error { return cmp.Or(h.err, h.v.Err()) }

// CountNeighbours returns how many entities a neighbourhood has. partial is true if the search ended at its
// limit of work, so that there may be more. kept is as in FindNeighbourhood.
func CountNeighbours(ctx context.Context, v *snapshot.View, kept *Neighbours, o NeighbourhoodOptions) (n int, partial bool, err error) {
	h, err := newHood(ctx, v, kept, o)
	if err != nil {
		return 0, false, err
	}
	if !h.o.EveryHub {
		// Whether an entity is a hub needs all of its links, also those to entities that were found before.
		h.find(h.o.Depth)
		spent, err := h.spent, h.failed()
		h.done()
		return len(h.list), spent, err
	}
	seen := marksFor(h.s.EntityCount())
	mark := seen.base + 1
	defer seen.done(mark)
	seen.of[h.root] = mark
	level := []uint32{h.root}
	for range h.o.Depth {
		var next []uint32
		for _, x := range level {
			next = h.others(x, seen, mark, next, math.MaxInt)
		}
		n += len(next)
		level = next
	}
	partial, err = h.spent, h.failed()
	h.done()
	return n, partial, err
}

// FindNeighbourhood finds what is near an entity by claims in view, and how that is linked. It goes no further
// from hubs. kept, if not nil, caches the neighbours of entities in views.
func FindNeighbourhood(ctx context.Context, v *snapshot.View, kept *Neighbours, o NeighbourhoodOptions) (*Neighbourhood, error) {
	h, err := newHood(ctx, v, kept, o)
	if err != nil {
		return nil, err
	}
	h.find(h.o.Depth)
	n := &Neighbourhood{Count: len(h.list)}
	n.List = h.nearest()
	h.countLinks(n.List)
	if err := h.failed(); err != nil {
		return nil, err
	}
	inside := []uint32{h.root}
	for _, x := range n.List {
		inside = append(inside, x.Entity)
	}
	among, err := edgesAmong(v, inside, o.Relations, h.walk)
	if err != nil {
		return nil, err
	}
	n.Edges, n.Partial = among.Edges, h.spent || among.Partial
	h.done()
	return n, nil
}

// find fills list with all entities within a depth, the nearest first.
func (h *hood) find(depth int) {
	h.at, h.read = marksFor(h.s.EntityCount()), marksFor(h.s.EntityCount())
	base := h.at.base + 1
	h.mark = h.read.base
	defer func() { h.at.done(base + uint32(len(h.list))); h.read.done(h.mark) }()
	h.at.of[h.root] = base
	from := Neighbour{Entity: h.root, Specificity: 1}
	for i := -1; i < len(h.list) && h.failed() == nil && !h.spent; i++ {
		if i >= 0 {
			from = h.list[i]
		}
		if from.Distance == depth {
			break
		}
		most := h.most
		if i < 0 {
			most = math.MaxInt // the entity that was asked about is not a hub
		}
		others := h.links(from.Entity, most)
		switch {
		case h.spent && i >= 0:
			return // not all links were read
		case i < 0:
		case len(others) > most:
			h.list[i].Hub = true
			continue
		default:
			h.list[i].Links = len(others)
			from.Specificity /= float64(len(others))
		}
		for _, y := range others {
			switch seen := h.at.of[y]; {
			case seen < base:
				h.list = append(h.list, Neighbour{Entity: y, Distance: from.Distance + 1, Links: -1, Specificity: from.Specificity})
				h.at.of[y] = base + uint32(len(h.list))
			case seen > base:
				if z := &h.list[seen-base-1]; z.Distance == from.Distance+1 {
					z.Specificity = max(z.Specificity, from.Specificity)
				}
			}
		}
	}
}

// links returns the distinct others with which an entity is linked, or more than most of them.
func (h *hood) links(x uint32, most int) []uint32 {
	h.mark++
	h.room = h.others(x, h.read, h.mark, h.room[:0], most)
	return h.room
}

// nearest returns the first of the list in its order.
func (h *hood) nearest() []Neighbour {
	compare := func(a, b Neighbour) int {
		if c := cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(b.Specificity, a.Specificity)); c != 0 {
			return c
		}
		return cmp.Compare(h.s.ID(a.Entity), h.s.ID(b.Entity))
	}
	var best []Neighbour
	for _, x := range h.list {
		switch {
		case len(best) < h.o.First:
			best = append(best, x)
			lists.SiftUp(best, compare)
		case compare(x, best[0]) < 0:
			best[0] = x
			lists.SiftDown(best, compare)
		}
	}
	slices.SortFunc(best, compare)
	return best
}

// countLinks counts the links of the neighbours from which the search did not go on.
func (h *hood) countLinks(list []Neighbour) {
	h.read = marksFor(h.s.EntityCount())
	h.mark = h.read.base
	defer func() { h.read.done(h.mark) }()
	for i := range list {
		x := &list[i]
		if x.Links >= 0 || x.Hub || h.failed() != nil {
			continue
		}
		n := len(h.links(x.Entity, h.most))
		if x.Hub = n > h.most; !x.Hub && !h.spent {
			x.Links = n
		}
	}
}
