package analysis_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// worldOntology is small, so that random claims meet, disagree and connect.
const worldOntology = `
interface Entity @entity(plural: "entities") {
  name: String @time(kind: STATE)
  aliases: [String!] @time(kind: STATE)
}
type Country implements Entity @entity(plural: "countries") {
  title(lang: String): String @time(kind: STATE)
  iso2: String @time(kind: ETERNAL) @code
  founded: Date @time(kind: ETERNAL) @lifetime(subject: BEGINS) @tolerance(days: 3)
  ended: Date @time(kind: ETERNAL) @lifetime(subject: ENDS) @notBefore(field: "founded")
  currency: String @time(kind: STATE, reach: "NEXT") @code
  population: Int @time(kind: OBSERVATION) @tolerance(relative: 0.3)
  area: Quantity @time(kind: OBSERVATION) @tolerance(relative: 0.1)
  levels(scope: String @distinct, of: Resource): [Quantity!] @time(kind: OBSERVATION)
  capital: City @time(kind: STATE) @tolerance(days: 20)
  place: City @time(kind: EVENT)
  borders(lengthKm: Float @unit(code: "km")): [Country!] @time(kind: STATE) @symmetric @tolerance(relative: 0.1)
  memberOf(role: String): [Club!] @time(kind: STATE)
  leads: [Club!] @time(kind: STATE, reach: "P30D/P365D") @tolerance(days: 3) @exclusive(seats: "seats")
  importsFrom(share: Float, quantity: Quantity, resource: Resource, measure: Measure @distinct, scope: String @distinct, through: Entity, planned: Boolean @distinct): [Country!] @time(kind: OBSERVATION) @mirror(of: "exportsTo", same: "resource measure", own: "share") @tolerance(relative: 0.3)
  exportsTo(share: Float, quantity: Quantity, resource: Resource, measure: Measure @distinct): [Country!] @time(kind: OBSERVATION) @mirror(of: "importsFrom", same: "resource measure", own: "share")
  imports(quantity: Quantity, measure: Measure @distinct, scope: String @distinct): [Resource!] @time(kind: OBSERVATION)
}
enum Measure { MINED REFINED }
type City implements Entity @entity(plural: "cities") { twin: [City!] @time(kind: STATE) @symmetric at: Coordinates @time(kind: STATE) @tolerance(km: 5) }
type Club implements Entity {
  seat: City @time(kind: STATE)
  seats: Int @time(kind: STATE)
  memberCount(scope: String @distinct): [Quantity!] @time(kind: OBSERVATION, reach: "LIFETIME") @counts(of: "members", unit: "countries", where: "role", values: "full founder")
  members: [Country!] @inverse(of: "memberOf")
}
type Resource implements Entity { broader: [Resource!] @time(kind: ETERNAL) @transitive }
type Source implements Entity { date: Date @time(kind: ETERNAL) publisher: String @time(kind: STATE) home: Country @time(kind: STATE) }
enum Unit { km @measures(dimension: "length") m @measures(dimension: "length", factor: 0.001) JPY @measures(dimension: "currency") countries @measures(dimension: "count") }
`

var (
	pool = graphtest.Pool{
		"Country": {"AAA", "BBB", "CCC", "DDD"}, "City": {"x-town", "y-town"}, "Club": {"club-1", "club-2"},
		"Resource": {"ore", "pure-ore", "gas"}, "Source": {"src-1", "src-2", "src-3"},
	}
	worldToday = graph.DayDate(2024, 5, 1).First()
	worldEpoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
)

