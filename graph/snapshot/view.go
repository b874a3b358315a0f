package snapshot

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/schema"
)

// View shows a snapshot to one request. Creating one is cheap. A View never changes, and goroutines may share it.
type View struct {
	s             *memory.Graph
	snapshot      *Snapshot // the same snapshot, for callers
	on            graph.Span
	mode          graph.Mode
	sure          bool // shows only what certainly holds
	known         graph.Seq
	minConfidence uint16
	sources       map[uint32]bool // nil means all
	later         map[uint32]bool // the sources published later than the view permits
	kinds         []vocabulary.Predicate
	kept          map[uint16][]kept // the maintained lists, by predicate
	plain         bool              // the view shows everything known now, from every source and with every confidence
	allLive       bool              // no entity begins after the view's date or ends before it
	planning      planning
	interrupt     *lists.Interrupt // nil if nothing ends an iteration
	timeless      bool             // it shows what cards have, see written.go
	recent        *recent          // nil if goroutines share the view
}

// errInterrupted is the error of a query whose request has ended.
var errInterrupted = graph.Errorf(graph.Unavailable, "the request ended before the answer was found")

// WithDone returns the view for one goroutine, whose iterations end when done is closed. If done is nil, nothing
// ends them; use that for a view that outlives a request or that goroutines share. The result of an ended iteration
// is incomplete: queries return an error, and after any other iteration the caller must check Err.
func (v *View) WithDone(done <-chan struct{}) *View {
	if done == nil {
		if v.interrupt == nil {
			return v
		}
		c := *v
		c.interrupt, c.recent = nil, nil
		return &c
	}
	// One allocation, because every request needs one.
	c := &struct {
		View
		own    lists.Interrupt
		recent recent
	}{View: *v, own: lists.Interrupt{Done: done}}
	c.interrupt, c.View.recent = &c.own, &c.recent
	return &c.View
}

// Err returns an error with the code Unavailable once an iteration of the view has been ended by
// done, and nil before.
func (v *View) Err() error {
	if v.interrupt == nil || !v.interrupt.Stopped {
		return nil
	}
	return errInterrupted
}

// Interrupt returns what ends the view's iterations, for code whose own loops must end with them.
// It is nil if nothing does.
func (v *View) Interrupt() *lists.Interrupt { return v.interrupt }

// stop counts a step of an iteration, and reports whether to end it.
func (v *View) stop() bool { return v.interrupt != nil && v.interrupt.Step() }

// View resolves the arguments of a view against the snapshot. today is the UTC date for a view
// without a date. It is an error if a source does not exist or the confidence is outside 0 to 1.
func (s *Snapshot) View(v graph.View, today graph.Day) (*View, error) {
	w := &View{s: s.Graph, snapshot: s, known: s.Seq(), sure: v.Holds == graph.HoldsYes}
	var err error
	if w.on, w.mode, err = v.Days(today); err != nil {
		return nil, err
	}
	if v.KnownAt != nil {
		w.known = s.SeqAt(*v.KnownAt)
	}
	if !(v.MinConfidence >= 0 && v.MinConfidence <= 1) {
		return nil, graph.Errorf(graph.BadInput, "view.minConfidence: %v is not between 0 and 1", v.MinConfidence)
	}
	// Rounding up, so that 0.70001 excludes 0.7.
	w.minConfidence = uint16(v.MinConfidence*1e4 + 0.9999)
	if err := w.choose(v); err != nil {
		return nil, err
	}
	w.kinds = s.Kinds().Of
	w.allLive = w.on.First >= s.AllLive.First && w.on.Last <= s.AllLive.Last
	newest := w.known == s.Seq() && w.sources == nil && !w.sure && w.mode != graph.Throughout
	w.plain, w.timeless = newest && w.minConfidence == 0, newest && w.allLive
	w.readKept()
	return w, nil
}

