package analysis

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// checked reports whether claims of a field may contradict claims of another field.
func checked(f *schema.Field) bool {
	return f.Counts != nil || f.NotBefore != nil || f.Exclusive != nil
}

// checks finds the conflicts that are not between pairs of claims of one predicate.
func (w *conflictWalk) checks(subject uint32, predicate string) []Conflict {
	f := w.field(subject, predicate)
	if f == nil {
		return nil
	}
	var found []Conflict
	if f.Counts != nil {
		found = append(found, w.counts(subject, f)...)
	}
	if f.NotBefore != nil {
		found = append(found, w.order(subject, f)...)
	}
	if f.Exclusive != nil {
		found = append(found, w.terms(subject, f)...)
	}
	s, none := w.v.Snapshot(), false
	w.v.Claims(subject, predicate, false, func(n uint32) bool {
		none = none || s.IsNone(n)
		if years := w.outlives(f, n); years > 0 && w.v.Lists(n) {
			date, _ := dateClaim(w.v, s.Source(n), "date")
			found = append(found, w.set("source", n, []uint32{n, date},
				f.Label+" is dated "+when(s.Valid(n))+", "+strconv.Itoa(years)+" years beyond its source of "+s.Value(date).String()))
		}
		return w.tick()
	})
	if none && f.Many && f.Time == schema.State {
		found = append(found, w.empty(subject, f)...)
	}
	return found
}

// empty finds the claims that a list is empty, and with each those that state something of the same time.
func (w *conflictWalk) empty(subject uint32, f *schema.Field) (found []Conflict) {
	s := w.v.Snapshot()
	claims := w.standing(subject, f.Name)
	for _, n := range claims {
		if !s.IsNone(n) {
			continue
		}
		set, stated := []uint32{n}, []string{}
		for _, m := range claims {
			if !s.IsNone(m) && w.tick() && w.together(f, n, m) {
				_, value := w.writtenBoth(n, m)
				set, stated = append(set, m), append(stated, value)
			}
		}
		if len(set) > 1 {
			found = append(found, w.set("none", n, set, f.Label+" is stated as none, and as "+distinct(stated)))
		}
	}
	return found
}

// set returns the conflict of a set that a check found. It is listed under one claim; kind names the check.
func (w *conflictWalk) set(kind string, under uint32, claims []uint32, reason string) Conflict {
	s := w.v.Snapshot()
	slices.Sort(claims)
	c := Conflict{Subject: s.Subject(under), Predicate: s.Predicate(under), Claims: slices.Compact(claims), Holds: graph.HoldsYes, Reason: reason,
		Place: ConflictPlace{Subject: s.ID(s.Subject(under)), Predicate: s.Predicate(under), Claim: kind + " " + s.ClaimID(under).String()}}
	for _, n := range claims {
		c.Holds = min(c.Holds, w.v.Holds(n))
	}
	return c
}

// counts compares a stated number with the number of listed entities. It does not compare a figure for another
// time than the view's. An empty list states nothing.
func (w *conflictWalk) counts(subject uint32, f *schema.Field) (found []Conflict) {
	s := w.v.Snapshot()
	var members []uint32
	for _, n := range w.v.Values(subject, f, nil) {
		val := s.Value(n)
		if r := w.v.Reading(n); val.Text() != f.Counts.Unit || len(s.Qualifiers(n)) > 0 || !w.v.Lists(n) || r.Distance < 0 || r.Distance > near {
			continue
		}
		if members == nil {
			members = w.members(subject, f.Counts)
		}
		listed := graph.IntValue(int64(len(members)))
		if len(members) > 0 && !graph.Eq.MayHold(s.Ontology(), &val, &listed, false) {
			found = append(found, w.set("count", n, append([]uint32{n}, members...),
				f.Label+" is stated as "+written(val)+", and "+strconv.Itoa(len(members))+" are listed"))
		}
	}
	return found
}

// members returns the best claim in view for each entity that counts.
func (w *conflictWalk) members(subject uint32, c *schema.Counts) (claims []uint32) {
	s := w.v.Snapshot()
	best := map[uint32]uint32{}
	inverse := c.Of.Kind == schema.Inverse
	for _, f := range c.Relations() {
		w.v.Claims(subject, f.Name, inverse, func(n uint32) bool {
			end := s.Object(n)
			if inverse {
				end = s.Subject(n)
			}
			if end != snapshot.None && s.Field(n) == f && s.Rank(n) != graph.Deprecated && w.v.Lists(n) && c.Of.Target.Includes(s.Type(end)) && counted(s, c, n) {
				if old, ok := best[end]; !ok || w.v.Reading(n).Order < w.v.Reading(old).Order {
					best[end] = n
				}
			}
			return w.tick()
		})
	}
	for _, n := range best {
		claims = append(claims, n)
	}
	return claims
}

