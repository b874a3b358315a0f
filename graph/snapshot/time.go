package snapshot

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/schema"
)

// When a claim holds depends on more than its valid time: on the date of its
// source, on how far its field reaches, on the dated claims that answer the same
// question, and on when the entities at its ends exist. All of these are claims
// too, and count as the view knows them. graph.Bounds.Window has the rules.
//
// Most links need none of this: their field reaches as far as their ends exist,
// or no dated claim answers their question. Those that need it are marked open
// when their list is built, and read by way of their row.

// Reading is what the claim is on the view's date, and on what basis; that of a
// claim that the view does not show is HoldsNo.
func (v *View) Reading(n uint32) graph.Reading {
	r := v.s.rows.Ref(n)
	x := v.reading(n, r)
	if v.asked(x.Holds) == graph.HoldsNo || !v.seesRow(n, r) {
		return graph.Reading{Distance: x.Distance}
	}
	return x
}

// reading is what the claim is on the view's date, whether the view shows it or not.
func (v *View) reading(n uint32, r *row) graph.Reading {
	w := v.window(n, r)
	return w.On(v.on, v.mode)
}

func (v *View) window(n uint32, r *row) graph.Window {
	t, b := v.timing(r), &v.s.times.Ref(r.valid).bounds
	var source graph.Date
	next := graph.AllDays
	if t.Kind == schema.Observation && (b.Started || b.Ended) {
		if later := v.nextFigure(n, r); later != graph.LastDay {
			next.Last = later - 1
		}
	} else if t.Kind != schema.Eternal && !(b.Started && b.Ended) {
		source = v.dateOf(r.source)
		if t.Reach.ByNext() {
			if attested, ok := b.Attested(t, source); ok {
				next = v.neighbours(n, r, attested)
			}
		}
	}
	w := b.Window(t, source, next)
	if v.kept != nil {
		v.unlisted(&w, t, r)
	}
	if !v.allLive {
		v.bound(&w, t, r)
	}
	return w
}

// bound bounds the window of a claim by the lifetimes of its ends.
func (v *View) bound(w *graph.Window, t schema.Timing, r *row) {
	if t.Kind == schema.Eternal || t.Kind == schema.Event {
		return
	}
	w.Within(v.lifetime(r.subject))
	if r.kind == graph.EntityKind {
		w.Within(v.lifetime(uint32(r.value)))
	}
}

// dateOf is the date on which a source attests what it claims, as the view knows it.
func (v *View) dateOf(source uint32) graph.Date {
	if v.plain {
		return v.s.dates.At(source)
	}
	return v.s.attestedOn(source, v.sees)
}

// neighbours are the days between the dated claims that answer the same question
// as a claim before and after the days on which it is attested.
func (v *View) neighbours(n uint32, r *row, attested graph.Span) graph.Span {
	between := graph.AllDays
	for l := range v.s.besides(r).All() {
		if v.answersToo(n, l) {
			between = v.s.times.Ref(r.valid).bounds.Between(between, attested, &v.s.times.Ref(l.period()).bounds)
		}
	}
	return between
}

// nextFigure is the first day of the figures that are later than that of a claim and
// answer the same question. A figure for a part of a year does not replace one for a
// year.
func (v *View) nextFigure(n uint32, r *row) graph.Day {
	own, first := v.s.times.Ref(r.valid).Interval, graph.LastDay
	for l := range v.s.besides(r).All() {
		p := v.s.times.Ref(l.period())
		if graph.ComparePeriods(p.Interval, own) <= 0 || l.valid&narrow != 0 && !v.s.narrow(n) || !v.answersToo(n, l) {
			continue
		}
		begin := p.bounds.Start.First
		if !p.bounds.Started {
			begin = p.bounds.End.First
		}
		first = min(first, begin)
	}
	return first
}

// besides are the links of the claims that may answer the same question as a claim:
// those of one subject and predicate, and of a relation of many also of one object.
func (s *Snapshot) besides(r *row) run {
	all := s.outRun(r.subject, r.predicate)
	if f := s.field(r); r.kind != graph.EntityKind || f == nil || !f.Many {
		return all
	}
	return column.Short[link, beside](s.to(all, uint32(r.value)))
}

// to are the links of a run to one entity at the other end.
func (s *Snapshot) to(r run, other uint32) []link {
	return r.Within(s.toward(s.ids.At(other)))
}

// toward compares links of a run with an id at the other end, for Within.
func (s *Snapshot) toward(id string) func(l link) int {
	return func(l link) int {
		if l.other == None {
			return -1
		}
		return strings.Compare(s.ids.At(l.other), id)
	}
}

// answersToo reports whether the view knows another claim as a dated answer to the
// same question as a claim.
func (v *View) answersToo(n uint32, l link) bool {
	return l.claim != n && l.rank != graph.Deprecated && l.period() != 0 && v.sees(l.claim) && v.sameQuestion(n, l.claim)
}