// choose sets the sources that the view selects. It reads the dates of publication through the view
// itself, before it excludes sources by them.
func (w *View) choose(v graph.View) error {
	s := w.s
	if v.Sources != nil {
		w.sources = make(map[uint32]bool, len(v.Sources))
		for _, id := range v.Sources {
			n, ok := w.Meant(id)
			if !ok || s.TypeName(n) != schema.SourceType {
				return graph.Errorf(graph.UnknownID, "view.sources: there is no source %q; the field sources lists them", id)
			}
			w.sources[n] = true
		}
	}
	switch until := v.PublishedUntil; {
	case until.Precision() == graph.Unknown:
	case !until.Known():
		return graph.Errorf(graph.BadInput, "view.sourcesPublishedUntil: an open date names no day; give a date or leave it out")
	default:
		published, later := map[uint32]bool{}, map[uint32]bool{}
		t, _ := s.TypeNames.Number(schema.SourceType)
		for n := range s.ByType.At(uint32(t)).All() {
			switch d := s.BestDate(n, s.DatePredicate, w.sees); {
			case !d.Known():
			case d.Last() > until.Last():
				later[n] = true
			case w.sources == nil || w.sources[n]:
				published[n] = true
			}
		}
		w.sources, w.later = published, later
	}
	return nil
}

// Snapshot returns the snapshot that the view shows.
func (v *View) Snapshot() *Snapshot { return v.snapshot }

// On returns the days for which the view shows claims.
func (v *View) On() graph.Span { return v.on }

// KnownSeq returns the last sequence number that the view knows.
func (v *View) KnownSeq() graph.Seq { return v.known }

// Meant returns the entity that an id means in the view, whether or not the view shows it.
func (v *View) Meant(id graph.ID) (entity uint32, ok bool) { return v.s.Meant(id, v.known) }

// Find returns the entity that shows a value of a key, which is a code of an outside scheme. The
// key "id" is the entity's id. A source can be found by its id even if the view selects others.
func (v *View) Find(key, value string) (entity uint32, ok bool) {
	if key == "id" {
		return v.byID(graph.ID(value))
	}
	found := memory.None
	v.s.Keyed(key, value, func(n uint32) {
		if subject := v.s.Rows.Ref(n).Subject; found == memory.None && v.Holds(n) != graph.HoldsNo && v.hasValue(subject, key, value) {
			found = subject
		}
	})
	return found, found != memory.None
}

// Claims calls fn with the claims that the view shows about the entity as subject or, if inverse is
// set, as object. Their order is by predicate, then record order. The predicate "" means all
// predicates. If fn returns false, Claims ends.
func (v *View) Claims(entity uint32, predicate string, inverse bool, fn func(n uint32) bool) {
	links, run := v.s.Out.Ref(entity), v.s.OutRun
	if inverse {
		links, run = v.s.In.Ref(entity), v.s.InRun
	}
	if predicate == "" {
		for part := range links.Parts() {
			if !v.showAll(entity, part, fn) {
				return
			}
		}
		return
	}
	for part := range run(entity, v.s.PredicateNumber(predicate)).Parts() {
		if !v.showAll(entity, part, fn) {
			return
		}
	}
	// Claims that do not fit the ontology are stored aside under this name.
	if _, ok := v.s.Predicates.Number(vocabulary.Aside + predicate); ok {
		v.Claims(entity, vocabulary.Aside+predicate, inverse, fn)
	}
}

// Literals iterates over the claims about the entity that the view shows and whose value is a
// literal or none, by predicate and then in record order.
func (v *View) Literals(entity uint32) iter.Seq[uint32] {
	return func(yield func(n uint32) bool) {
		v.s.Out.Ref(entity).Has(func(l memory.Link) bool {
			return v.stop() || l.Other == memory.None && v.Shows(entity, l) && !yield(l.Claim)
		})
	}
}

// showAll calls fn with the claims of links that the view shows. It returns false if the iteration must end.
func (v *View) showAll(entity uint32, part []memory.Link, fn func(n uint32) bool) bool {
	for i := range part {
		if l := part[i]; v.stop() || v.Shows(entity, l) && !fn(l.Claim) {
			return false
		}
	}
	return true
}

