package values_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/internal/values"
	"github.com/caspian-kg/caspian/schema"
)

// claims are values of claims, each by its number, and the ids of their subjects.
type claims struct {
	o      *schema.Ontology
	values []graph.Value
	ids    []graph.ID
}

func (c *claims) Ontology() *schema.Ontology { return c.o }
func (c *claims) Value(n uint32) graph.Value { return c.values[n] }
func (c *claims) ID(n uint32) graph.ID       { return c.ids[n] }

// value is what an entry is sorted by.
func (c *claims) value(e values.Entry) graph.Value {
	if e.Claim == values.NoClaim {
		return graph.StringValue(string(c.ids[e.Subject]))
	}
	return c.values[e.Claim]
}

// compare is the order that the package promises, and shares nothing with it but the
// order of values.
func (c *claims) compare(order values.Order, a, b values.Entry) int {
	return cmp.Or(c.compareValues(order, c.value(a), c.value(b)), cmp.Compare(c.ids[a.Subject], c.ids[b.Subject]), cmp.Compare(a.Claim, b.Claim))
}

func (c *claims) compareValues(order values.Order, x, y graph.Value) int {
	if order == values.ByBytes {
		return strings.Compare(x.Text(), y.Text())
	}
	return graph.Compare(c.o, &x, &y)
}

var texts = rapid.OneOf(
	rapid.StringMatching(`[a-cA-C' ]{0,5}`),
	rapid.StringMatching(`(Ka|Kaz|kaz|Қаз)[ab ]{0,9}`),
	rapid.StringOfN(rapid.RuneFrom([]rune("aAåÅäßsæłIiıḱ\u0300ѐиЙσςΣªŉ'’ -‐")), 0, 6, -1),
	rapid.StringOfN(rapid.RuneFrom([]rune("日本한กเहिإ\u200d\ufe0f")), 0, 4, -1))

// drawValue draws a value of a kind, or now and then of another.
func drawValue(t *rapid.T, kind graph.Kind, any bool) graph.Value {
	if any && rapid.IntRange(0, 9).Draw(t, "other") == 0 {
		kind = rapid.SampledFrom([]graph.Kind{graph.IntKind, graph.FloatKind, graph.StringKind, graph.DateKind, graph.QuantityKind}).Draw(t, "kind")
	}
	number := rapid.SampledFrom([]float64{-1e300, -2.5, -1, 0, 0.009, 0.5, 1, 2, 1000, 2000, 1 << 53})
	switch kind {
	case graph.IntKind:
		return graph.IntValue(rapid.SampledFrom([]int64{-1 << 63, -5, -1, 0, 1, 2, 3, 1<<53 + 1, 1<<63 - 1}).Draw(t, "int"))
	case graph.FloatKind:
		return graph.FloatValue(number.Draw(t, "float"))
	case graph.BoolKind:
		return graph.BoolValue(rapid.Bool().Draw(t, "bool"))
	case graph.DateKind:
		d := graphtest.DrawDate(t, "date", true)
		if any && rapid.IntRange(0, 9).Draw(t, "open") == 0 {
			d = rapid.SampledFrom([]graph.Date{graph.OpenDate, graph.OpenStart}).Draw(t, "end")
		}
		return graph.DateValue(d)
	case graph.QuantityKind:
		return graph.QuantityValue(number.Draw(t, "amount"), rapid.SampledFrom([]string{"km", "m", "USD", "EUR", "t", "lost"}).Draw(t, "unit"))
	case graph.EnumKind:
		return graph.EnumOf(rapid.SampledFrom([]string{"GAS", "OIL", "RAIL"}).Draw(t, "enum"))
	}
	return graph.StringValue(texts.Draw(t, "text"))
}

func drawTest(t *rapid.T, kind graph.Kind, byBytes bool) *filter.Test {
	draw := func() graph.Value { return drawValue(t, kind, true) }
	v, w := draw(), draw()
	test := &filter.Test{ByBytes: byBytes}
	switch rapid.IntRange(0, 7).Draw(t, "test") {
	case 0:
		test.Eq = &v
	case 1:
		test.In = []graph.Value{v, w, draw()}
	case 2:
		test.StartsWith = texts.Draw(t, "beginning")
	case 3:
		test.Gt = &v
	case 4:
		test.Gte, test.Lt = &v, &w
	case 5:
		test.Lte = &v
	case 6:
		test.Gt, test.Lte, test.Gte = &v, &w, &v
	case 7:
		test.Ne = &v
	}
	if kind == graph.QuantityKind && v.Kind() == graph.QuantityKind && rapid.Bool().Draw(t, "unit") {
		test.Unit = schema.MustDefault().Units["m"]
	}
	if rapid.Bool().Draw(t, "prepared") {
		test.Prepare()
	}
	return test
}

