package snapshot_test

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/schema"
)

// What follows is the order of values and the tests of filters once more, from
// what the values print: slow, and sharing nothing with the code it judges.

// modelUnits are the units of testOntology: what they measure and how many of
// its base unit they are; currencies measure each its own.
var modelUnits = map[string]struct {
	dimension string
	factor    *big.Rat
}{
	"km": {"length", big.NewRat(1, 1)}, "m": {"length", big.NewRat(1, 1000)},
	"JPY": {"currency JPY", big.NewRat(1, 1)}, "USD": {"currency USD", big.NewRat(1, 1)},
}

// fraction is the exact number that a value prints, in the base unit.
func fraction(v graph.Value) (x *big.Rat, dimension string) {
	number, unit, _ := strings.Cut(v.String(), " ")
	x, ok := new(big.Rat).SetString(number)
	if !ok {
		panic(v.String())
	}
	if u, ok := modelUnits[unit]; ok {
		return x.Mul(x, u.factor), u.dimension
	}
	return x, ""
}

// spanOf is the first and the last day of a date as it is written.
func spanOf(v graph.Value) (first, last time.Time) {
	text := strings.TrimRight(v.String(), "?~%")
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	years := strings.Count(text, "X")
	if years > 0 {
		text = strings.ReplaceAll(text, "X", "0")
	}
	var y, m, d int
	switch n, _ := fmt.Sscanf(text, "%4d-%2d-%2d", &y, &m, &d); {
	case n == 1:
		return day(y, 1, 1), day(y+[]int{1, 10, 100}[years], 1, 0)
	case n == 2:
		return day(y, m, 1), day(y, m+1, 0)
	}
	return day(y, m, d), day(y, m, d)
}

// textOrder is the library's own comparison; tests of one package run one by one.
var textOrder = collate.New(language.MustParse("und"))

func textual(v graph.Value) bool {
	return v.Kind() == graph.StringKind || v.Kind() == graph.EnumKind || v.Kind() == graph.EntityKind
}

// compareValues orders two values of one reading.
func compareValues(a, b graph.Value, byBytes bool) int {
	switch {
	case textual(a) && (byBytes || a.Kind() != graph.StringKind):
		return strings.Compare(a.String(), b.String())
	case textual(a):
		return cmp.Or(textOrder.CompareString(a.String(), b.String()), strings.Compare(a.String(), b.String()))
	case a.Kind() == graph.DateKind:
		p, q := spanOf(a)
		r, s := spanOf(b)
		return cmp.Or(p.Compare(r), q.Compare(s))
	}
	if a.Kind() == graph.RangeKind || b.Kind() == graph.RangeKind {
		x, y := limitsOf(a), limitsOf(b)
		return cmp.Or(strings.Compare(x.dimension, y.dimension), compareRanges(x, y))
	}
	x, dx := fraction(a)
	y, dy := fraction(b)
	return cmp.Or(strings.Compare(dx, dy), x.Cmp(y))
}

// byBytes reports whether a reading takes ids or codes.
func byBytes(r filter.Reading) bool {
	return r.Own == "id" || r.Own == "type" || r.Property != nil && r.Property.Name == "iso2"
}

// passes evaluates a test of a filter.
func passes(t *filter.Test, v graph.Value, byBytes bool) bool {
	if t.IsNone != nil && *t.IsNone {
		return false // only a field has none
	}
	if t.IsNull != nil && *t.IsNull != (v == graph.Value{}) {
		return false
	}
	asked := 0 // that a missing value fails
	for _, bound := range []*graph.Value{t.Eq, t.Lt, t.Lte, t.Gt, t.Gte} {
		if bound != nil {
			asked++
		}
	}
	if (v == graph.Value{}) {
		alone := t.Unit != nil && t.Ne == nil && t.NotIn == nil && t.IsNull == nil
		return asked == 0 && t.In == nil && t.Contains == "" && t.StartsWith == "" && t.Matches == nil && !alone
	}
	if t.Unit != nil {
		_, dimension := fraction(v)
		if modelUnits[t.Unit.Code].dimension != dimension {
			return false
		}
	}
	equal := func(w graph.Value) bool { return relates(v, w, byBytes)["eq"] }
	for name, bound := range map[string]*graph.Value{"eq": t.Eq, "lt": t.Lt, "lte": t.Lte, "gt": t.Gt, "gte": t.Gte} {
		if bound != nil && !relates(v, *bound, byBytes)[name] {
			return false
		}
	}
	written, alike := v.String(), func(s string) string { return s }
	if textual(v) && !byBytes {
		alike = naiveBase
	}
	return !(t.Ne != nil && equal(*t.Ne)) && (t.In == nil || slices.ContainsFunc(t.In, equal)) && !slices.ContainsFunc(t.NotIn, equal) &&
		strings.Contains(alike(written), alike(t.Contains)) && strings.HasPrefix(alike(written), alike(t.StartsWith)) &&
		(t.Matches == nil || t.Matches.MatchString(written))
}

