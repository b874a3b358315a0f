package live

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/caspian-kg/caspian/graph"
)

// catchUp publishes the commits of the log after the newest snapshot: those stored although their append
// failed, and those that others appended. So they are neither lost nor made twice.
func (g *Graph) catchUp() error {
	now := g.Snapshot()
	var head graph.Seq
	err := g.guard("asking for the head of the log", func() error { head = g.log.Head(); return nil })
	switch {
	case err != nil:
	case !g.doubt && head == now.Seq():
		return nil
	case !g.doubt && head < now.Seq():
		err = fmt.Errorf("it ends at commit %d, and commit %d was acknowledged", head, now.Seq())
	default:
		err = g.guard("reading the log", g.replayRest)
	}
	if err != nil {
		g.doubt = true
		now.Rewind()
		return fmt.Errorf("%w: %w", graph.Errorf(graph.Unavailable, "the change was not made, since the log cannot be read to its end; try again"), err)
	}
	g.doubt = false
	return nil
}

func (g *Graph) replayRest() error {
	now := g.Snapshot()
	// The context is not a caller's, because several callers wait for the result.
	next, err := replay(context.Background(), g.log, now)
	if err != nil || next == now {
		return err
	}
	g.note.Info("caught_up_with_log", "from", now.Seq(), "to", next.Seq())
	g.publish(next)
	g.saver.consider(next)
	return nil
}

// panicked is the error for a panic in a log or a snapshot.
type panicked struct {
	doing string
	value any
}

func (p *panicked) Error() string { return fmt.Sprintf("%s panicked: %v", p.doing, p.value) }

func (g *Graph) guard(doing string, fn func() error) error { return guard(g.note, doing, fn) }

// guard calls fn and converts a panic into an error.
func guard(note *slog.Logger, doing string, fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			note.Error("writer_panicked", "doing", doing, "value", fmt.Sprint(v), "stack", string(debug.Stack()))
			err = &panicked{doing, v}
		}
	}()
	return fn()
}
