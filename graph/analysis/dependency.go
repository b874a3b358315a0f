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

// Direction is which way goods go.
type Direction uint8

// The directions; the zero value asks whom a country buys from.
const (
	Import Direction = iota
	Export
)

// The fields of the vocabulary that the analysis reads.
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

// relations are the relations of a direction: the one whose shares are of one
// whole, and those that part the same whole in another way.
func (d Direction) relations() (partners string, others []string) {
	if d == Export {
		return "exportsTo", []string{"exportsToRegion"}
	}
	return "importsFrom", []string{"importsFromRegion"}
}

// totals is the relation that states how much of a resource a country trades in all.
func (d Direction) totals() string {
	if d == Export {
		return "exports"
	}
	return "imports"
}

// DependencyOptions say whose dependency to measure, and on what.
type DependencyOptions struct {
	Of graph.ID
	// Resource is what is traded; "" for all goods together.
	Resource  graph.ID
	Direction Direction
	// Year is that of the figures; nil is the latest year in view.
	Year *int
	// Scope and Measure say what the figures are to count, "" for figures that
	// state none; nil leaves the choice to the analysis (Dependency.Basis).
	Scope, Measure *string
	// Work bounds how many claims are read; 0 is about a second's worth.
	Work int
}

// Bounds has the lowest and the highest possible value of a share.
type Bounds struct{ Low, High float64 }

// Dependency is how a country's trade in a resource is spread.
type Dependency struct {
	// Year is the year of the figures; nil if there is none.
	Year *int
	// Basis is what the shares are computed of; nil where nothing is observed.
	Basis *Figures
	// Partners have the largest known share first, then by id.
	Partners []PartnerShare
	// Unknown is the part of the whole of which nobody says whose it is.
	Unknown Bounds
	// HHI is the Herfindahl-Hirschman index, the sum of the squared shares:
	// least if the unknown part belongs to very many partners, greatest if it
	// belongs to the largest.
	HHI Bounds
	// Conflicts are the claims that disagree beyond the tolerance of the
	// ontology or were marked by a curator as competing, in record order.
	Conflicts []uint32
	// Others are the figures of the year that count something else, and so
	// were not mixed in: another scope or measure, plans, narrower resources.
	Others []Figures
	// Totals are the claims about the whole trade from which shares were computed, in record order.
	Totals []uint32
	// CutOff are the sources of the basis that say that they list only some of the
	// partners.
	CutOff []uint32
	// Weakest is the least confident claim of the basis, or snapshot.None.
	Weakest uint32
}

// PartnerShare is what is known of one partner's share.
type PartnerShare struct {
	Partner uint32
	// Share is from what the claims grant it to what the others leave it.
	Share Bounds
	// Stated are the least and the largest share stated; nil where nobody
	// states one.
	Stated *Bounds
	// Computed are the least and the largest share that follow from stated amounts and totals; nil where
	// there are none.
	Computed *Bounds
	// Report is MirrorReport where only the partner reports the trade.
	Report Report
	// Claims has the claims that state it, in record order.
	Claims []uint32
	// Through are the parts known to pass through a country or by a way.
	Through []ThroughShare
}

// ThroughShare is a part of a partner's trade that passes somewhere.
type ThroughShare struct {
	Entity           uint32
	Stated, Computed *Bounds
	Claims           []uint32
}

// Figures are claims that count the same thing. Resource is snapshot.None where they count all goods.
type Figures struct {
	Relation       string
	Resource       uint32
	Scope, Measure string
	Planned        bool
	// Report is MirrorReport where the claims are those of the partners.
	Report Report
	Claims []uint32
}

// MeasureDependency returns each partner's share of a country's trade in a
// resource, or in all goods. Where the country reports nothing of a partner, that partner's
// report of the same trade names it; its share of its own trade says nothing here. The bounds are those of the stated shares of one year and one
// basis, widened only by the part that no claim covers: a
// resource without an observation has Unknown and HHI from 0 to 1. Figures of
// a part of the year count as figures of the year, which can widen the bounds
// and never narrows them; DEPRECATED claims count where there are no others.
// More claims than the work allows to read are an error: shares of a part of
// the figures would be false.
func MeasureDependency(ctx context.Context, v *snapshot.View, o DependencyOptions) (*Dependency, error) {
	d := &dependencyRun{v: v, o: o, out: &Dependency{Weakest: snapshot.None}}
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
	v            *snapshot.View
	o            DependencyOptions
	of, resource uint32
	field        *schema.Field
	relations    []string
	kinds        map[uint32]bool // the resource and its narrower ones
	figures      []figure
	looked       int
	year         int
	basis        figureKey
	used         []figure
	out          *Dependency
}

// prepare checks the options; it names every fault.
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

// sortOut gives each figure of the year to its partner or to the others.
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

// disagreements are the figures of one partner that differ beyond the
// tolerance, and what a curator put into one group with a figure used.
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
