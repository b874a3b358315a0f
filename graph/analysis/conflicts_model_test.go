package analysis_test

import (
	"math"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// statement is a claim as the naive model reads it.
type statement struct {
	graph.Claim
	n     uint32
	field *schema.Field
}

func statements(v *snapshot.View) []statement {
	var all []statement
	v.AllClaims(func(n uint32) bool {
		all = append(all, statement{v.Snapshot().ClaimAt(n), n, v.Snapshot().Field(n)})
		return true
	})
	return all
}

// naivelyDisagree spells the rules out for one pair of claims.
func (m *model) disagree(a, b statement) bool {
	if a.n == b.n || a.Predicate != b.Predicate {
		return false
	}
	f := a.field
	sameObject := a.Value.Kind() == graph.EntityKind && a.Value == b.Value
	if a.Conflict != "" && a.Conflict == b.Conflict && (a.Subject == b.Subject || sameObject) && naivelyCompete(a, b) {
		return true
	}
	switch {
	case a.Rank == graph.Deprecated || b.Rank == graph.Deprecated:
		return false
	case f.Name == "leads":
		if !sameObject || a.Subject == b.Subject || !m.together(a, b) {
			return false
		}
		leaders := map[graph.ID]bool{a.Subject: true, b.Subject: true}
		for _, c := range m.all {
			if c.Predicate == "leads" && c.Value == a.Value && c.Rank != graph.Deprecated && m.together(a, c) && m.together(b, c) {
				leaders[c.Subject] = true
			}
		}
		return len(leaders) > m.seats(a.Value.Entity())
	case f.Name == "borders":
		same := sameObject && a.Subject == b.Subject || a.Subject == b.Value.Entity() && b.Subject == a.Value.Entity()
		return same && lengthsApart(a, b) && !m.inParts(a) && !m.inParts(b) && m.together(a, b)
	case a.Subject != b.Subject:
		return false
	case f.Time == schema.Observation:
		return naivelyApart(f, a, b)
	case f.Many:
		return false
	}
	for _, q := range f.Qualifiers {
		if a.Qualifier(q.Name) != b.Qualifier(q.Name) {
			return false
		}
	}
	switch {
	case !differ(f, a.Value, b.Value) || f.Name == "name" && m.alias(a, b):
		return false
	case f.Time == schema.Event:
		return !apartInTime(a.Valid, b.Valid, f.Tolerance.Days)
	}
	return f.Time == schema.Eternal || m.together(a, b)
}

// model is all that the view shows.
type model struct {
	v   *snapshot.View
	all []statement
}

func naivelyCompete(a, b statement) bool {
	x, y := a.Value, b.Value
	comparable := x.Kind() != graph.QuantityKind || (x.Text() != "JPY") == (y.Text() != "JPY")
	comparable = comparable && (x == graph.NoneValue()) == (y == graph.NoneValue())
	same := x == y || x.Kind() == graph.QuantityKind && comparable && metres(x) == metres(y) ||
		x.Kind() == graph.DateKind && x.Date().Span() == y.Date().Span()
	if !comparable || !same || a.Subject != b.Subject {
		return comparable
	}
	for _, q := range a.Qualifiers {
		if other := b.Qualifier(q.Name); other.Kind() != graph.NoKind && other != q.Value {
			return true
		}
	}
	for _, ends := range [][2]graph.Date{{a.Valid.From, b.Valid.From}, {a.Valid.To, b.Valid.To}} {
		d, e := ends[0], ends[1]
		if d.Known() && e.Known() && (d.Last() < e.First() || e.Last() < d.First()) {
			return true
		}
	}
	return false
}

// date is that of the claim's source.
func (m *model) date(c statement) graph.Date {
	s := m.v.Snapshot()
	for n := range uint32(s.ClaimCount()) {
		if d := s.ClaimAt(n); d.Predicate == "date" && d.Subject == c.Source && m.v.Holds(n) != graph.HoldsNo {
			return d.Value.Date()
		}
	}
	return graph.Date{}
}

// speaks are the days of which a claim's dates and its source's speak.
func (m *model) speaks(c statement) (first, last graph.Day, ok bool) {
	type days struct{ first, last graph.Day }
	on := m.date(c)
	attests := on.Known() && (!c.Valid.From.Known() || on.Last() >= c.Valid.From.First()) && (!c.Valid.To.Known() || on.First() <= c.Valid.To.Last())
	begin, end := days{c.Valid.From.First(), c.Valid.From.Last()}, days{c.Valid.To.First(), c.Valid.To.Last()}
	switch from, to := c.Valid.From.Known(), c.Valid.To.Known(); {
	case !from && !to && !attests:
		return 0, 0, false
	case !from && !to:
		begin, end = days{on.First(), on.Last()}, days{on.First(), on.Last()}
	case !from && attests:
		begin = days{on.First(), on.First()}
	case !from:
		begin = end
	case !to && attests:
		end = days{on.Last(), on.Last()}
	case !to:
		end = begin
	}
	x, y := min(begin.last, end.last), max(begin.first, end.first)
	return min(x, y), max(x, y), true
}

// together reports whether no change from one to the other explains two claims.
func (m *model) together(a, b statement) bool {
	f, dated := a.field, func(c statement) bool { return c.Valid.From.Known() || c.Valid.To.Known() }
	if apartInTime(a.Valid, b.Valid, f.Tolerance.Days) {
		return false
	}
	days := graph.Day(f.Tolerance.Days)
	first, last, known := m.speaks(a)
	begin, end, also := m.speaks(b)
	if known && also && last >= begin+days && end >= first+days {
		return true
	}
	for _, c := range []statement{a, b} {
		if r := m.v.Reading(c.n); r.Holds == graph.HoldsYes && r.Basis == validity.Dated {
			return false
		}
	}
	switch {
	case !known || !also:
		return !dated(a) && !dated(b)
	case f.Name == "leads":
		return false
	case f.Name != "currency":
		return true
	}
	earlier, gap := a, begin-last
	if begin < first {
		earlier, gap = b, first-end
	}
	return gap <= 366 || earlier.Valid.To.Precision() == graph.Open && !m.date(earlier).Known()
}

func (m *model) seats(club graph.ID) int {
	best := -1
	for i, c := range m.all {
		if c.Predicate == "seats" && c.Subject == club && c.Rank != graph.Deprecated && (best < 0 || m.better(c, m.all[best])) {
			best = i
		}
	}
	if best < 0 {
		return 1
	}
	return max(1, int(m.all[best].Value.Int()))
}

// better is the order of plain fields, which the package snapshot tests.
func (m *model) better(a, b statement) bool {
	e, ok := m.v.One(must(m.v.Snapshot().Number(a.Subject)), a.field)
	return ok && e.Claim == a.n
}

func must(n uint32, ok bool) uint32 {
	if !ok {
		panic("no such entity")
	}
	return n
}

// alias reports whether the view lists one of two names as another name.
func (m *model) alias(a, b statement) bool {
	for _, c := range m.all {
		if c.Subject == a.Subject && c.Predicate == "aliases" && c.Rank != graph.Deprecated &&
			(strings.EqualFold(c.Value.Text(), a.Value.Text()) || strings.EqualFold(c.Value.Text(), b.Value.Text())) {
			return true
		}
	}
	return false
}

func lengthsApart(a, b statement) bool {
	x, y := a.Qualifier("lengthKm"), b.Qualifier("lengthKm")
	return x.Kind() != graph.NoKind && y.Kind() != graph.NoKind && differ(a.field, x, y)
}

// inParts reports whether a source gives several lengths for one border.
func (m *model) inParts(a statement) bool {
	for _, b := range m.all {
		if b.Predicate == a.Predicate && b.Subject == a.Subject && b.Value == a.Value && b.Source == a.Source && b.Rank != graph.Deprecated &&
			lengthsApart(a, b) && !apartInTime(a.Valid, b.Valid, a.field.Tolerance.Days) {
			return true
		}
	}
	return false
}

// naivelyApart compares two observations of one field.
func naivelyApart(f *schema.Field, a, b statement) bool {
	for _, d := range []graph.Date{a.Valid.From, a.Valid.To, b.Valid.From, b.Valid.To} {
		if !d.Known() {
			return false
		}
	}
	if a.Valid.From.First() != b.Valid.From.First() || a.Valid.To.Last() != b.Valid.To.Last() {
		return false
	}
	for _, q := range f.Qualifiers {
		if (q.Distinct || q.Target != nil) && a.Qualifier(q.Name) != b.Qualifier(q.Name) {
			return false
		}
	}
	if f.Kind == schema.Property {
		return differ(f, a.Value, b.Value)
	}
	if a.Value != b.Value {
		return false
	}
	for _, name := range []string{"share", "quantity"} {
		x, y := a.Qualifier(name), b.Qualifier(name)
		if x.Kind() != graph.NoKind && y.Kind() != graph.NoKind && differ(f, x, y) {
			return true
		}
	}
	return false
}

func metres(v graph.Value) float64 {
	if v.Text() == "m" {
		return v.Float()
	}
	return v.Float() * 1000
}

func differ(f *schema.Field, x, y graph.Value) bool {
	apart := func(a, b float64) bool {
		return a != b && math.Abs(a-b) > f.Tolerance.Relative*max(a, b)+1e-9*max(a, b)
	}
	switch x.Kind() {
	case graph.IntKind, graph.FloatKind:
		return apart(x.Float(), y.Float())
	case graph.QuantityKind:
		if (x.Text() == "JPY") != (y.Text() == "JPY") {
			return false
		}
		return apart(metres(x), metres(y))
	case graph.DateKind:
		a, b := x.Date().Span(), y.Date().Span()
		gap := 0
		for a.Last+graph.Day(gap) < b.First || b.Last+graph.Day(gap) < a.First {
			gap++
		}
		return gap > f.Tolerance.Days
	case graph.CoordinatesKind:
		a, _ := x.LatLon()
		b, _ := y.LatLon()
		return math.Abs(a-b)*111.2 > f.Tolerance.Km // one is north of the other
	case graph.StringKind:
		return x != y && (f.Name == "iso2" || f.Name == "currency" || !strings.EqualFold(x.Text(), y.Text()))
	}
	return x != y
}

// apartInTime reports whether one time may have followed the other.
func apartInTime(p, q graph.Interval, days int) bool {
	if p.From.First() == q.From.First() && p.To.Last() == q.To.Last() {
		return false
	}
	for _, pair := range [][2]graph.Interval{{p, q}, {q, p}} {
		a, b := pair[0], pair[1]
		if a.To.Known() && b.From.Known() && a.To.First() <= b.From.Last()+graph.Day(days) &&
			a.From.First() <= b.From.First() && a.To.Last() <= b.To.Last() {
			return true
		}
	}
	return false
}

// naiveConflicts parts all claims into sets of those that hang together, and adds
// those that contradict other fields.
func naiveConflicts(v *snapshot.View, subject graph.ID, predicate string) [][]string {
	m := &model{v, statements(v)}
	set := make([]int, len(m.all))
	for i := range set {
		set[i] = i
	}
	pairs := map[[2]int]bool{}
	for i, a := range m.all {
		for j, b := range m.all {
			pairs[[2]int{i, j}] = m.disagree(a, b)
		}
	}
	for range m.all {
		for i := range m.all {
			for j := range m.all {
				if pairs[[2]int{i, j}] {
					set[i] = min(set[i], set[j])
				}
			}
		}
	}
	sets := m.contradictions(subject, predicate)
	for i := range m.all {
		var members []string
		least := graph.ID("")
		keep := subject == ""
		for j, b := range m.all {
			if set[j] != i {
				continue
			}
			members = append(members, v.Snapshot().ClaimID(b.n).String())
			if least == "" || b.Subject < least {
				least = b.Subject
			}
			crosses := b.Predicate == "leads" || b.Predicate == "borders"
			keep = keep || b.Subject == subject || crosses && b.Value.Entity() == subject
		}
		if len(members) > 1 && keep && (predicate == "" || m.all[i].Predicate == predicate) {
			under := least
			if subject != "" {
				under = subject
			}
			slices.Sort(members)
			sets = append(sets, append([]string{string(under), m.all[i].Predicate, members[0], string(least)}, members...))
		}
	}
	slices.SortFunc(sets, func(a, b []string) int { return slices.Compare(a[:3], b[:3]) })
	return sets
}

// contradictions are the sets that are not made of pairs of one predicate.
func (m *model) contradictions(subject graph.ID, predicate string) (sets [][]string) {
	id := func(c statement) string { return m.v.Snapshot().ClaimID(c.n).String() }
	add := func(kind string, under statement, members ...string) {
		if (subject == "" || subject == under.Subject) && (predicate == "" || predicate == under.Predicate) {
			slices.Sort(members)
			members = slices.Compact(members)
			sets = append(sets, append([]string{string(under.Subject), under.Predicate, kind + " " + id(under), string(under.Subject)}, members...))
		}
	}
	for _, c := range m.all {
		on := m.date(c)
		if c.Rank == graph.Deprecated || !on.Known() || c.field.Time != schema.State && c.field.Time != schema.Event {
			continue
		}
		for _, d := range []graph.Date{c.Valid.From, c.Valid.To} {
			if d.Known() && float64(d.First()-on.Last()) >= 20*365.2425 {
				add("source", c, id(c), m.dateClaim(c))
				break
			}
		}
	}
	for _, c := range m.all {
		if c.Value != graph.NoneValue() || !c.field.Many || c.field.Time != schema.State || c.Rank == graph.Deprecated {
			continue
		}
		members := []string{id(c)}
		for _, d := range m.all {
			if d.Subject == c.Subject && d.Predicate == c.Predicate && d.Value != c.Value && d.Rank != graph.Deprecated && m.together(c, d) {
				members = append(members, id(d))
			}
		}
		if len(members) > 1 {
			add("none", c, members...)
		}
	}
	bad := map[graph.ID][]statement{}
	for _, end := range m.all {
		for _, start := range m.all {
			if end.Predicate == "ended" && start.Predicate == "founded" && end.Subject == start.Subject && end.Rank != graph.Deprecated && start.Rank != graph.Deprecated &&
				end.Value.Date().Last()+3 < start.Value.Date().First() {
				bad[end.Subject] = append(bad[end.Subject], end, start)
			}
		}
	}
	for _, claims := range bad {
		var members []string
		under := claims[0]
		for _, c := range claims {
			members = append(members, id(c))
			if c.Predicate == "ended" && id(c) < id(under) {
				under = c
			}
		}
		add("order", under, members...)
	}
	return sets
}

func (m *model) dateClaim(c statement) string {
	s := m.v.Snapshot()
	for n := range uint32(s.ClaimCount()) {
		if d := s.ClaimAt(n); d.Predicate == "date" && d.Subject == c.Source && m.v.Holds(n) != graph.HoldsNo {
			return s.ClaimID(n).String()
		}
	}
	return ""
}
