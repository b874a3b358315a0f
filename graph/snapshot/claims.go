package snapshot

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// claimValue reads a field of a claim; the zero Value where it has none.
func (v *View) claimValue(n uint32, f filter.ClaimField) graph.Value {
	s := v.s
	r := s.rows.Ref(n)
	text := func(t string) graph.Value {
		if t == "" {
			return graph.Value{}
		}
		return graph.StringValue(t)
	}
	switch f {
	case "id":
		return text(r.id.String())
	case "subject":
		return text(s.ids.At(r.subject))
	case "predicate":
		return text(s.predicates.List[r.predicate])
	case "object":
		if r.kind == graph.EntityKind {
			return text(s.ids.At(uint32(r.value)))
		}
	case "value":
		if r.kind != graph.EntityKind {
			return text(s.Value(n).String())
		}
	case "source":
		return text(s.ids.At(r.source))
	case "locator":
		return text(s.Locator(n))
	case "confidence":
		return graph.FloatValue(s.Confidence(n))
	case "rank":
		return text(r.rank.String())
	case "attribution":
		return text(r.attribution.String())
	case "attributedTo":
		return text(s.Details(n).AttributedTo)
	case "holds":
		return text(v.Holds(n).String())
	case "basis":
		return text(v.Reading(n).Basis.String())
	case "distance":
		if d := v.Reading(n).Distance; d >= 0 {
			return graph.IntValue(d)
		}
	case "validFrom":
		return bound(s.Valid(n).From, graph.OpenStart)
	case "validTo":
		return bound(s.Valid(n).To, graph.OpenDate)
	case "original":
		return text(s.Details(n).Original)
	case "conflict":
		return text(s.Details(n).Conflict)
	case "note":
		return text(s.Details(n).Note)
	case "recordedSequence":
		return graph.IntValue(int64(r.seq))
	case filter.RecordedOrder:
		return graph.IntValue(int64(n))
	}
	return graph.Value{}
}

// bound is an end of a valid time: missing where nobody states it.
func bound(d, open graph.Date) graph.Value {
	switch d.Precision() {
	case graph.Unknown:
		return graph.Value{}
	case graph.Open:
		return graph.DateValue(open)
	}
	return graph.DateValue(d)
}

// ClaimID is the id of a claim.
func (s *Snapshot) ClaimID(n uint32) graph.ClaimID { return s.rows.Ref(n).id }

// Subject is the entity that the claim is about.
func (s *Snapshot) Subject(n uint32) uint32 { return s.rows.Ref(n).subject }

// Source is the entity of the claim's source.
func (s *Snapshot) Source(n uint32) uint32 { return s.rows.Ref(n).source }

// Predicate is the claim's predicate.
func (s *Snapshot) Predicate(n uint32) string { return s.predicates.List[s.rows.Ref(n).predicate] }

// Field is the ontology field of the claim, nil where the ontology lost it or
// the claim does not fit it.
func (s *Snapshot) Field(n uint32) *schema.Field { return s.field(s.rows.Ref(n)) }

func (s *Snapshot) field(r *row) *schema.Field {
	if int(r.predicate) >= len(s.fields) {
		return nil
	}
	if t := s.Type(r.subject); t != nil {
		return t.Field(s.predicates.List[r.predicate])
	}
	return nil
}

// Object is the entity that the claim names, None for a literal.
func (s *Snapshot) Object(n uint32) uint32 {
	if r := s.rows.Ref(n); r.kind == graph.EntityKind {
		return uint32(r.value)
	}
	return None
}

// Value is the claim's value.
func (s *Snapshot) Value(n uint32) graph.Value {
	return s.value(s.rows.Ref(n).cell())
}

// Text is the claim's value where it is a text or a member of an enum.
func (s *Snapshot) Text(n uint32) (text string, ok bool) {
	if r := s.rows.Ref(n); r.kind == graph.StringKind || r.kind == graph.EnumKind {
		return s.texts.At(uint32(r.value)), true
	}
	return "", false
}

