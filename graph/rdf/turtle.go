package rdf

import "strings"

// turtle reads Turtle and TriG by recursive descent. Most methods read one production of the grammar, some under a
// shorter name: predicates reads predicateObjectList.
type turtle struct {
	*scanner
	trig     bool
	base     string
	prefixes map[string]string
	graph    Term
	unlabelled
	depth int
	most  int // the maximum depth
	emit  sink
}

func (t *turtle) document() {
	t.mark()
	for t.space(); t.peek() != end; t.space() {
		t.statement()
	}
}

// space skips white space and comments.
func (t *turtle) space() {
	for {
		switch t.peek() {
		case ' ', '\t', '\n', '\r':
			t.next()
		case '#':
			t.comment()
		default:
			return
		}
	}
}

// statement reads a directive, triples, or a block of TriG.
func (t *turtle) statement() {
	switch c := t.peek(); {
	case c == '@':
		t.next()
		t.directive(t.word(), true)
	case c == '{' && t.trig:
		t.wrapped(Term{})
	case letter(c):
		word := t.word()
		if t.peek() == ':' {
			t.triplesOrGraph(t.prefixed(word))
			return
		}
		if t.trig && strings.EqualFold(word, "graph") {
			t.space()
			t.wrapped(t.label())
			return
		}
		t.directive(word, false)
	case c == '[' || c == '(':
		t.anonymous()
	default:
		t.triplesOrGraph(t.label())
	}
}

// anonymous reads a statement that begins with an unlabelled blank node or with a list.
func (t *turtle) anonymous() {
	list := t.peek() == '('
	var subject Term
	described := list
	if list {
		subject = t.collection()
	} else {
		subject, described = t.bracketed()
	}
	t.space()
	if c := t.peek(); !list && described && (c == '.' || c == '}') {
		t.expect('.', "at the end of a statement")
		return
	}
	if !described {
		t.triplesOrGraph(subject)
		return
	}
	t.rest(subject)
}

// triplesOrGraph reads what follows a subject or the label of a graph.
func (t *turtle) triplesOrGraph(subject Term) {
	t.space()
	if t.trig && t.peek() == '{' {
		t.wrapped(subject)
		return
	}
	t.rest(subject)
}

// rest reads the predicates and objects of a subject up to the full stop.
func (t *turtle) rest(subject Term) {
	t.predicates(subject)
	t.expect('.', "at the end of a statement")
}

// wrapped reads the triples of a graph within braces.
func (t *turtle) wrapped(graph Term) {
	t.space()
	t.expect('{', "at the start of a graph")
	t.graph = graph
	for t.space(); t.peek() != '}'; t.space() {
		t.triples()
		t.space()
		if !t.accept('.') {
			break
		}
	}
	t.expect('}', "at the end of a graph")
	t.graph = Term{}
}

// triples reads a subject with its predicates and objects within a graph.
func (t *turtle) triples() {
	switch t.peek() {
	case '(':
		t.predicates(t.collection())
	case '[':
		subject, described := t.bracketed()
		t.space()
		if c := t.peek(); described && (c == '.' || c == '}') {
			return
		}
		t.predicates(subject)
	default:
		t.predicates(t.label())
	}
}

// directive reads a prefix or a base. A directive with @ ends with a dot, and is in lower case.
func (t *turtle) directive(word string, at bool) {
	kind := strings.ToLower(word)
	if at && kind != word || kind != "prefix" && kind != "base" {
		t.fail("%q is not a directive, and a name needs a prefix and a colon", clip(word))
	}
	t.space()
	if kind == "prefix" {
		name := t.prefixName()
		t.expect(':', "after the prefix")
		t.space()
		t.prefixes[name] = t.iri().Text
	} else {
		t.base = t.iri().Text
	}
	t.space()
	if at {
		t.expect('.', "at the end of a directive")
	}
}

// word reads letters, or the whole prefix if the letters begin one.
func (t *turtle) word() string {
	t.token = t.token[:0]
	t.dotted(nameChar)
	return t.text()
}

// prefixName reads the part of a name before its colon, which may be empty.
func (t *turtle) prefixName() string {
	if c := t.peek(); c != ':' && !nameStart(c) {
		t.fail("%s where a name with a prefix should be", t.seen())
	}
	return t.word()
}

// label reads an IRI or a blank node: a subject, or the label of a graph.
func (t *turtle) label() Term {
	switch t.peek() {
	case '_':
		return t.blankLabel()
	case '<':
		return t.iri()
	case '[':
		node, described := t.bracketed()
		if described {
			t.fail("a graph cannot be labelled by a blank node with properties")
		}
		return node
	}
	return t.prefixed(t.prefixName())
}

