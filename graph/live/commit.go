package live

import (
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
)

// request is a change that waits for the writer, with its outcome afterwards.
type request struct {
	ctx    context.Context
	change *graph.Change
	ops    int
	// done is closed when receipt and err are set.
	done    chan struct{}
	receipt *Receipt
	err     error
}

// maxGroup bounds the operations that are made durable by one sync, so that no caller waits long for others.
const maxGroup = 10_000

// Commit makes the change as a whole or not at all. When it returns without an error, the change is durable and
// in the newest snapshot. Problems of the change are returned as graph.Problems. After any other error,
// repeating the same change with the same key reports whether it was made.
//
// Changes that arrive while the writer is busy are made durable together by one sync, each as a separate
// commit: the caller that has the turn writes for all that wait. If a caller's context ends while its change
// waits, Commit returns at once. Once the writer has taken the change, Commit returns its outcome.
func (g *Graph) Commit(ctx context.Context, ch *graph.Change) (*Receipt, error) {
	r := &request{ctx: ctx, change: ch, ops: len(ch.Ops), done: make(chan struct{})}
	g.enqueue(r)
	return g.outcome(r)
}

// outcome waits for the outcome of a request. If it gets the turn, it writes.
func (g *Graph) outcome(r *request) (*Receipt, error) {
	select {
	case g.turn <- struct{}{}:
		g.writeUntil(r)
	case <-r.done:
	case <-r.ctx.Done():
		if g.leave(r) {
			return nil, r.ctx.Err()
		}
		select { // this request may be the only one left
		case g.turn <- struct{}{}:
			g.writeUntil(r)
		case <-r.done:
		}
	}
	return r.receipt, r.err
}

// writeUntil writes until the request has its outcome, and then passes on the turn. If a group is still being
// appended, a caller of that group takes over.
func (g *Graph) writeUntil(r *request) {
	defer func() { <-g.turn }()
	for {
		select {
		case <-r.done:
			return
		default:
			g.step()
		}
	}
}

func (g *Graph) enqueue(r *request) {
	g.queued.Lock()
	g.queue = append(g.queue, r)
	g.queued.Unlock()
	select {
	case g.arrived <- struct{}{}:
	default:
	}
}

// takeGroup removes from the queue the changes that have waited longest, for a group that already has some
// operations.
func (g *Graph) takeGroup(ops int) []*request {
	g.queued.Lock()
	defer g.queued.Unlock()
	n := 0
	for n < len(g.queue) && (ops == 0 || ops+g.queue[n].ops <= maxGroup) {
		ops += g.queue[n].ops
		n++
	}
	group := g.queue[:n:n]
	g.queue = g.queue[n:]
	return group
}

// leave removes a request from the queue. It returns false if a writer has taken the request already.
func (g *Graph) leave(r *request) bool {
	g.queued.Lock()
	defer g.queued.Unlock()
	i := slices.Index(g.queue, r)
	if i < 0 {
		return false
	}
	// A new slice, because a group in progress may share the array of the old one.
	g.queue = slices.Concat(g.queue[:i], g.queue[i+1:])
	return true
}
