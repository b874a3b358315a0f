package snapshot_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/schema"
)

// testOntology is small, so that random claims meet.
const testOntology = `
interface Entity @entity(plural: "entities") {
  name: String @time(kind: STATE, reach: "NEXT")
  aliases: [String!] @time(kind: STATE, reach: "NEXT")
}
interface Actor implements Entity { attended: [Meeting!] @inverse(of: "participants") }
type Country implements Actor & Entity @entity(plural: "countries") {
  iso2: String @time(kind: ETERNAL) @key(scheme: "iso2")
  population: Int @time(kind: OBSERVATION)
  area: Quantity @time(kind: OBSERVATION, reach: "LIFETIME")
  capital: City @time(kind: STATE, reach: "NEXT")
  founded: Date @time(kind: ETERNAL) @lifetime(subject: BEGINS)
  dissolved: Date @time(kind: ETERNAL) @lifetime(subject: ENDS)
  succeeds: [Country!] @time(kind: EVENT) @lifetime(subject: BEGINS, object: ENDS)
  ruled: [Country!] @time(kind: STATE, past: true)
  borders(lengthKm: Float @unit(code: "km")): [Country!] @time(kind: STATE) @symmetric
  exportsTo(share: Float, amount: Float, resource: Entity, scope: String @distinct @narrows): [Country!] @time(kind: OBSERVATION) @mirror(of: "importsFrom", same: "resource scope", own: "share")
  importsFrom(share: Float, amount: Float, resource: Entity, scope: String @distinct @narrows): [Country!] @time(kind: OBSERVATION) @mirror(of: "exportsTo", same: "resource scope", own: "share")
  posts: [Post!] @inverse(of: "of")
  leader: Person @derived(through: "posts", where: "role", equals: "HEAD", then: "holders")
  assets: [Asset!] @inverse(of: "owner")
}
type City implements Entity @entity(plural: "cities") { capitalOf: [Country!] @inverse(of: "capital") }
type Person implements Actor & Entity @entity(plural: "people") { holds: [Post!] @time(kind: STATE, reach: "P30D/P365D") spouse: Person @time(kind: STATE) @symmetric }
interface Asset implements Entity
type Mine implements Asset & Entity { owner: Country @time(kind: STATE, reach: "P90D/NEXT") }
type Plant implements Asset & Entity { owner: [Country!] @time(kind: STATE) }
type Post implements Entity { of: Country @time(kind: ETERNAL) role: Role @time(kind: STATE, reach: "NONE/P365D") holders: [Person!] @inverse(of: "holds") }
enum Role { HEAD OTHER }
type Meeting implements Entity {
  start: Date @time(kind: ETERNAL)
  founded: Date @time(kind: ETERNAL)
  participants(role: Role): [Actor!] @time(kind: EVENT)
  series: [Int!] @time(kind: OBSERVATION)
  costs(scope: String @distinct @narrows, share: Float): [Quantity!] @time(kind: OBSERVATION)
}
type Source implements Entity { date: Date @time(kind: ETERNAL) coversUntil: Date @time(kind: ETERNAL) completeFor: [String!] @time(kind: ETERNAL) partialFor: [String!] @time(kind: ETERNAL) maintains: [String!] @time(kind: ETERNAL) covers: [Country!] @time(kind: STATE) }
enum Unit { km @measures(dimension: "length") m @measures(dimension: "length", factor: 0.001) JPY @measures(dimension: "currency") USD @measures(dimension: "currency") }
`

// model is the graph as a plain list of claims: slow and obvious.
type model struct {
	o       *schema.Ontology
	types   map[graph.ID]string
	claims  []*fact
	byID    map[graph.ClaimID]*fact
	commits []graph.Commit
}

type fact struct {
	graph.Claim
	id         graph.ClaimID
	seq, ended graph.Seq
	n          int
}

func newModel(o *schema.Ontology) *model {
	return &model{o: o, types: map[graph.ID]string{}, byID: map[graph.ClaimID]*fact{}}
}

func (m *model) add(c graph.Commit) {
	for _, e := range c.Entities {
		m.types[e.ID] = e.Type
	}
	state := func(cl graph.Claim) {
		f := &fact{Claim: cl, id: cl.ID(), seq: c.Seq, n: len(m.claims)}
		m.claims = append(m.claims, f)
		m.byID[f.id] = f
	}
	for _, cl := range c.Claims {
		state(cl)
		for _, old := range cl.Supersedes {
			m.byID[old].ended = c.Seq
		}
	}
	for _, r := range c.Retractions {
		m.byID[r.Claim].ended = c.Seq
	}
	for _, r := range c.Reinstatements {
		state(m.byID[r.Claim].Claim)
	}
	m.commits = append(m.commits, c)
}

// lens is a view over the model.
type lens struct {
	m     *model
	view  graph.View
	today graph.Day
	known graph.Seq
	held  map[*fact]graph.Holds
	timed map[*fact]*graphtest.Dated
}

