package rdf

// lines reads N-Triples and N-Quads, which have one statement in each line.
type lines struct {
	*scanner
	begun int // the line of the current statement
	quads bool
	fault func(*Error)
	emit  sink
}

// document reads the statements. If Options.Fault is set, it continues with the next line after a fault.
func (l *lines) document() error {
	for {
		err := unwound(l.statements)
		fault, ok := err.(*Error)
		if !ok || l.fault == nil {
			return err
		}
		if fault.Line > l.begun { // the line break was read before the fault was found
			fault.Line, fault.Column = l.begun, l.ended
		} else {
			l.skipLine()
		}
		l.fault(fault)
	}
}

// statements reads statements up to the first fault.
func (l *lines) statements() {
	l.mark()
	for {
		l.begun = l.line
		l.blanks()
		switch l.peek() {
		case end:
			return
		case '\n', '\r':
			l.next()
		case '#':
			l.comment()
		default:
			l.statement()
		}
	}
}

// blanks skips spaces and tabs, but not line breaks.
func (l *lines) blanks() {
	for c := l.peek(); c == ' ' || c == '\t'; c = l.peek() {
		l.next()
	}
}

// comment skips the rest of the line.
func (s *scanner) comment() {
	for c := s.peek(); c != '\n' && c != '\r' && c != end; c = s.peek() {
		s.next()
	}
}

func (l *lines) statement() {
	var q Quad
	q.Subject = l.resource("subject")
	q.Predicate = l.iri()
	l.blanks()
	q.Line = l.line
	if l.peek() == '"' {
		q.Object = l.literal()
		l.blanks()
	} else {
		q.Object = l.resource("object")
	}
	if l.quads && l.peek() != '.' {
		q.Graph = l.resource("graph")
	}
	l.expect('.', "at the end of a statement")
	l.blanks()
	if l.peek() == '#' {
		l.comment()
	}
	if c := l.peek(); c != '\n' && c != '\r' && c != end {
		l.fail("%s after the dot of a statement; the next one belongs on the next line", l.seen())
	}
	l.emit.send(q)
}

// resource reads an IRI or a blank node, and the blanks after it.
func (l *lines) resource(what string) (t Term) {
	switch l.peek() {
	case '_':
		t = l.blankLabel()
		l.blanks()
	case '<':
		t = l.iri()
	default:
		l.fail("%s where the %s should be, an IRI in <> or a blank node", l.seen(), what)
	}
	return t
}

func (l *lines) iri() Term {
	t := Term{Kind: IRI, Text: l.iriRef()}
	if schemeOf(t.Text) == "" {
		l.fail("the IRI <%s> is not absolute", clip(t.Text))
	}
	l.blanks()
	return t
}

func (l *lines) literal() Term {
	l.next()
	t := Term{Kind: Literal, Text: l.quoted('"', false), Datatype: XSDString}
	l.blanks()
	switch l.peek() {
	case '@':
		l.next()
		t.Lang, t.Datatype = l.language(), LangString
	case '^':
		l.next()
		l.expect('^', "before the type of a literal")
		l.blanks()
		t.Datatype = l.iri().Text
	}
	return t
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
