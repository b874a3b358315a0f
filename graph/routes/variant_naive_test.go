package routes

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// The model of a variant: what is true of its places, from which the claims of a world are written, and from which the
// answers are computed again without them.
type (
	// period is a status for whole years, from the first to the last; a last of 0 has no dates at all.
	period struct {
		first, last int
		status      string
	}
	// figure is a capacity in thousands of tonnes since a year, until the next.
	figure struct {
		since  int
		amount float64
	}
	element struct {
		id       graph.ID
		statuses []period
		figures  []figure
	}
	// course is a way of the model: places, and the legs from each to the next.
	course struct {
		places    []element
		countries []string // by place
		legs      []element
		modes     []string
		gauges    [][]string // by leg, in the direction of the way; nil if nobody states it
		between   [][]string // by leg: countries that are passed
		waters    [][]string
		since     []int // by leg: the year since when it is in service; 0 if nobody states it
		backwards []bool
	}
)

func drawCourse(t *rapid.T) *course {
	c := &course{}
	place := func() {
		c.places = append(c.places, element{id: graph.ID(fmt.Sprintf("p%d", len(c.places)))})
		e := &c.places[len(c.places)-1]
		if rare(t, "place has a status", 2) {
			e.drawStatus(t)
		}
		if rare(t, "place has a capacity", 1) {
			e.drawFigures(t)
		}
		c.countries = append(c.countries, oneOf(t, "country", "AAA", "BBB", "CCC"))
	}
	place()
	for i := range 1 + even(t, "legs", 5) {
		e := element{id: graph.ID(fmt.Sprintf("g%d", i))}
		e.drawStatus(t)
		if rapid.Bool().Draw(t, "leg has a capacity") {
			e.drawFigures(t)
		}
		c.legs = append(c.legs, e)
		c.modes = append(c.modes, oneOf(t, "mode", "RAIL", "RAIL", "RAIL", "SEA", "FERRY", "ROAD"))
		c.gauges = append(c.gauges, oneOf(t, "gauge", nil, []string{"1435"}, []string{"1520"}, []string{"1520"}, []string{"1435", "1520"}, []string{"1520", "1435"}))
		c.between = append(c.between, oneOf(t, "between", nil, nil, []string{"DDD"}))
		c.waters = append(c.waters, oneOf(t, "water", nil, []string{"w1"}, []string{"w2"}))
		c.since = append(c.since, oneOf(t, "since", 0, 2001, 2011, 2021))
		c.backwards = append(c.backwards, rapid.Bool().Draw(t, "backwards"))
		place()
	}
	if len(c.legs) == 1 {
		c.backwards[0] = false // a single leg is the only one to say which way it is taken
	}
	return c
}

func (e *element) drawStatus(t *rapid.T) {
	any := func() string {
		return oneOf(t, "status", "OPERATIONAL", "OPERATIONAL", "DEGRADED", "CLOSED", "PLANNED", "UNDER_CONSTRUCTION", "SUSPENDED")
	}
	if rapid.Bool().Draw(t, "undated") {
		e.statuses = append(e.statuses, period{0, 0, any()})
	}
	for year := 2000 + even(t, "first", 8); year < 2030; year += 1 + even(t, "gap", 3) {
		last := year + even(t, "years", 9)
		e.statuses = append(e.statuses, period{year, last, any()})
		year = last
	}
}

func (e *element) drawFigures(t *rapid.T) {
	for _, year := range []int{2003, 2013}[:1+even(t, "figures", 2)] {
		e.figures = append(e.figures, figure{year, float64(1+even(t, "amount", 6)) * 500})
	}
}

// on is the status in a year; ok is false where nothing states one.
func (e *element) on(year int) (status string, ok bool) {
	for _, p := range e.statuses {
		if p.last == 0 {
			status, ok = p.status, true
		}
	}
	for _, p := range e.statuses {
		if p.first <= year && year <= p.last {
			return p.status, true
		}
	}
	return status, ok
}

// dated reports whether a date states the status of the year.
func (e *element) dated(year int) bool {
	return slices.ContainsFunc(e.statuses, func(p period) bool { return p.last != 0 && p.first <= year && year <= p.last })
}