func (m *model) lens(v graph.View, today graph.Day) *lens {
	l := &lens{m: m, view: v, today: today, known: graph.Seq(len(m.commits))}
	if v.KnownAt != nil {
		l.known = 0
		for _, c := range m.commits {
			if !c.At.After(*v.KnownAt) {
				l.known = c.Seq
			}
		}
	}
	return l
}

func (l *lens) visible() []*fact {
	var fs []*fact
	for _, f := range l.m.claims {
		if l.holds(f) != graph.HoldsNo {
			fs = append(fs, f)
		}
	}
	return fs
}

// listed are the claims that lists may hold: those of the view's sources only.
func (l *lens) listed() []*fact {
	return slices.DeleteFunc(l.visible(), func(f *fact) bool {
		return !l.selected(f.Source)
	})
}

func (l *lens) exists(id graph.ID) bool {
	return slices.ContainsFunc(l.listed(), func(f *fact) bool {
		return f.Subject == id || f.Value.Entity() == id || f.Source == id ||
			slices.ContainsFunc(f.Qualifiers, func(q graph.QualifierValue) bool { return q.Value.Entity() == id })
	})
}

var ranks = map[graph.Rank]int{graph.Preferred: 0, graph.Normal: 1, graph.Deprecated: 2}

// period is what orders observations: the end, then the begin; an open or
// unknown end after a known begin is last, no dates at all are first.
func period(iv graph.Interval) [2]graph.Day {
	end := graph.FirstDay
	if iv.To.Known() {
		end = iv.To.Last()
	} else if iv.From.Known() {
		end = graph.LastDay
	}
	return [2]graph.Day{end, iv.From.First()}
}

// better compares two claims of one predicate: negative where a is to be shown.
func (l *lens) better(a, b *fact) int {
	if c := cmp.Compare(ranks[a.Rank], ranks[b.Rank]); c != 0 {
		return c
	}
	if l.field(a).Time == schema.Observation {
		p, q := period(a.Valid), period(b.Valid)
		if c := cmp.Or(cmp.Compare(q[0], p[0]), cmp.Compare(q[1], p[1])); c != 0 {
			return c
		}
	}
	first, last := l.on()
	if c := l.dated(a).Compare(l.dated(b), first, last); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(b.Confidence, a.Confidence),
		cmp.Compare(b.seq, a.seq),
		cmp.Compare(string(a.id[:]), string(b.id[:])))
}

// plain reports whether plain fields and lists may show the claim.
func (l *lens) plain(f *fact, narrow bool) bool {
	return f.Rank != graph.Deprecated && (narrow || !l.narrow(f))
}

// narrow reports whether the claim is about less than its field asks for.
func (l *lens) narrow(f *fact) bool {
	from, to := f.Valid.From, f.Valid.To
	if l.field(f).Time == schema.Observation && from.Known() && to.Known() && (from != to || partOfYear(from.String())) && to.Last()-from.First() < 349 {
		return true
	}
	for _, q := range f.Qualifiers {
		if l.field(f).Qualifier(q.Name).Narrows && q.Value != graph.BoolValue(false) {
			return true
		}
	}
	return false
}

// partOfYear reports whether the month of a date is a season, a quarter or the like.
func partOfYear(date string) bool { return len(date) == len("2021-33") && date[5:] > "12" }

func (l *lens) pick(fs []*fact) *fact {
	fs = slices.DeleteFunc(slices.Clone(fs), func(f *fact) bool { return !l.plain(f, false) })
	if len(fs) == 0 {
		return nil
	}
	return slices.MinFunc(fs, l.better)
}

func (l *lens) of(id graph.ID, predicate string) []*fact {
	var fs []*fact
	for _, f := range l.visible() {
		if f.Subject == id && f.Predicate == predicate {
			fs = append(fs, f)
		}
	}
	return fs
}

func (l *lens) name(id graph.ID) string {
	if f := l.pick(l.of(id, "name")); f != nil {
		return f.Value.Text()
	}
	var best *fact
	for _, f := range l.m.claims {
		if f.Subject != id || f.Predicate != "name" || !l.recorded(f) || l.embargoed(f.Source) {
			continue
		}
		if best == nil {
			best = f
			continue
		}
		p, q := period(f.Valid), period(best.Valid)
		if cmp.Or(cmp.Compare(ranks[f.Rank], ranks[best.Rank]), cmp.Compare(q[0], p[0]), cmp.Compare(q[1], p[1]),
			cmp.Compare(best.Confidence, f.Confidence), cmp.Compare(string(f.id[:]), string(best.id[:]))) < 0 {
			best = f
		}
	}
	if best == nil {
		return string(id)
	}
	return best.Value.Text()
}

// edge is one edge of the model.
type edge struct {
	node   graph.ID
	claim  *fact
	from   graph.ID // the subject
	mirror bool     // the claim is one of the node
}