// sameQuestion reports whether two claims of one subject and predicate answer the
// same question. In a field of one value, their qualifiers must agree (for names, the
// language). In a field of many, their distinct qualifiers must agree, and they must
// give the same value or be figures in one unit.
func (v *View) sameQuestion(n, m uint32) bool {
	a, b := v.s.rows.Ref(n), v.s.rows.Ref(m)
	f := v.s.Field(n)
	if f != nil && f.Many && f.Kind == schema.Property && f.Time == schema.Observation {
		return v.sameSlot(f, n, m)
	}
	if f == nil || f.Many {
		return v.s.sameCell(a.cell(), b.cell()) && v.sameQualifiers(Edge{Claim: n}, Edge{Claim: m}, v.rulesOf(n))
	}
	if a.nqual != b.nqual {
		return false
	}
	for i := range uint32(a.nqual) {
		x, y := v.s.quals.Ref(a.qualifiers+i), v.s.quals.Ref(b.qualifiers+i)
		if x.name != y.name || !v.s.sameCell(x.cell(), y.cell()) {
			return false
		}
	}
	return true
}

// lifetime is when an entity exists, as the view knows it.
func (v *View) lifetime(entity uint32) graph.Lifetime {
	l := v.s.lives.At(entity)
	switch {
	case !l.Bounded:
		return graph.Always
	case v.plain:
		return l.Lifetime()
	}
	return v.s.lifetimeOf(entity, v.sees)
}

// lives reports whether the entity exists on the view's date, as surely as the view
// asks.
func (v *View) lives(entity uint32) bool {
	if !v.mortal(entity) {
		return true
	}
	life := v.lifetime(entity)
	w := graph.Window{Possible: life.Possible, Sure: life.Sure}
	return v.asked(w.Holds(v.on, v.mode)) != graph.HoldsNo
}

// mortal reports whether some claim says when the entity begins or ends.
func (v *View) mortal(entity uint32) bool { return v.s.lives.At(entity).Bounded }

// lifetimeOf is when an entity exists by those claims of its beginning and its end
// that count.
func (s *Snapshot) lifetimeOf(entity uint32, counts func(n uint32) bool) graph.Lifetime {
	var begins, ends []graph.Span
	note := func(r run, object bool) {
		for l := range r.All() {
			// Types may share the name of a field and not what it says.
			end := schema.NoEnd
			if f := s.Field(l.claim); f != nil && object {
				end = f.Lifetime.Object
			} else if f != nil {
				end = f.Lifetime.Subject
			}
			switch d, ok := s.dayOf(l); {
			case !ok || l.rank == graph.Deprecated || !counts(l.claim):
			case end == schema.Begins:
				begins = append(begins, d)
			case end == schema.Ends:
				ends = append(ends, d)
			}
		}
	}
	kinds := s.w.kindsOf(s)
	for _, p := range kinds.Lifetimes {
		note(s.outRun(entity, p), false)
		if kinds.Of[p].OfObjects {
			note(s.inRun(entity, p), true)
		}
	}
	return graph.LifetimeOf(begins, ends)
}

// dayOf is the date that a claim gives for a beginning or an end: its value, or of
// a relation the first date of its valid time.
func (s *Snapshot) dayOf(l link) (graph.Span, bool) {
	r := s.rows.Ref(l.claim)
	if r.kind == graph.DateKind {
		d := graph.UnpackDate(r.value)
		return d.Span(), d.Known()
	}
	b := &s.times.Ref(r.valid).bounds
	if b.Started {
		return b.Start, true
	}
	return b.End, b.Ended
}

// noteLife remembers the entities whose lifetime a claim may change.
func (b *change) noteLife(r *row) {
	f := b.s.field(r)
	if f == nil || f.Lifetime == (schema.Lifetime{}) {
		return
	}
	if b.touchedLives == nil {
		b.touchedLives = map[uint32]bool{}
	}
	b.touchedLives[r.subject] = true
	if r.kind == graph.EntityKind {
		b.touchedLives[uint32(r.value)] = true
	}
}

// live computes the lifetimes that the change touches.
func (b *change) live() {
	if len(b.touchedLives) > 0 {
		b.s.lives = b.s.readLives(b.s.lives.Begin(), maps.Keys(b.touchedLives))
	}
}

// readLives computes the lifetimes of entities, and the days on which all exist of
// which some claim says when they begin or end.
func (s *Snapshot) readLives(e *column.Edit[graph.ShortLifetime], entities iter.Seq[uint32]) column.Table[graph.ShortLifetime] {
	for entity := range entities {
		ever := s.lifetimeOf(entity, func(uint32) bool { return true })
		s.allLive.First = max(s.allLive.First, ever.Sure.First)
		s.allLive.Last = min(s.allLive.Last, ever.Sure.Last)
		e.Set(entity, s.lifetimeOf(entity, s.standing).Short())
	}
	return e.Table()
}

