package live

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// request is a change that waits for the writer, and then its outcome.
type request struct {
	ctx     context.Context
	change  *graph.Change
	done    bool
	receipt *Receipt
	err     error
}

// maxGroup bounds how many operations are made durable by one sync, so that
// nobody waits long for others.
const maxGroup = 10_000

// Commit makes the change, all or nothing. When it returns without an error
// the change is durable and in the newest snapshot. Problems of the change
// come as graph.Problems.
//
// Changes that arrive while the writer is busy are made durable together, by
// one sync, each as a commit of its own: whoever gets the lock first writes
// for all that wait.
func (g *Graph) Commit(ctx context.Context, ch *graph.Change) (*Receipt, error) {
	r := &request{ctx: ctx, change: ch}
	g.queued.Lock()
	g.queue = append(g.queue, r)
	g.queued.Unlock()

	g.write.Lock()
	defer g.write.Unlock()
	for !r.done {
		g.commitGroup(g.takeGroup())
	}
	return r.receipt, r.err
}

// takeGroup takes the changes that waited longest.
func (g *Graph) takeGroup() []*request {
	g.queued.Lock()
	defer g.queued.Unlock()
	n, ops := 0, 0
	for n < len(g.queue) && (n == 0 || ops+len(g.queue[n].change.Ops) <= maxGroup) {
		ops += len(g.queue[n].change.Ops)
		n++
	}
	group := g.queue[:n:n]
	g.queue = g.queue[n:]
	return group
}

// commitGroup decides each change of the group on top of those before it,
// appends them, and publishes once they are durable.
func (g *Graph) commitGroup(group []*request) {
	if err := g.catchUp(group[0].ctx); err != nil {
		for _, r := range group {
			r.done, r.err = true, err
		}
		return
	}
	base := g.Snapshot()
	w := &batch{g: g, head: base, keys: map[string]*graph.Commit{}}
	for _, r := range group {
		r.done = true
		if r.err = r.ctx.Err(); r.err == nil {
			r.receipt, r.err = w.decide(r)
		}
	}
	if len(w.commits) == 0 {
		return
	}
	// Others wait for this append: no single caller's context may end it.
	err := g.log.AppendGroup(context.WithoutCancel(group[0].ctx), w.commits)
	if err == nil {
		g.publish(w.head)
		g.saveIfWorth(w.head)
		return
	}
	base.Rewind()
	g.doubt = true
	for _, r := range group {
		// Also those that were refused: they may have been so because of a
		// change that is not there now.
		r.receipt, r.err = nil, fmt.Errorf("appending commit %d: %w", w.commits[0].Seq, err)
	}
}

// batch is a group of changes on their way.
type batch struct {
	g       *Graph
	head    *snapshot.Snapshot // with the changes decided so far; not published
	commits []*graph.Commit
	keys    map[string]*graph.Commit // of these commits
}

// catchUp takes in what the log kept although its append failed: such commits
// are neither lost nor made twice.
func (g *Graph) catchUp(ctx context.Context) error {
	if !g.doubt {
		return nil
	}
	head := g.Snapshot()
	err := g.log.Replay(ctx, head.Seq(), func(c *graph.Commit) error {
		next, err := head.Apply(c)
		if err == nil {
			head = next
		}
		return err
	})
	if err != nil {
		g.Snapshot().Rewind()
		return fmt.Errorf("reading the log after a failed append: %w", err)
	}
	if head != g.Snapshot() {
		g.publish(head)
	}
	g.doubt = false
	return nil
}

// decide checks one change and applies it to the head.
func (w *batch) decide(r *request) (*Receipt, error) {
	ch := r.change
	if w.g.closed {
		return nil, graph.Errorf(graph.Unavailable, "the graph is closed and takes no more writes")
	}
	if ch.Key != "" {
		if rec, err := w.replayed(r.ctx, ch); rec != nil || err != nil {
			return rec, err
		}
	}
	res, problems := graph.Check(w.g.o, w.head, ch)
	if problems != nil {
		return nil, problems
	}
	rec := receipt(res)
	rec.Seq = w.head.Seq()
	// A key must be remembered even where its change changed nothing.
	if res.Commit.Empty() && ch.Key == "" {
		return rec, nil
	}
	c := &res.Commit
	c.Seq = w.head.Seq() + 1
	// Record times rise strictly, so that an instant names one sequence number.
	c.At = w.g.now().UTC().Truncate(time.Microsecond)
	if last := w.head.RecordedAt(w.head.Seq()); !c.At.After(last) {
		c.At = last.Add(time.Microsecond)
	}
	next, err := w.head.Apply(c)
	if err != nil {
		// What Check passes can be applied; nothing is written of what cannot.
		return nil, fmt.Errorf("applying commit %d: %w", c.Seq, err)
	}
	c.Digest, c.Ontology = next.Digest(), w.g.o.Hash()
	w.head, w.commits = next, append(w.commits, c)
	if c.Key != "" {
		w.keys[c.Key] = c
	}
	rec.Seq = c.Seq
	return rec, nil
}

// replayed answers a change whose key was used before, if it is the same
// change: checked as it was then, it makes the same commit. nil where the key
// is new.
func (w *batch) replayed(ctx context.Context, ch *graph.Change) (*Receipt, error) {
	first := w.keys[ch.Key]
	if first == nil {
		seq, err := w.g.log.Key(ctx, ch.Key)
		if err != nil || seq == 0 {
			return nil, err
		}
		if first, err = commitAt(ctx, w.g.log, seq); err != nil {
			return nil, err
		}
	}
	again := *ch
	again.IfSeq = nil // it held the first time
	res, problems := graph.Check(w.g.o, w.head.At(first.Seq-1), &again)
	if problems != nil || !sameCommit(&res.Commit, first, ch) {
		return nil, graph.Errorf(graph.KeyReused, "the idempotency key %q made another change (commit %d); use a new key for each change", ch.Key, first.Seq)
	}
	return &Receipt{Seq: first.Seq, IDs: res.IDs, Known: len(ch.Ops), Notices: res.Notices, Replayed: true}, nil
}

// sameCommit tells whether a change makes the commit that was made before.
// Entities declared since are there, so the change itself must name those of
// the commit, and none that is new.
func sameCommit(again, first *graph.Commit, ch *graph.Change) bool {
	if len(again.Entities) > 0 || len(again.Claims) != len(first.Claims) || !slices.Equal(again.Retractions, first.Retractions) {
		return false
	}
	for i := range again.Claims {
		if again.Claims[i].ID() != first.Claims[i].ID() {
			return false
		}
	}
	declared := map[graph.Entity]bool{}
	for i := range ch.Ops {
		if ch.Ops[i].Kind == graph.Declare {
			declared[ch.Ops[i].Entity] = true
		}
	}
	for _, e := range first.Entities {
		if !declared[e] {
			return false
		}
	}
	return true
}

func receipt(res *graph.Result) *Receipt {
	c := &res.Commit
	r := &Receipt{
		Entities: len(c.Entities), Claims: len(c.Claims), Retractions: len(c.Retractions),
		IDs: res.IDs, Known: res.Known, Notices: res.Notices,
	}
	for i := range c.Claims {
		r.Retractions += len(c.Claims[i].Supersedes)
	}
	return r
}