// carries is the capacity in a year.
func (e *element) carries(year int) (amount float64, ok bool) {
	for _, f := range e.figures {
		if f.since <= year {
			amount, ok = f.amount, true
		}
	}
	return amount, ok
}

// years is the interval from the first day of a year to the last of another, or to "..".
func years(first int, last string) graph.Interval {
	if last != ".." {
		last += "-12-31"
	}
	x, err := graph.ParseInterval(fmt.Sprintf("%d-01-01/%s", first, last))
	if err != nil {
		panic(err)
	}
	return x
}

// write puts the claims of the model into a world.
func (c *course) write(t *rapid.T) *world {
	w := newWorld(t)
	for _, id := range []graph.ID{"AAA", "BBB", "CCC", "DDD"} {
		w.entity(id, "Country")
	}
	w.entity("w1", "WaterBody")
	w.entity("w2", "WaterBody")
	w.link(w.entity("variant", "Variant"), "corridor", w.entity("cor", "Corridor"))
	facts := func(e *element) {
		for _, p := range e.statuses {
			claim := w.say(e.id, "status", graph.EnumOf(p.status))
			if p.last != 0 {
				claim.Valid = years(p.first, fmt.Sprint(p.last))
			}
		}
		for i, f := range e.figures {
			claim := w.say(e.id, "capacity", graph.QuantityValue(f.amount, "ktPerYear"))
			claim.Valid = years(f.since, "..")
			if i+1 < len(e.figures) {
				claim.Valid = years(f.since, fmt.Sprint(e.figures[i+1].since-1))
			}
		}
	}
	for i := range c.places {
		w.link(w.entity(c.places[i].id, "TransportNode"), "country", graph.ID(c.countries[i]))
		facts(&c.places[i])
	}
	for i := range c.legs {
		id := w.entity(c.legs[i].id, "Segment")
		from, to := c.places[i].id, c.places[i+1].id
		gauges := slices.Clone(c.gauges[i])
		if c.backwards[i] {
			from, to = to, from
			slices.Reverse(gauges)
		}
		w.link(id, "from", from)
		w.link(id, "to", to)
		w.say(id, "mode", graph.EnumOf(c.modes[i]))
		w.say(id, "bidirectional", graph.BoolValue(true))
		if gauges != nil {
			w.say(id, "gauge", graph.StringValue(strings.Join(gauges, "/")))
		}
		for _, x := range slices.Concat(c.between[i], c.waters[i]) {
			w.link(id, "transits", graph.ID(x))
		}
		if c.since[i] != 0 {
			w.say(id, "inServiceSince", graph.DateValue(years(c.since[i], "..").From))
		}
		facts(&c.legs[i])
		claim := w.link("cor", "segments", id)
		claim.Qualifiers = []graph.QualifierValue{{Name: "order", Value: graph.IntValue(int64(i + 1))}, {Name: "variant", Value: graph.EntityValue("variant")}}
	}
	return w
}

// modelSeverity orders the statuses of the model, the best first.
var modelSeverity = []string{"OPERATIONAL", "DEGRADED", "UNKNOWN", "SUSPENDED", "CLOSED", "UNDER_CONSTRUCTION", "PLANNED"}

// status is the worst of all, and what is in the way, in order.
func (c *course) status(year int) (worst string, blocked []graph.ID) {
	worst = modelSeverity[0]
	meet := func(id graph.ID, status string) {
		if slices.Index(modelSeverity, status) > slices.Index(modelSeverity, worst) {
			worst = status
		}
		if status != "OPERATIONAL" && status != "DEGRADED" {
			blocked = append(blocked, id)
		}
	}
	for i := range c.places {
		if i > 0 {
			l := &c.legs[i-1]
			status, ok := l.on(year)
			early := c.since[i-1] > year && !l.dated(year) && (status == "OPERATIONAL" || status == "DEGRADED")
			if !ok || early {
				status = "UNKNOWN"
			}
			meet(l.id, status)
		}
		if status, ok := c.places[i].on(year); ok {
			meet(c.places[i].id, status)
		}
	}
	return worst, blocked
}