// naiveBase is what people read alike of the texts that are drawn here.
func naiveBase(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("ʻʼ‘’", r):
			return '\''
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(s)))
	return strings.NewReplacer("ς", "σ", "ß", "ss", "ł", "l", "ø", "o", "ı", "i").Replace(s)
}

// relates names the comparisons of a value with a bound that hold.
func relates(v, bound graph.Value, byBytes bool) map[string]bool {
	if v.Kind() == graph.DateKind {
		first, last := spanOf(v)
		from, to := spanOf(bound)
		return map[string]bool{
			"eq": !first.Before(from) && !last.After(to), "lt": last.Before(from), "lte": !last.After(to),
			"gt": first.After(to), "gte": !first.Before(from),
		}
	}
	c, equal := compareValues(v, bound, byBytes), false
	if textual(v) {
		equal = v.String() == bound.String() || !byBytes && naiveBase(v.String()) == naiveBase(bound.String())
	} else {
		_, dx := fraction(v)
		_, dy := fraction(bound)
		if dx != dy {
			return nil
		}
		equal = c == 0
	}
	return map[string]bool{"eq": equal, "lt": c < 0, "lte": c <= 0, "gt": c > 0, "gte": c >= 0}
}

// sumUp is the sum, the lowest and the highest of quantities, exactly: of ranges, by their
// lower ends, or with high 1 by their upper ones. What has no end is infinite. ok is false
// where they are of several dimensions.
func sumUp(vs []graph.Value, high int) (sum, least, most float64, ok bool) {
	total, factor := new(big.Rat), big.NewRat(1, 1)
	for i, v := range vs {
		l := limitsOf(v)
		switch {
		case l.dimension != limitsOf(vs[0]).dimension:
			return 0, 0, 0, false
		case i == 0 && l.unit != "":
			factor = modelUnits[l.unit].factor
		case l.unit != limitsOf(vs[0]).unit:
			factor = big.NewRat(1, 1) // the base
		}
	}
	infinite := 0.0
	var all []float64
	for _, v := range vs {
		end := [...]*big.Rat{limitsOf(v).low, limitsOf(v).high}[high]
		if end == nil {
			infinite = math.Inf(2*high - 1)
			all = append(all, infinite)
			continue
		}
		x := new(big.Rat).Quo(end, factor)
		total.Add(total, x)
		f, _ := x.Float64()
		all = append(all, f)
	}
	if len(all) > 0 {
		least, most = slices.Min(all), slices.Max(all)
	}
	sum, _ = total.Float64()
	return sum + infinite, least, most, true
}

// lives reports whether the entity exists on the view's date, as surely as the view
// asks: whether that would hold which begins before it and ends after it.
func (l *lens) lives(id graph.ID) bool {
	d := graphtest.Dated{
		Timing: schema.Timing{Kind: schema.State},
		Valid:  graph.Interval{From: graph.DayDate(1, 1, 1), To: graph.DayDate(9999, 12, 31)},
		Begins: [][]graph.Date{l.ends(id, schema.Begins)},
		Ends:   [][]graph.Date{l.ends(id, schema.Ends)},
		Mode:   l.view.Mode,
	}
	if l.view.During.From.Known() && d.Mode == graph.OnDate {
		d.Mode = graph.Ever
	}
	h := d.Holds(l.on())
	return h == graph.HoldsYes || h == graph.HoldsPossibly && l.view.Holds != graph.HoldsYes
}