// Qualifier is the value of one of the claim's qualifiers, and for an entity
// its number; the zero Value where it has none of that name.
func (s *Snapshot) Qualifier(n uint32, name string) (v graph.Value, entity uint32) {
	number, ok := s.qualifierNames.Number(name)
	if !ok {
		return graph.Value{}, None
	}
	return s.qualified(s.qualifier(Edge{Claim: n}, number))
}

// QualifierOf is Qualifier for the claim of an edge, by the ontology's qualifier.
func (s *Snapshot) QualifierOf(e Edge, q *schema.Qualifier) (v graph.Value, entity uint32) {
	return s.qualified(s.qualifier(e, qualifierOf(q)))
}

func (s *Snapshot) qualified(c cell) (v graph.Value, entity uint32) {
	if c.kind == graph.EntityKind {
		return s.value(c), uint32(c.bits)
	}
	return s.value(c), None
}

// Qualifiers are the claim's qualifiers.
func (s *Snapshot) Qualifiers(n uint32) []graph.QualifierValue {
	r := s.rows.Ref(n)
	if r.nqual == 0 {
		return nil
	}
	list := make([]graph.QualifierValue, r.nqual)
	for i := range list {
		q := s.quals.Ref(r.qualifiers + uint32(i))
		list[i] = graph.QualifierValue{Name: s.qualifierNames.List[q.name], Value: s.value(q.cell())}
	}
	return list
}

// QualifierEntities returns the names of the claim's qualifiers that name
// entities, with the entities.
func (s *Snapshot) QualifierEntities(n uint32) iter.Seq2[string, uint32] {
	return func(yield func(string, uint32) bool) {
		r := s.rows.Ref(n)
		for i := range uint32(r.nqual) {
			if q := s.quals.Ref(r.qualifiers + i); q.kind == graph.EntityKind && !yield(s.qualifierNames.List[q.name], uint32(q.value)) {
				return
			}
		}
	}
}

// Confidence is the claim's confidence, from 0 to 1.
func (s *Snapshot) Confidence(n uint32) float64 { return float64(s.rows.Ref(n).confidence) / 1e4 }

// Rank is the claim's rank.
func (s *Snapshot) Rank(n uint32) graph.Rank { return s.rows.Ref(n).rank }

// Valid is the claim's valid time.
func (s *Snapshot) Valid(n uint32) graph.Interval { return s.times.Ref(s.rows.Ref(n).valid).Interval }

// Locator is where in its source the claim is.
func (s *Snapshot) Locator(n uint32) string { return s.texts.At(s.rows.Ref(n).locator) }

// Details are whose statement the claim is, and what few claims have.
func (s *Snapshot) Details(n uint32) graph.Details {
	r := s.rows.Ref(n)
	d := s.extras.At(r.extra)
	d.Attribution = r.attribution
	return d
}

// Recorded is the sequence number that recorded the claim, and the one that
// withdrew it as far as the view knows; 0 where none did.
func (v *View) Recorded(n uint32) (recorded, withdrawn graph.Seq) {
	recorded = graph.Seq(v.s.rows.Ref(n).seq)
	if e := graph.Seq(v.s.ended.At(n)); e <= v.known {
		withdrawn = e
	}
	return recorded, withdrawn
}

// Entities calls fn with each entity declared, in the order of declaration.
func (s *Snapshot) Entities(fn func(graph.Entity) error) error {
	for n := uint32(0); int(n) < s.ids.Len(); n++ {
		if err := fn(graph.Entity{ID: s.ID(n), Type: s.TypeName(n)}); err != nil {
			return err
		}
	}
	return nil
}

// Claims calls fn with each claim recorded, in record order.
func (s *Snapshot) Claims(fn func(c *graph.Claim, id graph.ClaimID, live bool) error) error {
	for n := uint32(0); int(n) < s.rows.Len(); n++ {
		c := s.ClaimAt(n)
		if err := fn(&c, s.rows.Ref(n).id, s.ended.At(n) == 0); err != nil {
			return err
		}
	}
	return nil
}
