package rdf

// object reads the object of a statement: a resource, a list or a literal.
func (t *turtle) object() Term {
	switch c := t.peek(); {
	case c == '"' || c == '\'':
		return t.quotation()
	case digit(c) || c == '+' || c == '-' || c == '.':
		return t.number()
	case c == '(':
		return t.collection()
	case c == '[':
		node, _ := t.bracketed()
		return node
	case c == 't' || c == 'f':
		word := t.word()
		if (word == "true" || word == "false") && t.peek() != ':' {
			return Term{Kind: Literal, Text: word, Datatype: XSDBoolean}
		}
		return t.prefixed(word)
	}
	return t.label()
}

// quotation reads a quoted literal with its language or datatype.
func (t *turtle) quotation() Term {
	quote := t.next()
	value := Term{Kind: Literal, Datatype: XSDString}
	switch {
	case !t.accept(quote):
		value.Text = t.quoted(quote, false)
	case t.accept(quote):
		value.Text = t.quoted(quote, true)
	}
	switch {
	case t.accept('@'):
		value.Lang, value.Datatype = t.language(), LangString
	case t.accept('^'):
		t.expect('^', "before the type of a literal")
		t.space()
		if t.peek() == '<' {
			value.Datatype = t.iri().Text
		} else {
			value.Datatype = t.prefixed(t.prefixName()).Text
		}
	}
	return value
}

// number reads an integer, a decimal or a double, and keeps its text.
func (t *turtle) number() Term {
	t.token = t.token[:0]
	if c := t.peek(); c == '+' || c == '-' {
		t.add(t.next())
	}
	value := Term{Kind: Literal, Datatype: XSDInteger}
	whole, part := t.digits(), 0
	if t.peek() == '.' && (t.dotsWithin(digit) && t.ahead(1)[0] != '.' || whole > 0 && t.exponentAfterDot()) {
		t.add(t.next())
		part = t.digits()
		value.Datatype = XSDDecimal
	}
	if whole+part == 0 {
		t.fail("%s where a number should be", t.seen())
	}
	if c := t.peek(); c == 'e' || c == 'E' {
		t.add(t.next())
		if c := t.peek(); c == '+' || c == '-' {
			t.add(t.next())
		}
		if t.digits() == 0 {
			t.fail("%s where the exponent of a number should be", t.seen())
		}
		value.Datatype = XSDDouble
	}
	value.Text = t.text()
	return value
}

func (t *turtle) digits() (n int) {
	for ; digit(t.peek()); n++ {
		t.add(t.next())
	}
	return n
}

// exponentAfterDot reports whether the next dot belongs to a number such as 1.e6.
func (t *turtle) exponentAfterDot() bool {
	b := t.ahead(3)
	if len(b) < 2 || b[0]|0x20 != 'e' {
		return false
	}
	return digit(rune(b[1])) || len(b) > 2 && (b[1] == '+' || b[1] == '-') && digit(rune(b[2]))
}
