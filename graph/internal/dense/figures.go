package dense

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
)

// Figures says what to compute from the edges that a query keeps.
type Figures struct {
	// Tests are conditions that an edge must meet to be kept. If Whole is true, the filters have no other
	// conditions.
	Tests []filter.Qualifier
	Whole bool
	// Sums requests the sum of a Column, and Ends also its least and greatest number.
	Sums, Ends bool
	Column     uint32
}

// All calls fn with the edges that the filters keep, until fn returns false. required returns the filters'
// tests of qualifiers. Shown must be as for Figures.
func (k *List[L, E]) All(required func() ([]filter.Qualifier, bool), fn func(E) bool) {
	tests, whole := required()
	for part := range k.Run.Parts {
		in := k.shown(part)
		if all := k.pass(part, tests, in) && whole; !k.each(part, in, all, fn) || !k.eachOdd(part, fn) || k.Stop() {
			return
		}
	}
}

// Figures counts the edges that the filters keep and sums them up. For links that are not odd, the columns in
// Shown must decide what the view shows.
func (k *List[L, E]) Figures(f Figures) (st aggregate.Stats, n int) {
	add := func(e E) bool {
		n++
		if f.Sums {
			st.AddCell(k.CellOf(e, f.Column), k.Text)
		}
		return true
	}
	for part := range k.Run.Parts {
		if k.Stop() {
			break
		}
		in := k.shown(part)
		x := (*Numbers)(nil)
		if f.Sums {
			x = k.numbers(part, f.Column)
		}
		if f.Whole && !f.Ends && len(f.Tests) == 1 && (x != nil || !f.Sums) {
			sums, column, y := &st, f.Column, x
			if !f.Sums { // the steps of the tested column have the counts
				sums, column = new(aggregate.Stats), uint32(f.Tests[0].Qualifier.Number)
				y = k.numbers(part, column)
			}
			if m, ok := k.sumSteps(part, f.Tests[0], column, y, in, sums); ok {
				n += m
				continue
			}
		}
		if all := k.pass(part, f.Tests, in) && f.Whole; all && (x != nil || !f.Sums) {
			if n += in.Len(); x != nil {
				x.AddTo(&st, in, k.unitOf(x.Kind, x.Unit), f.Ends)
			}
		} else {
			k.each(part, in, all, add)
		}
		k.eachOdd(part, add)
	}
	st.Settle(k.Ontology)
	return st, n
}

// sumSteps sums up a part of which the view shows every edge, by running sums ordered by the only tested
// column. ok is false if there are no such sums.
func (k *List[L, E]) sumSteps(part int, t filter.Qualifier, column uint32, x *Numbers, in Set, st *aggregate.Stats) (n int, ok bool) {
	by, r, exact := k.rangeOf(part, t)
	if !exact || in.Len() < k.Run.Parts[part].N {
		return 0, false
	}
	steps := k.Run.Parts[part].stepsOf(k.Budget, uint32(t.Qualifier.Number), column, by, x)
	if steps == nil {
		return 0, false
	}
	return steps.addTo(st, &r), true
}

// unitOf returns the unit of a quantity, or "" for other kinds.
func (k *List[L, E]) unitOf(kind graph.Kind, unit uint32) string {
	if kind == graph.QuantityKind {
		return k.Text(unit)
	}
	return ""
}
