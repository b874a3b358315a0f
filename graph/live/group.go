package live

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// group is a list of changes that are made durable by one append. While a group
// is being appended, the next is decided on top of it. Groups are published in
// their order, and a change has its outcome when its group is published or has failed.
type group struct {
	g        *Graph
	requests []*request
	ops      int
	attempts int // how often others were faster

	base    *snapshot.Snapshot       // what it is decided on; nil until it has begun
	head    *snapshot.Snapshot       // with the changes decided so far; not published
	commits []*graph.Commit          // that make head of base
	keys    map[string]*graph.Commit // those with a key
	before  *group                   // the one that is being appended meanwhile; nil for none

	appended chan struct{} // closed when the append has ended, with err
	err      error
}

// maxAttempts is how often a group is decided again because another writer appended
// to the log in the meantime.
const maxAttempts = 8

var (
	// errOvertaken means that a group must be decided again.
	errOvertaken = errors.New("others appended to the log")
	errStopped   = errors.New("the writer was stopped")
)

func errClosed() error {
	return graph.Errorf(graph.Unavailable, "the graph is closed and accepts no more writes")
}

// step decides the changes that wait. While a group is being appended it returns
// when more have come; otherwise it begins to append those decided.
// The caller has the turn.
func (g *Graph) step() {
	if g.decided == nil {
		g.decided = &group{g: g}
	}
	w := g.decided
	switch err := w.decideAll(w.take()); {
	case errors.Is(err, errOvertaken):
		g.putBack()
		g.land()
		return
	case err != nil:
		return
	}
	if g.appending != nil {
		if w.ops < maxGroup && g.comes() {
			return
		}
		g.land()
	}
	if g.decided == w { // nothing before it has failed
		g.decided = nil
		w.launch()
	}
}

// comes waits until a change arrives or the append has ended, and reports whether a change
// arrived.
func (g *Graph) comes() bool {
	select {
	case <-g.appending.appended:
		return false
	default:
	}
	select {
	case <-g.appending.appended:
		return false
	case <-g.arrived:
		return true
	}
}

// take takes the changes that waited longest, as many as there is room for.
func (w *group) take() []*request {
	taken := w.g.takeGroup(w.ops)
	for _, r := range taken {
		w.ops += r.ops
	}
	w.requests = append(w.requests, taken...)
	return taken
}

// decideAll decides each change on top of those before it. After an error all changes of the
// group have failed. The exception is errOvertaken, which is returned only while another
// group is being appended.
func (w *group) decideAll(requests []*request) error {
	if len(requests) == 0 {
		return nil
	}
	err := errStopped
	defer func() {
		if err != nil && !errors.Is(err, errOvertaken) {
			w.settle(err)
		}
	}()
	for {
		err = w.g.guard("writing", func() error { return w.attempt(requests) })
		if !errors.Is(err, errOvertaken) || w.g.appending != nil {
			return err
		}
		if err = w.restart(err); err != nil {
			return err
		}
		requests = w.requests
	}
}

func (w *group) attempt(requests []*request) error {
	if w.g.closed {
		return errClosed()
	}
	if w.base == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	for _, r := range requests {
		if r.receipt, r.err = w.decide(r); errors.Is(r.err, errOvertaken) {
			return r.err
		}
	}
	return nil
}

// begin finds the snapshot on which the changes are decided.
func (w *group) begin() error {
	w.before = w.g.appending
	if w.before == nil {
		if err := w.g.catchUp(); err != nil {
			return err
		}
	}
	w.base = w.g.newest()
	w.head, w.commits, w.keys = w.base, nil, nil
	return nil
}

// restart makes the group be decided again, unless other writers were faster too often.
func (w *group) restart(cause error) error {
	if w.attempts++; w.attempts == maxAttempts {
		return fmt.Errorf("%w: %v", graph.Errorf(graph.Unavailable,
			"others appended to the log each of the %d times that the change was decided; try again", maxAttempts), cause)
	}
	w.g.Snapshot().Rewind()
	w.g.doubt = true
	w.base = nil
	return nil
}

// launch begins to append the commits.
func (w *group) launch() {
	if len(w.commits) == 0 {
		w.settle(nil)
		return
	}
	// Until it is over, and published, the log may have more than readers see.
	w.g.appending, w.g.doubt = w, true
	w.appended = make(chan struct{})
	go w.append()
}

// append makes the commits durable.
func (w *group) append() {
	defer close(w.appended)
	w.err = errStopped
	// Others wait for it too, so no caller's context may end it.
	err := w.g.guard("appending", func() error { return w.g.log.AppendGroup(context.Background(), w.commits) })
	if err != nil {
		if overtaken(err) {
			err = errors.Join(errOvertaken, err)
		}
		err = fmt.Errorf("appending commit %d: %w", w.commits[0].Seq, err)
	}
	w.err = err
}

// overtaken reports whether a log refused commits because others appended to it.
func overtaken(err error) bool {
	var refused *graph.Error
	return errors.As(err, &refused) && refused.Code == graph.SeqMismatch
}

// land waits for the append, and publishes the group. If the append failed, the changes that
// were decided on top of it wait again.
func (g *Graph) land() {
	w := g.appending
	<-w.appended
	g.appending = nil
	if w.err == nil {
		g.doubt = false
		g.publish(w.head)
		w.settle(nil)
		if g.decided != nil {
			g.decided.before = nil
		}
		return
	}
	g.putBack()
	err := w.err
	if errors.Is(err, errOvertaken) {
		err = w.restart(err)
	}
	if err != nil {
		w.settle(err)
	} else if w.decideAll(w.requests) == nil {
		w.launch()
	}
}

// putBack lets the changes that are decided and not being appended wait again,
// before all others.
func (g *Graph) putBack() {
	w := g.decided
	g.decided = nil
	g.newest().Rewind()
	if w == nil {
		return
	}
	for _, r := range w.requests {
		r.receipt, r.err = nil, nil
	}
	g.queued.Lock()
	defer g.queued.Unlock()
	g.queue = slices.Concat(w.requests, g.queue)
}

// newest returns the snapshot with all that is published or being appended.
func (g *Graph) newest() *snapshot.Snapshot {
	if g.appending != nil {
		return g.appending.head
	}
	return g.Snapshot()
}

// settle gives each change its outcome. If the group failed, all of its changes fail, even
// those that were refused, because the reason may have been a change that was then not
// recorded.
func (w *group) settle(err error) {
	if w.g.decided == w {
		w.g.decided = nil
	}
	if err != nil {
		w.g.newest().Rewind()
	}
	for _, r := range w.requests {
		if err != nil {
			r.receipt, r.err = nil, err
		}
		close(r.done)
	}
	w.g.saver.consider(w.g.Snapshot())
}