func world(t testing.TB) *schema.Ontology {
	t.Helper()
	o, err := schema.Load("world.graphql", worldOntology)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func pick[T any](t *rapid.T, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(t, label)
}

func parseDate(text string) graph.Date {
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func drawLiteral(t *rapid.T, s schema.Scalar, e *schema.Enum) graph.Value {
	switch s {
	case schema.Int:
		return graph.IntValue(int64(rapid.IntRange(0, 5).Draw(t, "int")))
	case schema.Float:
		return graph.FloatValue(float64(rapid.IntRange(0, 11).Draw(t, "float")) / 10)
	case schema.Boolean:
		return graph.BoolValue(rapid.Bool().Draw(t, "bool"))
	case schema.Quantity:
		return graph.QuantityValue(float64(pick(t, "quantity", 0, 1, 2, 1000, 1050)), pick(t, "unit", "km", "m", "JPY"))
	case schema.Date:
		return graph.DateValue(graphtest.DrawDate(t, "date", true))
	case schema.Coordinates:
		return graph.CoordinatesValue(float64(rapid.IntRange(0, 2).Draw(t, "lat"))/50, 0)
	case schema.EnumValue:
		return graph.EnumOf(rapid.SampledFrom(e.Values).Draw(t, "enum").Name)
	}
	return graph.StringValue(pick(t, "text", "Alpha", "alpha", "Beta"))
}

func drawWorldClaim(t *rapid.T, o *schema.Ontology) graph.Claim {
	e := rapid.SampledFrom(pool.Entities()).Draw(t, "subject")
	var fields []*schema.Field
	for _, f := range o.Type(e.Type).Fields {
		// Dates of sources are drawn once (drawWorld).
		if f.Stored() && f.Name != "date" {
			fields = append(fields, f)
		}
	}
	f := rapid.SampledFrom(fields).Draw(t, "field")
	c := graph.Claim{
		Subject: e.ID, Predicate: f.Name, Source: pick(t, "source", pool["Source"]...),
		Confidence: pick(t, "confidence", 0.3, 0.7, 0.7, 1), Locator: pick(t, "locator", "", "p1"),
		Rank: pick(t, "rank", graph.Normal, graph.Normal, graph.Normal, graph.Preferred, graph.Deprecated),
	}
	if e.Type == "Source" && rapid.Bool().Draw(t, "of itself") {
		c.Source = e.ID
	}
	if f.Kind == schema.Relation {
		c.Value = graph.EntityValue(rapid.SampledFrom(pool.Of(f.Target)).Draw(t, "object"))
	} else {
		c.Value = drawLiteral(t, f.Scalar, f.Enum)
	}
	for _, q := range f.Qualifiers {
		switch {
		// Most figures are actual; few are planned.
		case q.Name == "planned" && rapid.IntRange(0, 4).Draw(t, q.Name) > 0,
			q.Name != "resource" && q.Name != "share" && rapid.IntRange(0, 2).Draw(t, q.Name) > 0:
			continue
		case q.Target != nil:
			c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: q.Name, Value: graph.EntityValue(rapid.SampledFrom(pool.Of(q.Target)).Draw(t, "qualifier"))})
		default:
			c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: q.Name, Value: drawLiteral(t, q.Scalar, q.Enum)})
		}
	}
	if f.Time != schema.Eternal {
		c.Valid = graphtest.DrawInterval(t)
		if rapid.Bool().Draw(t, "one period") {
			c.Valid.To = c.Valid.From
		}
	}
	c.Conflict = pick(t, "conflict", "", "", "", "group-1", "group-2")
	return c
}

// drawWorld is a snapshot of a random history that graph.Check accepted.
func drawWorld(t *rapid.T, o *schema.Ontology, most int) *snapshot.Snapshot {
	first := &graph.Commit{Entities: pool.Entities()}
	for _, id := range pool["Source"] {
		// Each source has one date, so that the date that attests claims without an end does
		// not depend on the view.
		if d := graphtest.DrawDate(t, "published", false); d.Known() {
			first.Claims = append(first.Claims, graph.Claim{Subject: id, Predicate: "date", Value: graph.DateValue(d), Source: id, Confidence: 1})
		}
	}
	s := apply(t, snapshot.Empty(o), first)
	for range rapid.IntRange(1, 3).Draw(t, "commits") {
		s = drawCommit(t, o, s, most)
	}
	return s
}

// drawCommit is the snapshot after one more random commit.
func drawCommit(t *rapid.T, o *schema.Ontology, s *snapshot.Snapshot, most int) *snapshot.Snapshot {
	var ch graph.Change
	var standing []graph.ClaimID
	if err := s.Claims(func(c *graph.Claim, id graph.ClaimID, live bool) error {
		if live && c.Predicate != "date" {
			standing = append(standing, id)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for range rapid.IntRange(0, most).Draw(t, "claims") {
		c := drawWorldClaim(t, o)
		if len(standing) > 0 && rapid.IntRange(0, 6).Draw(t, "supersede") == 0 {
			c.Supersedes = []graph.ClaimID{rapid.SampledFrom(standing).Draw(t, "old")}
		}
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: c})
	}
	if len(standing) > 0 && rapid.Bool().Draw(t, "retract") {
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: rapid.SampledFrom(standing).Draw(t, "retracted")}})
	}
	// A claim withdrawn twice, or a circle of broader, is refused.
	if res, problems := graph.Check(o, s.State(), &ch); problems == nil {
		s = apply(t, s, &res.Commit)
	}
	return s
}

