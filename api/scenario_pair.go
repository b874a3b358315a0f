package api

import (
	"context"
	"slices"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/scenario"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// ResolveBoth is Resolve for two views that are compared. If one supposes more than the other, both read the fork of
// the one that supposes more. In it, each scenario is a commit, so the other view reads it as known before the rest.
func (s *Session) ResolveBoth(ctx context.Context, a, b input.View) (from, to *snapshot.View, err error) {
	x, y := a.Supposed, b.Supposed
	if x.Empty() && y.Empty() {
		if from, err = s.Resolve(ctx, a); err != nil {
			return nil, nil, err
		}
		to, err = s.Resolve(ctx, b)
		return from, to, err
	}
	more := y
	if begins(x, y) {
		more = x
	} else if !begins(y, x) {
		return nil, nil, graph.Errorf(graph.BadInput, "changes: one of from and to must begin with the scenarios of the other; compare each with the facts instead")
	}
	for _, v := range [...]input.View{a, b} {
		if v.View.KnownAt != nil {
			return nil, nil, errNow()
		}
		if err := s.reach(ctx, v); err != nil {
			return nil, nil, err
		}
	}
	f, err := s.api.forks.Fork(ctx, s.snapshot, more)
	if err != nil {
		return nil, nil, err
	}
	s.note(more)
	s.reads = readPresent
	if from, err = s.within(ctx, f, a); err == nil {
		to, err = s.within(ctx, f, b)
	}
	return from, to, err
}

// begins reports whether a supposes what b does, and perhaps more.
func begins(a, b scenario.Asked) bool {
	if len(b.Ops) > 0 {
		return slices.Equal(a.Names, b.Names) && input.SameOperations(a.Ops, b.Ops)
	}
	return len(a.Names) >= len(b.Names) && slices.Equal(a.Names[:len(b.Names)], b.Names)
}

// within returns the view of a fork that shows only the scenarios of an argument.
func (s *Session) within(ctx context.Context, f *snapshot.Snapshot, a input.View) (*snapshot.View, error) {
	layers := len(a.Supposed.Names)
	if len(a.Supposed.Ops) > 0 {
		layers++
	}
	if at := s.snapshot.Seq() + graph.Seq(layers); at < f.Seq() {
		known := f.RecordedAt(at)
		a.View.KnownAt = &known
	}
	v, err := f.View(a.View, s.today)
	if err != nil {
		return nil, err
	}
	return v.WithDone(ctx.Done()), nil
}