// edges is where a relation leads: what it states, what another entity's side
// of it shows, or what is read along others.
func (l *lens) edges(id graph.ID, f *schema.Field, series, narrow bool) []edge {
	var es []edge
	switch {
	case f.Kind == schema.Inverse:
		for _, subject := range slices.Sorted(maps.Keys(l.m.types)) {
			typ := l.m.o.Type(l.m.types[subject])
			if stated := typ.Field(f.InverseOf[0].Name); stated != nil && f.Target.Includes(typ) {
				for _, e := range l.leads(subject, stated, series, narrow) {
					if e.node == id {
						es = append(es, edge{node: subject, claim: e.claim, from: subject})
					}
				}
			}
		}
		return es
	case f.Kind == schema.Derived && !l.lives(id):
		return nil
	case f.Kind == schema.Derived:
		for _, mid := range l.leads(id, f.Path.Through, false, false) {
			where := l.m.o.Type(l.m.types[mid.node]).Field(f.Path.Where)
			if slices.ContainsFunc(l.shown(mid.node, where), func(c *fact) bool { return c.Value.Text() == f.Path.Equals }) {
				es = append(es, l.leads(mid.node, f.Path.Then, false, false)...)
			}
		}
	case f.Symmetric:
		es = l.touching(id, f)
	default:
		for _, c := range stating(l.of(id, f.Name)) {
			es = append(es, edge{node: c.Value.Entity(), claim: c, from: id})
		}
		es = append(es, l.mirrored(id, f)...)
	}
	if series {
		return es
	}
	groups := map[string][]edge{}
	for _, e := range es {
		if !l.plain(e.claim, narrow) || l.stale(e, es, f, narrow) {
			continue
		}
		key := string(e.node) + "\x00" + l.slot(e.seen())
		groups[key] = append(groups[key], e)
	}
	var kept []edge
	for _, g := range groups {
		kept = append(kept, slices.MinFunc(g, func(a, b edge) int {
			if a.mirror != b.mirror {
				return map[bool]int{true: 1, false: -1}[a.mirror]
			}
			return l.better(a.claim, b.claim)
		}))
	}
	return kept
}

// leads is where a relation of one value, or of many, leads.
func (l *lens) leads(id graph.ID, f *schema.Field, series, narrow bool) []edge {
	if f.Many {
		return l.edges(id, f, series, narrow)
	}
	if e := l.one(id, f); e != nil {
		return []edge{*e}
	}
	return nil
}

// touching are the claims of a symmetric relation that state it of the entity,
// from either side, as edges to the other.
func (l *lens) touching(id graph.ID, f *schema.Field) []edge {
	var es []edge
	for _, c := range l.visible() {
		if c.Predicate != f.Name || c.Value == graph.NoneValue() {
			continue
		}
		if c.Subject == id {
			es = append(es, edge{node: c.Value.Entity(), claim: c, from: id})
		}
		if c.Value.Entity() == id {
			es = append(es, edge{node: c.Subject, claim: c, from: id})
		}
	}
	return es
}

// slot is the distinct qualifiers of a claim as text, and of an observation
// the kinds of the figures it states.
func (l *lens) slot(c *fact) string {
	f := l.m.o.Type(l.m.types[c.Subject]).Field(c.Predicate)
	var parts []string
	for _, q := range f.Qualifiers {
		v := c.Qualifier(q.Name)
		if q.Distinct {
			parts = append(parts, v.Kind().String(), v.String())
		} else if f.Time == schema.Observation {
			parts = append(parts, v.Kind().String())
		}
	}
	return strings.Join(parts, "\x00")
}

// one is where a relation of one leads. A symmetric one leads somewhere only
// where it leads back.
func (l *lens) one(id graph.ID, f *schema.Field) *edge {
	best := func(id graph.ID) *edge {
		es := slices.DeleteFunc(l.edges(id, f, true, false), func(e edge) bool { return !l.plain(e.claim, false) })
		if len(es) == 0 {
			return nil
		}
		e := slices.MinFunc(es, func(a, b edge) int { return l.better(a.claim, b.claim) })
		if n := l.pick(denying(l.of(id, f.Name))); f.Stored() && n != nil && l.better(n, e.claim) < 0 {
			return nil
		}
		return &e
	}
	e := best(id)
	if e != nil && f.Symmetric {
		if back := best(e.node); back == nil || back.claim != e.claim {
			return nil
		}
	}
	return e
}

// shown are the claims that a property of one value, or of many, shows.
func (l *lens) shown(id graph.ID, f *schema.Field) []*fact {
	if f.Many {
		return l.values(id, f)
	}
	if best := l.stated(id, f); best != nil {
		return []*fact{best}
	}
	return nil
}

// values are the claims that a property of many values shows.
func (l *lens) values(id graph.ID, f *schema.Field) []*fact {
	groups := map[string][]*fact{}
	for _, c := range stating(l.of(id, f.Name)) {
		key := c.Value.String()
		if f.Time == schema.Observation {
			key = l.slot(c)
			if f.Scalar == schema.Quantity {
				key += " in " + c.Value.Text()
			}
		}
		groups[key] = append(groups[key], c)
	}
	var kept []*fact
	for _, g := range groups {
		if f := l.pick(g); f != nil {
			kept = append(kept, f)
		}
	}
	return kept
}
