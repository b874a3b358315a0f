package rdf

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scanner reads the characters and terminals that the syntaxes share. A fault ends the scan with a panic of
// type stopped, which Decode recovers.
type scanner struct {
	in           io.Reader
	buffer       []byte // the bytes from index at are not read yet
	at           int
	done         error // the error that ended in
	line, column int
	ended        int    // the column after the last character of the previous line
	most         int    // the most bytes of a token
	token        []byte // the bytes of the current token; reused
	seed         maphash.Seed
	known        [1024]string // the texts of recent tokens, by hash
}

const end rune = -1

func newScanner(r io.Reader, most int) *scanner {
	return &scanner{in: r, buffer: make([]byte, 0, 1<<16), line: 1, column: 1, most: most, seed: maphash.MakeSeed()}
}

// longestKnown is the most bytes of a text in known.
const longestKnown = 128

// text returns the text of the token. If a recent token had the same text, as predicates often have, it returns the
// same string without an allocation.
func (s *scanner) text() string {
	if len(s.token) > longestKnown {
		return string(s.token)
	}
	at := &s.known[maphash.Bytes(s.seed, s.token)%uint64(len(s.known))]
	if *at != string(s.token) {
		*at = string(s.token)
	}
	return *at
}

func (s *scanner) fail(format string, a ...any) {
	panic(stopped{&Error{s.line, s.column, fmt.Sprintf(format, a...)}})
}

// fill reads until n bytes are buffered, or the document ends.
func (s *scanner) fill(n int) {
	if len(s.buffer)-s.at >= n {
		return
	}
	s.buffer = s.buffer[:copy(s.buffer, s.buffer[s.at:])]
	s.at = 0
	for none := 0; len(s.buffer) < n && s.done == nil; {
		var got int
		got, s.done = s.in.Read(s.buffer[len(s.buffer):cap(s.buffer)])
		s.buffer = s.buffer[:len(s.buffer)+got]
		if none++; got > 0 {
			none = 0
		} else if none > 100 && s.done == nil {
			s.done = io.ErrNoProgress
		}
	}
}

// mark skips a byte order mark at the beginning of the document.
func (s *scanner) mark() {
	if s.line == 1 && s.column == 1 && s.accept('\ufeff') {
		s.column = 1
	}
}

// peek returns the next character, or end.
func (s *scanner) peek() rune {
	if s.at < len(s.buffer) && s.buffer[s.at] < utf8.RuneSelf {
		return rune(s.buffer[s.at])
	}
	return s.look()
}

// look is the slow path of peek: the next character is not buffered, or is not ASCII.
func (s *scanner) look() rune {
	s.fill(utf8.UTFMax)
	if s.at == len(s.buffer) {
		if s.done != io.EOF {
			panic(stopped{s.done})
		}
		return end
	}
	c, size := utf8.DecodeRune(s.buffer[s.at:])
	if c == utf8.RuneError && size == 1 {
		s.fail("the text is not valid UTF-8")
	}
	return c
}

// next reads the next character.
func (s *scanner) next() rune {
	c := s.peek()
	switch {
	case c == end:
		return c
	case c == '\n':
		s.ended = s.column
		s.line, s.column = s.line+1, 0
	}
	s.column++
	s.at += utf8.RuneLen(c)
	return c
}

// skipLine skips the rest of the line.
func (s *scanner) skipLine() {
	for {
		if s.fill(1); s.at == len(s.buffer) {
			return
		}
		i := bytes.IndexByte(s.buffer[s.at:], '\n')
		if i >= 0 {
			s.at += i
			return
		}
		s.at = len(s.buffer)
	}
}

// ahead returns up to n bytes that follow the next character.
func (s *scanner) ahead(n int) []byte {
	c := s.peek()
	if c == end {
		return nil
	}
	s.fill(utf8.UTFMax + n)
	rest := s.buffer[s.at+utf8.RuneLen(c):]
	return rest[:min(n, len(rest))]
}

// plain adds the buffered ASCII characters before the next special one to the token. It has the same effect as
// calling next and add for each, and is several times faster.
func (s *scanner) plain(special *[utf8.RuneSelf]bool) {
	from := s.at
	for s.at < len(s.buffer) {
		if c := s.buffer[s.at]; c >= utf8.RuneSelf || special[c] {
			break
		}
		s.at++
	}
	run := s.buffer[from:s.at]
	if len(s.token)+len(run) > s.most {
		s.at = from // add reports where the token becomes too long
		return
	}
	s.column += len(run)
	s.token = append(s.token, run...)
}

// inIRI and inText mark the characters that need special treatment within an IRI and within a text.
var inIRI, inText = marks("<>\"{}|^`\\ "), marks("\"'\\")

// marks has the control characters and those of a text.
func marks(text string) *[utf8.RuneSelf]bool {
	var m [utf8.RuneSelf]bool
	for c := range ' ' {
		m[c] = true
	}
	for _, c := range text {
		m[c] = true
	}
	return &m
}

// accept takes the next character if it is c.
func (s *scanner) accept(c rune) bool {
	if s.peek() == c {
		s.next()
		return true
	}
	return false
}

func (s *scanner) expect(c rune, where string) {
	if !s.accept(c) {
		s.fail("%s where %q should be, %s", s.seen(), c, where)
	}
}

// seen describes the next character.
func (s *scanner) seen() string {
	if c := s.peek(); c != end {
		return strconv.QuoteRune(c)
	}
	return "the document ends"
}

// add appends a character to the token.
func (s *scanner) add(c rune) {
	if len(s.token) >= s.most {
		s.fail("an IRI, a name or a literal is longer than %d bytes", s.most)
	}
	s.token = utf8.AppendRune(s.token, c)
}

