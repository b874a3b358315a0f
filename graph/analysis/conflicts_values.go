package analysis

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// slotOf appends to dst what names the question that a claim answers: two
// claims of one subject and predicate can only disagree where they have the
// same. ok is false for a claim that no other can disagree with: one of several
// values, an observation of no certain period, a text in our words.
func slotOf(s *snapshot.Snapshot, f *schema.Field, n uint32, dst []byte) (key []byte, ok bool) {
	if f == nil || f.Name == "description" {
		return dst, false
	}
	observation := f.Time == schema.Observation
	if f.Many && !observation {
		return dst, false
	}
	if observation {
		iv := s.Valid(n)
		if !iv.From.Known() || !iv.To.Known() {
			return dst, false
		}
		// 2024 and 2024-01/2024-12 are one period.
		dst = binary.BigEndian.AppendUint32(dst, uint32(iv.From.First()))
		dst = binary.BigEndian.AppendUint32(dst, uint32(iv.To.Last()))
		if f.Many && f.Kind == schema.Relation {
			dst = binary.BigEndian.AppendUint32(dst, s.Object(n))
		}
	}
	for _, q := range f.Qualifiers {
		if observation && !q.Distinct && q.Target == nil {
			continue // a figure, or a remark on it
		}
		val, _ := s.Qualifier(n, q.Name)
		text := val.String()
		dst = append(binary.AppendUvarint(dst, uint64(len(text))), text...)
	}
	return dst, true
}

// disagree reports whether two claims of one slot cannot both be true.
func disagree(s *snapshot.Snapshot, a, b uint32) bool {
	if s.Rank(a) == graph.Deprecated || s.Rank(b) == graph.Deprecated {
		return false
	}
	f := s.Field(a)
	switch {
	case f.Time == schema.Observation && f.Kind == schema.Relation && f.Many:
		return len(figuresApart(s, f, a, b)) > 0
	case (f.Time == schema.State || f.Time == schema.Event) && disjoint(s.Valid(a), s.Valid(b), f.Tolerance.Days):
		return false
	}
	return incompatible(s.Ontology(), f, s.Value(a), s.Value(b)) ||
		f.Time == schema.Observation && len(figuresApart(s, f, a, b)) > 0
}

// figuresApart names the numbers that two claims state besides their object
// and that differ beyond the tolerance.
func figuresApart(s *snapshot.Snapshot, f *schema.Field, a, b uint32) []string {
	var apart []string
	for _, q := range f.Qualifiers {
		if q.Distinct || !q.Scalar.Numeric() {
			continue
		}
		x, _ := s.Qualifier(a, q.Name)
		y, _ := s.Qualifier(b, q.Name)
		if x.Kind() != graph.NoKind && y.Kind() != graph.NoKind && incompatible(s.Ontology(), f, x, y) {
			apart = append(apart, q.Name)
		}
	}
	return apart
}

// incompatible reports whether two values of one field, or two of its numbers of
// one name, cannot be the same.
// Numbers may differ by the relative tolerance and dates by its days; a date
// that is within the other is the other, said more exactly; quantities that
// no factor relates, as two currencies, are not compared; case and marks of a
// text do not count, but those of a code do.
func incompatible(o *schema.Ontology, f *schema.Field, a, b graph.Value) bool {
	if a == b || a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case graph.IntKind, graph.FloatKind:
		return farApart(f.Tolerance.Relative, a.Float(), b.Float())
	case graph.QuantityKind:
		x, y := a.Float(), b.Float()
		if a.Text() != b.Text() {
			u, w := o.Units[a.Text()], o.Units[b.Text()]
			if !u.Converts(w) {
				return false
			}
			x, y = x*u.Factor, y*w.Factor
		}
		return farApart(f.Tolerance.Relative, x, y)
	case graph.DateKind:
		return daysBetween(a.Date().Span(), b.Date().Span()) > f.Tolerance.Days
	case graph.StringKind:
		return f.Code != nil || text.Fold(a.Text()) != text.Fold(b.Text())
	}
	return true
}

