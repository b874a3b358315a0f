package snapshot

import "github.com/caspian-kg/caspian/graph/internal/memory"

// History calls fn with the claims about the entity, as subject or as object
// where inverse, that the view shows or would have shown on a day before its
// own: what was over by then as well, and nothing that had not yet begun. The
// order is that of Claims. fn ends the walk by returning false.
func (v *View) History(entity uint32, inverse bool, fn func(n uint32) bool) {
	list := v.s.Out.Ref(entity)
	if inverse {
		list = v.s.In.Ref(entity)
	}
	list.Has(func(l memory.Link) bool { return v.sees(l.Claim) && v.begun(l.Claim) && !fn(l.Claim) })
}
