package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// stage is how far a group of changes has come. Between two stages anything
// may fail; an outcome is given at the end only, by settle.
type stage uint8

const (
	queued    stage = iota // taken from the queue, and nothing else
	checked                // each decided on top of those before it; the log has nothing of it
	durable                // the log has all of it
	published              // readers see it, so that success may be reported
)

// group is a list of changes on their way through the stages.
type group struct {
	g        *Graph
	requests []*request
	stage    stage

	// Of the present attempt:
	base    *snapshot.Snapshot       // the published one
	head    *snapshot.Snapshot       // with the changes decided so far; not published
	commits []*graph.Commit          // that make head of base
	keys    map[string]*graph.Commit // those with a key
}

// maxAttempts is how often a group is checked again because another writer appended
// to the log in the meantime.
const maxAttempts = 8

// errOvertaken means that a group must be checked again.
var errOvertaken = errors.New("others appended to the log")

// writeGroup takes the changes through all stages and gives each its outcome,
// also after a failure or a panic. The caller has the turn.
func (g *Graph) writeGroup(requests []*request) {
	w := &group{g: g, requests: requests}
	err := errors.New("the writer was stopped")
	defer func() { w.settle(err) }()
	err = g.guard("writing", w.run)
}

func (w *group) run() error {
	if w.g.closed {
		return graph.Errorf(graph.Unavailable, "the graph is closed and accepts no more writes")
	}
	for attempt := 1; ; attempt++ {
		w.stage = queued
		err := w.attempt()
		if !errors.Is(err, errOvertaken) {
			return err
		}
		if attempt == maxAttempts {
			return fmt.Errorf("%w: %w", graph.Errorf(graph.Unavailable,
				"others appended to the log each of the %d times that the change was decided; try again", attempt), err)
		}
		w.g.Snapshot().Rewind()
		w.g.doubt = true
	}
}

// attempt takes the group from the first stage to the last.
func (w *group) attempt() error {
	if err := w.g.catchUp(); err != nil {
		return err
	}
	if err := w.check(); err != nil {
		return err
	}
	w.stage = checked
	if len(w.commits) > 0 {
		if err := w.append(); err != nil {
			return err
		}
		w.stage = durable
		w.g.publish(w.head)
	}
	w.stage = published
	return nil
}

// check decides each change on top of those before it.
func (w *group) check() error {
	w.base = w.g.Snapshot()
	w.head, w.commits, w.keys = w.base, w.commits[:0], nil
	for _, r := range w.requests {
		if r.receipt, r.err = w.decide(r); errors.Is(r.err, errOvertaken) {
			return r.err
		}
	}
	return nil
}

// append makes the commits durable.
func (w *group) append() error {
	first := w.commits[0].Seq
	// Until it is over, and published, the log may have more than readers see.
	w.g.doubt = true
	// Others wait for it too, so that no caller's context may end it.
	err := w.g.guard("appending", func() error { return w.g.log.AppendGroup(context.Background(), w.commits) })
	if err == nil {
		w.g.doubt = false
		return nil
	}
	var refused *graph.Error
	if errors.As(err, &refused) && refused.Code == graph.SeqMismatch {
		err = errors.Join(errOvertaken, err)
	}
	return fmt.Errorf("appending commit %d: %w", first, err)
}

// settle gives each change its outcome. Where the group did not come to the
// last stage, all fail: also those that were refused, since they may have been
// so because of a change that is not there now.
func (w *group) settle(err error) {
	if w.stage != published {
		w.g.Snapshot().Rewind()
	}
	for _, r := range w.requests {
		if w.stage != published {
			r.receipt, r.err = nil, err
		}
		close(r.done)
	}
	w.g.saver.consider(w.g.Snapshot())
}
