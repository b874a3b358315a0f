package gql

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// generator writes random documents over a schema: mostly valid, with fragments, inline
// fragments, merging, directives, variables, defaults and values of every type.
type generator struct {
	*rand.Rand
	s         *schema
	vars      []string          // definitions
	values    map[string]string // JSON by variable
	fragments []string
	open      int // fragments being written, to keep them acyclic
	budget    int
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func randomDocument(s *schema, seed uint64) refRequest {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1)), s: s, values: map[string]string{}, budget: 60}
	root, word := s.query, "query"
	if g.chance(10) {
		root, word = s.mutation, "mutation"
	}
	set := g.selections(root, 0)
	doc := word + " Q"
	if len(g.vars) > 0 {
		doc += "(" + strings.Join(g.vars, " ") + ")"
	}
	doc += g.directives("QUERY") + set + strings.Join(g.fragments, "")
	vars := []string{}
	for i := range g.vars {
		name := "v" + strconv.Itoa(i)
		if v, ok := g.values[name]; ok {
			vars = append(vars, fmt.Sprintf("%q:%s", name, v))
		}
	}
	return refRequest{Mode: "execute", Query: doc, Variables: json.RawMessage("{" + strings.Join(vars, ",") + "}")}
}

func (g *generator) selections(t *typeDef, depth int) string {
	var b strings.Builder
	b.WriteByte('{')
	n := 1 + g.IntN(4)
	for range n {
		g.budget--
		switch {
		case g.chance(8) && len(t.fields) > 0:
			b.WriteString(" __typename")
		case g.chance(15) && depth < 6:
			b.WriteString(" ...")
			of := t
			if g.chance(80) || t.kind == kindUnion {
				of = g.related(t)
				b.WriteString(" on " + of.name)
			}
			b.WriteString(g.directives("INLINE_FRAGMENT") + g.selections(of, depth+1))
		case g.chance(10) && g.open == 0:
			of := g.related(t)
			name := "F" + strconv.Itoa(len(g.fragments))
			g.fragments = append(g.fragments, "")
			i := len(g.fragments) - 1
			g.open++
			g.fragments[i] = fmt.Sprintf(" fragment %s on %s%s", name, of.name, g.selections(of, depth+1))
			g.open--
			spread := " ..." + name + g.directives("FRAGMENT_SPREAD")
			b.WriteString(spread)
			if g.chance(30) {
				b.WriteString(spread)
			}
		case len(t.fields) == 0:
			b.WriteString(" __typename")
		default:
			f := pick(g, t.fields)
			if f.typ.base().composite() && (depth > 5 || g.budget < 0) {
				b.WriteString(" __typename")
				continue
			}
			text := g.field(f, depth)
			b.WriteString(text)
			if g.chance(10) { // the same again, to be merged
				b.WriteString(text)
			}
		}
	}
	b.WriteByte('}')
	return b.String()
}

// related is a type that may occur where t is expected.
func (g *generator) related(t *typeDef) *typeDef {
	p := pick(g, t.possible)
	if g.chance(30) {
		if list := p.interfaces; len(list) > 0 {
			return pick(g, list)
		}
	}
	if g.chance(20) {
		return t
	}
	return p
}

func (g *generator) field(f *fieldDef, depth int) string {
	var args []string
	for _, a := range f.args {
		if a.required() || g.chance(60) {
			args = append(args, a.name+":"+g.value(a.typ, a.hasDefault, 0))
		}
	}
	text := f.name
	if len(args) > 0 {
		text += "(" + strings.Join(args, " ") + ")"
	}
	// An alias by the content, or different arguments would collide.
	text = fmt.Sprintf(" a%d_%s:%s", worldHash(text+f.parent.name)%1000, f.name, text)
	if len(args) == 0 && g.chance(50) {
		text = " " + f.name
		if g.chance(20) && f.parent.name != "Query" {
			text = " " + f.parent.name + "_x:" + f.name
		}
	}
	text += g.directives("FIELD")
	if t := f.typ.base(); t.composite() {
		text += g.selections(t, depth+1)
	}
	return text
}

func (g *generator) directives(location string) string {
	out := ""
	if location != "QUERY" && g.chance(8) {
		out += fmt.Sprintf(" @%s(if:%s)", pick(g, []string{"skip", "include"}), g.value(nonNull(g.s.byName["Boolean"].ref), false, 0))
	}
	if g.chance(5) {
		out += " @mark"
	}
	return out
}

func (g *generator) value(t *typeRef, hasDefault bool, depth int) string {
	if g.chance(20) {
		return g.variable(t, hasDefault)
	}
	return g.literal(t, depth, true)
}