// iri reads an IRI in <> and resolves it.
func (t *turtle) iri() Term {
	text := t.iriRef()
	if schemeOf(text) == "" {
		if t.base == "" {
			t.fail("the IRI <%s> is relative, and the document has no base", clip(text))
		}
		text = resolve(t.base, text)
	}
	return Term{Kind: IRI, Text: text}
}

// prefixed reads the rest of a name after its prefix.
func (t *turtle) prefixed(prefix string) Term {
	if t.peek() != ':' {
		t.fail("%s after %q; a name has a prefix and a colon", t.seen(), clip(prefix))
	}
	space, ok := t.prefixes[prefix]
	if !ok {
		t.fail("the prefix %q is not declared", clip(prefix))
	}
	t.next()
	t.token = t.token[:0]
	start := true
	for {
		t.dotted(func(c rune) bool {
			return nameChar(c) && !(start && len(t.token) == 0 && !nameStart(c) && c != '_' && !digit(c)) || c == ':'
		})
		switch t.peek() {
		case '%':
			t.percent()
		case '\\':
			t.localEscape()
		case '.':
			if len(t.token) == 0 || !t.escapeAfterDots() {
				return t.named(space)
			}
			t.add(t.next())
		default:
			return t.named(space)
		}
		start = false
	}
}

func (t *turtle) named(space string) Term {
	return Term{Kind: IRI, Text: space + string(t.token)}
}

// escapeAfterDots reports whether an escape of the same name follows the next dots.
func (t *turtle) escapeAfterDots() bool {
	return t.dotsWithin(func(c rune) bool { return c == '%' || c == '\\' })
}

func (t *turtle) percent() {
	t.add(t.next())
	for range 2 {
		if hexDigit(t.peek()) < 0 {
			t.fail("%s after a %% in a name, where two hexadecimal digits should be", t.seen())
		}
		t.add(t.next())
	}
}

func (t *turtle) localEscape() {
	t.next()
	if c := t.peek(); !strings.ContainsRune("_~.-!$&'()*+,;=/?#@%", c) {
		t.fail("%s after a \\ in a name, which cannot be escaped", t.seen())
	}
	t.add(t.next())
}

// predicates reads the predicates of a subject with their objects.
func (t *turtle) predicates(subject Term) {
	for {
		t.space()
		predicate := t.verb()
		for {
			t.space()
			line := t.line
			object := t.object()
			t.send(subject, predicate, object, line)
			t.space()
			if !t.accept(',') {
				break
			}
		}
		if t.peek() != ';' {
			return
		}
		for t.accept(';') {
			t.space()
		}
		if c := t.peek(); c == '.' || c == ']' || c == '}' {
			return
		}
	}
}

func (t *turtle) verb() Term {
	if t.peek() == '<' {
		return t.iri()
	}
	name := t.prefixName()
	if name == "a" && t.peek() != ':' {
		return Term{Kind: IRI, Text: Type}
	}
	return t.prefixed(name)
}

func (t *turtle) send(s, p, o Term, line int) {
	t.emit.send(Quad{s, p, o, t.graph, line})
}

// enter goes one level deeper. It returns the function that leaves the level.
func (t *turtle) enter() func() {
	if t.depth++; t.depth > t.most {
		t.fail("blank nodes and lists are nested more than %d deep", t.most)
	}
	return func() { t.depth-- }
}

// bracketed reads a blank node in brackets. described is true if the brackets contain properties.
func (t *turtle) bracketed() (node Term, described bool) {
	defer t.enter()()
	t.expect('[', "at the start of a blank node")
	node = t.fresh()
	t.space()
	if t.accept(']') {
		return node, false
	}
	t.predicates(node)
	t.expect(']', "at the end of a blank node")
	return node, true
}

// collection reads a list in parentheses, and emits its nodes while reading.
func (t *turtle) collection() Term {
	defer t.enter()()
	t.expect('(', "at the start of a list")
	head, last := Term{Kind: IRI, Text: empty}, Term{}
	for t.space(); t.peek() != ')'; t.space() {
		line := t.line
		item := t.object()
		node := t.fresh()
		if last.Kind == None {
			head = node
		} else {
			t.send(last, Term{Kind: IRI, Text: rest}, node, line)
		}
		t.send(node, Term{Kind: IRI, Text: first}, item, line)
		last = node
	}
	if last.Kind != None {
		t.send(last, Term{Kind: IRI, Text: rest}, Term{Kind: IRI, Text: empty}, t.line)
	}
	t.next()
	return head
}
