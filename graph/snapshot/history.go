package snapshot

import (
	"sort"

	"github.com/caspian-kg/caspian/graph"
)

// History calls fn with the claims about the entity, as subject or as object
// where inverse, that the view shows or would have shown on a day before its
// own: what was over by then as well, and nothing that had not yet begun. The
// order is that of Claims. fn ends the walk by returning false.
func (v *View) History(entity uint32, inverse bool, fn func(n uint32) bool) {
	list := v.s.out.Ref(entity)
	if inverse {
		list = v.s.in.Ref(entity)
	}
	list.Has(func(l link) bool { return v.sees(l.claim) && v.begun(l.claim) && !fn(l.claim) })
}

// Learned calls fn with each claim recorded after one sequence number and up to
// another, in record order, and then with each withdrawn there, in the order of
// the numbers and then of the claims. fn ends it by returning false.
func (s *Snapshot) Learned(since, last graph.Seq, fn func(n uint32, seq graph.Seq, withdrawn bool) bool) {
	from := sort.Search(s.rows.Len(), func(n int) bool { return graph.Seq(s.rows.Ref(uint32(n)).seq) > since })
	for n := uint32(from); int(n) < s.rows.Len(); n++ {
		seq := graph.Seq(s.rows.Ref(n).seq)
		if seq > last {
			break
		}
		if !fn(n, seq, false) {
			return
		}
	}
	from = sort.Search(s.gone.Len(), func(i int) bool { return graph.Seq(s.ended.At(s.gone.At(uint32(i)))) > since })
	for i := uint32(from); int(i) < s.gone.Len(); i++ {
		n := s.gone.At(i)
		seq := graph.Seq(s.ended.At(n))
		if seq > last || !fn(n, seq, true) {
			return
		}
	}
}