// passes are the countries in order, each named when it is entered, and the waters.
func (c *course) passes() (countries, waters []string) {
	enter := func(x string) {
		if k := len(countries); k == 0 || countries[k-1] != x {
			countries = append(countries, x)
		}
	}
	for i := range c.legs {
		enter(c.countries[i])
		for _, x := range c.between[i] {
			enter(x)
		}
		enter(c.countries[i+1])
		for _, x := range c.waters[i] {
			if !slices.Contains(waters, x) {
				waters = append(waters, x)
			}
		}
	}
	return countries, waters
}

// breaks are the changes of gauge. Ferries carry wagons on; on other ships and on lorries, goods leave their wagons.
func (c *course) breaks() (list []string) {
	now := ""
	for i, mode := range c.modes {
		switch {
		case mode == "FERRY":
		case mode != "RAIL" || c.gauges[i] == nil:
			now = ""
		default:
			for _, g := range c.gauges[i] {
				if now != "" && now != g {
					list = append(list, now+">"+g)
				}
				now = g
			}
		}
	}
	return list
}

// least is what the narrowest of the places and legs carries, and the legs of which nobody says it.
func (c *course) least(year int) (amount float64, unstated []graph.ID) {
	amount = math.Inf(1)
	for _, e := range slices.Concat(c.places, c.legs) {
		if x, ok := e.carries(year); ok {
			amount = min(amount, x)
		}
	}
	for _, e := range c.legs {
		if _, ok := e.carries(year); !ok {
			unstated = append(unstated, e.id)
		}
	}
	return amount, unstated
}

// TestVariantsAgainstModel compares what is computed of a variant with the model from which its claims were written.
func TestVariantsAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCourse(t)
		s := c.write(t).snapshot(t)
		year := 1998 + even(t, "year", 32)
		v := see(t, s, graph.View{AsOf: graph.DayDate(year, 7, 1)})
		n := compile(t, v, Transport)
		variant, _ := s.Number("variant")
		got, err := n.Course(context.Background(), variant)
		if err != nil {
			t.Fatal(err)
		}
		same := func(what string, got, want any) {
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("in %d the %s is %v, want %v\n%+v", year, what, got, want, c)
			}
		}
		names := func(list []uint32) (ids []graph.ID) {
			for _, e := range list {
				ids = append(ids, s.ID(e))
			}
			return ids
		}
		worst, blocked := c.status(year)
		same("status", got.Status, worst)
		var obstacles []graph.ID
		for _, o := range got.Obstacles {
			obstacles = append(obstacles, s.ID(o.Entity))
		}
		same("way barred by", obstacles, blocked)
		countries, waters := c.passes()
		same("list of countries", names(got.Countries), countries)
		same("list of waters", names(got.Waters), waters)
		var breaks []string
		for _, b := range got.Breaks {
			breaks = append(breaks, b.From+">"+b.To)
		}
		same("list of breaks", breaks, c.breaks())
		same("continuity", got.Continuous, true)
		sameCapacity(same, s, got, c, year)
		latest := slices.Max(c.since)
		if same("date of service", got.Since.Claim != snapshot.None, latest != 0); latest != 0 {
			same("year of service", s.Value(got.Since.Claim).Date(), years(latest, "..").From)
		}
	})
}

func sameCapacity(same func(what string, got, want any), s *snapshot.Snapshot, got *Course, c *course, year int) {
	amount, unstated := c.least(year)
	list := got.LeastCapacities(false)
	if same("number of dimensions", len(list) > 0, !math.IsInf(amount, 1)); len(list) == 0 {
		return
	}
	least := list[0]
	same("least capacity", math.Round(least.Stated.Low*1000/least.Unit.Factor), amount)
	same("least capacity by the highest figures", least.Stated.Low, least.Stated.High)
	var missing []graph.ID
	for _, e := range least.Unstated {
		missing = append(missing, s.ID(e))
	}
	same("list without a capacity", missing, unstated)
}
