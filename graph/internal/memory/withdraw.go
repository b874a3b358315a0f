package memory

import (
	"fmt"

	"github.com/caspian-kg/caspian/graph"
)

// withdraw withdraws a claim.
func (b *change) withdraw(id graph.ClaimID, seq graph.Seq, reason uint32) error {
	n, ok := b.claimNumber(id)
	if !ok {
		return fmt.Errorf("snapshot: the log withdraws claim %s, which it does not have", id)
	}
	if b.ended.At(n) != 0 {
		return fmt.Errorf("snapshot: the log withdraws claim %s twice", id)
	}
	b.ended.Set(n, uint32(seq))
	b.gone = append(b.gone, reasoned{n, reason})
	s := b.s
	if b.lost == nil {
		b.lost = s.Lost.Begin()
	}
	s.lose(b.lost, n)
	c := s.ClaimAt(n)
	s.sum.Withdraw(&c, id)
	b.noteDate(s.Rows.Ref(n))
	b.noteLife(s.Rows.Ref(n))
	return nil
}

// reinstate appends another row of a claim. The withdrawn row remains, for views of the past.
func (b *change) reinstate(id graph.ClaimID, seq graph.Seq, reason uint32) error {
	n, ok := b.claimNumber(id)
	if !ok {
		return fmt.Errorf("snapshot: the log reinstates claim %s, which it does not have", id)
	}
	if b.ended.At(n) == 0 {
		return fmt.Errorf("snapshot: the log reinstates claim %s, which is not withdrawn", id)
	}
	s := b.s
	r := *s.Rows.Ref(n)
	r.Seq = uint32(seq)
	c := s.ClaimAt(n)
	s.back.Append(reasoned{b.row(&r, &c), reason})
	s.sum.Reinstate(&c, id)
	return nil
}
