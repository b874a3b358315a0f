package analysis

import (
	"cmp"
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

const (
	// MaxBetween is how many entities between takes.
	MaxBetween = 1000
	// MaxTies is how many edges an answer has at most.
	MaxTies = 10_000
)

// Tie is an edge between two entities: all claims that state one relation of them.
type Tie struct {
	// From is the subject of the claims and To their object, or the entity in the qualifier. A symmetric relation
	// has the subject of the best claim as From.
	From, To            uint32
	Relation, Qualifier string
	// Claim is the best of the claims.
	Claim uint32
}

// Ties is an answer of Between.
type Ties struct {
	// Edges are in the order of the entities in the question: of From, then of To, then by relation.
	Edges []Tie
	// Partial is true if the search ended at its limit of work or of edges: there may be more edges.
	Partial bool
}

// BetweenOptions says among which entities to find edges.
type BetweenOptions struct {
	IDs []graph.ID
	// Relations, if not nil, are the predicates of the edges.
	Relations []string
	// Work bounds how many claims are read; 0 means NeighbourhoodWork.
	Work int
}

// Validate returns every fault of the options, or nil.
func (o *BetweenOptions) Validate(v *snapshot.View) error {
	var f question.Faults
	if len(o.IDs) > MaxBetween {
		f.Add("ids", graph.BadInput, "%d ids are more than %d", len(o.IDs), MaxBetween)
		return f.Err()
	}
	for _, id := range o.IDs {
		f.Entity(v, "ids", id)
	}
	f.Relations(v.Snapshot().Ontology(), "relations", o.Relations...)
	return f.Err()
}

// Between finds the edges among entities.
func Between(ctx context.Context, v *snapshot.View, o BetweenOptions) (*Ties, error) {
	if err := o.Validate(v); err != nil {
		return nil, err
	}
	var inside []uint32
	for _, id := range o.IDs {
		x, _ := v.Meant(id)
		inside = append(inside, x)
	}
	return edgesAmong(v, inside, o.Relations, walk{ctx: ctx, work: cmp.Or(o.Work, NeighbourhoodWork)})
}

// edgesAmong finds the edges among entities, and goes on with a walk. An edge has its subject among them, so the
// claims of each subject are enough.
func edgesAmong(v *snapshot.View, inside []uint32, relations []string, w walk) (*Ties, error) {
	at := make(map[uint32]int, len(inside))
	for i, x := range inside {
		if _, twice := at[x]; !twice {
			at[x] = i
		}
	}
	l := linker{v: v, s: v.Snapshot(), words: words{""}, keeps: func(to uint32) bool { _, ok := at[to]; return ok }}
	if relations != nil {
		l.relations = slices.Compact(slices.Sorted(slices.Values(relations)))
	}
	out := &Ties{}
	symmetric := map[Tie]int{}
	for i, x := range inside {
		if at[x] != i {
			continue
		}
		r := linkReader{w: &l, x: x}
		for _, relation := range l.followed() {
			v.Claims(x, relation, false, func(n uint32) bool { r.take(n, false); return w.tick() })
		}
		for _, k := range r.list {
			tie := Tie{x, k.to, l.words[k.relation], l.words[k.qualifier], k.claim}
			if k.symmetric {
				// Either end may state it.
				key := Tie{From: min(x, k.to), To: max(x, k.to), Relation: tie.Relation, Qualifier: tie.Qualifier}
				if was, ok := symmetric[key]; ok {
					if l.surer(k.claim, out.Edges[was].Claim) {
						out.Edges[was] = tie
					}
					continue
				}
				symmetric[key] = len(out.Edges)
			}
			out.Edges = append(out.Edges, tie)
		}
		if w.spent || len(out.Edges) > MaxTies || w.err != nil {
			out.Partial = true
			break
		}
	}
	if err := cmp.Or(w.err, v.Err()); err != nil {
		return nil, err
	}
	slices.SortFunc(out.Edges, func(a, b Tie) int {
		return cmp.Or(cmp.Compare(at[a.From], at[b.From]), cmp.Compare(at[a.To], at[b.To]), cmp.Compare(a.Relation, b.Relation), cmp.Compare(a.Qualifier, b.Qualifier))
	})
	out.Edges = out.Edges[:min(len(out.Edges), MaxTies)]
	return out, nil
}
