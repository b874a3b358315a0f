package analysis

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Direction is the direction of trade.
type Direction uint8

// The directions. The zero value is for imports of a country.
const (
	Import Direction = iota
	Export
)

// The names of fields that the analysis reads.
const (
	shareField    = "share"
	resourceField = "resource"
	scopeField    = "scope"
	measureField  = "measure"
	plannedField  = "planned"
	throughField  = "through"
	broaderField  = "broader"
	partialField  = "partialFor"
)

// relations returns the relations of a direction: the one whose shares are parts of one whole, and others that
// divide the same whole differently.
func (d Direction) relations() (partners string, others []string) {
	if d == Export {
		return "exportsTo", []string{"exportsToRegion"}
	}
	return "importsFrom", []string{"importsFromRegion"}
}

// totals returns the relation that states how much of a resource a country trades in total.
func (d Direction) totals() string {
	if d == Export {
		return "exports"
	}
	return "imports"
}

// DependencyOptions says whose dependency to measure, and on which resource.
type DependencyOptions struct {
	Of graph.ID
	// Resource is the traded resource; "" means all goods together.
	Resource  graph.ID
	Direction Direction
	// Year is the year of the figures; nil means the latest year in view.
	Year *int
	// Scope and Measure say what the figures must count; "" selects figures that state none. If they are nil,
	// the analysis chooses (Dependency.Basis).
	Scope, Measure *string
	// Work bounds how many claims are read; 0 means about a second's worth.
	Work int
}

// Bounds are the lowest and the highest possible value of a share.
type Bounds struct{ Low, High float64 }

// Dependency says how a country's trade in a resource is distributed.
type Dependency struct {
	// Year is the year of the figures; nil if there is none.
	Year *int
	// Basis has the figures from which the shares are computed; nil if there are no observations.
	Basis *Figures
	// Partners are ordered by known share, the largest first, then by id.
	Partners []PartnerShare
	// Unknown is the part of the whole for which nobody states a partner.
	Unknown Bounds
	// HHI is the Herfindahl-Hirschman index, the sum of the squared shares. It is lowest if the unknown part
	// belongs to very many partners, and highest if it belongs to the largest.
	HHI Bounds
	// Conflicts are the claims that disagree beyond the tolerance of the ontology, or that a curator marked as
	// competing, in record order.
	Conflicts []uint32
	// Others are figures for the year that count something else and are therefore not used: another scope or
	// measure, plans, narrower resources.
	Others []Figures
	// Totals are the claims about the whole trade that were used to compute shares, in record order.
	Totals []uint32
	// CutOff are the sources of the basis that state that they list only some of the partners.
	CutOff []uint32
	// Weakest is the claim of the basis with the lowest confidence, or snapshot.None.
	Weakest uint32
}

// PartnerShare is what is known about one partner's share.
type PartnerShare struct {
	Partner uint32
	// Share ranges from the share that the claims state for the partner to what the other partners' claims
	// leave for it.
	Share Bounds
	// Stated has the least and the largest stated share; nil if nobody states one.
	Stated *Bounds
	// Computed has the least and the largest share computed from stated amounts and totals; nil if there are
	// none.
	Computed *Bounds
	// Report is MirrorReport if only the partner reports the trade.
	Report Report
	// Claims are the claims that state the share, in record order.
	Claims []uint32
	// Through are the parts known to pass through a country or along a way.
	Through []ThroughShare
}

// ThroughShare is a part of a partner's trade that passes through an entity.
type ThroughShare struct {
	Entity           uint32
	Stated, Computed *Bounds
	Claims           []uint32
}

// Figures are claims that count the same thing. Resource is snapshot.None if they count all goods.
type Figures struct {
	Relation       string
	Resource       uint32
	Scope, Measure string
	Planned        bool
	// Report is MirrorReport if the partners made the claims.
	Report Report
	Claims []uint32
}

// MeasureDependency returns each partner's share of a country's trade in a resource, or in all goods. If the country
// reports nothing about a partner, that partner's report of the same trade is used, but not its share, which is of its
// own trade.
//
// The bounds are those of the stated shares for one year and one basis, widened only by the part that no claim covers:
// for a resource without an observation, Unknown and HHI range from 0 to 1. Figures for a part of the year count as
// figures for the year; they can widen the bounds but never narrow them. DEPRECATED claims count only if there are no
// others. It is an error if there are more claims than the limit of work allows, because shares from a part of the
// figures would be false.
func MeasureDependency(ctx context.Context, v *snapshot.View, o DependencyOptions) (*Dependency, error) {
	d := &dependencyRun{walk: walk{ctx: ctx, work: cmp.Or(o.Work, question.WalkWork)}, v: v, o: o, out: &Dependency{Weakest: snapshot.None}}
	if err := d.prepare(); err != nil {
		return nil, err
	}
	if err := d.collect(ctx); err != nil {
		return nil, err
	}
	d.chooseYear()
	d.chooseBasis()
	d.sortOut()
	d.out.bound()
	slices.SortFunc(d.out.Partners, func(a, b PartnerShare) int {
		if c := cmp.Compare(b.Share.Low, a.Share.Low); c != 0 {
			return c
		}
		if c := cmp.Compare(b.Share.High, a.Share.High); c != 0 {
			return c
		}
		return cmp.Compare(v.Snapshot().ID(a.Partner), v.Snapshot().ID(b.Partner))
	})
	slices.Sort(d.out.Totals)
	d.disagreements()
	d.cutOff()
	return d.out, nil
}

