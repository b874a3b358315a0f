package graph_test

import (
	"fmt"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// naiveState is the graph as a plain list of claims: slow and obvious.
type naiveState struct {
	seq    graph.Seq
	types  map[graph.ID]string
	claims []*naiveClaim
	byID   map[graph.ClaimID]*naiveClaim
	log    []graph.Commit
	into   map[graph.ID]graph.ID
}

type naiveClaim struct {
	graph.Claim
	live bool
}

func newState() *naiveState {
	return &naiveState{types: map[graph.ID]string{}, byID: map[graph.ClaimID]*naiveClaim{}, into: map[graph.ID]graph.ID{}}
}

func (s *naiveState) Seq() graph.Seq { return s.seq }

func (s *naiveState) TypeOf(id graph.ID) (string, bool) {
	t, ok := s.types[id]
	return t, ok
}

func (s *naiveState) Claim(id graph.ClaimID) (graph.Claim, bool, bool) {
	if c := s.byID[id]; c != nil {
		return c.Claim, c.live, true
	}
	return graph.Claim{}, false, false
}

func (s *naiveState) Values(subject graph.ID, predicate string) []graph.Value {
	var vs []graph.Value
	for _, c := range s.claims {
		if c.live && c.Subject == subject && c.Predicate == predicate {
			vs = append(vs, c.Value)
		}
	}
	return vs
}

func (s *naiveState) StatedBy(source graph.ID, fn func(graph.ClaimID, *graph.Claim)) {
	for _, c := range s.claims {
		if c.live && c.Source == source {
			fn(c.ID(), &c.Claim)
		}
	}
}

func (s *naiveState) Into(id graph.ID) (graph.ID, bool) {
	into, ok := s.into[id]
	return into, ok
}

func (s *naiveState) Merges(since, last graph.Seq, fn func(m graph.Merged, seq graph.Seq) bool) {
	for i := since; i < last; i++ {
		for _, m := range s.log[i].Merges {
			if !fn(m, i+1) {
				return
			}
		}
	}
}

func (s *naiveState) Naming(id graph.ID, fn func(graph.ClaimID, *graph.Claim)) {
	for _, c := range s.claims {
		if c.live && slices.Contains(namesOf(&c.Claim), id) {
			fn(c.ID(), &c.Claim)
		}
	}
}

// namesOf are the entities that a claim names.
func namesOf(c *graph.Claim) []graph.ID {
	ids := []graph.ID{c.Subject, c.Source}
	values := []graph.Value{c.Value}
	for _, q := range c.Qualifiers {
		values = append(values, q.Value)
	}
	for _, v := range values {
		if v.Kind() == graph.EntityKind {
			ids = append(ids, v.Entity())
		}
	}
	return ids
}

func (s *naiveState) Commits(first graph.Seq) (list []graph.Seq) {
	for i, c := range s.log {
		if c.Import != nil && c.Import.First == first {
			list = append(list, graph.Seq(i+1))
		}
	}
	return list
}

func (s *naiveState) Undos(fn func(undo, undid graph.Seq)) {
	for i := len(s.log) - 1; i >= 0; i-- {
		if im := s.log[i].Import; im != nil && im.Undid != 0 {
			fn(graph.Seq(i+1), im.Undid)
		}
	}
}

func (s *naiveState) Learned(since, last graph.Seq, fn func(graph.ClaimID, graph.Seq, bool)) {
	for _, withdrawn := range []bool{false, true} {
		for i := since; i < last; i++ {
			for _, c := range s.claims {
				for _, e := range s.History(c.ID()) {
					if e.Seq == i+1 && e.Live != withdrawn {
						fn(c.ID(), e.Seq, withdrawn)
					}
				}
			}
		}
	}
}

func (s *naiveState) History(id graph.ClaimID) (list []graph.Event) {
	for i, c := range s.log {
		note := func(x graph.ClaimID, live bool) {
			if x == id {
				list = append(list, graph.Event{Seq: graph.Seq(i + 1), Live: live})
			}
		}
		for _, x := range c.Claims {
			note(x.ID(), true)
		}
		for _, x := range c.Claims {
			for _, old := range x.Supersedes {
				note(old, false)
			}
		}
		for _, x := range c.Retractions {
			note(x.Claim, false)
		}
		for _, x := range c.Reinstatements {
			note(x.Claim, true)
		}
	}
	return list
}

func (s *naiveState) Holder(predicate string, v graph.Value) (graph.ID, bool) {
	for _, c := range s.claims {
		if c.live && c.Predicate == predicate && c.Value == v {
			return c.Subject, true
		}
	}
	return "", false
}

// apply takes a commit and says what of it a store could not take.
func (s *naiveState) apply(c *graph.Commit) error {
	for _, e := range c.Entities {
		if _, ok := s.types[e.ID]; ok {
			return fmt.Errorf("%s is declared twice", e.ID)
		}
		s.types[e.ID] = e.Type
	}
	end := func(id graph.ClaimID) error {
		if old := s.byID[id]; old == nil || !old.live {
			return fmt.Errorf("%s is withdrawn and not there, or withdrawn twice", id)
		}
		s.byID[id].live = false
		return nil
	}
	for _, cl := range c.Claims {
		id := cl.ID()
		if s.byID[id] != nil {
			return fmt.Errorf("%s is stated twice", id)
		}
		n := &naiveClaim{cl, true}
		s.claims, s.byID[id] = append(s.claims, n), n
		for _, old := range cl.Supersedes {
			if err := end(old); err != nil {
				return err
			}
		}
	}
	for _, r := range c.Retractions {
		if err := end(r.Claim); err != nil {
			return err
		}
	}
	for _, r := range c.Reinstatements {
		if old := s.byID[r.Claim]; old == nil || old.live {
			return fmt.Errorf("%s is reinstated and not there, or not withdrawn", r.Claim)
		}
		s.byID[r.Claim].live = true
	}
	for _, m := range c.Merges {
		if m.Into == "" {
			delete(s.into, m.From)
		} else {
			s.into[m.From] = m.Into
		}
	}
	s.seq++
	s.log = append(s.log, *c)
	return s.sound()
}

// sound holds the whole state to what Check promises of it.
func (s *naiveState) sound() error {
	o := schema.MustDefault()
	holders := map[string]graph.ID{}
	next := map[string][]graph.ID{}
	for _, c := range s.claims {
		t := o.Type(s.types[c.Subject])
		if t == nil || s.types[c.Source] != schema.SourceType {
			return fmt.Errorf("%s %s by %s: one of them is not declared", c.Subject, c.Predicate, c.Source)
		}
		f := t.Field(c.Predicate)
		if f == nil || !f.Stored() || c.Value.Kind() != graph.KindOf(f.Scalar) {
			return fmt.Errorf("%s %s %s does not fit the ontology", c.Subject, c.Predicate, c.Value)
		}
		if !c.live {
			continue
		}
		for _, id := range namesOf(&c.Claim) {
			if into, ok := s.into[id]; ok {
				return fmt.Errorf("%s %s %s by %s holds, and %s is merged into %s", c.Subject, c.Predicate, c.Value, c.Source, id, into)
			}
		}
		if k := c.Predicate + " " + c.Value.String(); f.Key != "" {
			if other, ok := holders[k]; ok && other != c.Subject {
				return fmt.Errorf("%s and %s have one %s", other, c.Subject, k)
			}
			holders[k] = c.Subject
		}
		if f.Transitive {
			from := c.Predicate + " " + string(c.Subject)
			next[from] = append(next[from], c.Value.Entity())
			seen, queue := map[graph.ID]bool{}, []graph.ID{c.Value.Entity()}
			for len(queue) > 0 {
				at := queue[0]
				queue = queue[1:]
				if at == c.Subject {
					return fmt.Errorf("%s %s is a circle", c.Subject, c.Predicate)
				}
				if !seen[at] {
					seen[at] = true
					queue = append(queue, next[c.Predicate+" "+string(at)]...)
				}
			}
		}
	}
	return nil
}

// dump writes the log of a state, for messages.
func dump(st *naiveState) (s string) {
	for i, c := range st.log {
		s += fmt.Sprintf("%d import %+v merges %v\n", i+1, c.Import, c.Merges)
		for _, x := range c.Claims {
			s += fmt.Sprintf("   + %s %s %s %s %v over %v\n", x.ID(), x.Subject, x.Predicate, x.Value, x.Source, x.Supersedes)
		}
		for _, x := range c.Retractions {
			s += fmt.Sprintf("   - %s %s\n", x.Claim, x.Reason)
		}
		for _, x := range c.Reinstatements {
			s += fmt.Sprintf("   = %s %s\n", x.Claim, x.Reason)
		}
	}
	return s
}
