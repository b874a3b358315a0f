package live

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// group is a list of changes that one append makes durable. While a group is being appended, the next is
// decided on top of it. Groups are published in order. A change has its outcome when its group is published or
// has failed.
type group struct {
	g        *Graph
	requests []*request
	ops      int
	attempts int // how often other writers appended first

	base    *snapshot.Snapshot       // the snapshot on which it is decided; nil until it has begun
	head    *snapshot.Snapshot       // base with the changes decided so far; not published
	commits []*graph.Commit          // the commits from base to head
	keys    map[string]*graph.Commit // the commits with a key
	before  *group                   // the group that was being appended when this one began; nil if none was

	appended chan struct{} // closed when the append has ended and err is set
	err      error
}

// maxAttempts is how often a group is decided again because another writer appended to the log in the meantime.
const maxAttempts = 8

var (
	// errOvertaken means that a group must be decided again.
	errOvertaken = errors.New("others appended to the log")
	errStopped   = errors.New("the writer was stopped")
)

func errClosed() error {
	return graph.Errorf(graph.Unavailable, "the graph is closed and accepts no more writes")
}

// step decides the waiting changes. If a group is being appended, it returns when more changes have come;
// otherwise it starts to append the decided ones. The caller has the turn.
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
	if g.decided == w { // no earlier group has failed
		g.decided = nil
		w.launch()
	}
}

// comes waits until a change arrives or the append ends. It returns true if a change arrived.
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

// take takes the changes that have waited longest, as many as there is room for.
func (w *group) take() []*request {
	taken := w.g.takeGroup(w.ops)
	for _, r := range taken {
		w.ops += r.ops
	}
	w.requests = append(w.requests, taken...)
	return taken
}

// decideAll decides each change on top of the previous ones. After an error all changes of the group have
// failed. The exception is errOvertaken, which it returns only while another group is being appended.
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

// begin sets the snapshot on which the changes are decided.
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

// restart prepares the group to be decided again. It fails if other writers appended first too often.
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

// launch starts to append the commits.
func (w *group) launch() {
	if len(w.commits) == 0 {
		w.settle(nil)
		return
	}
	// Until the append has ended and is published, the log may have more than readers see.
	w.g.appending, w.g.doubt = w, true
	w.appended = make(chan struct{})
	go w.append()
}

// append makes the commits durable.
func (w *group) append() {
	defer close(w.appended)
	w.err = errStopped
	// Several callers wait for it, so no caller's context may end it.
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

// land waits for the append, and publishes the group. If the append failed, the changes decided on top of it
// wait again.
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

// putBack puts the changes that are decided but not being appended back at the front of the queue.
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

// newest returns the snapshot with everything that is published or being appended.
func (g *Graph) newest() *snapshot.Snapshot {
	if g.appending != nil {
		return g.appending.head
	}
	return g.Snapshot()
}

// settle gives each change its outcome. If the group failed, all of its changes fail, even refused ones,
// because the reason for a refusal may have been a change that was not recorded in the end.
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
