package gql

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/gql/internal/typesys"
)

// generator writes random documents over a schema: mostly valid, with fragments, inline
// fragments, merging, directives, variables, defaults and values of every type.
type generator struct {
	*rand.Rand
	s         *typesys.Schema
	vars      []string          // definitions
	values    map[string]string // JSON by variable
	fragments []string
	open      int // fragments being written, to keep them acyclic
	budget    int
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func randomDocument(s *typesys.Schema, seed uint64) refRequest {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1)), s: s, values: map[string]string{}, budget: 60}
	root, word := s.Query, "query"
	if g.chance(10) {
		root, word = s.Mutation, "mutation"
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

func (g *generator) selections(t *typesys.Type, depth int) string {
	var b strings.Builder
	b.WriteByte('{')
	n := 1 + g.IntN(4)
	for range n {
		g.budget--
		switch {
		case g.chance(8) && len(t.Fields) > 0:
			b.WriteString(" __typename")
		case g.chance(15) && depth < 6:
			b.WriteString(" ...")
			of := t
			if g.chance(80) || t.Kind == typesys.KindUnion {
				of = g.related(t)
				b.WriteString(" on " + of.Name)
			}
			b.WriteString(g.directives("INLINE_FRAGMENT") + g.selections(of, depth+1))
		case g.chance(10) && g.open == 0:
			of := g.related(t)
			name := "F" + strconv.Itoa(len(g.fragments))
			g.fragments = append(g.fragments, "")
			i := len(g.fragments) - 1
			g.open++
			g.fragments[i] = fmt.Sprintf(" fragment %s on %s%s", name, of.Name, g.selections(of, depth+1))
			g.open--
			spread := " ..." + name + g.directives("FRAGMENT_SPREAD")
			b.WriteString(spread)
			if g.chance(30) {
				b.WriteString(spread)
			}
		case len(t.Fields) == 0:
			b.WriteString(" __typename")
		default:
			f := pick(g, t.Fields)
			if f.Type.Base().Composite() && (depth > 5 || g.budget < 0) {
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

// related returns a type that may occur where t is expected.
func (g *generator) related(t *typesys.Type) *typesys.Type {
	p := pick(g, t.Possible)
	if g.chance(30) {
		if list := p.Interfaces; len(list) > 0 {
			return pick(g, list)
		}
	}
	if g.chance(20) {
		return t
	}
	return p
}

func (g *generator) field(f *typesys.Field, depth int) string {
	var args []string
	for _, a := range f.Args {
		if a.Required() || g.chance(60) {
			args = append(args, a.Name+":"+g.value(a.Type, a.HasDefault, 0))
		}
	}
	text := f.Name
	if len(args) > 0 {
		text += "(" + strings.Join(args, " ") + ")"
	}
	// The alias depends on the content, because fields with different arguments would
	// collide.
	text = fmt.Sprintf(" a%d_%s:%s", worldHash(text+f.Parent.Name)%1000, f.Name, text)
	if len(args) == 0 && g.chance(50) {
		text = " " + f.Name
		if g.chance(20) && f.Parent.Name != "Query" {
			text = " " + f.Parent.Name + "_x:" + f.Name
		}
	}
	text += g.directives("FIELD")
	if t := f.Type.Base(); t.Composite() {
		text += g.selections(t, depth+1)
	}
	return text
}

func (g *generator) directives(location string) string {
	out := ""
	if location != "QUERY" && g.chance(8) {
		out += fmt.Sprintf(" @%s(if:%s)", pick(g, []string{"skip", "include"}), g.value(typesys.NonNull(g.s.ByName["Boolean"].Ref), false, 0))
	}
	if g.chance(5) {
		out += " @mark"
	}
	return out
}

func (g *generator) value(t *typesys.TypeRef, hasDefault bool, depth int) string {
	if g.chance(20) {
		return g.variable(t, hasDefault)
	}
	return g.literal(t, depth, true)
}

func (g *generator) literal(t *typesys.TypeRef, depth int, vars bool) string {
	inner := func(t *typesys.TypeRef, hasDefault bool) string {
		if vars {
			return g.value(t, hasDefault, depth+1)
		}
		return g.literal(t, depth+1, false)
	}
	if !t.NonNull && (g.chance(8) || depth > 4) {
		return "null"
	}
	if t.Elem != nil {
		if g.chance(15) && t.Elem.Elem == nil {
			return g.literal(nonNullOf(t.Elem), depth+1, false)
		}
		out := "["
		for range g.IntN(3) {
			out += inner(t.Elem, false) + " "
		}
		return out + "]"
	}
	switch n := t.Named; {
	case n.Kind == typesys.KindEnum:
		return pick(g, n.EnumValues).Name
	case n.OneOf:
		d := pick(g, n.Inputs)
		return "{" + d.Name + ":" + g.literal(nonNullOf(d.Type), depth+1, false) + "}"
	case n.Kind == typesys.KindInput:
		out := "{"
		for _, d := range n.Inputs {
			if d.Required() || g.chance(30) && depth < 4 {
				out += d.Name + ":" + inner(d.Type, d.HasDefault) + " "
			}
		}
		return out + "}"
	default:
		switch n.Name {
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

func nonNullOf(t *typesys.TypeRef) *typesys.TypeRef {
	if t.NonNull {
		return t
	}
	return typesys.NonNull(t)
}

func (g *generator) variable(t *typesys.TypeRef, hasDefault bool) string {
	name := "v" + strconv.Itoa(len(g.vars))
	def := "$" + name + ":" + t.Text
	g.vars = append(g.vars, "")
	i := len(g.vars) - 1
	switch {
	case t.NonNull && hasDefault && g.chance(40):
		t = t.Inner
		def = "$" + name + ":" + t.Text
	case t.NonNull && g.chance(20):
		def = "$" + name + ":" + t.Inner.Text + "=" + g.literal(t, 1, false)
	case !t.NonNull && g.chance(30):
		def += "=" + g.literal(t, 1, false)
	case !t.NonNull && g.chance(20):
		def += "!"
	}
	g.vars[i] = def
	if t.NonNull && !g.chance(4) || g.chance(70) {
		g.values[name] = g.json(t, 0)
	}
	return "$" + name
}

func (g *generator) json(t *typesys.TypeRef, depth int) string {
	if g.chance(1) { // something else
		return pick(g, []string{`{"nope":1}`, `[]`, `"x"`, `1.5`, `true`})
	}
	if !t.NonNull && (g.chance(10) || depth > 4) {
		return "null"
	}
	if t.Elem != nil {
		var items []string
		for range g.IntN(3) {
			items = append(items, g.json(t.Elem, depth+1))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	switch n := t.Named; {
	case n.Kind == typesys.KindEnum:
		return strconv.Quote(pick(g, n.EnumValues).Name)
	case n.OneOf:
		d := pick(g, n.Inputs)
		return fmt.Sprintf("{%q:%s}", d.Name, g.json(nonNullOf(d.Type), depth+1))
	case n.Kind == typesys.KindInput:
		var items []string
		for _, d := range n.Inputs {
			if d.Required() || g.chance(30) && depth < 4 {
				items = append(items, fmt.Sprintf("%q:%s", d.Name, g.json(d.Type, depth+1)))
			}
		}
		return "{" + strings.Join(items, ",") + "}"
	default:
		switch n.Name {
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

// documents is a flag to compare many more documents than are stored.
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