func (g *generator) literal(t *typeRef, depth int, vars bool) string {
	inner := func(t *typeRef, hasDefault bool) string {
		if vars {
			return g.value(t, hasDefault, depth+1)
		}
		return g.literal(t, depth+1, false)
	}
	if !t.nonNull && (g.chance(8) || depth > 4) {
		return "null"
	}
	if t.elem != nil {
		if g.chance(15) && t.elem.elem == nil {
			return g.literal(nonNullOf(t.elem), depth+1, false)
		}
		out := "["
		for range g.IntN(3) {
			out += inner(t.elem, false) + " "
		}
		return out + "]"
	}
	switch n := t.named; {
	case n.kind == kindEnum:
		return pick(g, n.enumValues).name
	case n.oneOf:
		d := pick(g, n.inputs)
		return "{" + d.name + ":" + g.literal(nonNullOf(d.typ), depth+1, false) + "}"
	case n.kind == kindInput:
		out := "{"
		for _, d := range n.inputs {
			if d.required() || g.chance(30) && depth < 4 {
				out += d.name + ":" + inner(d.typ, d.hasDefault) + " "
			}
		}
		return out + "}"
	default:
		switch n.name {
		case "Int":
			return strconv.Itoa(g.IntN(200) - 100)
		case "Float":
			return pick(g, []string{"1", "-2.5", "1e3", "0.125"})
		case "Boolean":
			return strconv.FormatBool(g.chance(50))
		case "ID":
			return pick(g, []string{"7", `"id"`, `"""block"""`})
		case "Anything":
			return pick(g, []string{"1", `"x"`, "[1 [2.5] {a:null}]", "{a:{b:[true]}}"})
		}
		return pick(g, []string{`"text"`, `"\u00e9 \n \"q\" \\ \u{1F600}"`, `"""block "q" \"""
   second"""`, `""`})
	}
}

func nonNullOf(t *typeRef) *typeRef {
	if t.nonNull {
		return t
	}
	return nonNull(t)
}

func (g *generator) variable(t *typeRef, hasDefault bool) string {
	name := "v" + strconv.Itoa(len(g.vars))
	def := "$" + name + ":" + t.text
	g.vars = append(g.vars, "")
	i := len(g.vars) - 1
	switch {
	case t.nonNull && hasDefault && g.chance(40):
		t = t.inner
		def = "$" + name + ":" + t.text
	case t.nonNull && g.chance(20):
		def = "$" + name + ":" + t.inner.text + "=" + g.literal(t, 1, false)
	case !t.nonNull && g.chance(30):
		def += "=" + g.literal(t, 1, false)
	case !t.nonNull && g.chance(20):
		def += "!"
	}
	g.vars[i] = def
	if t.nonNull && !g.chance(4) || g.chance(70) {
		g.values[name] = g.json(t, 0)
	}
	return "$" + name
}

func (g *generator) json(t *typeRef, depth int) string {
	if g.chance(1) { // something else
		return pick(g, []string{`{"nope":1}`, `[]`, `"x"`, `1.5`, `true`})
	}
	if !t.nonNull && (g.chance(10) || depth > 4) {
		return "null"
	}
	if t.elem != nil {
		var items []string
		for range g.IntN(3) {
			items = append(items, g.json(t.elem, depth+1))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	switch n := t.named; {
	case n.kind == kindEnum:
		return strconv.Quote(pick(g, n.enumValues).name)
	case n.oneOf:
		d := pick(g, n.inputs)
		return fmt.Sprintf("{%q:%s}", d.name, g.json(nonNullOf(d.typ), depth+1))
	case n.kind == kindInput:
		var items []string
		for _, d := range n.inputs {
			if d.required() || g.chance(30) && depth < 4 {
				items = append(items, fmt.Sprintf("%q:%s", d.name, g.json(d.typ, depth+1)))
			}
		}
		return "{" + strings.Join(items, ",") + "}"
	default:
		switch n.name {
		case "Int":
			return strconv.Itoa(g.IntN(200))
		case "Float":
			return pick(g, []string{"1", "-2.5", "1e3"})
		case "Boolean":
			return strconv.FormatBool(g.chance(50))
		case "Anything":
			return pick(g, []string{"1", `"x"`, `[1,[2.5],{"a":null}]`})
		case "ID":
			return pick(g, []string{"7", `"id"`})
		}
		return pick(g, []string{`"text"`, `"\u00e9 \n \"q\" \\"`})
	}
}

const randomDocuments = 1500

// documents lets one compare many more than are stored.
var documents = flag.Int("documents", randomDocuments, "how many random documents to compare with the reference")

// TestReferenceExecution compares whole answers on random documents: data byte for byte,
// errors by message and path.
func TestReferenceExecution(t *testing.T) {
	if raced {
		t.Skip("too slow with the race detector, for which TestConcurrent is there")
	}
	e := worldEngine(t, Limits{})
	var requests []refRequest
	for seed := range uint64(*documents) {
		requests = append(requests, randomDocument(e.schema, seed))
	}
	var answers []refAnswer
	if *documents == randomDocuments {
		answers = reference(t, "random", e.SDL(), requests)
	} else if answers, _ = ask(t, e.SDL(), requests); answers == nil {
		t.Skip("more documents than are stored need Node and testdata/js/node_modules")
	}
	valid := 0
	for i, want := range answers {
		r := requests[i]
		got := ourAnswer(t, e, r)
		if got.Valid {
			valid++
		}
		if !got.Valid && !want.Valid {
			continue // messages are compared elsewhere
		}
		if !same(got, want) {
			t.Errorf("seed %d: %s %s\n ours %s\ntheirs %s", i, r.Query, r.Variables, describe(got), describe(want))
		}
	}
	t.Logf("%d of %d random documents are valid", valid, *documents)
	if 2*valid < *documents {
		t.Errorf("only %d of %d random documents are valid", valid, *documents)
	}
}
