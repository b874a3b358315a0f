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
)

// relations are the relations of a direction: the one whose shares are of one
// whole, and those that part the same whole in another way.
func (d Direction) relations() (partners string, others []string) {
	if d == Export {
		return "exportsTo", []string{"exportsToRegion"}
	}
	return "importsFrom", []string{"importsFromRegion"}
}

// DependencyOptions say whose dependency to measure, and on what.
type DependencyOptions struct {
	Of, Resource graph.ID
	Direction    Direction
	// Year is that of the figures; nil is the latest year in view.
	Year *int
	// Scope and Measure say what the figures are to count, "" for figures that
	// state none; nil leaves the choice to the analysis (Dependency.Basis).
	Scope, Measure *string
	// Work bounds how many claims are read; 0 is about a second's worth.
	Work int
}

// Bounds are the least and the most that a share can be.
type Bounds struct{ Low, High float64 }

// Dependency is how a country's trade in a resource is spread.
type Dependency struct {
	// Year is the year of the figures; nil where there is none.
	Year *int
	// Basis is what the shares are computed of; nil where nothing is observed.
	Basis *Figures
	// Partners have the largest known share first, then by id.
	Partners []PartnerShare
	// Unknown is the part of the whole of which nobody says whose it is.
	Unknown Bounds
	// HHI is the Herfindahl-Hirschman index, the sum of the squared shares:
	// least where the unknown part is spread over ever so many, most where it
	// belongs to the largest.
	HHI Bounds
	// Conflicts are the claims that disagree beyond the tolerance of the
	// ontology or were marked by a curator as competing, in record order.
	Conflicts []uint32
	// Others are the figures of the year that count something else, and so
	// were not mixed in: another scope or measure, plans, narrower resources.
	Others []Figures
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
	// Claims are those behind it, in record order.
	Claims []uint32
	// Through are the parts known to pass through a country or by a way.
	Through []ThroughShare
}

// ThroughShare is a part of a partner's trade that passes somewhere.
type ThroughShare struct {
	Entity uint32
	Stated *Bounds
	Claims []uint32
}

// Figures are claims that count the same thing.
type Figures struct {
	Relation       string
	Resource       uint32
	Scope, Measure string
	Planned        bool
	Claims         []uint32
}

// figure is one claim as the analysis reads it.
type figure struct {
	claim, partner, through uint32
	key                     figureKey
	share                   float64 // -1: it states none
	year                    int     // of its period; noYear where it lies within none
	confidence              float64
}

type figureKey struct {
	relation, scope, measure string
	resource                 uint32
	planned                  bool
}

const noYear = -1 << 31

// MeasureDependency tells how much of a country's trade in a resource each
// partner has. The bounds are those of the stated shares of one year and one
// basis, widened by the part that nobody accounts for and by nothing else: a
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
	d.disagreements()
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
	year         int
	basis        figureKey
	used         []figure
	out          *Dependency
}

