package analysis

import (
	"cmp"
	"slices"
)

// eligible reports whether the figure may belong to the basis, in any year.
func (d *dependencyRun) eligible(f *figure) bool {
	k := f.key
	return k.relation == d.relations[0] && k.resource == d.resource && !k.planned && f.year != noYear &&
		(d.o.Scope == nil || *d.o.Scope == k.scope) && (d.o.Measure == nil || *d.o.Measure == k.measure)
}

// chooseYear chooses the latest year in which the country itself reports a share; if there is none, the latest
// with any figure that it reports; if there is none, the latest with a figure that its partners report.
func (d *dependencyRun) chooseYear() {
	d.year = noYear
	if d.o.Year != nil {
		d.year = *d.o.Year
	} else {
		best := -1
		for i := range d.figures {
			f := &d.figures[i]
			if !d.eligible(f) {
				continue
			}
			merit := 0
			if f.key.report == OwnReport {
				merit = 1
				if f.hasShare() {
					merit = 2
				}
			}
			switch {
			case merit > best:
				best, d.year = merit, f.year
			case merit == best:
				d.year = max(d.year, f.year)
			}
		}
	}
	if d.year != noYear {
		y := d.year
		d.out.Year = &y
	}
}

// support says how well a set of figures is supported.
type support struct {
	key               figureKey
	shares            bool
	sources, partners map[uint32]bool
	confidence        float64
}

// chooseBasis chooses the figures that count the whole trade, if there are any, else the best supported ones:
// by independent sources, then by the number of partners, then by confidence. Figures with shares come first.
func (d *dependencyRun) chooseBasis() {
	var all []*support
	for i := range d.figures {
		f := &d.figures[i]
		if !d.eligible(f) || f.year != d.year {
			continue
		}
		at := slices.IndexFunc(all, func(s *support) bool { return s.key == f.key })
		if at < 0 {
			at = len(all)
			all = append(all, &support{key: f.key, sources: map[uint32]bool{}, partners: map[uint32]bool{}})
		}
		s := all[at]
		s.shares = s.shares || f.hasShare()
		s.sources[d.v.Snapshot().Source(f.claim)] = true
		s.partners[f.partner] = true
		s.confidence += f.confidence
	}
	if len(all) == 0 {
		return
	}
	d.basis = slices.MinFunc(all, func(a, b *support) int {
		whole := func(s *support) bool { return s.key.scope == "" && s.key.measure == "" }
		for _, c := range [...]int{
			cmp.Compare(a.key.report, b.key.report), first(a.shares, b.shares), first(whole(a), whole(b)),
			cmp.Compare(len(b.sources), len(a.sources)), cmp.Compare(len(b.partners), len(a.partners)),
			cmp.Compare(b.confidence, a.confidence), cmp.Compare(a.key.scope, b.key.scope),
		} {
			if c != 0 {
				return c
			}
		}
		return cmp.Compare(a.key.measure, b.key.measure)
	}).key
	d.out.Basis = d.describe(d.basis)
}

// first orders true before false.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func (d *dependencyRun) describe(k figureKey) *Figures {
	return &Figures{Relation: k.relation, Resource: k.resource, Scope: k.scope, Measure: k.measure, Planned: k.planned, Report: k.report}
}

// counts reports whether a figure is for the year and counts what the basis counts. A partner's report is used
// with the country's own figures if both may count the same.
func (d *dependencyRun) counts(f figure) bool {
	if f.year != d.year {
		return false
	}
	k := f.key
	if k.report == MirrorReport && d.basis.report == OwnReport {
		k.report = OwnReport
		if k.measure == "" || d.basis.measure == "" {
			k.measure = d.basis.measure
		}
	}
	return k == d.basis
}

// cutOff finds the sources of the basis that state that they list only some of the partners.
func (d *dependencyRun) cutOff() {
	if d.out.Basis == nil || d.out.Basis.Report == MirrorReport {
		return
	}
	s := d.v.Snapshot()
	asked := map[uint32]bool{}
	for _, n := range d.out.Basis.Claims {
		source := s.Source(n)
		if asked[source] || s.Predicate(n) != d.relations[0] {
			continue
		}
		asked[source] = true
		d.v.Claims(source, partialField, false, func(m uint32) bool {
			if s.Value(m).Text() != s.Predicate(n) {
				return true
			}
			d.out.CutOff = append(d.out.CutOff, source)
			return false
		})
	}
}
