package client

import (
	"context"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

// A dry run commits nothing, so the service does not know what earlier changes of the run would have stated.
// Operations to which a later change refers are sent again with it.

// tried has the operations of changes that were only checked.
type tried struct {
	declared map[graph.ID]graph.Op
	stated   map[graph.ClaimID]graph.Op
}

// try checks a change as if the earlier ones had been committed.
func (r *Importer) try(ctx context.Context, ops []graph.Op, of *graph.Change) (*live.Receipt, error) {
	before := r.tried.needed(ops)
	got, err := r.whole(ctx, append(before[:len(before):len(before)], ops...), of)
	if err != nil {
		return nil, err
	}
	asserted := 0
	for i := range before {
		if before[i].Kind == graph.Assert {
			asserted++
		}
	}
	got.IDs = got.IDs[min(asserted, len(got.IDs)):]
	if len(before) > 0 { // each was counted with its own change
		alone, err := r.whole(ctx, before, &graph.Change{})
		if err != nil {
			return nil, err
		}
		got.Entities -= alone.Entities
		got.Claims -= alone.Claims
		got.Known -= alone.Known
	}
	r.tried.add(ops, got.IDs)
	return got, nil
}

// add adds the operations of a change. ids are the ids of its claims, in order.
func (t *tried) add(ops []graph.Op, ids []graph.ClaimID) {
	if t.declared == nil {
		t.declared, t.stated = map[graph.ID]graph.Op{}, map[graph.ClaimID]graph.Op{}
	}
	for _, op := range ops {
		switch op.Kind {
		case graph.Declare:
			t.declared[op.Entity.ID] = op
		case graph.Assert:
			if len(ids) > 0 {
				op.Claim.Supersedes = nil // those claims are withdrawn, and the service does not know or show them
				t.stated[ids[0]], ids = op, ids[1:]
			}
		}
	}
}

// needed returns the earlier operations to which ops refer: the entities that they name, and the claims that they
// withdraw.
func (t *tried) needed(ops []graph.Op) []graph.Op {
	claims, entities := []graph.Op{}, []graph.Op{}
	for i := range ops {
		for _, id := range withdrawn(&ops[i]) {
			if op, ok := t.stated[id]; ok {
				claims = append(claims, op)
				delete(t.stated, id) // once is enough, and the change withdraws the claim
			}
		}
	}
	named := map[graph.ID]bool{}
	for _, list := range [][]graph.Op{ops, claims} {
		for i := range list {
			named[list[i].Entity.ID] = true
			names(&list[i], named)
		}
	}
	for id := range named {
		if op, ok := t.declared[id]; ok {
			entities = append(entities, op)
		}
	}
	return append(entities, claims...)
}

// withdrawn returns the claims to which an operation refers.
func withdrawn(op *graph.Op) []graph.ClaimID {
	switch op.Kind {
	case graph.Retract:
		return []graph.ClaimID{op.Retract.Claim}
	case graph.Reinstate:
		return []graph.ClaimID{op.Reinstate.Claim}
	case graph.Assert:
		return op.Claim.Supersedes
	}
	return nil
}

// names adds the entities that an operation may name. The service's ontology decides whether a text is an entity's
// id.
func names(op *graph.Op, named map[graph.ID]bool) {
	c := &op.Claim
	named[op.Merge.From], named[op.Merge.Into] = true, true
	named[c.Subject], named[c.Source], named[graph.ID(c.AttributedTo)] = true, true, true
	named[graph.ID(c.Value.String())] = true
	for _, q := range c.Qualifiers {
		named[graph.ID(q.Value.String())] = true
	}
}