type dependencyRun struct {
	walk
	v            *snapshot.View
	o            DependencyOptions
	of, resource uint32
	field        *schema.Field
	relations    []string
	kinds        map[uint32]bool // the resource and narrower ones
	figures      []figure
	year         int
	basis        figureKey
	used         []figure
	out          *Dependency
}

// prepare checks the options and reports every fault.
func (d *dependencyRun) prepare() error {
	var f question.Faults
	d.of = f.Entity(d.v, "of", d.o.Of)
	d.resource = snapshot.None
	if d.o.Resource != "" {
		d.resource = f.Entity(d.v, "resource", d.o.Resource)
	}
	relation, others := d.o.Direction.relations()
	d.relations = append([]string{relation}, others...)
	if d.o.Direction > Export {
		f.Add("direction", graph.BadInput, "%d is not a direction", d.o.Direction)
	}
	if d.o.Year != nil && (*d.o.Year < -9999 || *d.o.Year > 9999) {
		f.Add("year", graph.BadInput, "%d is out of range", *d.o.Year)
	}
	if d.of != snapshot.None {
		t := d.v.Snapshot().Type(d.of)
		if t != nil {
			d.field = t.Field(relation)
		}
		if d.field == nil || d.field.Kind != schema.Relation {
			var traders []string
			for _, field := range d.v.Snapshot().Ontology().Predicate(relation) {
				traders = append(traders, field.Owner.Name)
			}
			f.Add("of", graph.WrongType, "%s is of type %s; %s is stated of these types: %s", d.o.Of, d.v.Snapshot().TypeName(d.of), relation, distinct(traders))
		}
	}
	if d.resource != snapshot.None && d.field != nil {
		q := d.field.Qualifier(resourceField)
		if t := d.v.Snapshot().Type(d.resource); t == nil || q == nil || q.Target == nil || !q.Target.Includes(t) {
			f.Add("resource", graph.WrongType, "%s is of type %s, which %s cannot name as its resource", d.o.Resource, d.v.Snapshot().TypeName(d.resource), relation)
		}
	}
	return f.Err()
}

// sortOut assigns each figure for the year to its partner or to Others.
func (d *dependencyRun) sortOut() {
	var others []figureKey
	for _, f := range d.figures {
		if d.out.Basis != nil && d.counts(f) {
			d.used = append(d.used, f)
			d.out.Basis.Claims = append(d.out.Basis.Claims, f.claim)
			if d.out.Weakest == snapshot.None || f.confidence < d.v.Snapshot().Confidence(d.out.Weakest) {
				d.out.Weakest = f.claim
			}
			d.out.take(f)
			continue
		}
		if d.year != noYear && !touchesYear(d.v.Snapshot().Valid(f.claim), d.year) {
			continue
		}
		at := slices.Index(others, f.key)
		if at < 0 {
			at = len(others)
			others = append(others, f.key)
			d.out.Others = append(d.out.Others, *d.describe(f.key))
		}
		d.out.Others[at].Claims = append(d.out.Others[at].Claims, f.claim)
	}
	id := func(n uint32) graph.ID {
		if n == snapshot.None {
			return ""
		}
		return d.v.Snapshot().ID(n)
	}
	slices.SortFunc(d.out.Others, func(a, b Figures) int {
		for _, c := range [...]int{
			first(a.Resource == d.resource, b.Resource == d.resource), cmp.Compare(id(a.Resource), id(b.Resource)),
			first(a.Relation == d.relations[0], b.Relation == d.relations[0]), strings.Compare(a.Relation, b.Relation), cmp.Compare(a.Report, b.Report),
			first(!a.Planned, !b.Planned), strings.Compare(a.Scope, b.Scope), strings.Compare(a.Measure, b.Measure),
		} {
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

// disagreements sets Conflicts: the figures of one partner that differ beyond the tolerance, and the claims
// that a curator put into one group with a used figure.
func (d *dependencyRun) disagreements() {
	marked := map[uint32]bool{}
	groups := map[string]bool{}
	s := d.v.Snapshot()
	for i, f := range d.used {
		if g := s.Details(f.claim).Conflict; g != "" {
			groups[g] = true
		}
		for _, g := range d.used[:i] {
			if f.partner == g.partner && f.through == g.through && f.share.apart(d.field.Tolerance.Relative, g.share) {
				marked[f.claim], marked[g.claim] = true, true
			}
		}
	}
	for g := range groups {
		var members []uint32
		add := func(n uint32) bool {
			if d.v.Lists(n) && s.Details(n).Conflict == g {
				members = append(members, n)
			}
			return true
		}
		d.v.Claims(d.of, d.relations[0], false, add)
		if m := d.field.Mirror; m != nil {
			d.v.Claims(d.of, m.Of.Name, true, add)
		}
		if len(members) > 1 {
			for _, n := range members {
				marked[n] = true
			}
		}
	}
	for n := range marked {
		d.out.Conflicts = append(d.out.Conflicts, n)
	}
	slices.Sort(d.out.Conflicts)
}
