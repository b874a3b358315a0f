package memory

import (
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// ClaimField returns a field of a claim that is the same in every view, by its name in the API. It returns the
// zero Value if the claim lacks it.
func (s *Graph) ClaimField(n uint32, name string) graph.Value {
	r := s.Rows.Ref(n)
	text := func(t string) graph.Value {
		if t == "" {
			return graph.Value{}
		}
		return graph.StringValue(t)
	}
	switch name {
	case "id":
		return text(r.ID.String())
	case "subject":
		return text(s.IDs.At(r.Subject))
	case "predicate":
		return text(s.Predicates.List[r.Predicate])
	case "object":
		if r.Kind == graph.EntityKind {
			return text(s.IDs.At(uint32(r.Value)))
		}
	case "value":
		if r.Kind != graph.EntityKind {
			return text(s.Value(n).String())
		}
	case "source":
		return text(s.IDs.At(r.Source))
	case "locator":
		return text(s.Locator(n))
	case "confidence":
		return graph.FloatValue(s.Confidence(n))
	case "rank":
		return text(r.Rank.String())
	case "attribution":
		return text(r.Attribution.String())
	case "attributedTo":
		return text(s.Details(n).AttributedTo)
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
		return graph.IntValue(int64(r.Seq))
	}
	return graph.Value{}
}

// bound returns an end of a valid time as a value; it is missing if nobody states it.
func bound(d, open graph.Date) graph.Value {
	switch d.Precision() {
	case graph.Unknown:
		return graph.Value{}
	case graph.Open:
		return graph.DateValue(open)
	}
	return graph.DateValue(d)
}

// Tie returns a text that distinguishes the edges of one list that lead to the same node. It contains what the
// claim says and not its id, so that a cursor remains valid after a correction.
func (s *Graph) Tie(n uint32) string {
	r := s.Rows.Ref(n)
	f := s.Field(n)
	if f == nil || r.NumQualifiers == 0 && f.Time != schema.Observation {
		return ""
	}
	var text strings.Builder
	for _, q := range s.Rules[f] {
		c := s.ClaimQualifier(n, q.Name)
		switch {
		case q.Distinct:
			text.WriteString(s.ValueOf(c).String())
			text.WriteByte(0)
		case c.Kind != graph.NoKind:
			text.WriteString(s.QualifierNames.List[q.Name])
			text.WriteByte(0)
		}
	}
	if f.Time == schema.Observation {
		text.WriteString(s.Times.Ref(r.Valid).Interval.String())
	}
	return text.String()
}
