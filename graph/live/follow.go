package live

import (
	"context"
	"fmt"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// Shared is a Log to which other processes append too.
type Shared interface {
	// Refresh reads and returns the number of the log's last commit. It may be called concurrently with any
	// other method.
	Refresh(ctx context.Context) (graph.Seq, error)
}

// longestPause bounds the time between two attempts to read a log that cannot be read.
const longestPause = 2 * time.Second

// Follow publishes what others append to the log, until the context ends. It checks the log at intervals of
// every, and less often while the log cannot be read. If nobody else can append, Follow returns at once.
func (g *Graph) Follow(ctx context.Context, every time.Duration) {
	log, ok := g.log.(Shared)
	if !ok {
		return
	}
	pause, said := every, "" // the last error, which is not logged again
	for {
		asked := g.clock.elapsed()
		if err := g.follow(ctx, log); err == nil {
			g.fresh.Store(int64(asked))
			pause, said = every, ""
		} else if ctx.Err() == nil {
			if err.Error() != said {
				said = err.Error()
				g.note.Warn("log_not_followed", "error", said)
			}
			pause = min(2*pause, longestPause)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// follow publishes what the log has now.
func (g *Graph) follow(ctx context.Context, log Shared) error {
	known := g.Snapshot().Seq() // before the look, since a commit may be made meanwhile
	head, err := log.Refresh(ctx)
	if err != nil {
		return err
	}
	if head < known {
		return fmt.Errorf("the log ends at commit %d, and commit %d was read from it: it was replaced; start again", head, known)
	}
	if head == known {
		return nil
	}
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if g.closed || g.appending != nil { // a group in progress publishes what it finds
		return nil
	}
	return g.catchUp()
}

// Lag returns for how long the graph has not known whether it has the whole log: 0 if nobody else appends.
func (g *Graph) Lag() time.Duration {
	if _, ok := g.log.(Shared); !ok {
		return 0
	}
	return max(0, g.clock.elapsed()-time.Duration(g.fresh.Load()))
}
