package analysis

import (
	"cmp"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// figuresApart returns the names of the qualifiers in which the numbers of two claims differ by more than the
// tolerance.
func figuresApart(s *snapshot.Snapshot, f *schema.Field, a, b uint32) []string {
	var apart []string
	for _, q := range f.Qualifiers {
		if !numeric(q) {
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

// incompatible reports whether two values of one field, or of one qualifier, cannot both be true. Numbers may
// differ by the relative tolerance, and dates by its days. Overlapping ranges agree, and so do a date and a
// more exact date within it. Quantities without a common unit, such as two currencies, are not compared. Case
// and diacritics of a text do not count, but those of a code do.
func incompatible(o *schema.Ontology, f *schema.Field, a, b graph.Value) bool {
	x, number := a.Range()
	y, numbers := b.Range()
	if number && numbers {
		return a != b && numbersApart(o, f.Tolerance.Relative, boundsOf(x), a.Text(), boundsOf(y), b.Text())
	}
	if a == b || a.Kind() != b.Kind() {
		return (a.Kind() == graph.NoneKind) != (b.Kind() == graph.NoneKind)
	}
	switch a.Kind() {
	case graph.DateKind:
		return daysBetween(a.Date().Span(), b.Date().Span()) > f.Tolerance.Days
	case graph.CoordinatesKind:
		return distance(a, b) > f.Tolerance.Km
	case graph.StringKind:
		return f.Code != nil || spelling(f, a.Text()) != spelling(f, b.Text())
	}
	return true
}

// numbersApart reports whether all numbers of two ranges, each with a unit or none, differ by more than the
// tolerance. A single number is a range too: 12 is within 10 to 15.
func numbersApart(o *schema.Ontology, relative float64, x *Bounds, of string, y *Bounds, other string) bool {
	if of != other {
		u, w := o.Units[of], o.Units[other]
		if !u.Converts(w) {
			return false
		}
		x, y = &Bounds{x.Low * u.Factor, x.High * u.Factor}, &Bounds{y.Low * w.Factor, y.High * w.Factor}
	}
	return x.apart(relative, y)
}

// spelling returns the form that texts share if readers take them for the same. Names are compared without
// spaces, "and" and the article, and with St. as Saint: Co-operative equals Cooperative, and St. Kitts & Nevis
// equals Saint Kitts and Nevis.
func spelling(f *schema.Field, s string) string {
	folded := text.Fold(s)
	if folded == "" {
		return text.Base(s) // the text has only signs
	}
	if !schema.IsName(f.Name) {
		return folded
	}
	var b strings.Builder
	for word := range strings.FieldsSeq(folded) {
		switch word {
		case "and", "the":
			continue
		case "st":
			word = "saint"
		}
		b.WriteString(word)
	}
	return cmp.Or(b.String(), folded)
}

// bothNames reports whether two names of an entity are both correct, because the view lists one of them as
// another name of the entity.
func (w *conflictWalk) bothNames(f *schema.Field, a, b uint32) bool {
	s := w.v.Snapshot()
	if !schema.IsName(f.Name) {
		return false
	}
	x, y := spelling(f, s.Value(a).Text()), spelling(f, s.Value(b).Text())
	found := false
	w.v.Claims(s.Subject(a), "", false, func(n uint32) bool {
		if g := s.Field(n); g != nil && g.Name != f.Name && schema.IsName(g.Name) && s.Rank(n) != graph.Deprecated && w.v.Lists(n) {
			z := spelling(f, s.Value(n).Text())
			found = z == x || z == y
		}
		return w.tick() && !found
	})
	return found
}

// distance returns the distance of two points on the Earth, in km.
func distance(a, b graph.Value) float64 {
	lat1, lon1 := a.LatLon()
	lat2, lon2 := b.LatLon()
	return graph.GreatCircleKm(lat1, lon1, lat2, lon2)
}

// daysBetween returns the number of days from one span to the other, or 0 if they meet.
func daysBetween(p, q graph.Span) int {
	return max(0, int(int64(q.First)-int64(p.Last)), int(int64(p.First)-int64(q.Last)))
}

// disjoint reports whether two valid times may overlap by at most the given days: one is before the other, or
// it may have followed the other if their dates are rough. An unstated end or start may be any day, so an
// overlap remains possible.
func disjoint(p, q graph.Interval, days int) bool {
	return follows(p, q, days) || follows(q, p, days)
}

// follows reports whether q may have followed p.
func follows(p, q graph.Interval, days int) bool {
	if !p.To.Known() || !q.From.Known() || int64(p.To.First()) > int64(q.From.Last())+int64(days) {
		return false
	}
	// Two equal rough times do not follow each other.
	begins, ends := p.From.First() <= q.From.First(), p.To.Last() <= q.To.Last()
	same := p.From.First() == q.From.First() && p.To.Last() == q.To.Last()
	return begins && ends && !same
}

// Compete reports whether a curator put two claims of one predicate into one group and the claims state
// different things. Two claims that state the same agree, even if one states more; amounts in two currencies
// are not compared.
func Compete(s *snapshot.Snapshot, a, b uint32) bool {
	if a == b || s.Details(a).Conflict == "" || s.Details(a).Conflict != s.Details(b).Conflict || s.Predicate(a) != s.Predicate(b) {
		return false
	}
	o, x, y := s.Ontology(), s.Value(a), s.Value(b)
	if !graph.Comparable(o, &x, &y) {
		return false
	}
	if s.Subject(a) != s.Subject(b) || graph.Compare(o, &x, &y) != 0 {
		return true
	}
	return len(qualifiersApart(s, a, b)) > 0 || timesApart(s.Valid(a), s.Valid(b))
}

// qualifiersApart returns the names of the qualifiers that two claims state with different values.
func qualifiersApart(s *snapshot.Snapshot, a, b uint32) (names []string) {
	for _, q := range s.Qualifiers(a) {
		if other, _ := s.Qualifier(b, q.Name); other.Kind() != graph.NoKind && other != q.Value {
			names = append(names, q.Name)
		}
	}
	return names
}

// timesApart reports whether two valid times give different dates for the start or
// the end.
func timesApart(p, q graph.Interval) bool {
	apart := func(d, e graph.Date) bool { return d.Known() && e.Known() && daysBetween(d.Span(), e.Span()) > 0 }
	return apart(p.From, q.From) || apart(p.To, q.To)
}
