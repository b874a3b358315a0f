package rdf

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// top emits the statements of an expanded document, or of one node in it. It returns only errors of emit.
func (j *jsonld) top(expanded any) {
	switch v := expanded.(type) {
	case []any:
		for _, one := range v {
			j.top(one)
		}
	case map[string]any:
		if graph, only := v["@graph"]; only && len(v) == 1 {
			j.top(graph)
			return
		}
		j.described(v, Term{})
	}
}

// described emits the statements about a node in a graph and returns the node. It returns None if the name of the node
// is a relative IRI, which RDF does not allow.
func (j *jsonld) described(node map[string]any, graph Term) Term {
	subject := j.fresh()
	if id, named := node["@id"].(string); named {
		subject = nameOf(id)
	} else if _, wrong := node["@id"]; wrong {
		return Term{}
	}
	for _, key := range slices.Sorted(maps.Keys(node)) {
		values, _ := node[key].([]any)
		switch {
		case key == "@graph":
			if subject.Kind != None {
				j.graph(values, subject)
			}
		case key == "@included":
			j.graph(values, graph)
		case key == "@reverse":
			reverse, _ := node[key].(map[string]any)
			for _, property := range slices.Sorted(maps.Keys(reverse)) {
				of, _ := reverse[property].([]any)
				for _, v := range of {
					j.send(j.object(v, graph), property, subject, graph)
				}
			}
		case key == "@type":
			for _, v := range values {
				if name, ok := v.(string); ok {
					j.send(subject, Type, nameOf(name), graph)
				}
			}
		case !strings.HasPrefix(key, "@"):
			for _, v := range values {
				j.send(subject, key, j.object(v, graph), graph)
			}
		}
	}
	return subject
}

// graph emits the statements about the nodes of a graph.
func (j *jsonld) graph(nodes []any, graph Term) {
	for _, n := range nodes {
		if node, ok := n.(map[string]any); ok {
			j.object(node, graph)
		}
	}
}

// object returns the term of an expanded value, and emits the statements within the value.
func (j *jsonld) object(v any, graph Term) Term {
	value, ok := v.(map[string]any)
	if !ok {
		return Term{}
	}
	if list, is := value["@list"].([]any); is {
		return j.collection(list, graph)
	}
	if text, is := value["@value"]; is {
		return literalOf(text, value)
	}
	return j.described(value, graph)
}

// collection emits a list and returns its first node.
func (j *jsonld) collection(items []any, graph Term) Term {
	head := Term{Kind: IRI, Text: empty}
	for _, item := range slices.Backward(items) {
		node := j.fresh()
		j.send(node, first, j.object(item, graph), graph)
		j.send(node, rest, head, graph)
		head = node
	}
	return head
}

// send emits a quad. It leaves out a quad with a part that RDF has no term for, as the standard requires.
func (j *jsonld) send(s Term, predicate string, o Term, graph Term) {
	p := nameOf(predicate)
	if s.Kind == None || o.Kind == None || p.Kind != IRI {
		return
	}
	j.emit.send(Quad{s, p, o, graph, j.line})
}

// nameOf returns the node with a name. It returns None if the name is not an absolute IRI.
func nameOf(name string) Term {
	if label, blank := strings.CutPrefix(name, "_:"); blank {
		if !labelled(label) {
			label = fmt.Sprintf("_%x", label) // the other syntaxes do not allow such a label
		}
		return Term{Kind: Blank, Text: label}
	}
	if schemeOf(name) == "" || strings.ContainsFunc(name, notInIRI) {
		return Term{}
	}
	return Term{Kind: IRI, Text: name}
}

// literalOf returns the literal of an expanded value.
func literalOf(v any, value map[string]any) Term {
	t := Term{Kind: Literal, Datatype: XSDString}
	datatype, typed := value["@type"].(string)
	if datatype == "@json" {
		text, err := json.Marshal(v)
		if err != nil {
			return Term{}
		}
		canonical := jsontext.Value(text)
		if canonical.Canonicalize() != nil {
			return Term{}
		}
		return Term{Kind: Literal, Text: string(canonical), Datatype: rdfNS + "JSON"}
	}
	switch v := v.(type) {
	case string:
		t.Text = v
		if lang, ok := value["@language"].(string); ok {
			if !wellFormed(lang) {
				return Term{}
			}
			t.Lang, t.Datatype = lang, LangString
		}
	case bool:
		t.Text, t.Datatype = strconv.FormatBool(v), XSDBoolean
	case json.Number:
		t.Text, t.Datatype = number(string(v), datatype == XSDDouble)
	default:
		return Term{}
	}
	if typed && t.Lang == "" {
		if nameOf(datatype).Kind != IRI {
			return Term{}
		}
		t.Datatype = datatype
	}
	return t
}

// number returns a number as a literal. A whole number keeps all its digits, and another number gets the
// canonical form of a double.
func number(text string, double bool) (lexical, datatype string) {
	n, _ := strconv.ParseFloat(text, 64)
	if !double && math.Abs(n) < 1e21 && n == math.Trunc(n) {
		if strings.ContainsAny(text, ".eE") || text == "-0" {
			text = strconv.FormatFloat(n+0, 'f', 0, 64)
		}
		return text, XSDInteger
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(n, 'E', -1, 64), "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	e, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(e), XSDDouble
}

// wellFormed reports whether a text can be the tag of a language.
func wellFormed(tag string) bool {
	for i, part := range strings.Split(tag, "-") {
		if part == "" || len(part) > 8 {
			return false
		}
		for _, c := range part {
			if !letter(c) && (i == 0 || !digit(c)) {
				return false
			}
		}
	}
	return true
}

// labelled reports whether the label of a blank node is valid in the other syntaxes. It returns false for labels
// with dots, although some are valid.
func labelled(label string) bool {
	for i, c := range label {
		if !nameChar(c) || i == 0 && !nameStart(c) && c != '_' && !digit(c) {
			return false
		}
	}
	return label != ""
}
