package codec

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
)

// termKind is what a term of a quad is.
type termKind uint8

const (
	noTerm termKind = iota // the graph of a quad in the default graph
	iriTerm
	blankTerm
	literalTerm
)

// term is one term of a quad, unescaped.
type term struct {
	kind           termKind
	text           string // the IRI, the label without _:, the lexical form
	datatype, lang string // of a literal
}

func (t term) String() string {
	switch t.kind {
	case iriTerm:
		return "<" + t.text + ">"
	case blankTerm:
		return "_:" + t.text
	case literalTerm:
		return strconv.Quote(t.text)
	}
	return "nothing"
}

// quad is one statement.
type quad struct{ subject, predicate, object, graph term }

// parseQuad reads one line; ok is false if the line has only a comment. It follows the
// grammar of RDF 1.1 N-Quads and accepts nothing else.
func parseQuad(line string) (q quad, ok bool, err error) {
	p := &quadParser{s: line}
	p.blank()
	if p.done() {
		return q, false, nil
	}
	if q.subject, err = p.term(); err != nil {
		return q, false, err
	}
	if q.subject.kind == literalTerm {
		return q, false, p.fail("a subject is an IRI or a blank node, not a literal")
	}
	p.blank()
	if q.predicate, err = p.term(); err != nil {
		return q, false, err
	}
	if q.predicate.kind != iriTerm {
		return q, false, p.fail("a predicate is an IRI")
	}
	p.blank()
	if q.object, err = p.term(); err != nil {
		return q, false, err
	}
	p.blank()
	if !p.at('.') {
		if q.graph, err = p.term(); err != nil {
			return q, false, err
		}
		if q.graph.kind == literalTerm {
			return q, false, p.fail("a graph's name is an IRI or a blank node, not a literal")
		}
		p.blank()
	}
	if !p.at('.') {
		return q, false, p.fail("the statement must end with a point")
	}
	p.i++
	p.blank()
	if !p.done() {
		return q, false, p.fail("there is more after the point; write one statement on a line")
	}
	return q, true, nil
}

type quadParser struct {
	s string
	i int
}

func (p *quadParser) fail(message string) error {
	return graph.Errorf(graph.BadInput, "not well-formed N-Quads at byte %d: %s", p.i+1, message)
}

func (p *quadParser) at(b byte) bool { return p.i < len(p.s) && p.s[p.i] == b }

func (p *quadParser) blank() {
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\t') {
		p.i++
	}
}

// done reports whether nothing is left but a comment.
func (p *quadParser) done() bool { return p.i >= len(p.s) || p.s[p.i] == '#' }

func (p *quadParser) term() (term, error) {
	switch {
	case p.at('<'):
		text, err := p.iri()
		return term{kind: iriTerm, text: text}, err
	case p.at('"'):
		return p.literal()
	case strings.HasPrefix(p.s[p.i:], "_:"):
		return p.label()
	}
	return term{}, p.fail(`an IRI <...>, a blank node _:... or a literal "..." is expected here`)
}

func (p *quadParser) iri() (string, error) {
	p.i++
	start := p.i
	var b strings.Builder
	escaped := false
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '>':
			text := p.s[start:p.i]
			if escaped {
				text = b.String()
			}
			if !absolute(text) {
				return "", p.fail("the IRI must be absolute: it has no scheme")
			}
			p.i++
			return text, nil
		case c == '\\':
			if !escaped {
				escaped = true
				b.WriteString(p.s[start:p.i])
			}
			r, err := p.unicodeEscape()
			if err != nil {
				return "", err
			}
			if forbiddenInIRI(r) {
				return "", p.fail("the escape is of a character that an IRI must not have")
			}
			b.WriteRune(r)
		case forbiddenInIRI(rune(c)):
			return "", p.fail("an IRI has no blanks, no <>\"{}|^` and no backslash but in escapes")
		default:
			if escaped {
				b.WriteByte(c)
			}
			p.i++
		}
	}
	return "", p.fail("the IRI has no closing >")
}

func forbiddenInIRI(r rune) bool { return r <= ' ' || strings.ContainsRune("<>\"{}|^`\\", r) }

