// Package importance ranks entities by their place in the graph of one relation: by how many others they are
// linked with, by PageRank, or by how many shortest ways lead through them. The measures are gonum's.
//
// Read Rank first. Everything is read through the view. The package must not know GraphQL, HTTP or the store.
package importance

import (
	"cmp"
	"context"
	"math"
	"slices"

	gonum "gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/iterator"
	"gonum.org/v1/gonum/graph/network"
	"gonum.org/v1/gonum/graph/simple"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Measure says what makes an entity important.
type Measure string

// Degree is the number of others with which an entity is linked. PageRank is the share of time that a walk spends
// at the entity that follows the relation at random, and starts again with every seventh step or so. Betweenness is
// the number of pairs of others that it connects, by the share of their shortest ways that lead through it.
const (
	Degree      Measure = "DEGREE"
	PageRank    Measure = "PAGERANK"
	Betweenness Measure = "BETWEENNESS"
)

// The limits of a graph, by measure.
const (
	MaxEdges = 500_000
	// MaxPageRankEdges bounds the iterations of PageRank, which cannot be stopped, to a tenth of a second.
	MaxPageRankEdges = 100_000
	// MaxBetweenness bounds the product of entities and edges: about two seconds of work.
	MaxBetweenness = 5_000_000
	// MaxFirst is how many entities a ranking has at most.
	MaxFirst = 1000
)

// Options says what to rank.
type Options struct {
	// Type is the type or interface of the entities to rank.
	Type string
	// Relation is the predicate that makes the graph.
	Relation string
	// Measure is Degree if it is empty.
	Measure Measure
	// First is how many to return, at most MaxFirst; 0 means 20.
	First int
}

// Validate returns every fault of the options, or nil.
func (o *Options) Validate(v *snapshot.View) error {
	var f question.Faults
	ontology := v.Snapshot().Ontology()
	f.Types(ontology, "type", o.Type)
	f.Relations(ontology, "relation", o.Relation)
	if o.First < 0 || o.First > MaxFirst {
		f.Add("first", graph.BadInput, "%d is not between 1 and %d", o.First, MaxFirst)
	}
	return f.Err()
}

// Ranked is an entity with its score.
type Ranked struct {
	Entity uint32
	Score  float64
	// Rank is 1 for the highest score; entities with the same score have the same.
	Rank int
}

// Ranking is an answer of Rank.
type Ranking struct {
	// Entities and Edges are the size of the graph.
	Entities, Edges int
	// List has the highest score first; ids decide among equal ones.
	List []Ranked
}

// Cache keeps the rankings of the last views. The zero value is ready to use and safe for concurrent use.
type Cache struct{ kept question.ViewCache[*Ranking] }

// Rank ranks the entities of a type by their place in the graph of a relation. The graph has what the relation's
// fields show in the view, whatever the types of its ends: each pair once, in its direction, and a symmetric
// relation in both. Entities of the type that exist in the view without an edge are not in the graph.
func Rank(ctx context.Context, v *snapshot.View, kept *Cache, o Options) (*Ranking, error) {
	if err := o.Validate(v); err != nil {
		return nil, err
	}
	o.First, o.Measure = cmp.Or(o.First, 20), cmp.Or(o.Measure, Degree)
	whole, err := kept.kept.Of(v, "importance "+o.Type+" "+o.Relation+" "+string(o.Measure), func(*question.Cached[*Ranking]) (*Ranking, error) {
		return rank(ctx, v, o)
	})
	if err != nil {
		return nil, err
	}
	return &Ranking{whole.Entities, whole.Edges, whole.List[:min(o.First, len(whole.List))]}, nil
}

func rank(ctx context.Context, v *snapshot.View, o Options) (*Ranking, error) {
	g, err := read(ctx, v, o.Relation)
	if err != nil {
		return nil, err
	}
	if err := g.bounded(o.Measure); err != nil {
		return nil, err
	}
	scores, err := g.scores(ctx, o.Measure)
	if err != nil {
		return nil, err
	}
	s, typ := v.Snapshot(), v.Snapshot().Ontology().Type(o.Type)
	r := &Ranking{Entities: len(g.entities), Edges: g.edges}
	for i, e := range g.entities {
		if t := s.Type(e); t != nil && typ.Includes(t) {
			r.List = append(r.List, Ranked{Entity: e, Score: rounded(scores[int64(i)])})
		}
	}
	slices.SortFunc(r.List, func(a, b Ranked) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(s.ID(a.Entity), s.ID(b.Entity)))
	})
	for i := range r.List {
		if r.List[i].Rank = i + 1; i > 0 && r.List[i].Score == r.List[i-1].Score {
			r.List[i].Rank = r.List[i-1].Rank
		}
	}
	return r, nil
}

// rounded returns six digits of a score. gonum's iteration begins at random, and its sums are in any order, so the
// digits after some ten differ from run to run.
func rounded(x float64) float64 {
	if x == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(x))-5)
	return question.Round(math.Round(x/unit) * unit)
}

