package analysis

import (
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// The qualifiers with the amounts of a claim about trade.
var amounts = [...]string{"value", "quantity"}

// total is a claim about the whole trade of a country in the resource.
type total struct {
	claim           uint32
	measure, amount string
	unit            *schema.Unit
	number          float64
	first, last     graph.Day
}

// computeShares computes the share of the figures that state an amount but no share, from the stated total of
// the same period, measure and kind of amount. Figures for a part of the trade, and plans, get none.
func (d *dependencyRun) computeShares(ctx context.Context) error {
	if d.resource == snapshot.None || !slices.ContainsFunc(d.figures, d.lacksShare) {
		return nil
	}
	var totals []total
	err := d.read(ctx, d.o.Direction.totals(), false, func(n uint32) { totals = append(totals, d.total(n)...) })
	if err != nil {
		return err
	}
	for i := range d.figures {
		if f := &d.figures[i]; d.lacksShare(*f) {
			d.compute(f, totals)
		}
	}
	return nil
}

// lacksShare reports whether the figure states no share and one could be computed.
func (d *dependencyRun) lacksShare(f figure) bool {
	return f.share == nil && f.key.scope == "" && !f.key.planned && f.key.resource == d.resource && f.year != noYear
}

// total returns a claim as a total for each of its amounts. It returns none for a part, a plan or a total of
// something else.
func (d *dependencyRun) total(n uint32) (found []total) {
	s := d.v.Snapshot()
	_, through := s.Qualifier(n, throughField)
	planned, _ := s.Qualifier(n, plannedField)
	if scope, _ := s.Qualifier(n, scopeField); s.Object(n) != d.resource || !d.v.Lists(n) || s.Rank(n) == graph.Deprecated ||
		through != snapshot.None || planned.Bool() || scope.Text() != "" {
		return nil
	}
	measure, _ := s.Qualifier(n, measureField)
	for _, name := range amounts {
		if q, _ := s.Qualifier(n, name); q.Kind() == graph.QuantityKind && q.Float() > 0 {
			iv := s.Valid(n)
			found = append(found, total{n, measure.Text(), name, s.Ontology().Units[q.Text()], q.Float(), iv.From.First(), iv.To.Last()})
		}
	}
	return found
}

// compute sets the share of a figure. A part that exceeds the total contradicts it and gets no share.
func (d *dependencyRun) compute(f *figure, totals []total) {
	s := d.v.Snapshot()
	iv := s.Valid(f.claim)
	for _, t := range totals {
		q, _ := s.Qualifier(f.claim, t.amount)
		amount, ok := q.Range()
		if !ok || q.Text() == "" || t.measure != f.key.measure || t.first != iv.From.First() || t.last != iv.To.Last() {
			continue
		}
		u := s.Ontology().Units[q.Text()]
		if u == nil || t.unit == nil || !u.Converts(t.unit) {
			continue
		}
		amount.Min, amount.Max = graph.Convert(amount.Min, u, t.unit)/t.number, graph.Convert(amount.Max, u, t.unit)/t.number
		share := shareOf(graph.RangeValue(amount, ""))
		if share == nil {
			continue
		}
		f.computed = f.computed.union(share)
		if !slices.Contains(f.totals, t.claim) {
			f.totals = append(f.totals, t.claim)
		}
	}
}
