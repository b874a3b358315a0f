package snapshot

import "github.com/caspian-kg/caspian/graph"

// past is the state of a snapshot as it was at an earlier sequence number.
// Entities have no record time: those declared since are there already.
type past struct {
	s   *Snapshot
	seq graph.Seq
}

// At is the state as it was at a sequence number, for checking a change as it
// was checked then.
func (s *Snapshot) At(seq graph.Seq) graph.State { return past{s, seq} }

func (p past) Seq() graph.Seq { return p.seq }

func (p past) TypeOf(id graph.ID) (string, bool) { return p.s.TypeOf(id) }

// stood tells whether the claim was recorded by then and not yet withdrawn.
func (p past) stood(n uint32) bool {
	ended := graph.Seq(p.s.ended.at(n))
	return p.s.RecordedSeq(n) <= p.seq && (ended == 0 || ended > p.seq)
}

func (p past) Claim(id graph.ClaimID) (c graph.Claim, live, ok bool) {
	n, ok := p.s.ClaimNumber(id)
	if !ok || p.s.RecordedSeq(n) > p.seq {
		return c, false, false
	}
	return p.s.ClaimAt(n), p.stood(n), true
}

func (p past) Values(subject graph.ID, predicate string) []graph.Value {
	return p.s.values(subject, predicate, p.stood)
}

func (p past) Holder(predicate string, v graph.Value) (graph.ID, bool) {
	return p.s.holder(predicate, v, p.stood)
}
