package live

import (
	"context"

	"github.com/caspian-kg/caspian/graph"
)

// Unkept is the log of a graph that is only in memory: it has the number of its last commit and nothing to
// replay. The zero Unkept is empty.
type Unkept struct{ head graph.Seq }

// Identity implements Log.
func (u *Unkept) Identity() graph.Identity { return graph.Identity{} }

// Head implements Log.
func (u *Unkept) Head() graph.Seq { return u.head }

// AppendGroup implements Log.
func (u *Unkept) AppendGroup(_ context.Context, cs []*graph.Commit) error {
	u.head = cs[len(cs)-1].Seq
	return nil
}

// Replay implements Log.
func (u *Unkept) Replay(context.Context, graph.Seq, func(*graph.Commit) error) error { return nil }

// Key implements Log.
func (u *Unkept) Key(context.Context, string) (graph.Seq, error) { return 0, nil }