// prepare checks the options; it names every fault.
func (d *dependencyRun) prepare() error {
	var f question.Faults
	d.of = f.Entity(d.v, "of", d.o.Of)
	d.resource = f.Entity(d.v, "resource", d.o.Resource)
	relation, others := d.o.Direction.relations()
	d.relations = append([]string{relation}, others...)
	if d.o.Direction > Export {
		f.Add("direction", graph.BadInput, "%d is no direction", d.o.Direction)
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
	// A share beyond the whole is no figure to compute with; its claim still shows.
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

// eligible tells whether the figure may be of the basis, whatever its year.
func (d *dependencyRun) eligible(f *figure) bool {
	k := f.key
	return k.relation == d.relations[0] && k.resource == d.resource && !k.planned && f.year != noYear &&
		(d.o.Scope == nil || *d.o.Scope == k.scope) && (d.o.Measure == nil || *d.o.Measure == k.measure)
}

// chooseYear takes the latest year for which a share is stated, or else the
// latest with any figure.
func (d *dependencyRun) chooseYear() {
	d.year = noYear
	if d.o.Year != nil {
		d.year = *d.o.Year
	} else {
		stated := false
		for i := range d.figures {
			f := &d.figures[i]
			switch {
			case !d.eligible(f):
			case f.share >= 0 && !stated:
				stated, d.year = true, f.year
			case (f.share >= 0) == stated:
				d.year = max(d.year, f.year)
			}
		}
	}
	if d.year != noYear {
		y := d.year
		d.out.Year = &y
	}
}

// support is how well a set of figures is founded.
type support struct {
	key               figureKey
	shares            bool
	sources, partners map[uint32]bool
	confidence        float64
}

// chooseBasis takes the figures that count the whole trade, where there are
// any, else those best supported: by independent sources, then by the number
// of partners, then by confidence. What states shares goes before the rest.
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
		s.shares = s.shares || f.share >= 0
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
			first(a.shares, b.shares), first(whole(a), whole(b)),
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

// first puts what is true before what is not.
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
	return &Figures{Relation: k.relation, Resource: k.resource, Scope: k.scope, Measure: k.measure, Planned: k.planned}
}

// sortOut gives each figure of the year to its partner or to the others.
func (d *dependencyRun) sortOut() {
	var others []figureKey
	for _, f := range d.figures {
		if d.out.Basis != nil && f.key == d.basis && f.year == d.year {
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
	id := d.v.Snapshot().ID
	slices.SortFunc(d.out.Others, func(a, b Figures) int {
		for _, c := range [...]int{
			first(a.Resource == d.resource, b.Resource == d.resource), cmp.Compare(id(a.Resource), id(b.Resource)),
			first(a.Relation == d.relations[0], b.Relation == d.relations[0]), strings.Compare(a.Relation, b.Relation),
			first(!a.Planned, !b.Planned), strings.Compare(a.Scope, b.Scope), strings.Compare(a.Measure, b.Measure),
		} {
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

// take adds a figure of the basis to what is known of its partner.
func (out *Dependency) take(f figure) {
	at := slices.IndexFunc(out.Partners, func(p PartnerShare) bool { return p.Partner == f.partner })
	if at < 0 {
		at = len(out.Partners)
		out.Partners = append(out.Partners, PartnerShare{Partner: f.partner})
	}
	p := &out.Partners[at]
	p.Claims = append(p.Claims, f.claim)
	if f.through == snapshot.None {
		p.Stated = p.Stated.with(f.share)
		return
	}
	at = slices.IndexFunc(p.Through, func(t ThroughShare) bool { return t.Entity == f.through })
	if at < 0 {
		at = len(p.Through)
		p.Through = append(p.Through, ThroughShare{Entity: f.through})
	}
	t := &p.Through[at]
	t.Claims = append(t.Claims, f.claim)
	t.Stated = t.Stated.with(f.share)
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

// bound computes the intervals. True shares add up to one with what nobody
// accounts for; each is at least the least that is stated of it, so that none
// can exceed what the least of all the others leaves.
func (out *Dependency) bound() {
	low, high := make([]float64, len(out.Partners)), make([]float64, len(out.Partners))
	var lows, highs float64
	for i, p := range out.Partners {
		if p.Stated != nil {
			low[i], high[i] = p.Stated.Low, p.Stated.High
		}
		// A part bounds the whole from below. It never narrows what is stated
		// of the whole: they may disagree.
		for _, t := range p.Through {
			switch {
			case t.Stated == nil:
			case p.Stated == nil:
				low[i], high[i] = max(low[i], t.Stated.Low), max(high[i], t.Stated.High)
			default:
				high[i] = max(high[i], t.Stated.Low)
			}
		}
		lows += low[i]
		highs += high[i]
	}
	// Where the least figures exceed the whole not all can be right: each
	// holds only as far as all the others would leave room for it.
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
	// A stated share that the others leave no room for is still one that somebody states.
	for _, h := range high {
		most = max(most, h*h)
	}
	out.HHI = Bounds{min(1, question.Round(squares)), min(1, question.Round(most))}
}

// disagreements are the figures of one partner that differ beyond the
// tolerance, and what a curator put into one group with a figure used.
func (d *dependencyRun) disagreements() {
	marked := map[uint32]bool{}
	groups := map[string]bool{}
	s := d.v.Snapshot()
	for i, f := range d.used {
		if g := s.Conflict(f.claim); g != "" {
			groups[g] = true
		}
		for _, g := range d.used[:i] {
			if f.partner == g.partner && f.through == g.through && f.share >= 0 && g.share >= 0 &&
				farApart(d.field.Tolerance.Relative, f.share, g.share) {
				marked[f.claim], marked[g.claim] = true, true
			}
		}
	}
	for g := range groups {
		var members []uint32
		d.v.Claims(d.of, d.relations[0], false, func(n uint32) bool {
			if d.v.Lists(n) && s.Conflict(n) == g {
				members = append(members, n)
			}
			return true
		})
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