// iriRef reads what is between < and >, with its escapes resolved.
func (s *scanner) iriRef() string {
	s.expect('<', "at the start of an IRI")
	s.token = s.token[:0]
	for {
		s.plain(inIRI)
		c := s.next()
		switch c {
		case '>':
			return s.text()
		case end:
			s.fail("the document ends within an IRI")
		case '\\':
			if c = s.unicodeEscape(s.next()); c < 0 {
				s.fail(`an IRI has a \ that is not followed by u and 4, or U and 8, hexadecimal digits`)
			}
		}
		if notInIRI(c) {
			s.fail("an IRI may not contain %q; write it as %%%02X", c, c)
		}
		s.add(c)
	}
}

// notInIRI reports whether an IRI may not have the character.
func notInIRI(c rune) bool { return c <= ' ' || strings.ContainsRune("<>\"{}|^`\\", c) }

// unicodeEscape reads the digits of \u or \U. It returns -1 if kind is neither u nor U.
func (s *scanner) unicodeEscape(kind rune) rune {
	digits := map[rune]int{'u': 4, 'U': 8}[kind]
	if digits == 0 {
		return -1
	}
	n := 0
	for range digits {
		d := hexDigit(s.next())
		if d < 0 {
			s.fail(`\%c must be followed by %d hexadecimal digits`, kind, digits)
		}
		n = n<<4 | d
	}
	if n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		s.fail("U+%04X is not a character", uint32(n))
	}
	return rune(n)
}

func hexDigit(c rune) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

var escapes = map[rune]rune{'t': '\t', 'b': '\b', 'n': '\n', 'r': '\r', 'f': '\f', '"': '"', '\'': '\'', '\\': '\\'}

// quoted reads a text and its closing quotes, of which there are one or three. The opening quotes were read
// before.
func (s *scanner) quoted(quote rune, long bool) string {
	s.token = s.token[:0]
	run := 0 // number of quotes in a row within a long text
	for {
		if at := len(s.token); run == 0 || s.peek() != quote {
			if s.plain(inText); len(s.token) > at {
				run = 0
			}
		}
		c := s.next()
		switch {
		case c == end:
			s.fail("the document ends within a text; its closing quotes are missing")
		case c == quote && !long:
			return s.text()
		case c == quote:
			if run++; run == 3 {
				return string(s.token[:len(s.token)-2])
			}
			s.add(c)
			continue
		case (c == '\n' || c == '\r') && !long:
			s.fail(`a line ends within a text; write \n, or close the text`)
		case c == '\\':
			kind := s.next()
			if c = s.unicodeEscape(kind); c < 0 {
				known, ok := escapes[kind]
				if !ok {
					s.fail(`a text has the escape \%c, which is not known`, kind)
				}
				c = known
			}
		}
		run = 0
		s.add(c)
	}
}

// language reads a language tag after its @.
func (s *scanner) language() string {
	s.token = s.token[:0]
	for part := 0; ; part++ {
		at := len(s.token)
		for c := s.peek(); letter(c) || part > 0 && digit(c); c = s.peek() {
			s.add(s.next())
		}
		if len(s.token) == at {
			s.fail("%s within a language tag, such as @en or @pt-BR", s.seen())
		}
		if !s.accept('-') {
			return s.text()
		}
		s.add('-')
	}
}

// blankLabel reads the label of a blank node. The first _ was read before.
func (s *scanner) blankLabel() Term {
	s.next()
	s.expect(':', "after the _ of a blank node")
	s.token = s.token[:0]
	if c := s.peek(); !nameStart(c) && c != '_' && !digit(c) {
		s.fail("%s at the start of a blank node's label", s.seen())
	}
	s.dotted(nameChar)
	return Term{Kind: Blank, Text: s.text()}
}

// dotted adds the characters of a name, and the dots between them, to the token.
func (s *scanner) dotted(belongs func(rune) bool) {
	for {
		c := s.peek()
		switch {
		case belongs(c):
			s.add(s.next())
		case c == '.' && len(s.token) > 0 && s.dotsWithin(belongs):
			s.add(s.next())
		default:
			return
		}
	}
}

// dotsWithin reports whether a character of the name follows the next dots.
func (s *scanner) dotsWithin(belongs func(rune) bool) bool {
	for n := 16; ; n *= 2 {
		b := s.ahead(n)
		dots := len(b) - len(strings.TrimLeft(string(b), "."))
		if rest := b[dots:]; utf8.FullRune(rest) || len(b) < n {
			c, _ := utf8.DecodeRune(rest)
			return len(rest) > 0 && belongs(c)
		}
		if n > s.most || n > 1<<15 {
			s.fail("a name has more than %d dots", dots-1)
		}
	}
}

func letter(c rune) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' && c < 0x80 }
func digit(c rune) bool  { return '0' <= c && c <= '9' }

// nameStart reports whether a character is in PN_CHARS_BASE of the grammars.
func nameStart(c rune) bool {
	switch {
	case c < 0x80:
		return letter(c)
	case c < 0x300:
		return c >= 0xC0 && c != 0xD7 && c != 0xF7
	case c < 0x2000:
		return c >= 0x370 && c != 0x37E
	case c < 0x10000:
		return c == 0x200C || c == 0x200D || 0x2070 <= c && c <= 0x218F || 0x2C00 <= c && c <= 0x2FEF || 0x3001 <= c && c <= 0xD7FF ||
			0xF900 <= c && c <= 0xFDCF || 0xFDF0 <= c && c <= 0xFFFD
	}
	return c <= 0xEFFFF
}

// nameChar reports whether a character is in PN_CHARS of the grammars.
func nameChar(c rune) bool {
	return nameStart(c) || digit(c) || c == '_' || c == '-' || c == 0xB7 || 0x300 <= c && c <= 0x36F || c == 0x203F || c == 0x2040
}
