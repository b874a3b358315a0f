// Package scenario answers "what if": it makes the snapshot that a view with scenarios reads, and checks changes of
// scenarios.
//
// Read Asked, Build and Cache first. A scenario is a list of hypothetical operations. Build forks a snapshot and
// applies the operations to the fork, one commit for each scenario, so that all that reads a snapshot works under a
// scenario, and snapshots without one are as they were. The package must not know views, the store, or GraphQL.
package scenario

import (
	"context"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// The limits, so that a fork is quick and small.
const (
	MostNamed     = 16      // scenarios in one view
	MostInline    = 200     // operations that one view supposes
	MostSaved     = 5000    // operations of a saved scenario
	MostBytes     = 1 << 20 // of their lines
	MostScenarios = 1000
	mostTitle     = 200
	mostRemoved   = 50_000 // claims that the removals of one view hide
)

// Inline is the name of the scenario that a view itself states.
const Inline = "inline"

// Asked is what a view supposes: saved scenarios, and then its own operations. A later one precedes the earlier ones.
type Asked struct {
	Names []string
	Ops   []graph.Op
}

// Empty reports whether the view shows the facts only.
func (a Asked) Empty() bool { return len(a.Names) == 0 && len(a.Ops) == 0 }

// layer is one scenario of those that a view asks for.
type layer struct {
	name, title string
	ops         []graph.Op
	// fresh is the number of the first operation that somebody writes now. If such an operation matches nothing, that
	// is a problem; what was saved before may match nothing any more.
	fresh int
}

// layers returns the scenarios that are asked for.
func (a Asked) layers(s *snapshot.Snapshot) ([]layer, error) {
	if len(a.Names) > MostNamed {
		return nil, graph.Errorf(graph.LimitWork, "view.scenario: %d scenarios are more than %d", len(a.Names), MostNamed)
	}
	if len(a.Ops) > MostInline {
		return nil, graph.Errorf(graph.LimitWork, "view.suppose: %d operations are more than %d; save them as a scenario", len(a.Ops), MostInline)
	}
	var list []layer
	seen := map[string]bool{}
	for _, name := range a.Names {
		sc, ok := s.Scenario(name)
		if !ok {
			return nil, graph.Errorf(graph.UnknownID, "view.scenario: there is no scenario %q; the field scenarios lists them", graph.Clip(name))
		}
		if seen[name] {
			return nil, graph.Errorf(graph.Duplicate, "view.scenario: %q is given twice", graph.Clip(name))
		}
		seen[name] = true
		l, err := saved(sc)
		if err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	if len(a.Ops) > 0 {
		list = append(list, layer{Inline, "what the view supposes", a.Ops, 0})
	}
	return list, nil
}

// saved reads a saved scenario.
func saved(sc graph.Scenario) (layer, error) {
	ops, err := codec.DecodeScenario(sc.Name, sc.Lines)
	return layer{sc.Name, sc.Title, ops, len(ops)}, err
}

// Build returns the snapshot with what is asked for: a fork of s, in which each scenario is a commit.
func Build(ctx context.Context, s *snapshot.Snapshot, a Asked) (*snapshot.Snapshot, error) {
	list, err := a.layers(s)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(list))
	for i, l := range list {
		names[i] = l.name
	}
	f := &snapshot.Snapshot{Graph: s.Fork(names...)}
	for _, l := range list {
		if err := ctx.Err(); err != nil {
			return nil, graph.Errorf(graph.Unavailable, "the request ended before the scenario %s was applied", l.name)
		}
		res, problems := l.check(f)
		if problems != nil && l.name == Inline {
			return nil, problems
		}
		if problems != nil {
			return nil, graph.Errorf(problems[0].Code, "view.scenario: the scenario %s does not fit the graph any more: %v", l.name, problems[0])
		}
		if f, err = apply(f, &res.Commit); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// apply returns the fork after one more commit.
func apply(f *snapshot.Snapshot, c *graph.Commit) (*snapshot.Snapshot, error) {
	c.Seq = f.Seq() + 1
	c.At = f.RecordedAt(f.Seq()).Add(time.Microsecond)
	return f.Apply(c)
}

// SourceOf returns the id of the source of a scenario's claims that name none.
func SourceOf(name string) graph.ID { return graph.ID("scenario:" + name) }

// checkName returns what is wrong with the name of a scenario.
func checkName(name string) error {
	err := graph.CheckID(SourceOf(name))
	switch {
	case name == "":
		return graph.Errorf(graph.BadInput, "a scenario needs a name")
	case name == Inline:
		return graph.Errorf(graph.BadInput, "a scenario cannot have the name %q, which stands for what a view itself supposes", Inline)
	case err != nil || len(name) > 100 || strings.Contains(name, ":"):
		return graph.Errorf(graph.BadInput, "%q is not a name of a scenario: it has at most 100 ASCII letters and digits, and inside - _ .", graph.Clip(name))
	}
	return nil
}
