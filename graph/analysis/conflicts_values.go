package analysis

import (
	"cmp"
	"math"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// figuresApart names the qualifiers of two claims whose numbers differ by more
// than the tolerance.
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

// incompatible reports whether two values of one field, or two of its numbers of
// one name, cannot be the same.
// Numbers may differ by the relative tolerance, ranges that overlap agree, and dates by its days; a date
// that is within the other is the other, said more exactly; quantities that
// no factor relates, as two currencies, are not compared; case and marks of a
// text do not count, but those of a code do.
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

// numbersApart reports whether no numbers of two ranges, in a unit each or in none, are near
// each other. A single number is a range as well: 12 is within 10 to 15.
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

// spelling is the form that texts share which readers take for the same. Names are
// also compared without spaces, "and" and the article, and with St. as Saint:
// Co-operative is Cooperative, and St. Kitts & Nevis is Saint Kitts and Nevis.
func spelling(f *schema.Field, s string) string {
	folded := text.Fold(s)
	if folded == "" {
		return text.Base(s) // signs only
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

// bothNames reports whether two names of an entity are both right: the view lists
// one of them as another name of it, too.
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

// distance is how far two points are apart on the Earth, in km.
func distance(a, b graph.Value) float64 {
	const radius, degree = 6371, math.Pi / 180
	lat1, lon1 := a.LatLon()
	lat2, lon2 := b.LatLon()
	haversine := func(degrees float64) float64 { h := math.Sin(degrees * degree / 2); return h * h }
	h := haversine(lat2-lat1) + math.Cos(lat1*degree)*math.Cos(lat2*degree)*haversine(lon2-lon1)
	return 2 * radius * math.Asin(math.Sqrt(min(h, 1)))
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
// group and they say different things. Two sources that say the same agree, also
// where one says more; amounts in two currencies are two readings of one thing.
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

// qualifiersApart names the qualifiers that two claims state with different values.
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
