package memory

import "github.com/caspian-kg/caspian/graph"

// state is a snapshot as graph.Check reads it: all claims that are not withdrawn, independent of views. It
// implements graph.State.
type state struct{ *Graph }

// State returns the snapshot in the form against which changes are checked.
func (s *Graph) State() graph.State { return state{s} }

func (s state) TypeOf(id graph.ID) (string, bool) {
	n, ok := s.Number(id)
	if !ok {
		return "", false
	}
	return s.TypeName(n), true
}

func (s state) Claim(id graph.ClaimID) (c graph.Claim, live, ok bool) {
	n, ok := s.ClaimNumber(id)
	if !ok {
		return c, false, false
	}
	return s.ClaimAt(n), s.Live(n), true
}

// Live reports whether the claim is not withdrawn.
func (s *Graph) Live(n uint32) bool { return s.Ended.At(n) == 0 }

func (s state) Values(subject graph.ID, predicate string) []graph.Value {
	n, ok := s.Number(subject)
	if !ok {
		return nil
	}
	var vs []graph.Value
	for l := range s.OutRun(n, s.PredicateNumber(predicate)).All() {
		if s.Live(l.Claim) {
			vs = append(vs, s.ValueOf(s.Rows.Ref(l.Claim).Cell()))
		}
	}
	return vs
}

func (s state) Learned(since, last graph.Seq, fn func(graph.ClaimID, graph.Seq, bool)) {
	s.Graph.Learned(since, last, s.byID(fn))
}

// byID converts a function of claim ids into one of claim numbers.
func (s *Graph) byID(fn func(graph.ClaimID, graph.Seq, bool)) func(uint32, graph.Seq, bool) bool {
	return func(n uint32, seq graph.Seq, withdrawn bool) bool {
		fn(s.ClaimID(n), seq, withdrawn)
		return true
	}
}

func (s state) History(id graph.ClaimID) []graph.Event {
	return s.history(id, func(n uint32) uint32 { return s.Ended.At(n) })
}

func (s state) StatedBy(source graph.ID, fn func(graph.ClaimID, *graph.Claim)) {
	if n, ok := s.Number(source); ok {
		for claim := range s.Cited.At(n).All() {
			if s.Live(claim) {
				s.pass(claim, fn)
			}
		}
	}
}

// pass calls fn with a claim.
func (s *Graph) pass(n uint32, fn func(graph.ClaimID, *graph.Claim)) {
	c := s.ClaimAt(n)
	fn(s.ClaimID(n), &c)
}

func (s state) Holder(predicate string, v graph.Value) (graph.ID, bool) {
	return s.holder(predicate, v, s.Live)
}
