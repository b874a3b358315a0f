package live

import (
	"context"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/lens"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Through is the graph as a lens shows it. What answers a caller reads through it, and never the graph itself:
// its methods replace those of the graph that return a snapshot, and it writes only if the lens hides nothing.
type Through struct {
	*Graph
	lens *lens.Lens
}

// Through returns the graph under a lens; nil hides nothing.
func (g *Graph) Through(l *lens.Lens) *Through { return &Through{g, l} }

// Lens returns the lens; nil hides nothing.
func (t *Through) Lens() *lens.Lens { return t.lens }

// under returns a snapshot under the lens.
func (t *Through) under(s *snapshot.Snapshot) *snapshot.Snapshot {
	if t.lens == nil {
		return s
	}
	return t.lens.Of(s, func(empty *snapshot.Snapshot) {
		if most := t.indexMemory / lensShare; most > 0 {
			empty.IndexValues(most, t.index.start)
		}
	})
}

// lensShare is the part of the memory for indexes that a snapshot under a lens may have.
const lensShare = 4

// Snapshot is Graph.Snapshot under the lens.
func (t *Through) Snapshot() *snapshot.Snapshot { return t.under(t.Graph.Snapshot()) }

// Next is Graph.Next under the lens.
func (t *Through) Next() (*snapshot.Snapshot, <-chan struct{}) {
	s, replaced := t.Graph.Next()
	return t.under(s), replaced
}

// Wait is Graph.Wait under the lens.
func (t *Through) Wait(ctx context.Context, seq graph.Seq) (*snapshot.Snapshot, error) {
	s, err := t.Graph.Wait(ctx, seq)
	if err != nil {
		return nil, err
	}
	return t.under(s), nil
}

// Check and Try compare a change with what the lens shows, so that their problems name nothing hidden.
func (t *Through) Check(ch *graph.Change) (*graph.Result, error) { return checked(t.Snapshot(), ch) }

// Try is Graph.Try under the lens.
func (t *Through) Try(ch *graph.Change) (*Receipt, error) { return try(t.Snapshot(), ch) }

// errHidden refuses the changes of those to whom something is hidden, because a change is checked against everything.
var errHidden = graph.Errorf(graph.ReadOnly, "something in the graph is hidden from this caller, who may therefore propose changes and not make them")

// Commit is Graph.Commit for a lens that hides nothing.
func (t *Through) Commit(ctx context.Context, ch *graph.Change) (*Receipt, error) {
	if t.lens != nil {
		return nil, errHidden
	}
	return t.Graph.Commit(ctx, ch)
}
