package codec

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// listedGraph is a Graph of lists; withdrawn marks claims that are withdrawn.
type listedGraph struct {
	o         *schema.Ontology
	entities  []graph.Entity
	claims    []graph.Claim
	withdrawn map[graph.ClaimID]bool
}

func (g *listedGraph) Ontology() *schema.Ontology { return g.o }

func (g *listedGraph) Entities(fn func(graph.Entity) error) error {
	for _, e := range g.entities {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

func (g *listedGraph) Claims(fn func(*graph.Claim, graph.ClaimID, bool) error) error {
	for i := range g.claims {
		id := g.claims[i].ID()
		if err := fn(&g.claims[i], id, !g.withdrawn[id]); err != nil {
			return err
		}
	}
	return nil
}

func (g *listedGraph) Merged(func(graph.Merged) error) error { return nil }

func (g *listedGraph) ReasonOf(id graph.ClaimID) string {
	if g.withdrawn[id] {
		return `it was "wrong"`
	}
	return ""
}

func encoded(t testing.TB, g Graph) string {
	t.Helper()
	var b bytes.Buffer
	if err := Seed.Encode(context.Background(), &b, g); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSeedEncode(t *testing.T) {
	o := graphtest.Ontology(t)
	text := `defaults: {source: s, confidence: 0.9}
entities:
  KAZ:
    type: Country
    name: {value: Kazakhstan, at: p1}
    iso2: KZ
    population: {value: 20432662, valid: 2025, attribution: ESTIMATED}
    coordinates: "48,68"
    memberOf: [
      {_: {at: p2, role: MEMBER}}, un, {to: sco, role: OBSERVER, original: "an observer, so far"}, a1, a2, a3, a4, a5,
      a6, a7]
    exports:
      - _: {at: p3}
      - {to: gold, ranking: 1, valid: 2023}
      - {to: uranium, ranking: 2, valid: 2024}
  NOR: {type: Country}
  un:
    type: Organisation
    _: {at: "§ 7", confidence: 0.8}
    name: United Nations
    aliases: UN
    kind: INTERGOVERNMENTAL
  s:
    type: Source
    title: "Say \"No: #1\""
  gold:
    name: {value: Gold, confidence: 1}
`
	var all []graph.Op
	if err := Seed.Decode(context.Background(), "x.yaml", strings.NewReader(text), func(op graph.Op) error { all = append(all, op); return nil }); err != nil {
		t.Fatal(err)
	}
	g := &listedGraph{o: o}
	for _, op := range all {
		switch op.Kind {
		case graph.Declare:
			g.entities = append(g.entities, op.Entity)
		case graph.Assert:
			op.Claim.Normalise()
			g.claims = append(g.claims, op.Claim)
		}
	}
	// The kind as which the ontology reads the plain ids of memberOf.
	for i := range g.claims {
		if c := &g.claims[i]; c.Predicate == "memberOf" {
			c.Value = graph.EntityValue(graph.ID(c.Value.Text()))
		}
	}
	if got := encoded(t, g); got != text {
		t.Errorf("got:\n%s\nwant:\n%s", got, text)
	}
	g.withdrawn = map[graph.ClaimID]bool{g.claims[0].ID(): true}
	if got, want := encoded(t, g), text+"retract:\n  "+g.claims[0].ID().String()+": it was \"wrong\"\n"; got != strings.Replace(want, `it was "wrong"`, `"it was \"wrong\""`, 1) {
		t.Errorf("a withdrawn claim: %s\nwant: %s", got, want)
	}
	if got := encoded(t, &listedGraph{o: o}); got != "" {
		t.Errorf("an empty graph is written as %q", got)
	}
}

func TestSeedListDefaults(t *testing.T) {
	for _, c := range []struct{ text, want, fault string }{
		{text: "[{_: {role: MEMBER, at: p1}}, un, {to: sco, role: OBSERVER}]", want: "un role=MEMBER at p1; sco role=OBSERVER at p1"},
		{text: "[{_: {role: MEMBER}}]", fault: "the list states nothing"},
		{text: "[un, {_: {role: MEMBER}}]", fault: "neither to (an entity) nor value"},
		{text: "[{_: {to: un}}, sco]", fault: `"to" cannot be a default`},
		{text: "[{_: {role: [a]}}, sco]", fault: "one value is expected here, not a list"},
		{text: "[{_: un}, sco]", fault: "a mapping (key: value) is expected here"},
		{text: "[{_: {valid: soon}}, sco]", fault: `"soon"`},
	} {
		var got []string
		err := Seed.Decode(context.Background(), "x.yaml", strings.NewReader("entities: {KAZ: {memberOf: "+c.text+"}}"), func(op graph.Op) error {
			s := op.Claim.Value.String()
			for _, q := range op.Claim.Qualifiers {
				s += fmt.Sprint(" ", q.Name, "=", q.Value)
			}
			if op.Claim.Locator != "" {
				s += " at " + op.Claim.Locator
			}
			got = append(got, s)
			return nil
		})
		switch {
		case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)):
			t.Errorf("%s: %v; want %s", c.text, err, c.fault)
		case c.fault == "" && (err != nil || strings.Join(got, "; ") != c.want):
			t.Errorf("%s gives %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

// TestSeedEncodeRefuses: names that the format keeps for itself cannot be written.
func TestSeedEncodeRefuses(t *testing.T) {
	o := graphtest.Ontology(t)
	for _, c := range []graph.Claim{
		{Subject: "KAZ", Predicate: "type", Value: graph.StringValue("x"), Source: "s"},
		{Subject: "KAZ", Predicate: "name", Value: graph.StringValue("x"), Source: "s", Qualifiers: []graph.QualifierValue{{Name: "note", Value: graph.StringValue("y")}}},
	} {
		err := Seed.Encode(context.Background(), &bytes.Buffer{}, &listedGraph{o: o, claims: []graph.Claim{c}})
		if err == nil || !strings.Contains(err.Error(), "keeps") {
			t.Errorf("%s: %v", graphtest.Sentence(&c, 1), err)
		}
	}
}

// anyText returns a text that a claim may have, as it is stored. line says that it
// has only one line.
func anyText(least int, line bool) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.Bool().Draw(t, "plain") {
			words := []string{"NO", "null", "~", "1.0", "a: b", "x #y", "- z", "{}", "p. 7", "é", "два", "=", "<<", "_", "it's"}
			if !line {
				words = append(words, "a\nb", "a\n  b\n\nc")
			}
			return rapid.SampledFrom(words).Draw(t, "word")
		}
		s := text.Clean(rapid.StringN(least, 20, -1).Draw(t, "text"))
		if len(s) < least || text.Fault(s, line) != "" {
			s = "x"
		}
		return s
	})
}

// anyClaim returns a claim of Kazakhstan that the ontology accepts.
func anyClaim(t *rapid.T) graph.Claim {
	maybe := func(g *rapid.Generator[string]) string {
		if rapid.IntRange(0, 3).Draw(t, "some") > 0 {
			return ""
		}
		return g.Draw(t, "text")
	}
	c := graph.Claim{
		Subject: "KAZ", Source: graph.ID(rapid.SampledFrom([]string{"s1", "s2"}).Draw(t, "source")),
		Locator: rapid.SampledFrom([]string{"", "p1", "p 2"}).Draw(t, "locator"), AttributedTo: maybe(anyText(0, true)), Original: maybe(anyText(0, false)),
		Conflict: maybe(anyText(0, true)), Note: maybe(anyText(0, false)),
		Confidence: float64(rapid.SampledFrom([]int{10000, 9000, 8000, 1234}).Draw(t, "confidence")) / 1e4,
		Rank:       graph.Rank(rapid.IntRange(0, 2).Draw(t, "rank") / 2), Attribution: graph.Attribution(rapid.IntRange(0, 3).Draw(t, "attribution")),
	}
	iv, err := graph.ParseInterval(rapid.SampledFrom([]string{"", "2023", "2019-03-20/..", "/2010", "2001~/2002-05", "../.."}).Draw(t, "valid"))
	if err != nil {
		t.Fatal(err)
	}
	c.Valid = iv
	qualifier := func(name string, v graph.Value) {
		if rapid.Bool().Draw(t, name) {
			c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: name, Value: v})
		}
	}
	entity := graph.EntityValue(graph.ID(rapid.SampledFrom([]string{"e1", "e2", "e3"}).Draw(t, "entity")))
	number := rapid.Float64Range(-1e6, 1e6).Draw(t, "number")
	switch rapid.IntRange(0, 7).Draw(t, "field") {
	case 0:
		c.Predicate, c.Value = "aliases", graph.StringValue(anyText(1, true).Draw(t, "alias"))
		qualifier("lang", graph.StringValue(rapid.SampledFrom([]string{"no", "kk", "zh-Hant", "en-GB"}).Draw(t, "lang")))
	case 1:
		c.Predicate, c.Value = "area", graph.QuantityValue(math.Abs(number), "km2")
	case 2:
		c.Predicate, c.Value = "population", graph.IntValue(rapid.Int64Range(0, schema.MaxLong).Draw(t, "people"))
	case 3:
		c.Predicate, c.Value = "landlocked", graph.BoolValue(rapid.Bool().Draw(t, "landlocked"))
	case 4:
		c.Predicate, c.Value, c.Valid = "coordinates", graph.CoordinatesValue(number/1e5, number/1e4), graph.Interval{}
	case 5:
		d, _ := graph.ParseDate(rapid.SampledFrom([]string{"1991-12-16", "1991", "20XX?"}).Draw(t, "date"))
		c.Predicate, c.Value, c.Valid = "independence", graph.DateValue(d), graph.Interval{}
	case 6:
		c.Predicate, c.Value = "memberOf", entity
		qualifier("role", graph.EnumOf(rapid.SampledFrom([]string{"MEMBER", "OBSERVER"}).Draw(t, "role")))
	default:
		c.Predicate, c.Value = "exports", graph.EntityValue(graph.ID(rapid.SampledFrom([]string{"g1", "g2"}).Draw(t, "good")))
		qualifier("share", graph.FloatValue(math.Abs(number/1e6)))
		qualifier("quantity", graph.QuantityValue(math.Abs(number), "bcm"))
		qualifier("ranking", graph.IntValue(1+int64(math.Abs(number))))
	}
	c.Normalise()
	return c
}

