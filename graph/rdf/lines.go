package rdf

// lines reads N-Triples and N-Quads: one statement a line.
type lines struct {
	*scanner
	quads bool
	emit  func(Quad) error
}

func (l *lines) document() {
	for {
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

// blanks skips spaces and tabs, which do not end a line.
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
	if err := l.emit(q); err != nil {
		panic(stopped{err})
	}
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
