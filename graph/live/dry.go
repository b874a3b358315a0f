package live

import (
	"context"

	"github.com/caspian-kg/caspian/graph"
)

// dry writes nothing: what is appended is only in the graph that is open on it.
type dry struct {
	Log
	head graph.Seq
}

// Dry returns a log with the commits of another, to which nothing is written: a graph on it does all that one on the other
// does, except for that.
func Dry(under Log) Log { return &dry{under, under.Head()} }

func (d *dry) Head() graph.Seq { return d.head }

func (d *dry) AppendGroup(_ context.Context, cs []*graph.Commit) error {
	d.head = cs[len(cs)-1].Seq
	return nil
}
