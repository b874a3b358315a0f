package snapshot_test

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// What follows is how the model reads claims which say that there is nothing.

// stating are the claims that state something, denying those that say there is nothing.
func stating(fs []*fact) []*fact {
	return slices.DeleteFunc(slices.Clone(fs), func(f *fact) bool { return f.Value == graph.NoneValue() })
}

func denying(fs []*fact) []*fact {
	return slices.DeleteFunc(slices.Clone(fs), func(f *fact) bool { return f.Value != graph.NoneValue() })
}

// stated is the claim that a property of one value shows, nil where the best says that
// there is nothing.
func (l *lens) stated(id graph.ID, f *schema.Field) *fact {
	if best := l.pick(l.of(id, f.Name)); best != nil && best.Value != graph.NoneValue() {
		return best
	}
	return nil
}

// nothing is the best claim that a field has nothing, nil where it shows something.
func (l *lens) nothing(id graph.ID, f *schema.Field) *fact {
	shows := false
	switch {
	case !f.Stored():
		return nil
	case f.Kind == schema.Property:
		shows = len(l.shown(id, f)) > 0
	default:
		shows = len(l.leads(id, f, false, false)) > 0
	}
	if shows {
		return nil
	}
	return l.pick(denying(l.of(id, f.Name)))
}

func (l *lens) noneTest(want *bool, id graph.ID, f *schema.Field) truth {
	return truthOf(want == nil || *want == (l.nothing(id, f) != nil))
}