// mortals are the entities of which some claim says when they begin or end.
func (s *Snapshot) mortals() []uint32 {
	var ns []uint32
	for n := range uint32(s.lives.Len()) {
		if s.lives.At(n).Bounded {
			ns = append(ns, n)
		}
	}
	return ns
}

// standing reports whether a claim was not withdrawn.
func (s *Snapshot) standing(n uint32) bool { return s.ended.At(n) == 0 }

// Two bits of the number of the valid time mark a link.
const (
	// open: its claim may hold on days that its valid time alone does not tell.
	open = uint32(1) << 31
	// narrow: its claim is about less than its field asks for: a part, a plan, or
	// a part of a year.
	narrow = uint32(1) << 30
	marks  = open | narrow
)

// period is the number of the valid time of the link's claim.
func (l *link) period() uint32 { return l.valid &^ marks }

// linkValid is the valid time of a claim's link with the marks that the claim by
// itself gives. It is open where the reach of its field makes it depend on the date
// of its source.
func (s *Snapshot) linkValid(n uint32, r *row) uint32 {
	k := &s.w.kindsOf(s).Of[r.predicate]
	valid, b := r.valid, &s.times.Ref(r.valid).bounds
	if !b.Alone(k.TimingOf(s.types.At(r.subject))) {
		valid |= open
	}
	if k.Narrows && s.narrows(n, r, b) {
		valid |= narrow
	}
	return valid
}

// plain reports whether plain fields and lists may show the claim, or lists that ask
// for what is narrow as well.
func (s *Snapshot) plain(n uint32, narrow bool) bool {
	return s.rows.Ref(n).rank != graph.Deprecated && (narrow || !s.narrow(n))
}

// narrow reports whether a claim is about less than its field asks for.
func (s *Snapshot) narrow(n uint32) bool {
	r := s.rows.Ref(n)
	return s.w.kindsOf(s).Of[r.predicate].Narrows && s.narrows(n, r, &s.times.Ref(r.valid).bounds)
}

// wholeYear is from how many days on a period counts as a year or longer.
const wholeYear = 350

func (s *Snapshot) narrows(n uint32, r *row, b *graph.Bounds) bool {
	f := s.Field(n)
	if f == nil {
		return false
	}
	if iv := s.times.Ref(r.valid).Interval; f.Time == schema.Observation && b.Started && b.Ended && iv.From != iv.To &&
		b.End.Last-b.Start.First+1 < wholeYear {
		return true
	}
	for _, rule := range s.rules[f] {
		if c := s.qualifier(Edge{Claim: n}, rule.Name); rule.Narrows && c.kind != graph.NoKind && !(c.kind == graph.BoolKind && c.bits == 0) {
			return true
		}
	}
	return false
}

// markOpen marks, among new links of claims by subject, those whose field reaches to the
// next dated claim and that have one. It returns them with the links of older claims that
// have one now, marked as well. It sorts the links.
func (s *Snapshot) markOpen(old *Snapshot, links []column.Entry[link], o *column.Order[link]) []column.Entry[link] {
	kinds := s.w.kindsOf(s).Of
	var more []column.Entry[link]
	o.Sort(links)
	for from := 0; from < len(links); {
		subject, p := links[from].List, links[from].Item.predicate
		to := from + 1
		for to < len(links) && links[to].List == subject && links[to].Item.predicate == p {
			to++
		}
		added := links[from:to]
		if from = to; !kinds[p].Next {
			continue
		}
		before := old.outRun(subject, p)
		// Undated links of one subject are open by themselves all or none: if the first of
		// several is open or dated, all are marked that must be.
		first, _ := before.First()
		begun := len(first) > 0 && s.dated(&first[0])
		marked := before.Len() > 1 && (begun || first[0].valid&open != 0)
		if !marked && (before.Len()+len(added) < 2 || !begun && !slices.ContainsFunc(added, func(e column.Entry[link]) bool { return s.dated(&e.Item) })) {
			continue
		}
		for i := range added {
			s.mark(&added[i].Item)
		}
		if marked {
			continue
		}
		for l := range before.All() {
			if s.mark(&l) {
				more = append(more, column.Entry[link]{List: subject, Item: l})
			}
		}
	}
	return append(links, more...)
}

func (s *Snapshot) dated(l *link) bool {
	b := &s.times.Ref(l.period()).bounds
	return b.Started || b.Ended
}

// mark marks a link unless both its ends are dated, and reports whether that is new.
func (s *Snapshot) mark(l *link) bool {
	b := &s.times.Ref(l.period()).bounds
	if l.valid&open != 0 || b.Started && b.Ended {
		return false
	}
	l.valid |= open
	return true
}
