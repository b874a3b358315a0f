package snapshot

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/schema"
)

// View is one request's lens on a snapshot. It is cheap to make, never
// changes, and may be shared between goroutines.
type View struct {
	s             *memory.Graph
	snapshot      *Snapshot // the same, for readers
	on            graph.Span
	mode          graph.Mode
	sure          bool // only what surely holds
	known         graph.Seq
	minConfidence uint16
	sources       map[uint32]bool // nil: all
	later         map[uint32]bool // the sources that are published later than the view asks
	kinds         []vocabulary.Predicate
	kept          map[uint16][]kept // by predicate
	plain         bool              // all that is known now, of every source and confidence
	allLive       bool              // no entity begins after the view's date or ends before it
	planning      planning
	interrupt     *lists.Interrupt // nil: nothing ends a walk
	timeless      bool             // it shows what cards have (written.go)
	recent        *recent          // nil: the view is shared between goroutines
}

// errInterrupted is the error of a query whose request has ended.
var errInterrupted = graph.Errorf(graph.Unavailable, "the request ended before the answer was found")

// WithDone returns the view for one goroutine, whose walks end when done is closed. With nil, nothing
// ends them: that is for what outlives a request or is shared between goroutines. What an ended walk
// has found is not the answer: queries return an error, and after every other walk the caller must
// check Err.
func (v *View) WithDone(done <-chan struct{}) *View {
	if done == nil {
		if v.interrupt == nil {
			return v
		}
		c := *v
		c.interrupt, c.recent = nil, nil
		return &c
	}
	// In one piece, since every request has one.
	c := &struct {
		View
		own    lists.Interrupt
		recent recent
	}{View: *v, own: lists.Interrupt{Done: done}}
	c.interrupt, c.View.recent = &c.own, &c.recent
	return &c.View
}

// Err is an error with the code Unavailable once a walk of the view was stopped, and nil before.
func (v *View) Err() error {
	if v.interrupt == nil || !v.interrupt.Stopped {
		return nil
	}
	return errInterrupted
}

// Interrupt is what ends the walks of the view, for code whose own walks must end with them; nil if
// nothing does.
func (v *View) Interrupt() *lists.Interrupt { return v.interrupt }

// stop counts a step of a walk and reports whether to end it.
func (v *View) stop() bool { return v.interrupt != nil && v.interrupt.Step() }

// View resolves a lens against the snapshot. today is the UTC date for a view
// without a date. Sources that do not exist are an error, and so is a
// confidence outside 0 to 1.
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
	// Round up, so that 0.70001 does not let 0.7 pass.
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

// choose reads the sources that the view selects. The dates of publication are themselves read through
// the view, before sources are left out by them.
func (w *View) choose(v graph.View) error {
	s := w.s
	if v.Sources != nil {
		w.sources = make(map[uint32]bool, len(v.Sources))
		for _, id := range v.Sources {
			n, ok := s.Number(id)
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

// Snapshot is what the view looks at.
func (v *View) Snapshot() *Snapshot { return v.snapshot }

// On is the days the view looks at.
func (v *View) On() graph.Span { return v.on }

// KnownSeq is the last sequence number the view knows of.
func (v *View) KnownSeq() graph.Seq { return v.known }

// Find is the entity that shows the value of a key, a code of an outside scheme.
// The key "id" is the entity's id, by which a source can be read about even where
// the view chooses others.
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

// Claims calls fn with the claims about the entity as subject, or as object
// where inverse, that the view shows, in the order of predicate and record. A
// predicate of "" is every one. fn ends the walk by returning false.
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
	// Also those that do not fit the ontology.
	if _, ok := v.s.Predicates.Number(vocabulary.Aside + predicate); ok {
		v.Claims(entity, vocabulary.Aside+predicate, inverse, fn)
	}
}

// Literals returns the claims about the entity with a literal as their value, or with none, that the
// view shows, in the order of predicate and record.
func (v *View) Literals(entity uint32) iter.Seq[uint32] {
	return func(yield func(n uint32) bool) {
		v.s.Out.Ref(entity).Has(func(l memory.Link) bool {
			return v.stop() || l.Other == memory.None && v.Shows(entity, l) && !yield(l.Claim)
		})
	}
}

// showAll calls fn with the claims of links that the view shows, and reports whether the
// walk goes on.
func (v *View) showAll(entity uint32, part []memory.Link, fn func(n uint32) bool) bool {
	for i := range part {
		if l := part[i]; v.stop() || v.Shows(entity, l) && !fn(l.Claim) {
			return false
		}
	}
	return true
}

// AllClaims calls fn with every claim the view lists, in record order.
func (v *View) AllClaims(fn func(n uint32) bool) {
	for n := uint32(0); int(n) < v.s.Rows.Len(); n++ {
		if v.stop() || v.Lists(n) && !fn(n) {
			return
		}
	}
}

// QualifiedBy calls fn with every claim the view lists, in record order, that names the
// entity by a qualifier. fn ends the walk by returning false.
func (v *View) QualifiedBy(entity uint32, fn func(n uint32) bool) {
	for n := range v.s.Cited.At(entity).All() {
		if v.stop() {
			return
		}
		for _, e := range v.s.QualifierEntities(n) {
			if e == entity {
				if v.Lists(n) && !fn(n) {
					return
				}
				break
			}
		}
	}
}

// better reports whether claim a is to be shown rather than b, both being of one predicate and
// both holding.
func (v *View) better(a, b uint32) bool { return v.precedes(a, b, false) }

// precedes compares two claims of one predicate: first comes the one in no particular language, then by
// rank, the later period of observations, validity.Reading.Order, confidence, the later recorded, the
// id. If ever is true, neither the view's date nor the order of recording counts: the later period
// precedes in every kind of claims.
func (v *View) precedes(a, b uint32, ever bool) bool {
	x, y := v.s.Rows.Ref(a), v.s.Rows.Ref(b)
	if p, q := v.foreign(x), v.foreign(y); p != q {
		return p < q
	}
	if x.Rank != y.Rank {
		return rankOrder[x.Rank] < rankOrder[y.Rank]
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

var rankOrder = [...]int{graph.Preferred: 0, graph.Normal: 1, graph.Deprecated: 2}

// bestClaim is the claim that a stored field of one value shows; None where the
// view shows no claim of it, or one that says that there is nothing.
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

// bestOf is the claim that a field of one value of the entity shows, of all that
// there are of it: never one that is DEPRECATED, or about less than the field asks
// for. Nothing else decides that.
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

// Touch reads the ids and names of the nodes ahead. They are scattered over the memory, which serves
// the reads of a short loop in parallel: a caller that then uses them one by one waits once, not for
// each.
func (v *View) Touch(edges []Edge) {
	if v.interrupt == nil {
		return
	}
	for i := range edges {
		v.interrupt.Touched += v.s.TouchName(edges[i].Node)
	}
}

// TouchQualified is Touch for the qualifiers of edges as well.
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
