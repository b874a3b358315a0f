package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// filler is a log that stores the first commits of an empty store together, all or none, faster than by
// appending. It takes a commit before the commit's digest is known.
type filler interface {
	Fill(ctx context.Context, feed func(add func(c *graph.Commit, sealed func() error) error) error) error
}

// Fills reports whether Fill can be used: the graph is empty, and its log can be filled.
func (g *Graph) Fills() bool {
	_, ok := g.log.(filler)
	return ok && g.Snapshot().Seq() == 0
}

// Fill makes the first changes of an empty graph: those that feed passes to Filling.Commit. The commits are the
// same as by Graph.Commit, one for each change, but they become durable and visible together when Fill returns
// nil. After an error there are none; if others filled the log in the meantime, the graph has their commits.
// Other writers wait.
func (g *Graph) Fill(ctx context.Context, feed func(to *Filling) error) error {
	g.turn <- struct{}{}
	defer func() { <-g.turn }()
	now := g.Snapshot()
	log, ok := g.log.(filler)
	switch {
	case g.closed:
		return errClosed()
	case g.appending != nil || g.decided != nil:
		return graph.Errorf(graph.Unavailable, "others are writing to the graph, so that it cannot be filled")
	case !ok || now.Seq() != 0:
		return graph.Errorf(graph.SeqMismatch, "only an empty graph can be filled, and this one is at commit %d", now.Seq())
	}
	f := &Filling{g: g, commits: make(chan *filled, 4), ended: make(chan struct{})}
	go f.keep(ctx, log)
	next := now
	err := g.guard("filling the graph", func() (err error) {
		next, err = now.Replay(func(growth graph.Growth) error {
			f.growth = growth
			return f.feed(feed)
		})
		return err
	})
	<-f.ended
	if f.kept != nil {
		err = f.kept
	}
	if err != nil {
		g.doubt = true // the log has all of it or nothing
		now.Rewind()
		if overtaken(err) {
			err = errors.Join(err, g.catchUp())
		}
		return err
	}
	g.publish(next)
	g.saver.consider(next)
	return nil
}

// Filling receives the changes of Fill, and turns them into commits. Only one goroutine may use it.
type Filling struct {
	g      *Graph
	growth graph.Growth
	last   time.Time // the record time of the last commit
	broken error     // the reason why no more changes can be taken

	// Another goroutine writes the commits to the log. It ends after commits was closed.
	commits chan *filled
	fed     error         // if not nil, the log must drop the commits; set before commits is closed
	ended   chan struct{} // closed when kept, the log's result, is set
	kept    error
}

// filled is a commit that is added to the log and to the graph at the same time.
type filled struct {
	commit *graph.Commit
	sealed chan struct{} // closed when the commit has its digest, or err says why it has none
	err    error
}

// seal waits until the graph has the commit.
func (c *filled) seal() error {
	<-c.sealed
	return c.err
}

// keep passes the commits to the log.
func (f *Filling) keep(ctx context.Context, log filler) {
	defer close(f.ended)
	f.kept = f.g.guard("filling the log", func() error {
		return log.Fill(ctx, func(add func(c *graph.Commit, sealed func() error) error) error {
			for c := range f.commits {
				if err := add(c.commit, c.seal); err != nil {
					return err
				}
			}
			return f.fed
		})
	})
}

// feed runs the feed of Fill to its end, and then closes the commits for the log.
func (f *Filling) feed(feed func(to *Filling) error) error {
	defer close(f.commits)
	f.fed = f.g.guard("filling the graph", func() error { return feed(f) })
	if f.fed == nil {
		f.fed = f.broken
	}
	return f.fed
}

// Check checks a change as Commit does, and commits nothing.
func (f *Filling) Check(ch *graph.Change) (*graph.Result, error) {
	res, problems := graph.Check(f.g.o, f.growth, ch)
	if problems != nil {
		return nil, problems
	}
	return res, nil
}

// Commit makes a change. It returns problems of the change as graph.Problems, after which another change may
// follow. After any other error, Fill fails.
func (f *Filling) Commit(ctx context.Context, ch *graph.Change) (*Receipt, error) {
	if f.broken != nil {
		return nil, f.broken
	}
	rec, err := f.commit(ctx, ch)
	if _, ok := err.(graph.Problems); !ok {
		f.broken = err
	}
	return rec, err
}

func (f *Filling) commit(ctx context.Context, ch *graph.Change) (*Receipt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if ch.Key != "" {
		return nil, graph.Errorf(graph.BadInput, "a change that is made once, by its key %q, cannot be one of those that fill a graph", ch.Key)
	}
	res, err := f.Check(ch)
	if err != nil {
		return nil, err
	}
	rec := receiptOf(res)
	if rec.Seq = f.growth.Seq(); res.Commit.Empty() {
		return rec, nil
	}
	c := &res.Commit
	c.Seq, c.At = rec.Seq+1, f.g.clock.stamp(f.last)
	next := &filled{commit: c, sealed: make(chan struct{})}
	select {
	case f.commits <- next:
	case <-f.ended:
		return nil, f.kept
	}
	if err := f.grow(next); err != nil {
		return nil, err
	}
	rec.Seq, rec.Import, f.last = c.Seq, importOf(c), c.At
	return rec, nil
}

// grow adds a commit to the graph, and seals it.
func (f *Filling) grow(next *filled) error {
	c := next.commit
	next.err = fmt.Errorf("applying commit %d ended in a panic", c.Seq) // replaced unless a panic comes first
	defer close(next.sealed)
	if next.err = f.growth.Add(c); next.err != nil {
		next.err = fmt.Errorf("applying commit %d: %w", c.Seq, next.err)
		return next.err
	}
	c.Digest, c.Ontology = f.growth.Digest(), f.g.o.Hash()
	return nil
}
