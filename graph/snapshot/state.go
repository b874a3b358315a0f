package snapshot

import "github.com/caspian-kg/caspian/graph"

// state is what Check asks of a snapshot: all that holds now, independent of any view. It implements graph.State.
type state struct{ *Snapshot }

// State is the snapshot as changes are checked against it.
func (s *Snapshot) State() graph.State { return state{s} }

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
	return s.ClaimAt(n), s.live(n), true
}

// live reports whether the claim is not withdrawn.
func (s *Snapshot) live(n uint32) bool { return s.ended.At(n) == 0 }

func (s state) Values(subject graph.ID, predicate string) []graph.Value {
	n, ok := s.Number(subject)
	if !ok {
		return nil
	}
	var vs []graph.Value
	for l := range s.outRun(n, s.predicate(predicate)).All() {
		if s.live(l.claim) {
			vs = append(vs, s.value(s.rows.Ref(l.claim).cell()))
		}
	}
	return vs
}

func (s state) Holder(predicate string, v graph.Value) (graph.ID, bool) {
	return s.holder(predicate, v, s.live)
}

// holder is the entity of which a live claim gives the key's value.
func (s *Snapshot) holder(predicate string, v graph.Value, live func(claim uint32) bool) (graph.ID, bool) {
	holder := None
	s.keyed(predicate, v.String(), func(n uint32) {
		if holder == None && live(n) {
			holder = s.rows.Ref(n).subject
		}
	})
	if holder == None {
		return "", false
	}
	return s.ID(holder), true
}