// relation is the graph of a relation, whose entities it numbers. It implements gonum's Directed.
type relation struct {
	entities []uint32
	at       map[uint32]int
	out, in  [][]gonum.Node
	edges    int
	ctx      context.Context // of the computation in progress; see stopped
}

// read reads the graph of a relation.
func read(ctx context.Context, v *snapshot.View, predicate string) (*relation, error) {
	g := &relation{at: map[uint32]int{}}
	seen := map[[2]int]bool{}
	add := func(a, b int) {
		if !seen[[2]int{a, b}] {
			seen[[2]int{a, b}] = true
			g.out[a], g.in[b] = append(g.out[a], simple.Node(b)), append(g.in[b], simple.Node(a))
			g.edges++
		}
	}
	read := 0
	for _, f := range v.Snapshot().Ontology().Predicate(predicate) {
		for e := range v.Relation(snapshot.None, f, false).All() {
			if subject := v.SubjectOf(e); subject != e.Node {
				a, b := g.number(subject), g.number(e.Node)
				add(a, b)
				if f.Symmetric {
					add(b, a)
				}
			}
			if read++; read%question.CheckEvery == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if g.edges > MaxEdges {
				return nil, graph.Errorf(graph.LimitWork, "relation: the graph of %s has more than %d edges; select sources or a date in the view", predicate, MaxEdges)
			}
		}
	}
	return g, cmp.Or(ctx.Err(), v.Err())
}

func (g *relation) number(e uint32) int {
	n, ok := g.at[e]
	if !ok {
		n = len(g.entities)
		g.at[e] = n
		g.entities, g.out, g.in = append(g.entities, e), append(g.out, nil), append(g.in, nil)
	}
	return n
}

// bounded refuses a graph that is too large for a measure.
func (g *relation) bounded(m Measure) error {
	switch {
	case m == PageRank && g.edges > MaxPageRankEdges:
		return graph.Errorf(graph.LimitWork, "measure: PAGERANK takes graphs of at most %d edges, and this one has %d; use DEGREE, or select sources or a date in the view", MaxPageRankEdges, g.edges)
	case m == Betweenness && g.edges*len(g.entities) > MaxBetweenness:
		return graph.Errorf(graph.LimitWork, "measure: BETWEENNESS takes graphs whose entities times edges are at most %d, and this one has %d times %d; use PAGERANK or DEGREE, or select sources or a date in the view", MaxBetweenness, len(g.entities), g.edges)
	}
	return nil
}

// scores computes a measure, by the numbers of the entities.
func (g *relation) scores(ctx context.Context, m Measure) (scores map[int64]float64, err error) {
	if len(g.entities) == 0 {
		return nil, nil
	}
	if m == Degree {
		scores = make(map[int64]float64, len(g.entities))
		for i := range g.entities {
			others := map[gonum.Node]bool{}
			for _, list := range [...][]gonum.Node{g.out[i], g.in[i]} {
				for _, x := range list {
					others[x] = true
				}
			}
			scores[int64(i)] = float64(len(others))
		}
		return scores, ctx.Err()
	}
	g.ctx = ctx
	defer func() {
		switch x := recover().(type) {
		case nil:
		case stopped:
			err = x.error
		default:
			panic(x)
		}
	}()
	const damping, tolerance = 0.85, 1e-12
	if m == PageRank {
		return network.PageRankSparse(g, damping, tolerance), ctx.Err()
	}
	return network.Betweenness(g), ctx.Err()
}

// stopped carries the end of the context out of gonum, whose algorithms take no context.
type stopped struct{ error }

// Node implements graph.Graph.
func (g *relation) Node(id int64) gonum.Node {
	if id < 0 || int(id) >= len(g.entities) {
		return nil
	}
	return simple.Node(id)
}

// Nodes implements graph.Graph.
func (g *relation) Nodes() gonum.Nodes {
	list := make([]gonum.Node, len(g.entities))
	for i := range list {
		list[i] = simple.Node(i)
	}
	return iterator.NewOrderedNodes(list)
}

// From implements graph.Graph. It ends the algorithm that calls it once the context has ended.
func (g *relation) From(id int64) gonum.Nodes {
	if err := g.ctx.Err(); err != nil {
		panic(stopped{err})
	}
	return iterator.NewOrderedNodes(g.out[id])
}

// To implements graph.Directed.
func (g *relation) To(id int64) gonum.Nodes { return iterator.NewOrderedNodes(g.in[id]) }

// HasEdgeFromTo implements graph.Directed.
func (g *relation) HasEdgeFromTo(u, v int64) bool {
	return slices.Contains(g.out[u], gonum.Node(simple.Node(v)))
}

// HasEdgeBetween implements graph.Graph.
func (g *relation) HasEdgeBetween(x, y int64) bool {
	return g.HasEdgeFromTo(x, y) || g.HasEdgeFromTo(y, x)
}

// Edge implements graph.Graph.
func (g *relation) Edge(u, v int64) gonum.Edge {
	if !g.HasEdgeFromTo(u, v) {
		return nil
	}
	return simple.Edge{F: simple.Node(u), T: simple.Node(v)}
}
