package analysis

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/figures"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// reason says in words why the claims of a set cannot all be true.
func (w *conflictWalk) reason(set []uint32) string {
	s := w.v.Snapshot()
	var values, periods, objects []string
	slots := map[string][]uint32{}
	for _, n := range set {
		f, room := s.Field(n), []byte(nil)
		if f != nil && !crosses(f) {
			// Sets about several subjects are a curator's: otherwise only claims about one subject answer one
			// question.
			room = binary.BigEndian.AppendUint32(room, s.Subject(n))
		}
		if k, ok := slotOf(s, f, n, room); ok && s.Rank(n) != graph.Deprecated {
			slots[string(k)] = append(slots[string(k)], n)
		}
	}
	for _, claims := range slots {
		stated := len(values)
		for _, n := range claims {
			// Each claim adds its own value, so one partner is enough.
			for _, m := range claims {
				if w.tick() && w.disagree(n, m) {
					values = append(values, w.differing(n, m)...)
					break
				}
			}
		}
		if len(values) > stated {
			periods = append(periods, period(s, claims))
			if to := s.Object(claims[0]); to != snapshot.None {
				objects = append(objects, w.ends(claims[0]))
			}
		}
	}
	var parts []string
	if len(values) > 0 {
		parts = append(parts, w.differ(set[0], distinct(values), distinct(periods), distinct(objects)))
	}
	if marked := w.marked(set); marked != "" {
		parts = append(parts, marked)
	}
	return strings.Join(parts, "; ")
}

// ends names the object of a claim, and also the subject if the field leads both ways.
func (w *conflictWalk) ends(n uint32) string {
	s := w.v.Snapshot()
	to := w.v.Name(s.Object(n))
	if f := s.Field(n); f == nil || !f.Symmetric {
		return to
	}
	names := []string{w.v.Name(s.Subject(n)), to}
	slices.Sort(names)
	return strings.Join(names, " – ")
}

// differ returns a sentence: claims give a field different values, or different figures for one period, of
// which at most one is true.
func (w *conflictWalk) differ(n uint32, values, periods, objects string) string {
	s := w.v.Snapshot()
	f := s.Field(n)
	text := ""
	switch {
	case f.Exclusive != nil:
		most := "one"
		if seats := w.seats(f, s.Object(n)); seats > 1 {
			most = strconv.FormatInt(seats, 10)
		}
		return f.Label + " " + objects + " is true of " + most + " at a time and is stated of " + values
	case figured(f):
		text = f.Label + " " + objects + " is stated with " + values
	case f.Time == schema.Observation && f.Many && f.Kind == schema.Relation:
		text = f.Label + " " + objects + " for " + periods + " is stated with " + values
	case f.Time == schema.Observation:
		text = label(f.Label, f.Unit) + " for " + periods + " is stated as " + values
	case f.Time == schema.State:
		text = label(f.Label, f.Unit) + " has one value at a time and is stated as " + values
	default:
		text = label(f.Label, f.Unit) + " has one value and is stated as " + values
	}
	switch t := f.Tolerance; {
	case f.Scalar == schema.Coordinates && t.Km > 0:
		text += ", further apart than " + figures.Number(t.Km, 12) + " km"
	case t.Relative > 0:
		text += ", further apart than " + percent(t.Relative)
	}
	return text
}

// period writes the period that the claims share, in the shortest form among theirs.
func period(s *snapshot.Snapshot, claims []uint32) string {
	text := s.Valid(claims[0]).String()
	for _, n := range claims[1:] {
		if t := s.Valid(n).String(); len(t) < len(text) || len(t) == len(text) && t < text {
			text = t
		}
	}
	return strings.ReplaceAll(text, "/", " to ")
}

// marked returns a sentence: a curator's group makes claims of the set disagree. It names the differences that
// are conflicts only because of the group, and is "" if there are none.
func (w *conflictWalk) marked(set []uint32) string {
	s := w.v.Snapshot()
	found := false
	var apart differences
	for i, n := range set {
		for _, m := range set[:i] {
			if !w.tick() || !Compete(s, n, m) {
				continue
			}
			if found = true; !w.sameSlot(m, n) || !w.disagree(m, n) {
				w.note(&apart, m, n)
			}
		}
	}
	if !found {
		return ""
	}
	var parts []string
	add := func(before string, values []string) {
		if len(values) > 0 {
			parts = append(parts, before+distinct(values))
		}
	}
	add("stated of ", apart.subjects)
	add("stated as ", apart.values)
	add("about ", apart.objects)
	for _, name := range slices.Sorted(maps.Keys(apart.qualifiers)) {
		add("with ", apart.qualifiers[name])
	}
	add("dated ", apart.times)
	if len(parts) == 0 {
		return "a curator marked them as competing"
	}
	return "a curator marked them as competing: " + strings.Join(parts, "; ")
}

// sameSlot reports whether two claims of one predicate answer the same question.
func (w *conflictWalk) sameSlot(a, b uint32) bool {
	s := w.v.Snapshot()
	f := s.Field(a)
	if f != s.Field(b) {
		return false
	}
	x, ok := slotOf(s, f, a, nil)
	y, also := slotOf(s, f, b, nil)
	return ok && also && bytes.Equal(x, y) && (crosses(f) || s.Subject(a) == s.Subject(b))
}