// AllClaims calls fn with every claim that Lists accepts, in record order, until fn returns false.
func (v *View) AllClaims(fn func(n uint32) bool) {
	for n := uint32(0); int(n) < v.s.Rows.Len(); n++ {
		if v.stop() || v.Lists(n) && !fn(n) {
			return
		}
	}
}

// better reports whether claim a is shown instead of b. Both must be of one predicate and hold.
func (v *View) better(a, b uint32) bool { return v.precedes(a, b, false) }

// precedes reports whether claim a precedes claim b of the same predicate. The criteria are, in this
// order: no particular language, the later layer of a scenario, rank, the later period of observations, validity.Reading.Order,
// confidence, the later record, the id. If ever is true, the view's date and the record order do not
// count, and the later period precedes for every kind of claim.
func (v *View) precedes(a, b uint32, ever bool) bool {
	x, y := v.s.Rows.Ref(a), v.s.Rows.Ref(b)
	if p, q := v.foreign(x), v.foreign(y); p != q {
		return p < q
	}
	if c := v.s.CompareRanks(x, y); c != 0 {
		return c < 0
	}
	if x.Valid != y.Valid && (ever || v.timing(x).Kind == schema.Observation) {
		p, q := v.s.Times.Ref(x.Valid), v.s.Times.Ref(y.Valid)
		if c := graph.ComparePeriods(p.Interval, q.Interval); c != 0 {
			return c > 0
		}
	}
	if !ever && (x.Valid != y.Valid || x.Source != y.Source) {
		if p, q := v.reading(a, x).Order, v.reading(b, y).Order; p != q {
			return p < q
		}
	}
	if x.Confidence != y.Confidence {
		return x.Confidence > y.Confidence
	}
	if !ever && x.Seq != y.Seq {
		return x.Seq > y.Seq
	}
	return string(x.ID[:]) < string(y.ID[:])
}

// bestClaim returns the claim that a stored field of one value shows. It is None if the view shows
// no claim of the field, or if the best claim states that there is nothing.
func (v *View) bestClaim(entity uint32, f *schema.Field) uint32 {
	n := v.best(entity, memory.PredicateOf(f))
	if n != memory.None && v.s.Rows.Ref(n).Kind == graph.NoneKind {
		return memory.None
	}
	return n
}

func (v *View) best(entity uint32, p uint16) uint32 {
	return v.bestOf(entity, v.s.OutRun(entity, p))
}

// bestOf returns the claim that a field of one value shows, chosen from all its claims. It never returns a claim
// that is DEPRECATED or about less than the field asks for. No other function makes this choice.
func (v *View) bestOf(entity uint32, claims memory.Run) uint32 {
	best := memory.None
	for part, at := claims.First(); len(part) > 0; part, at = claims.After(at) {
		for _, l := range part {
			if l.Plain() && v.Shows(entity, l) && (best == memory.None || v.better(l.Claim, best)) {
				best = l.Claim
			}
		}
	}
	return best
}

// Touch prefetches the ids and names of the edges' nodes. They are scattered in memory, and the processor overlaps
// the reads of a short loop: a caller that then uses them one by one waits once instead of for each.
func (v *View) Touch(edges []Edge) {
	if v.interrupt == nil {
		return
	}
	for i := range edges {
		v.interrupt.Touched += v.s.TouchName(edges[i].Node)
	}
}

// TouchQualified prefetches like Touch, and also the qualifiers of the edges.
func (v *View) TouchQualified(edges []Edge) {
	if v.interrupt == nil {
		return
	}
	x := uint(0)
	for i := range edges {
		if e := &edges[i]; e.noted > 1 {
			x += uint(v.s.QualifierRows.Ref(e.qualifiers).Name)
		}
	}
	v.interrupt.Touched += x
	v.Touch(edges)
}
