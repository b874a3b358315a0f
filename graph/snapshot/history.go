package snapshot

import "github.com/caspian-kg/caspian/graph/internal/memory"

// History calls fn with the claims about the entity, as subject or, if inverse is set, as object,
// that the view shows or would have shown on an earlier day. It leaves out claims that had not
// begun by the view's date. The order is that of Claims. If fn returns false, History ends.
func (v *View) History(entity uint32, inverse bool, fn func(n uint32) bool) {
	list := v.s.Out.Ref(entity)
	if inverse {
		list = v.s.In.Ref(entity)
	}
	list.Has(func(l memory.Link) bool { return v.sees(l.Claim) && v.begun(l.Claim) && !fn(l.Claim) })
}