// absolute reports whether the IRI has a scheme.
func absolute(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		switch {
		case c == ':':
			return i > 0
		case letter, i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return false
}

// unicodeEscape reads \uXXXX or \UXXXXXXXX.
func (p *quadParser) unicodeEscape() (rune, error) {
	digits := 0
	if p.i+1 < len(p.s) {
		switch p.s[p.i+1] {
		case 'u':
			digits = 4
		case 'U':
			digits = 8
		}
	}
	if digits == 0 {
		return 0, p.fail("a backslash must begin an escape")
	}
	from := p.i + 2
	if from+digits > len(p.s) {
		return 0, p.fail("the escape ends too soon")
	}
	n, err := strconv.ParseUint(p.s[from:from+digits], 16, 32)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return 0, p.fail("the escape names no character")
	}
	p.i = from + digits
	return rune(n), nil
}

var shortEscapes = map[byte]byte{'t': '\t', 'b': '\b', 'n': '\n', 'r': '\r', 'f': '\f', '"': '"', '\'': '\'', '\\': '\\'}

func (p *quadParser) literal() (term, error) {
	t := term{kind: literalTerm}
	p.i++
	start := p.i
	var b strings.Builder
	escaped := false
	for {
		if p.i >= len(p.s) {
			return t, p.fail("the literal does not end")
		}
		c := p.s[p.i]
		if c == '"' {
			break
		}
		if c == '\r' || c == '\n' {
			return t, p.fail("a literal has no line breaks; write \\n")
		}
		if c != '\\' {
			if escaped {
				b.WriteByte(c)
			}
			p.i++
			continue
		}
		if !escaped {
			escaped = true
			b.WriteString(p.s[start:p.i])
		}
		if p.i+1 < len(p.s) {
			if short, ok := shortEscapes[p.s[p.i+1]]; ok {
				b.WriteByte(short)
				p.i += 2
				continue
			}
		}
		r, err := p.unicodeEscape()
		if err != nil {
			return t, err
		}
		b.WriteRune(r)
	}
	t.text = p.s[start:p.i]
	if escaped {
		t.text = b.String()
	}
	p.i++
	var err error
	switch {
	case strings.HasPrefix(p.s[p.i:], "^^<"):
		p.i += 2
		t.datatype, err = p.iri()
	case p.at('@'):
		t.lang, err = p.language()
	}
	return t, err
}

func (p *quadParser) language() (string, error) {
	p.i++
	start := p.i
	for part := 0; ; part++ {
		from := p.i
		for p.i < len(p.s) {
			c := p.s[p.i]
			letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
			if !letter && (part == 0 || c < '0' || c > '9') {
				break
			}
			p.i++
		}
		if p.i == from {
			return "", p.fail("a language tag is letters, optionally followed by parts of letters and digits, each after a hyphen")
		}
		if !p.at('-') {
			return p.s[start:p.i], nil
		}
		p.i++
	}
}

// label reads a blank node.
func (p *quadParser) label() (term, error) {
	p.i += 2
	start := p.i
	for p.i < len(p.s) {
		r, size := utf8.DecodeRuneInString(p.s[p.i:])
		if !labelRune(r) && (p.i == start || !(r == '-' || r == '.' || r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040)) {
			break
		}
		p.i += size
	}
	// A point may be inside a label, but not at its end.
	for p.i > start && p.s[p.i-1] == '.' {
		p.i--
	}
	if p.i == start {
		return term{}, p.fail("a blank node needs a label after _:")
	}
	return term{kind: blankTerm, text: p.s[start:p.i]}, nil
}

// labelRune returns the grammar's PN_CHARS_U and digits, without the colon, which
// the errata of RDF 1.1 took out.
func labelRune(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
		return true
	case r >= 0xC0 && r <= 0x2FF:
		return r != 0xD7 && r != 0xF7
	case r >= 0x370 && r <= 0x1FFF:
		return r != 0x37E
	}
	return r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF ||
		r >= 0x3001 && r <= 0xD7FF || r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFC || r >= 0x10000 && r <= 0xEFFFF
}
