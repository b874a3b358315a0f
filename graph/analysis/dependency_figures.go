package analysis

import (
	"cmp"
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// figure is one claim as the analysis reads it.
type figure struct {
	claim, partner, through uint32
	key                     figureKey
	share                   float64 // -1: it states none
	year                    int     // of its period; noYear where it is within none
	confidence              float64
}

type figureKey struct {
	relation, scope, measure string
	resource                 uint32
	planned                  bool
}

const noYear = -1 << 31

// collect reads the figures about the resource and its narrower ones.
func (d *dependencyRun) collect(ctx context.Context) error {
	if err := d.narrower(ctx); err != nil {
		return err
	}
	looked, work := 0, cmp.Or(d.o.Work, question.WalkWork)
	for _, relation := range d.relations {
		d.v.Claims(d.of, relation, false, func(n uint32) bool {
			if looked++; looked > work || looked%question.CheckEvery == 0 && ctx.Err() != nil {
				return false
			}
			if f, ok := d.figure(relation, n); ok {
				d.figures = append(d.figures, f)
			}
			return true
		})
		if err := ctx.Err(); err != nil {
			return err
		}
		if looked > work {
			return graph.Errorf(graph.LimitWork, "dependency: %s has more figures than the %d that one answer may read; ask for a view of fewer sources or a higher confidence", d.o.Of, work)
		}
	}
	slices.SortFunc(d.figures, func(a, b figure) int { return cmp.Compare(a.claim, b.claim) })
	d.figures = standing(d.v, d.figures)
	return nil
}

// narrower finds the resources that the resource comprises.
func (d *dependencyRun) narrower(ctx context.Context) error {
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

func (d *dependencyRun) figure(relation string, n uint32) (figure, bool) {
	s := d.v.Snapshot()
	_, resource := s.Qualifier(n, resourceField)
	if !d.v.Lists(n) || resource == snapshot.None || !d.kinds[resource] {
		return figure{}, false
	}
	text := func(name string) string {
		q, _ := s.Qualifier(n, name)
		return q.Text()
	}
	planned, _ := s.Qualifier(n, plannedField)
	f := figure{claim: n, partner: s.Object(n), share: -1, year: noYear, confidence: s.Confidence(n), key: figureKey{
		relation: relation, resource: resource, scope: text(scopeField), measure: text(measureField), planned: planned.Bool(),
	}}
	_, f.through = s.Qualifier(n, throughField)
	// A share above 1 is not used in the computation, but its claim is shown.
	if q, _ := s.Qualifier(n, shareField); q.Kind() != graph.NoKind && q.Float() >= 0 && q.Float() <= 1 {
		f.share = q.Float()
	}
	if y, ok := s.Valid(n).Year(); ok {
		f.year = y
	}
	return f, true
}

// standing drops DEPRECATED figures where another one says what they do of the
// same partner and year.
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