func counted(s *snapshot.Snapshot, c *schema.Counts, n uint32) bool {
	val, _ := s.Qualifier(n, c.Where)
	return c.Where == "" || val.Kind() == graph.NoKind || slices.Contains(c.Values, val.Text())
}

// order compares dates with those before which they must not be.
func (w *conflictWalk) order(subject uint32, f *schema.Field) []Conflict {
	s := w.v.Snapshot()
	var late, early []uint32
	days := max(f.Tolerance.Days, f.NotBefore.Tolerance.Days)
	starts := w.standing(subject, f.NotBefore.Name)
	for _, n := range w.standing(subject, f.Name) {
		for _, m := range starts {
			if w.tick() && int64(s.Value(n).Date().Last())+int64(days) < int64(s.Value(m).Date().First()) {
				late, early = append(late, n), append(early, m)
			}
		}
	}
	if len(late) == 0 {
		return nil
	}
	under := slices.MinFunc(late, func(a, b uint32) int { return cmp.Compare(s.ClaimID(a).String(), s.ClaimID(b).String()) })
	var ends, begins []string
	for i := range late {
		ends, begins = append(ends, written(s.Value(late[i]))), append(begins, written(s.Value(early[i])))
	}
	return []Conflict{w.set("order", under, append(late, early...), f.Label+" is stated as "+distinct(ends)+", before "+f.NotBefore.Label+", stated as "+distinct(begins))}
}

// standing returns the claims of a subject and predicate that the view lists, without DEPRECATED ones.
func (w *conflictWalk) standing(subject uint32, predicate string) (claims []uint32) {
	w.v.Claims(subject, predicate, false, func(n uint32) bool {
		if w.v.Lists(n) && w.v.Snapshot().Rank(n) != graph.Deprecated {
			claims = append(claims, n)
		}
		return w.tick()
	})
	return claims
}

// terms finds terms that end before they begin: one claim states only since when a subject has held an object,
// another only until when, which is earlier, and no claim distinguishes two terms. The view's date does not
// matter, because both may be over.
func (w *conflictWalk) terms(subject uint32, f *schema.Field) (found []Conflict) {
	s := w.v.Snapshot()
	byObject := map[uint32][]uint32{}
	w.v.History(subject, false, func(n uint32) bool {
		if s.Field(n) == f && s.Rank(n) != graph.Deprecated && !s.IsNone(n) {
			byObject[s.Object(n)] = append(byObject[s.Object(n)], n)
		}
		return w.tick()
	})
	for object, claims := range byObject {
		start, end, whole := []uint32(nil), []uint32(nil), false
		for _, n := range claims {
			switch b := validity.Of(s.Valid(n)); {
			case b.Started && b.Ended:
				whole = true
			case b.Started:
				start = append(start, n)
			case b.Ended:
				end = append(end, n)
			}
		}
		if whole || len(start) == 0 || len(end) == 0 {
			continue
		}
		first := slices.MinFunc(start, func(a, b uint32) int { return cmp.Compare(s.Valid(a).From.First(), s.Valid(b).From.First()) })
		last := slices.MaxFunc(end, func(a, b uint32) int { return cmp.Compare(s.Valid(a).To.Last(), s.Valid(b).To.Last()) })
		if int64(s.Valid(last).To.Last())+int64(f.Tolerance.Days) >= int64(s.Valid(first).From.First()) {
			continue
		}
		c := w.set("term", first, append(start, end...), f.Label+" "+w.v.Name(object)+" is stated since "+s.Valid(first).From.String()+" and until "+s.Valid(last).To.String())
		c.Holds = graph.HoldsPossibly // because there may have been two terms
		found = append(found, c)
	}
	return found
}

// decades is the number of years after its source from which a claim's date is suspicious.
const decades = 20

// outlives returns how many years after its source a claim begins or ends, or 0 if these are fewer than
// decades. Only claims of states and events count, because a plan for 2060 is a value or a figure.
func (w *conflictWalk) outlives(f *schema.Field, n uint32) int {
	if f == nil || f.Time != schema.State && f.Time != schema.Event {
		return 0
	}
	s := w.v.Snapshot()
	iv := s.Valid(n)
	if !iv.From.Known() && !iv.To.Known() {
		return 0
	}
	claim, ok := dateClaim(w.v, s.Source(n), "date")
	if !ok || s.Rank(n) == graph.Deprecated {
		return 0
	}
	date, years := s.Value(claim).Date(), 0
	for _, d := range [...]graph.Date{iv.From, iv.To} {
		if d.Known() {
			years = max(years, int(float64(int64(d.First())-int64(date.Last()))/365.2425))
		}
	}
	if years < decades {
		return 0
	}
	return years
}