// TestIndex builds an index of random values, adds to it, and compares all that it
// answers with a look at every entry; a state before others were added as well.
func TestIndex(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		c := &claims{o: o}
		for i := range 8 {
			c.ids = append(c.ids, graph.ID(fmt.Sprint("e", (i*5)%8)))
		}
		kind := rapid.SampledFrom([]graph.Kind{graph.IntKind, graph.FloatKind, graph.BoolKind, graph.DateKind, graph.QuantityKind, graph.EnumKind, graph.StringKind, graph.StringKind, graph.StringKind}).Draw(t, "kind")
		order := values.ByKind
		switch kind {
		case graph.EnumKind:
			order = values.ByBytes
		case graph.StringKind:
			order = rapid.SampledFrom([]values.Order{values.ByBytes, values.Collated, values.Collated}).Draw(t, "order")
		}
		add := func() (list []values.Entry) {
			for range rapid.IntRange(0, 12).Draw(t, "claims") {
				e := values.Entry{Subject: uint32(rapid.IntRange(0, 7).Draw(t, "subject")), Claim: uint32(len(c.values))}
				c.values = append(c.values, drawValue(t, kind, false))
				list = append(list, e)
			}
			return list
		}
		first := add()
		if order == values.Collated {
			for n := range uint32(2) {
				first = append(first, values.Entry{Subject: n, Claim: values.NoClaim})
			}
		}
		slices.SortFunc(first, func(a, b values.Entry) int {
			return cmp.Or(cmp.Compare(c.ids[a.Subject], c.ids[b.Subject]), cmp.Compare(a.Claim, b.Claim))
		})
		type state struct {
			x    *values.Index
			want []values.Entry
		}
		states := []state{{values.Build(c, order, slices.Clone(first)), first}}
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			last := states[len(states)-1]
			list := add()
			states = append(states, state{last.x.With(c, slices.Clone(list)), slices.Concat(last.want, list)})
		}
		for _, s := range states {
			slices.SortFunc(s.want, func(a, b values.Entry) int { return c.compare(order, a, b) })
			if err := s.x.Check(c); err != nil {
				t.Fatal(err)
			}
			c.checkWalks(t, order, kind, s.x, s.want)
		}
	})
}

// checkWalks compares what is found for random tests.
func (c *claims) checkWalks(t *rapid.T, order values.Order, kind graph.Kind, x *values.Index, want []values.Entry) {
	same := func(what string, got, want []values.Entry) {
		t.Helper()
		if !slices.EqualFunc(got, want, func(a, b values.Entry) bool { return a.Subject == b.Subject && a.Claim == b.Claim }) {
			t.Fatalf("%s: %v, want %v of %v", what, got, want, c.values)
		}
	}
	test := drawTest(t, kind, order == values.ByBytes)
	r, ok := x.Within(c, test)
	if !ok {
		r = x.All()
	}
	descending := rapid.Bool().Draw(t, "descending")
	var from *values.Place
	if rapid.Bool().Draw(t, "seek") && len(want) > 0 {
		id := rapid.SampledFrom([]graph.ID{"", "e0", "e3", "e33", "e9"}).Draw(t, "from id")
		from = &values.Place{Value: c.value(rapid.SampledFrom(want).Draw(t, "from")), ID: id}
	}
	found := slices.Collect(x.InOrder(c, r, false, nil))
	for _, e := range want {
		has := slices.ContainsFunc(found, func(f values.Entry) bool { return f.Subject == e.Subject && f.Claim == e.Claim })
		if test.Passes(c.o, c.value(e)) && !has {
			t.Fatalf("%v passes the test %+v and is not found among %v", c.value(e), test, found)
		}
	}
	if ok && r.Len() < len(found) {
		t.Fatalf("%d entries of which there are %d", len(found), r.Len())
	}
	// The same in order, from a place on, and by the ids.
	var rest []values.Entry
	for _, e := range found {
		if from != nil {
			n := c.compareValues(order, c.value(e), from.Value)
			if n < 0 && !descending || n > 0 && descending || n == 0 && c.ids[e.Subject] < from.ID {
				continue
			}
		}
		rest = append(rest, e)
	}
	slices.SortFunc(rest, func(a, b values.Entry) int {
		if n := c.compareValues(order, c.value(a), c.value(b)); n != 0 && descending {
			return -n
		}
		return c.compare(order, a, b)
	})
	same("in order", slices.Collect(x.InOrder(c, r, descending, from)), rest)
	if byID, ok := x.ByID(c, r); ok {
		id := graph.ID(fmt.Sprint("e", rapid.IntRange(0, 8).Draw(t, "id")))
		rest := slices.DeleteFunc(slices.Clone(found), func(e values.Entry) bool { return c.ids[e.Subject] < id })
		slices.SortFunc(rest, func(a, b values.Entry) int {
			return cmp.Or(cmp.Compare(c.ids[a.Subject], c.ids[b.Subject]), cmp.Compare(a.Claim, b.Claim))
		})
		same("by id", slices.Collect(x.InOrderOfIDs(c, byID, id)), rest)
	}
}

// names are claims as those of many cities.
func names(n int) (*claims, []values.Entry) {
	r := rand.New(rand.NewPCG(1, 2))
	c := &claims{o: schema.MustDefault()}
	list := make([]values.Entry, n)
	for i := range n {
		var b strings.Builder
		for range 3 + r.IntN(3) {
			b.WriteByte("bcdfgklmnprstvz"[r.IntN(15)])
			b.WriteByte("aeiou"[r.IntN(5)])
		}
		name := b.String()
		c.ids = append(c.ids, graph.ID(fmt.Sprintf("v%07d", i)))
		c.values = append(c.values, graph.StringValue(strings.ToUpper(name[:1])+name[1:]))
		list[i] = values.Entry{Subject: uint32(i), Claim: uint32(i)}
	}
	return c, list
}

func BenchmarkBuild(b *testing.B) {
	c, list := names(200_000)
	b.ReportAllocs()
	for b.Loop() {
		x := values.Build(c, values.Collated, slices.Clone(list))
		b.ReportMetric(float64(x.Bytes())/float64(x.Len()), "B/entry")
	}
}

// BenchmarkPrefix finds the names that begin with three letters and reads the first 20
// in order.
func BenchmarkPrefix(b *testing.B) {
	c, list := names(200_000)
	x := values.Build(c, values.Collated, list)
	tests := make([]*filter.Test, 64)
	for i := range tests {
		tests[i] = &filter.Test{StartsWith: c.values[i*97].Text()[:3]}
		tests[i].Prepare()
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		r, _ := x.Within(c, tests[i%len(tests)])
		n := 0
		for range x.InOrder(c, r, false, nil) {
			if n++; n == 20 {
				break
			}
		}
	}
}
