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
	gone     map[graph.ClaimID]graph.Op // stated, and withdrawn since
}

// try checks a change as if the earlier ones had been committed.
func (r *Importer) try(ctx context.Context, ops []graph.Op, of *graph.Change) (*live.Receipt, error) {
	ops, ids := r.tried.reinstated(ops)
	var back []graph.Op
	for _, id := range ids {
		back = append(back, r.tried.gone[id])
	}
	before := append(r.tried.needed(append(ops[:len(ops):len(ops)], back...)), back...)
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
	got.Reinstatements += len(back)
	r.tried.add(ops, got.IDs)
	r.tried.withdraw(ops, ids)
	return got, nil
}

// add adds the operations of a change. ids are the ids of its claims, in order.
func (t *tried) add(ops []graph.Op, ids []graph.ClaimID) {
	if t.declared == nil {
		t.declared, t.stated, t.gone = map[graph.ID]graph.Op{}, map[graph.ClaimID]graph.Op{}, map[graph.ClaimID]graph.Op{}
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

// reinstated takes out the reinstatements of claims that earlier changes stated and withdrew: the service knows nothing of them.
// They are stated again instead.
func (t *tried) reinstated(ops []graph.Op) (left []graph.Op, back []graph.ClaimID) {
	for i := range ops {
		id := ops[i].Reinstate.Claim
		if _, ok := t.gone[id]; ok && ops[i].Kind == graph.Reinstate {
			back = append(back, id)
		} else {
			left = append(left, ops[i])
		}
	}
	return left, back
}

// withdraw notes what an accepted change withdrew of what earlier ones stated, and what holds again.
func (t *tried) withdraw(ops []graph.Op, back []graph.ClaimID) {
	for _, id := range back {
		t.stated[id] = t.gone[id]
		delete(t.gone, id)
	}
	for i := range ops {
		for _, id := range withdrawn(&ops[i]) {
			if op, ok := t.stated[id]; ok && ops[i].Kind != graph.Reinstate {
				t.gone[id] = op
				delete(t.stated, id)
			}
		}
	}
}

// needed returns the earlier operations to which ops refer: the entities that they name, and the claims that they
// withdraw.
func (t *tried) needed(ops []graph.Op) []graph.Op {
	claims, entities, seen := []graph.Op{}, []graph.Op{}, map[graph.ClaimID]bool{}
	for i := range ops {
		for _, id := range withdrawn(&ops[i]) {
			if op, ok := t.stated[id]; ok && !seen[id] {
				claims = append(claims, op)
				seen[id] = true
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