// A graph that is written and read again is the same, and is written the same again.
func TestSeedRoundTrip(t *testing.T) {
	o := graphtest.Ontology(t)
	entities := []graph.Entity{
		{ID: "s1", Type: "Source"}, {ID: "s2", Type: "Source"}, {ID: "KAZ", Type: "Country"}, {ID: "e1", Type: "Organisation"},
		{ID: "e2", Type: "Organisation"}, {ID: "e3", Type: "Organisation"}, {ID: "g1", Type: "Resource"}, {ID: "g2", Type: "Resource"},
	}
	rapid.Check(t, func(rt *rapid.T) {
		g := &listedGraph{o: o, entities: entities}
		have := map[graph.ClaimID]bool{}
		for range rapid.IntRange(0, 25).Draw(rt, "claims") {
			if c := anyClaim(rt); !have[c.ID()] {
				have[c.ID()] = true
				g.claims = append(g.claims, c)
			}
		}
		text := encoded(t, g)
		res, err := graphtest.Checked(t, func(emit Emit) error {
			return Seed.Decode(context.Background(), "x.yaml", strings.NewReader(text), emit)
		})
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		if got, want := sentencesOf(res.Commit.Claims), sentencesOf(g.claims); !slices.Equal(got, want) {
			rt.Fatalf("read:\n%s\nwritten:\n%s\nas:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), text)
		}
		if len(res.Commit.Entities) != len(entities) {
			rt.Fatalf("%d entities, want %d", len(res.Commit.Entities), len(entities))
		}
		again := &listedGraph{o: o, entities: res.Commit.Entities, claims: res.Commit.Claims}
		if second := encoded(t, again); second != text {
			rt.Fatalf("written again:\n%s\nfirst:\n%s", second, text)
		}
	})
}

func sentencesOf(claims []graph.Claim) []string {
	all := make([]string, len(claims))
	for i := range claims {
		all[i] = fmt.Sprintf("%+v", claims[i])
	}
	slices.Sort(all)
	return all
}

// A scalar is read as it was, in any position.
func FuzzSeedScalar(f *testing.F) {
	for _, s := range []string{"", "a", "null", "1.5", "a: b", "kz.json#Government/Capital", "x, y", "\u2028", "\x7f", "\U0001F600", "é", "don't", "a  b", "2024-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		for _, form := range []string{"%s", "[%s, x]", "{k: %s, l: x}", "{%s: x}"} {
			if form == "{%s: x}" && len(s) > 200 {
				continue // ids and names are short, and YAML wants keys to be
			}
			var n yaml.Node
			if err := yaml.Unmarshal(fmt.Appendf(nil, form, seedScalar(s)), &n); err != nil {
				t.Fatalf("%q as %s: %v", s, seedScalar(s), err)
			}
			v := n.Content[0]
			switch form {
			case "%s":
			case "{k: %s, l: x}":
				v = v.Content[1]
			default:
				v = v.Content[0]
			}
			if v.Value != s || v.Tag == "!!null" && form != "{%s: x}" {
				t.Fatalf("%q as %s is read as %q (%s)", s, seedScalar(s), v.Value, v.Tag)
			}
		}
	})
}