type fataler interface {
	Helper()
	Fatal(args ...any)
}

func apply(t fataler, s *snapshot.Snapshot, c *graph.Commit) *snapshot.Snapshot {
	t.Helper()
	c.Seq = s.Seq() + 1
	c.At = worldEpoch.Add(time.Duration(c.Seq) * time.Hour)
	next, err := s.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func drawWorldView(t *rapid.T, s *snapshot.Snapshot) *snapshot.View {
	return look(t, s, drawLens(t, s))
}

func drawLens(t *rapid.T, s *snapshot.Snapshot) graph.View {
	var v graph.View
	if rapid.Bool().Draw(t, "asOf") {
		v.AsOf = graphtest.DrawDate(t, "on", true)
	}
	if rapid.IntRange(0, 3).Draw(t, "knownAt") == 0 {
		at := worldEpoch.Add(time.Duration(rapid.IntRange(1, int(s.Seq())).Draw(t, "hours"))*time.Hour + time.Minute)
		v.KnownAt = &at
	}
	v.MinConfidence = pick(t, "minConfidence", 0, 0, 0.5)
	if rapid.IntRange(0, 3).Draw(t, "sources") == 0 {
		v.Sources = rapid.SliceOfNDistinct(rapid.SampledFrom(pool["Source"]), 1, 2, rapid.ID).Draw(t, "of")
	}
	return v
}

func look(t fataler, s *snapshot.Snapshot, v graph.View) *snapshot.View {
	t.Helper()
	w, err := s.View(v, worldToday)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// only is the view of a store that never learned what v does not list. It keeps
// the dates of sources, which decide how long claims without an end hold.
func only(t fataler, o *schema.Ontology, v *snapshot.View) *snapshot.View {
	t.Helper()
	return onlyThose(t, o, v, v.Lists)
}

func onlyThose(t fataler, o *schema.Ontology, v *snapshot.View, keep func(n uint32) bool) *snapshot.View {
	t.Helper()
	s := v.Snapshot()
	c, own, sources := graph.Commit{}, false, []graph.ID{}
	if err := s.Entities(func(e graph.Entity) error { c.Entities = append(c.Entities, e); return nil }); err != nil {
		t.Fatal(err)
	}
	for n := range uint32(s.ClaimCount()) {
		claim := s.ClaimAt(n)
		claim.Supersedes = nil
		switch {
		case keep(n):
		case claim.Predicate == "date" && v.Holds(n) != graph.HoldsNo:
			own = true // a source may always speak of itself, although no list has it
		case claim.Predicate == "date":
			claim.Confidence = 0 // it dates its source, and the view below hides it
		default:
			continue
		}
		if keep(n) && !slices.Contains(sources, claim.Source) {
			sources = append(sources, claim.Source)
		}
		c.Claims = append(c.Claims, claim)
	}
	next := apply(t, snapshot.Empty(o), &c)
	lens := graph.View{AsOf: spanDate(v.On()), MinConfidence: 0.1}
	if own {
		lens.Sources = sources
	}
	w, err := next.View(lens, worldToday)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// spanDate is the date that stands for the days.
func spanDate(on graph.Span) graph.Date {
	day := on.First.Date()
	for _, text := range []string{day.String(), day.String()[:7], day.String()[:4], day.String()[:3] + "X", day.String()[:4] + "-34", day.String()[:4] + "-28"} {
		if d := parseDate(text); d.Span() == on {
			return d
		}
	}
	panic(fmt.Sprint("no date stands for ", on))
}

// ids are the ids of claims, to compare answers of two snapshots.
func ids(v *snapshot.View, claims []uint32) []string {
	var list []string
	for _, n := range claims {
		list = append(list, v.Snapshot().ClaimID(n).String())
	}
	return list
}

func equal[T any](t fataler, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Fatal(what + ":\ngot  " + g + "\nwant " + w)
	}
}
