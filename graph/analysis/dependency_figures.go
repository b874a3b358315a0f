package analysis

import (
	"cmp"
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// figure is one claim in the form that the analysis uses.
type figure struct {
	claim, partner, through uint32
	key                     figureKey
	share                   *Bounds  // nil if it states none
	computed                *Bounds  // from its amount and the stated totals; nil if that is impossible
	totals                  []uint32 // the claims that state the totals
	year                    int      // the year of its period; noYear if the period is not within a year
	confidence              float64
}

// hasShare reports whether the figure has a stated or computed share.
func (f *figure) hasShare() bool { return f.share != nil || f.computed != nil }

type figureKey struct {
	relation, scope, measure string
	resource                 uint32
	planned                  bool
	report                   Report
}

const noYear = -1 << 31

// collect reads the figures about the resource and narrower ones, and the partners' figures where the country
// reports nothing. Without a resource, it reads the figures about all goods.
func (d *dependencyRun) collect(ctx context.Context) error {
	if err := d.narrower(ctx); err != nil {
		return err
	}
	own := newReports(d.v, d.field)
	for _, relation := range d.relations {
		err := d.read(ctx, relation, false, func(n uint32) {
			if d.field.Mirror != nil && relation == d.relations[0] {
				own.add(n)
			}
			if f, ok := d.figure(relation, n, OwnReport); ok {
				d.figures = append(d.figures, f)
			}
		})
		if err != nil {
			return err
		}
	}
	if m := d.field.Mirror; m != nil {
		err := d.read(ctx, m.Of.Name, true, func(n uint32) {
			if !own.answers(n) {
				return
			}
			if f, ok := d.figure(d.relations[0], n, MirrorReport); ok {
				d.figures = append(d.figures, f)
			}
		})
		if err != nil {
			return err
		}
	}
	slices.SortFunc(d.figures, func(a, b figure) int { return cmp.Compare(a.claim, b.claim) })
	d.figures = standing(d.v, d.figures)
	return d.computeShares(ctx)
}

// read calls fn with the claims of a relation with the country as subject or, if inverse is set, as object.
func (d *dependencyRun) read(ctx context.Context, relation string, inverse bool, fn func(n uint32)) error {
	d.v.Claims(d.of, relation, inverse, func(n uint32) bool {
		if !d.tick() {
			return false
		}
		fn(n)
		return true
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.spent {
		return graph.Errorf(graph.LimitWork, "dependency: %s has more figures than the %d that one answer may read; ask for a view of fewer sources or a higher confidence", d.o.Of, d.work)
	}
	return nil
}

// narrower finds the resources that are narrower than the resource.
func (d *dependencyRun) narrower(ctx context.Context) error {
	if d.resource == snapshot.None {
		return nil // all goods include every resource
	}
	d.kinds = map[uint32]bool{d.resource: true}
	for todo := []uint32{d.resource}; len(todo) > 0; todo = todo[1:] {
		if err := ctx.Err(); err != nil {
			return err
		}
		d.v.Claims(todo[0], broaderField, true, func(n uint32) bool {
			if x := d.v.Snapshot().Subject(n); d.v.Lists(n) && !d.kinds[x] {
				d.kinds[x] = true
				todo = append(todo, x)
			}
			return true
		})
	}
	return nil
}

func (d *dependencyRun) figure(relation string, n uint32, report Report) (figure, bool) {
	s := d.v.Snapshot()
	_, resource := s.Qualifier(n, resourceField)
	if !d.v.Lists(n) || s.IsNone(n) || d.kinds != nil && !d.kinds[resource] {
		return figure{}, false
	}
	text := func(name string) string {
		q, _ := s.Qualifier(n, name)
		return q.Text()
	}
	planned, _ := s.Qualifier(n, plannedField)
	f := figure{claim: n, partner: s.Object(n), year: noYear, confidence: s.Confidence(n), key: figureKey{
		relation: relation, resource: resource, scope: text(scopeField), measure: text(measureField), planned: planned.Bool(), report: report,
	}}
	_, f.through = s.Qualifier(n, throughField)
	// A share above 1 is not used in the computation, but its claim is shown. A partner's share is of another whole.
	if q, _ := s.Qualifier(n, shareField); report == OwnReport {
		f.share = shareOf(q)
	}
	if report == MirrorReport {
		f.partner = s.Subject(n)
	}
	if y, ok := s.Valid(n).Year(); ok {
		f.year = y
	}
	return f, true
}

// shareOf returns a share; of a range, the part that is from 0 to 1. It returns nil for any other value.
func shareOf(v graph.Value) *Bounds {
	r, ok := v.Range()
	if !ok || r.Least() && (r.Min < 0 || r.Min > 1) || r.Most() && (r.Max < 0 || r.Max > 1) {
		return nil
	}
	return &Bounds{max(0, r.Min), min(1, r.Max)}
}

// standing removes DEPRECATED figures if another figure is about the same partner, year and thing.
func standing(v *snapshot.View, figures []figure) []figure {
	deprecated := func(f figure) bool { return v.Snapshot().Rank(f.claim) == graph.Deprecated }
	type slot struct {
		key              figureKey
		partner, through uint32
		year             int
	}
	slotOf := func(f figure) slot { return slot{f.key, f.partner, f.through, f.year} }
	better := map[slot]bool{}
	for _, f := range figures {
		if !deprecated(f) {
			better[slotOf(f)] = true
		}
	}
	return slices.DeleteFunc(figures, func(f figure) bool { return deprecated(f) && better[slotOf(f)] })
}
