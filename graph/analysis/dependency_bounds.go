package analysis

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// take adds a figure of the basis to its partner.
func (out *Dependency) take(f figure) {
	at := slices.IndexFunc(out.Partners, func(p PartnerShare) bool { return p.Partner == f.partner })
	if at < 0 {
		at = len(out.Partners)
		out.Partners = append(out.Partners, PartnerShare{Partner: f.partner, Report: f.key.report})
	}
	p := &out.Partners[at]
	p.Claims = append(p.Claims, f.claim)
	p.Report = min(p.Report, f.key.report)
	for _, n := range f.totals {
		if !slices.Contains(out.Totals, n) {
			out.Totals = append(out.Totals, n)
		}
	}
	if f.through == snapshot.None {
		p.Stated = p.Stated.union(f.share)
		p.Computed = p.Computed.union(f.computed)
		return
	}
	at = slices.IndexFunc(p.Through, func(t ThroughShare) bool { return t.Entity == f.through })
	if at < 0 {
		at = len(p.Through)
		p.Through = append(p.Through, ThroughShare{Entity: f.through})
	}
	t := &p.Through[at]
	t.Claims = append(t.Claims, f.claim)
	t.Stated = t.Stated.union(f.share)
	t.Computed = t.Computed.union(f.computed)
}

// union returns bounds that include both; nil is empty.
func (b *Bounds) union(c *Bounds) *Bounds {
	if c != nil {
		b = b.with(c.Low).with(c.High)
	}
	return b
}

// known returns the stated bounds, or else the computed ones.
func known(stated, computed *Bounds) *Bounds {
	if stated != nil {
		return stated
	}
	return computed
}

func (b *Bounds) with(share float64) *Bounds {
	switch {
	case share < 0:
		return b
	case b == nil:
		return &Bounds{share, share}
	}
	return &Bounds{min(b.Low, share), max(b.High, share)}
}

// bound computes the intervals. The true shares and the unknown part add up to one. Each share is at least its
// least figure, so no share can exceed what the least figures of all others leave.
func (out *Dependency) bound() {
	low, high := make([]float64, len(out.Partners)), make([]float64, len(out.Partners))
	var lows, highs float64
	for i, p := range out.Partners {
		whole := known(p.Stated, p.Computed)
		if whole != nil {
			low[i], high[i] = whole.Low, whole.High
		}
		// A part of a share is a lower bound of the share. It never narrows what is stated for the share,
		// because the two may disagree.
		for _, t := range p.Through {
			switch part := known(t.Stated, t.Computed); {
			case part == nil:
			case whole == nil:
				low[i], high[i] = max(low[i], part.Low), max(high[i], part.High)
			default:
				high[i] = max(high[i], part.Low)
			}
		}
		lows += low[i]
		highs += high[i]
	}
	// If the least figures exceed the whole, not all can be right: each then counts only as far as all the
	// others leave room for it.
	sum := 0.0
	for i := range low {
		low[i] = max(0, min(low[i], question.Round(1-(lows-low[i]))))
		sum += low[i]
	}
	rest := max(0, question.Round(1-sum))
	out.Unknown = Bounds{max(0, question.Round(1-highs)), rest}
	largest, squares := 0.0, 0.0
	for i := range out.Partners {
		out.Partners[i].Share = Bounds{low[i], max(high[i], min(1, question.Round(low[i]+rest)))}
		squares += low[i] * low[i]
		largest = max(largest, low[i])
	}
	most := squares - largest*largest + (largest+rest)*(largest+rest)
	// A stated share remains possible even if the others leave no room for it.
	for _, h := range high {
		most = max(most, h*h)
	}
	out.HHI = Bounds{min(1, question.Round(squares)), min(1, question.Round(most))}
}
