package memory

import (
	"iter"
	"sort"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/schema"
)

// ClaimID returns the id of a claim.
func (s *Graph) ClaimID(n uint32) graph.ClaimID { return s.Rows.Ref(n).ID }

// Subject returns the entity that a claim is about.
func (s *Graph) Subject(n uint32) uint32 { return s.Rows.Ref(n).Subject }

// Source returns the entity of a claim's source.
func (s *Graph) Source(n uint32) uint32 { return s.Rows.Ref(n).Source }

// Predicate returns a claim's predicate.
func (s *Graph) Predicate(n uint32) string { return s.Predicates.List[s.Rows.Ref(n).Predicate] }

// Field returns the field of a claim, or nil if the ontology no longer has it or the claim does not fit it.
func (s *Graph) Field(n uint32) *schema.Field { return s.FieldOf(s.Rows.Ref(n)) }

func (s *Graph) FieldOf(r *Row) *schema.Field {
	if int(r.Predicate) >= len(s.fields) {
		return nil
	}
	if t := s.Type(r.Subject); t != nil {
		return t.Field(s.Predicates.List[r.Predicate])
	}
	return nil
}

// Object returns the entity that is a claim's value, or None for a literal.
func (s *Graph) Object(n uint32) uint32 {
	if r := s.Rows.Ref(n); r.Kind == graph.EntityKind {
		return uint32(r.Value)
	}
	return None
}

// Value returns a claim's value.
func (s *Graph) Value(n uint32) graph.Value {
	return s.ValueOf(s.Rows.Ref(n).Cell())
}

// ClaimCell returns a claim's value as it is stored in memory.
func (s *Graph) ClaimCell(n uint32) dense.Cell { return s.Rows.Ref(n).Cell() }

// Qualifier returns the value of one of a claim's qualifiers, and the number of the entity if the value is one.
// It returns the zero Value if the claim lacks the qualifier.
func (s *Graph) Qualifier(n uint32, name string) (v graph.Value, entity uint32) {
	number, ok := s.QualifierNames.Number(name)
	if !ok {
		return graph.Value{}, None
	}
	return s.Qualified(s.ClaimQualifier(n, number))
}

func (s *Graph) Qualified(c dense.Cell) (v graph.Value, entity uint32) {
	if c.Kind == graph.EntityKind {
		return s.ValueOf(c), uint32(c.Bits)
	}
	return s.ValueOf(c), None
}

// Qualifiers returns a claim's qualifiers.
func (s *Graph) Qualifiers(n uint32) []graph.QualifierValue {
	r := s.Rows.Ref(n)
	if r.NumQualifiers == 0 {
		return nil
	}
	list := make([]graph.QualifierValue, r.NumQualifiers)
	for i := range list {
		q := s.QualifierRows.Ref(r.Qualifiers + uint32(i))
		list[i] = graph.QualifierValue{Name: s.QualifierNames.List[q.Name], Value: s.ValueOf(q.Cell())}
	}
	return list
}

// QualifierEntities yields the qualifiers of a claim whose values are entities: the qualifier's name and the
// entity.
func (s *Graph) QualifierEntities(n uint32) iter.Seq2[string, uint32] {
	return func(yield func(string, uint32) bool) {
		r := s.Rows.Ref(n)
		for i := range uint32(r.NumQualifiers) {
			if q := s.QualifierRows.Ref(r.Qualifiers + i); q.Kind == graph.EntityKind && !yield(s.QualifierNames.List[q.Name], uint32(q.value)) {
				return
			}
		}
	}
}

// Confidence returns a claim's confidence, from 0 to 1.
func (s *Graph) Confidence(n uint32) float64 { return float64(s.Rows.Ref(n).Confidence) / 1e4 }

// Rank returns a claim's rank.
func (s *Graph) Rank(n uint32) graph.Rank { return s.Rows.Ref(n).Rank }

// Valid returns a claim's valid time.
func (s *Graph) Valid(n uint32) graph.Interval { return s.Times.Ref(s.Rows.Ref(n).Valid).Interval }

// Locator returns the place of a claim in its source.
func (s *Graph) Locator(n uint32) string { return s.Texts.At(s.Rows.Ref(n).locator) }

// Details returns a claim's attribution and the details that only few claims have.
func (s *Graph) Details(n uint32) graph.Details {
	r := s.Rows.Ref(n)
	d := s.Extras.At(r.Extra)
	d.Attribution = r.Attribution
	return d
}

// Entities calls fn with each declared entity, in the order of declaration.
func (s *Graph) Entities(fn func(graph.Entity) error) error {
	for n := uint32(0); int(n) < s.IDs.Len(); n++ {
		if err := fn(graph.Entity{ID: s.ID(n), Type: s.TypeName(n)}); err != nil {
			return err
		}
	}
	return nil
}

// Claims calls fn with each recorded claim, in record order. live is false if the claim is withdrawn.
func (s *Graph) Claims(fn func(c *graph.Claim, id graph.ClaimID, live bool) error) error {
	return s.Latest(func(n uint32) error {
		c := s.ClaimAt(n)
		return fn(&c, s.ClaimID(n), s.Live(n))
	})
}

// Latest calls fn with each recorded claim, in record order, by the number of its last row. A claim that was
// reinstated has several rows with the same content.
func (s *Graph) Latest(fn func(n uint32) error) error {
	later := map[graph.ClaimID]bool{} // the claims that a later row reinstates
	for n := uint32(0); int(n) < s.Rows.Len(); n++ {
		id, last := s.Rows.Ref(n).ID, n
		if later[id] {
			continue
		}
		if !s.Live(n) {
			last, _ = s.ClaimNumber(id)
			later[id] = last != n
		}
		if err := fn(last); err != nil {
			return err
		}
	}
	return nil
}

// Learned calls fn with each claim recorded after since and up to last, in record order. Then it calls fn with
// each claim withdrawn in that span, by sequence number and then by claim. If fn returns false, Learned ends.
func (s *Graph) Learned(since, last graph.Seq, fn func(n uint32, seq graph.Seq, withdrawn bool) bool) {
	s.learned(since, last, func(n uint32) uint32 { return s.Ended.At(n) }, fn)
}

func (s *Graph) learned(since, last graph.Seq, ended func(n uint32) uint32, fn func(n uint32, seq graph.Seq, withdrawn bool) bool) {
	from := sort.Search(s.Rows.Len(), func(n int) bool { return graph.Seq(s.Rows.Ref(uint32(n)).Seq) > since })
	for n := uint32(from); int(n) < s.Rows.Len(); n++ {
		seq := graph.Seq(s.Rows.Ref(n).Seq)
		if seq > last {
			break
		}
		if !fn(n, seq, false) {
			return
		}
	}
	from = sort.Search(s.gone.Len(), func(i int) bool { return graph.Seq(ended(s.gone.Ref(uint32(i)).row)) > since })
	for i := uint32(from); int(i) < s.gone.Len(); i++ {
		n := s.gone.Ref(i).row
		seq := graph.Seq(ended(n))
		if seq > last || !fn(n, seq, true) {
			return
		}
	}
}
