package analysis

import (
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// faults gathers every fault of an analysis's options.
type faults struct{ list graph.Problems }

func (f *faults) add(argument string, code graph.Code, format string, a ...any) {
	f.list = append(f.list, graph.Problem{Place: graph.Place{Path: argument}, Code: code, Message: graph.Errorf(code, format, a...).Message})
}

func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return f.list
}

// entity finds what an argument names; snapshot.None and a fault where the
// store has no such entity, for to avoid what is misspelt would be to avoid
// nothing.
//
// One that the store has and the view does not show is answered for, with
// nothing or as unknown, whatever the analysis: which ids there are and of what
// type is no claim, has no source and no date, and is bound by no view; what
// claims say of it is. So the same question asked of one view after the other
// gets an answer from each.
func (f *faults) entity(v *snapshot.View, argument string, id graph.ID) uint32 {
	s := v.Snapshot()
	n, ok := s.Number(id)
	if ok {
		return n
	}
	advice := "search finds ids by names"
	for _, other := range [...]string{strings.ToUpper(string(id)), strings.ToLower(string(id))} {
		if _, ok := s.Number(graph.ID(other)); ok {
			advice = "did you mean \"" + other + "\"?"
		}
	}
	f.add(argument, graph.UnknownID, "there is no entity %q; %s", graph.Clip(string(id)), advice)
	return snapshot.None
}

// walkWork is how many claims a walk over a graph looks at where its options
// do not say: about a second's worth.
const walkWork = 5_000_000
