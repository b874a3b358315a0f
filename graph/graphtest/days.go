package graphtest

import (
	"cmp"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Dated is a claim with everything that decides when it holds. Holds decides for each day separately, by the
// rules of the design for one day, and does not use spans.
type Dated struct {
	Timing schema.Timing
	Valid  graph.Interval
	// Source is the date of the claim's source.
	Source graph.Date
	// Same has the valid times of the other claims that state the same fact. If one of them agrees with Valid
	// and gives the start or the end more exactly, the claim starts or ends within that date.
	Same []graph.Interval
	// Sources has the dates of the sources of the claims in Same. If Valid has a start and no end, a date later
	// than Source replaces Source.
	Sources []graph.Date
	// Turns has the dates on which another answer to the same question began or ended. A date that coincides
	// with the claim's own end does not bound its start, and one that coincides with its start does not bound
	// its end.
	Turns []graph.Date
	// Unlisted has the dates of complete lists that do not contain the claim.
	Unlisted []graph.Date
	// Later has the starts of later figures that answer the same question.
	Later []graph.Date
	// Begins and Ends have, for each entity of the claim, the stated dates of its beginning and of its end.
	Begins, Ends [][]graph.Date
	// Mode says whether the claim must hold on one or on all of the days.
	Mode graph.Mode
}

// Holds reports whether the claim holds on the days from first to last. The answer can change only next to a
// date, so Holds checks only those days.
func (c *Dated) Holds(first, last graph.Day) graph.Holds {
	if c.Timing.Kind == schema.Eternal {
		return graph.HoldsYes
	}
	c = c.joined()
	days := c.days(first, last)
	some, somePossible, every, everyPossible := false, false, true, true
	for _, d := range days {
		if d < first || d > last {
			continue
		}
		p, s := c.possible(d, days), c.sure(d, days)
		if c.Timing.Kind != schema.Event {
			mayLive, lives := c.lives(d)
			p, s = p && mayLive, s && lives
		}
		if c.dropped(d) {
			p = false
		}
		s = s && p
		some, somePossible, every, everyPossible = some || s, somePossible || p, every && s, everyPossible && p
	}
	switch {
	case every, c.Mode == graph.Ever && some:
		return graph.HoldsYes
	case c.Mode == graph.Throughout && everyPossible, c.Mode != graph.Throughout && somePossible:
		return graph.HoldsPossibly
	}
	return graph.HoldsNo
}

// joined returns the claim with the latest date of a source that states the same fact without an end. Only
// dates on which the claim may hold by its own source count.
func (c *Dated) joined() *Dated {
	from, to := c.sides()
	if c.Timing.Kind != schema.State || c.Timing.Past || c.Timing.Reach.After.Kind != schema.ToNext || !from.Known() || to.Known() {
		return c
	}
	best := *c
	for i, date := range c.Sources {
		same := c.Same[i]
		if !date.Known() || same.To.Known() || same.From.Known() && (same.From.Last() < from.First() || from.Last() < same.From.First() || date.Last() < same.From.First()) {
			continue
		}
		last := date.Last()
		if from.First() <= last && c.possible(last, nil) && !c.dropped(last) && (!best.Source.Known() || best.Source.Last() < last) {
			best.Source = date
		}
	}
	best.Sources = nil
	return &best
}

// days returns the days next to every date that can change the answer.
func (c *Dated) days(first, last graph.Day) []graph.Day {
	days := []graph.Day{first, last}
	dates := slices.Concat([]graph.Date{c.Valid.From, c.Valid.To, c.Source}, c.Turns, c.Later, c.Unlisted)
	for _, iv := range c.Same {
		dates = append(dates, iv.From, iv.To)
	}
	for _, ends := range append(c.Begins, c.Ends...) {
		dates = append(dates, ends...)
	}
	reaches := []int64{0, int64(c.Timing.Reach.Before.Days), int64(c.Timing.Reach.After.Days)}
	for _, d := range dates {
		if !d.Known() {
			continue
		}
		for _, day := range []graph.Day{d.First(), d.Last()} {
			for _, away := range reaches {
				for beside := int64(-1); beside <= 1; beside++ {
					days = append(days, graph.Day(int64(day)+away+beside), graph.Day(int64(day)-away+beside))
				}
			}
		}
	}
	return days
}

// side is the start or the end of a claim, as a date with the first and the last day that it may mean.
type side struct {
	graph.Date
	first, last graph.Day
}

func (s side) First() graph.Day { return s.first }
func (s side) Last() graph.Day  { return s.last }

// sides returns the start and the end, each with the most exact dates of all claims in Same.
func (c *Dated) sides() (from, to side) {
	own := [2]side{{c.Valid.From, c.Valid.From.First(), c.Valid.From.Last()}, {c.Valid.To, c.Valid.To.First(), c.Valid.To.Last()}}
	if c.Timing.Kind != schema.State && c.Timing.Kind != schema.Event {
		return own[0], own[1]
	}
	exact := own
	for i := range own {
		if !own[i].Known() {
			continue
		}
		var dates []graph.Date
		for _, iv := range c.Same {
			date := [2]graph.Date{iv.From, iv.To}[i]
			if !agree(c.Valid.From, iv.From) || !agree(c.Valid.To, iv.To) || !date.Known() {
				continue
			}
			if within(date, own[i].Date) {
				dates = append(dates, date)
			}
		}
		// The shortest dates come first, because a longer date that contains a shorter one adds nothing.
		slices.SortFunc(dates, func(a, b graph.Date) int { return cmp.Compare(a.Last()-a.First(), b.Last()-b.First()) })
		var kept []graph.Date
		for _, d := range dates {
			if !slices.ContainsFunc(kept, func(k graph.Date) bool { return within(k, d) }) {
				kept = append(kept, d)
			}
		}
		for n, d := range kept {
			if n == 0 {
				exact[i].first, exact[i].last = d.First(), d.Last()
			}
			exact[i].first, exact[i].last = min(exact[i].first, d.First()), max(exact[i].last, d.Last())
		}
	}
	if exact[0].Known() && exact[1].Known() && exact[1].last < exact[0].first {
		return own[0], own[1]
	}
	return exact[0], exact[1]
}

// agree reports whether two dates may mean the same day. It returns true if one of them is unknown.
func agree(a, b graph.Date) bool {
	return !a.Known() || !b.Known() || a.First() <= b.Last() && b.First() <= a.Last()
}

// within reports whether a lies within b and is more exact.
func within(a, b graph.Date) bool {
	return b.First() <= a.First() && a.Last() <= b.Last() && a.Last()-a.First() < b.Last()-b.First()
}

// all reports whether fn is true for every one of the days that the date may mean.
func all(date side, days []graph.Day, fn func(graph.Day) bool) bool {
	for _, d := range days {
		if d >= date.First() && d <= date.Last() && !fn(d) {
			return false
		}
	}
	return true
}

// lives reports whether both entities may exist on the day, and whether they surely do. If several dates are
// stated for the beginning of an entity, it may exist from the first of them on, and surely exists from the
// last of them on.
func (c *Dated) lives(d graph.Day) (may, does bool) {
	may, does = true, true
	for _, begins := range c.Begins {
		begins = WithoutRough(begins)
		some := len(begins) == 0
		for _, b := range begins {
			some, does = some || b.First() <= d, does && b.Last() <= d
		}
		may = may && some
	}
	for _, ends := range c.Ends {
		ends = WithoutRough(ends)
		some := len(ends) == 0
		for _, e := range ends {
			some, does = some || d <= e.Last(), does && d <= e.First()
		}
		may = may && some
	}
	return may, does
}

// WithoutRough returns the dates except those for which another is more exact.
func WithoutRough(dates []graph.Date) []graph.Date {
	return slices.DeleteFunc(slices.Clone(dates), func(d graph.Date) bool {
		return slices.ContainsFunc(dates, func(e graph.Date) bool { return within(e, d) })
	})
}

// dropped reports whether a list up to the day no longer contains a state that has no known end.
func (c *Dated) dropped(d graph.Day) bool {
	_, last, ok := c.attested()
	return ok && c.Timing.Kind == schema.State && !c.Valid.To.Known() && slices.ContainsFunc(c.Unlisted, func(list graph.Date) bool {
		return last < list.First() && list.Last() <= d
	})
}

// speaks reports whether the date of the source attests the claim.
func (c *Dated) speaks() bool {
	from, to := c.sides()
	switch {
	case !c.Source.Known() || c.Timing.Past,
		from.Known() && c.Source.Last() < from.First(),
		to.Known() && to.Last() < c.Source.First():
		return false
	}
	return true
}

func (c *Dated) sure(d graph.Day, days []graph.Day) bool {
	from, to := c.sides()
	switch {
	case c.Timing.Kind == schema.Event && from.Known():
		return all(from, days, func(s graph.Day) bool { return s <= d || to.Known() && s > to.Last() })
	case c.Timing.Kind == schema.Event && to.Known():
		return to.Last() <= d
	case c.Timing.Kind == schema.Event:
		return c.speaks() && c.Source.Last() <= d
	case c.Timing.Kind == schema.Observation && (from.Known() || to.Known()):
		for _, l := range c.Later {
			if d >= l.First() && (d > to.Last() || !to.Known() && d > from.Last()) {
				return false
			}
		}
		if from.Known() {
			return from.First() <= d
		}
		return to.Last() <= d
	case from.Known() && to.Known():
		return all(from, days, func(s graph.Day) bool {
			return all(to, days, func(e graph.Day) bool { return s > e || s <= d && d <= e })
		})
	case from.Known() && c.speaks():
		return all(from, days, func(s graph.Day) bool { return s > c.Source.Last() || s <= d && d <= c.Source.Last() })
	case from.Known():
		return all(from, days, func(s graph.Day) bool { return s == d })
	case to.Known() && c.speaks():
		return all(to, days, func(e graph.Day) bool { return e < c.Source.First() || c.Source.First() <= d && d <= e })
	case to.Known():
		return all(to, days, func(e graph.Day) bool { return e == d })
	}
	return c.speaks() && c.Source.First() <= d && d <= c.Source.Last()
}

// attested returns the first and the last day that the dates and the source of the claim attest.
func (c *Dated) attested() (first, last graph.Day, ok bool) {
	from, to := c.sides()
	switch {
	case c.Timing.Kind == schema.Observation && (from.Known() || to.Known()):
		if from.Known() {
			return from.First(), to.Last(), true
		}
		return to.First(), to.Last(), true
	case from.Known() && to.Known():
		// The days from the latest possible start to the earliest possible end, unless that end is before that
		// start.
		start, end := min(from.Last(), to.Last()), max(from.First(), to.First())
		return min(start, end), max(start, end), true
	case from.Known() && c.speaks():
		return min(from.Last(), c.Source.Last()), c.Source.Last(), true
	case from.Known():
		return from.First(), from.Last(), true
	case to.Known() && c.speaks():
		return c.Source.First(), max(to.First(), c.Source.First()), true
	case to.Known():
		return to.First(), to.Last(), true
	}
	return c.Source.First(), c.Source.Last(), c.speaks()
}

func (c *Dated) possible(d graph.Day, days []graph.Day) bool {
	from, to := c.sides()
	if c.Timing.Kind == schema.Event {
		return !from.Known() || from.First() <= d
	}
	first, last, ok := c.attested()
	if !ok {
		return true
	}
	undated := !c.Source.Known()
	if c.Timing.Kind == schema.Observation && (from.Known() || to.Known()) {
		return first <= d && c.reachesAfter(d, last)
	}
	before, after := c.reachesBefore(d, first), c.reachesAfter(d, last)
	if from.Known() {
		before = from.First() <= d
	} else if from.Date == graph.OpenDate && undated {
		before = true
	}
	if to.Known() {
		after = d <= to.Last()
	} else if to.Date == graph.OpenDate && undated {
		after = true
	}
	return before && after
}

// Compare orders two claims of one field. Claims come in this order: those that surely hold by their dates;
// those attested on the days; those attested near the days, with a known start and then without one; and those
// that possibly hold, with a known start, then with any known date, then without dates. If the field reaches
// for a number of days, a claim is near only if it surely holds. Among equal claims, the nearer one comes
// first.
func (c *Dated) Compare(other *Dated, first, last graph.Day) int {
	if o := cmp.Compare(c.level(first, last), other.level(first, last)); o != 0 || !c.brief() {
		return o
	}
	if l := c.level(first, last); l == 0 || l == 6 {
		return 0
	}
	return cmp.Compare(c.Distance(first, last), other.Distance(first, last))
}

func (c *Dated) brief() bool {
	return c.Timing.Reach.Before.Kind == schema.ToDays && c.Timing.Reach.After.Kind == schema.ToDays
}

func (c *Dated) level(first, last graph.Day) int {
	dated := c.Valid.From.Known() || c.Valid.To.Known()
	_, _, attested := c.attested()
	near := attested && !c.brief() && c.Distance(first, last) <= 366
	switch sure := c.Holds(first, last) == graph.HoldsYes; {
	case sure && (dated || c.Timing.Kind == schema.Eternal):
		return 0
	case sure:
		return 1
	case near && c.Valid.From.Known():
		return 2
	case near:
		return 3
	case c.Valid.From.Known():
		return 4
	case attested:
		return 5
	}
	return 6
}

// Distance returns the number of days between the given days and the attested days, or -1 if nothing is
// attested.
func (c *Dated) Distance(first, last graph.Day) int64 {
	from, to, ok := c.joined().attested()
	switch {
	case c.Timing.Kind == schema.Eternal:
		return 0
	case !ok:
		return -1
	case last < from:
		return int64(from) - int64(last)
	case to < first:
		return int64(first) - int64(to)
	}
	return 0
}

func (c *Dated) reachesBefore(d, first graph.Day) bool {
	switch e := c.Timing.Reach.Before; e.Kind {
	case schema.ToDays:
		return int64(d)+int64(e.Days) >= int64(first)
	case schema.ToNext:
		for _, turn := range c.Turns {
			earlier := turn.Last() < first || !c.Valid.To.Known() && turn.First() <= first
			if earlier && d < turn.First() {
				return false
			}
		}
	}
	return true
}

func (c *Dated) reachesAfter(d, last graph.Day) bool {
	switch e := c.Timing.Reach.After; e.Kind {
	case schema.ToDays:
		return int64(d)-int64(e.Days) <= int64(last)
	case schema.ToNext:
		for _, turn := range c.Turns {
			later := last < turn.First() || !c.Valid.From.Known() && last <= turn.Last()
			if later && turn.Last() < d {
				return false
			}
		}
	}
	return true
}
