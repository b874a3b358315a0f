package routes

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
)

const resourceType = "Resource"

// oneGood reports whether a transport mode carries only one good, even if no claim says which.
func oneGood(mode string) bool { return mode == "PIPELINE" || mode == "TANKER" }

// load reads what is to be carried. A leg takes the cargo if it takes any goods, the cargo itself, or a broader good.
// Without a cargo, a leg that takes only certain goods is used only if it is a pipeline or a tanker line and the
// question names its mode.
func (q *query) load(cargo graph.ID) error {
	if cargo == "" {
		return nil
	}
	e, err := q.n.entity("cargo", cargo)
	if err != nil {
		return err
	}
	if typ := q.n.view.Snapshot().TypeName(e); typ != resourceType {
		return graph.Errorf(graph.WrongType, "cargo: %q is a %s; name a Resource", cargo, typ)
	}
	q.cargo = q.n.reach(e, "broader")
	return nil
}

// permits reports whether legs of a mode may be used.
func (q *query) permits(mode string) bool {
	if q.o.Modes != nil {
		return slices.Contains(q.o.Modes, mode)
	}
	return q.cargo != nil || !oneGood(mode)
}

// takes reports whether a leg takes the cargo.
func (q *query) takes(i int32) bool {
	l := &q.n.legs[i]
	switch {
	case len(l.carries) == 0:
		return q.o.Modes != nil || !oneGood(q.n.modes[l.mode])
	case q.cargo == nil:
		return oneGood(q.n.modes[l.mode])
	}
	return slices.ContainsFunc(l.carries, func(good uint32) bool { return slices.Contains(q.cargo, good) })
}