// differences has, in words, how competing claims differ.
type differences struct {
	subjects, values, times []string
	// objects are the objects for which the qualifiers or the times differ.
	objects    []string
	qualifiers map[string][]string
}

func (w *conflictWalk) note(d *differences, a, b uint32) {
	s := w.v.Snapshot()
	if one, two := s.Subject(a), s.Subject(b); one != two {
		d.subjects = append(d.subjects, apartNames(w.v.Name(one), w.v.Name(two), string(s.ID(one)), string(s.ID(two)))...)
	}
	if s.Value(a) != s.Value(b) {
		x, y := w.writtenBoth(a, b)
		d.values = append(d.values, x, y)
		return
	}
	names := qualifiersApart(s, a, b)
	if to := s.Object(a); to != snapshot.None && (len(names) > 0 || timesApart(s.Valid(a), s.Valid(b))) {
		d.objects = append(d.objects, w.v.Name(to))
	}
	for _, name := range names {
		if d.qualifiers == nil {
			d.qualifiers = map[string][]string{}
		}
		d.qualifiers[name] = append(d.qualifiers[name], w.figureOf(a, name), w.figureOf(b, name))
	}
	if p, q := s.Valid(a), s.Valid(b); timesApart(p, q) {
		d.times = append(d.times, when(p), when(q))
	}
}

// when writes a valid time for people.
func when(iv graph.Interval) string {
	from, to := iv.From, iv.To
	switch {
	case from.Known() && from == to:
		return from.String()
	case from.Known() && to.Known():
		return from.String() + " to " + to.String()
	case from.Known():
		return "since " + from.String()
	case to.Known():
		return "until " + to.String()
	}
	return "undated"
}

// differing returns, in words, the values or figures by which two claims disagree.
func (w *conflictWalk) differing(a, b uint32) []string {
	s := w.v.Snapshot()
	f := s.Field(a)
	if f.Exclusive != nil {
		x, y := w.v.Name(s.Subject(a)), w.v.Name(s.Subject(b))
		return apartNames(x, y, string(s.ID(s.Subject(a))), string(s.ID(s.Subject(b))))
	}
	var found []string
	for _, name := range figuresApart(s, f, a, b) {
		for _, n := range [...]uint32{a, b} {
			found = append(found, w.figureOf(n, name))
		}
	}
	if figured(f) || !incompatible(s.Ontology(), f, s.Value(a), s.Value(b)) {
		return found
	}
	x, y := w.writtenBoth(a, b)
	return append(found, x, y)
}

// apartNames returns two names, with the ids if the names are the same.
func apartNames(x, y, one, two string) []string {
	if x == y {
		return []string{x + " (" + one + ")", y + " (" + two + ")"}
	}
	return []string{x, y}
}

// writtenBoth writes the values of two claims so that they can be distinguished.
func (w *conflictWalk) writtenBoth(a, b uint32) (x, y string) {
	s := w.v.Snapshot()
	unit := ""
	if f := s.Field(a); f != nil && f.Scalar != schema.Quantity {
		unit = f.Unit
	}
	x, y = inUnit(s.Value(a), unit), inUnit(s.Value(b), unit)
	if to, other := s.Object(a), s.Object(b); to != snapshot.None && other != snapshot.None {
		names := apartNames(w.v.Name(to), w.v.Name(other), x, y)
		return names[0], names[1]
	}
	return x, y
}

// figureOf writes a qualifier of a claim with its label and its value.
func (w *conflictWalk) figureOf(n uint32, name string) string {
	s := w.v.Snapshot()
	val, to := s.Qualifier(n, name)
	title, unit := name, ""
	if f := s.Field(n); f != nil && f.Qualifier(name) != nil {
		q := f.Qualifier(name)
		title, unit = label(q.Label, q.Unit), q.Unit
		if q.Scalar == schema.Quantity {
			unit = ""
		}
	}
	if to != snapshot.None {
		return title + " " + w.v.Name(to)
	}
	return title + " " + inUnit(val, unit)
}

// label removes the unit at the end of a label, because the values show it.
func label(text, unit string) string {
	short, ok := strings.CutSuffix(text, " "+strings.ToLower(unit))
	if unit == "" || !ok {
		return text
	}
	return short
}

func inUnit(v graph.Value, unit string) string {
	if unit == "" {
		return written(v)
	}
	return written(v) + " " + unit
}

// distinct writes words as a sorted list for people, without repetitions.
func distinct(all []string) string {
	all = slices.Clone(all)
	slices.Sort(all)
	return list(slices.Compact(all))
}

// list writes a list for people.
func list(words []string) string {
	const most = 6
	if len(words) > most {
		words = append(slices.Clone(words[:most]), fmt.Sprint(len(words)-most, " more"))
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func percent(part float64) string {
	return figures.Number(part*100, 12) + " %"
}

// written writes a value for people.
func written(v graph.Value) string {
	switch v.Kind() {
	case graph.FloatKind:
		return figures.Number(v.Float(), 0)
	case graph.QuantityKind:
		return figures.Number(v.Float(), 0) + " " + v.Text()
	}
	return v.String()
}