// daysBetween returns the number of days from one span to the other; 0 if they meet.
func daysBetween(p, q graph.Span) int {
	return max(0, int(int64(q.First)-int64(p.Last)), int(int64(p.First)-int64(q.Last)))
}

// disjoint reports whether two valid times need not overlap by more than the
// days: one is before the other, or the other may have followed it within the
// days that their dates may mean. An unstated end or start may be any day, so
// an overlap remains possible.
func disjoint(p, q graph.Interval, days int) bool {
	return follows(p, q, days) || follows(q, p, days)
}

// follows reports whether q may have followed p.
func follows(p, q graph.Interval, days int) bool {
	if !p.To.Known() || !q.From.Known() || int64(p.To.First()) > int64(q.From.Last())+int64(days) {
		return false
	}
	// Two times of the same rough dates are not one after the other.
	begins, ends := p.From.First() <= q.From.First(), p.To.Last() <= q.To.Last()
	same := p.From.First() == q.From.First() && p.To.Last() == q.To.Last()
	return begins && ends && !same
}

// Compete reports whether a curator put two claims of one predicate into one
// group and they say different things. Two sources that say the same agree,
// and amounts in two currencies are two readings of one thing.
func Compete(s *snapshot.Snapshot, a, b uint32) bool {
	if a == b || s.Details(a).Conflict == "" || s.Details(a).Conflict != s.Details(b).Conflict || s.Predicate(a) != s.Predicate(b) {
		return false
	}
	switch o, x, y := s.Ontology(), s.Value(a), s.Value(b); {
	case !graph.Comparable(o, &x, &y):
		return false
	case graph.Compare(o, &x, &y) != 0:
		return true
	}
	if s.Subject(a) != s.Subject(b) || s.Valid(a) != s.Valid(b) {
		return true
	}
	return !slices.Equal(s.Qualifiers(a), s.Qualifiers(b))
}

// differing are the values, or the figures, by which two claims disagree, in words.
func differing(v *snapshot.View, a, b uint32) []string {
	s := v.Snapshot()
	f := s.Field(a)
	var found []string
	for _, name := range figuresApart(s, f, a, b) {
		for _, n := range [...]uint32{a, b} {
			val, _ := s.Qualifier(n, name)
			found = append(found, f.Qualifier(name).Label+" "+written(val))
		}
	}
	if !incompatible(s.Ontology(), f, s.Value(a), s.Value(b)) {
		return found
	}
	x, y := written(s.Value(a)), written(s.Value(b))
	if to, other := s.Object(a), s.Object(b); to != snapshot.None && other != snapshot.None {
		one, two := v.Name(to), v.Name(other)
		if one == two {
			// Two things of one name are distinguished by their ids.
			one, two = one+" ("+x+")", two+" ("+y+")"
		}
		x, y = one, two
	}
	return append(found, x, y)
}

// originals are the forms, each once, in which sources print the value that all
// claims of the set state; nothing where they state several.
func originals(s *snapshot.Snapshot, set []uint32) (forms []string) {
	for _, n := range set {
		if s.Value(n) != s.Value(set[0]) {
			return nil
		}
		if form := s.Details(n).Original; form != "" && !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms
}

// distinct writes words as a list for people, in their order and each once.
func distinct(all []string) string {
	slices.Sort(all)
	return list(slices.Compact(all))
}

// list writes a list for people.
func list(words []string) string {
	const most = 6
	if len(words) > most {
		words = append(slices.Clone(words[:most]), strconv.Itoa(len(words)-most)+" more")
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func percent(part float64) string {
	return graph.FormatNumber(part*100, 12) + " %"
}

// written is a value for people.
func written(v graph.Value) string {
	switch v.Kind() {
	case graph.FloatKind:
		return graph.FormatNumber(v.Float(), 0)
	case graph.QuantityKind:
		return graph.FormatNumber(v.Float(), 0) + " " + v.Text()
	}
	return v.String()
}
