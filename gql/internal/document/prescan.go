package document

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// The prescan reads a document's text once, without recursion, before gqlparser parses it. It
// bounds tokens, brackets and directives. It refuses four things that gqlparser's lexer accepts
// against the specification:
//   - a number followed at once by a name (`[1a]` became two values);
//   - escapes of lone surrogates in strings, which gqlparser replaces by U+FFFD;
//   - a string "on" after a spread, which gqlparser takes for the keyword;
//   - bytes that are not UTF-8.
//
// It also edits what gqlparser reads wrongly. Every token remains on its line and, except where
// Text.shifts records a shift, in its column:
//   - block strings become plain strings of the value that the specification gives them:
//     gqlparser counts the first line's indentation among the others', takes the last
//     three of four closing quotes for the end, and refuses control characters;
//   - control characters, which the edition of 2025 allows, are escaped in strings and
//     blanked in comments;
//   - if a line ends in two characters, the first is blanked, since gqlparser counts the
//     second as a column of the next line.

type scanner struct {
	src       string
	pos       int
	line      int
	lineStart int // byte offset
	tokens    int
	dirs      int
	tok       int // offset of the last token
	open      []byte
	edits     []edit
	shifts    []shift
}

// edit replaces the n bytes at pos by text.
type edit struct {
	pos, n int
	text   string
}

func (s *scanner) edited() string {
	if len(s.edits) == 0 {
		return s.src
	}
	var b strings.Builder
	from := 0
	for _, e := range s.edits {
		b.WriteString(s.src[from:e.pos])
		b.WriteString(e.text)
		from = e.pos + e.n
	}
	b.WriteString(s.src[from:])
	return b.String()
}

// The kinds of tokens: one of these, or the byte of a punctuator.
const (
	tokEOF    byte = 0
	tokName   byte = 'n'
	tokNumber byte = '0'
	tokString byte = '"'
	tokSpread byte = '.'
)

// Prescan checks the text against the lexical grammar and the limits that follow from the
// text alone.
func Prescan(src string, limits Limits) (*Text, *failure.Refusal) {
	if len(src) > limits.Bytes {
		return nil, failure.OverLimit(codes.LimitBytes, "the document's length in bytes", limits.Bytes, len(src))
	}
	s := &scanner{src: src, line: 1}
	prev := tokEOF
	for {
		tok, err := s.next()
		if err != nil {
			return nil, err
		}
		if tok == tokEOF {
			return &Text{Text: s.edited(), Tokens: s.tokens, shifts: s.shifts}, nil
		}
		s.tokens++
		if s.tokens > limits.Tokens {
			return nil, failure.OverLimit(codes.LimitTokens, "the document's number of tokens", limits.Tokens, s.tokens)
		}
		switch tok {
		case '{', '[', '(':
			s.open = append(s.open, tok)
			if len(s.open) > limits.Nesting {
				return nil, failure.OverLimit(codes.LimitNesting, "the nesting of brackets", limits.Nesting, len(s.open))
			}
		case '}', ']', ')':
			// The parser checks which bracket closes which. It stops at the first mismatch,
			// so it never recurses deeper than was counted here.
			if n := len(s.open); n > 0 {
				s.open = s.open[:n-1]
			}
		case '@':
			if s.dirs++; s.dirs > limits.Directives {
				return nil, failure.OverLimit(codes.LimitDirectives, "the document's number of directives", limits.Directives, s.dirs)
			}
		case tokString:
			if prev == tokSpread {
				return nil, s.fail("Syntax Error: Expected Name, found String.")
			}
		}
		prev = tok
	}
}

func (s *scanner) fail(format string, args ...any) *failure.Refusal {
	col := utf8.RuneCountInString(s.src[s.lineStart:min(s.pos, len(s.src))]) + 1
	return &failure.Refusal{Code: codes.GraphQLParseFailed, Errors: []failure.Error{{Message: fmt.Sprintf(format, args...), Locations: []failure.Position{{Line: s.line, Column: col}}}}}
}

func (s *scanner) newline() {
	if s.src[s.pos] == '\r' && s.pos+1 < len(s.src) && s.src[s.pos+1] == '\n' {
		s.pos++
	}
	s.pos++
	s.line++
	s.lineStart = s.pos
}

func (s *scanner) next() (byte, *failure.Refusal) {
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		s.tok = s.pos
		switch {
		case c == ' ' || c == '\t' || c == ',':
			s.pos++
		case c == '\n' || c == '\r':
			if strings.HasPrefix(s.src[s.pos:], "\r\n") {
				s.edits = append(s.edits, edit{s.pos, 1, " "})
			}
			s.newline()
		case c == 0xEF && strings.HasPrefix(s.src[s.pos:], "\uFEFF"):
			s.pos += 3
		case c == '#':
			if err := s.comment(); err != nil {
				return 0, err
			}
		case isNameStart(c):
			for s.pos < len(s.src) && isNamePart(s.src[s.pos]) {
				s.pos++
			}
			return tokName, nil
		case c == '"':
			return tokString, s.str()
		case c == '-' || isDigit(c):
			return tokNumber, s.number()
		case strings.IndexByte("!$&():=@[]{|}", c) >= 0:
			s.pos++
			return c, nil
		case strings.HasPrefix(s.src[s.pos:], "..."):
			s.pos += 3
			return tokSpread, nil
		default:
			r, _ := utf8.DecodeRuneInString(s.src[s.pos:])
			return 0, s.fail("Syntax Error: Unexpected character: %s.", printRune(r))
		}
	}
	return tokEOF, nil
}

func printRune(r rune) string {
	if r >= 0x20 && r < 0x7F {
		return fmt.Sprintf("%q", string(r))
	}
	return fmt.Sprintf("U+%04X", r)
}

func (s *scanner) comment() *failure.Refusal {
	for s.pos < len(s.src) && s.src[s.pos] != '\n' && s.src[s.pos] != '\r' {
		if c := s.src[s.pos]; c < 0x20 && c != '\t' {
			s.edits = append(s.edits, edit{s.pos, 1, " "})
		}
		if err := s.char(); err != nil {
			return err
		}
	}
	return nil
}

// char consumes one source character, which must be a Unicode scalar value.
func (s *scanner) char() *failure.Refusal {
	if s.src[s.pos] < utf8.RuneSelf {
		s.pos++
		return nil
	}
	r, size := utf8.DecodeRuneInString(s.src[s.pos:])
	if r == utf8.RuneError && size == 1 {
		return s.fail("Syntax Error: The document is not valid UTF-8.")
	}
	s.pos += size
	return nil
}

func (s *scanner) number() *failure.Refusal {
	if s.src[s.pos] == '-' {
		s.pos++
	}
	if s.at('0') {
		s.pos++
		if s.pos < len(s.src) && isDigit(s.src[s.pos]) {
			return s.fail("Syntax Error: Invalid number, unexpected digit after 0: %q.", string(s.src[s.pos]))
		}
	} else if err := s.digits(); err != nil {
		return err
	}
	if s.at('.') {
		s.pos++
		if err := s.digits(); err != nil {
			return err
		}
	}
	if s.at('e') || s.at('E') {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		if err := s.digits(); err != nil {
			return err
		}
	}
	if s.pos < len(s.src) && (s.src[s.pos] == '.' || isNameStart(s.src[s.pos])) {
		return s.fail("Syntax Error: Invalid number, expected digit but got: %q.", string(s.src[s.pos]))
	}
	return nil
}

func (s *scanner) at(c byte) bool { return s.pos < len(s.src) && s.src[s.pos] == c }

func (s *scanner) digits() *failure.Refusal {
	start := s.pos
	for s.pos < len(s.src) && isDigit(s.src[s.pos]) {
		s.pos++
	}
	if s.pos > start {
		return nil
	}
	if s.pos == len(s.src) {
		return s.fail("Syntax Error: Invalid number, expected digit but got: <EOF>.")
	}
	r, _ := utf8.DecodeRuneInString(s.src[s.pos:])
	return s.fail("Syntax Error: Invalid number, expected digit but got: %s.", printRune(r))
}

func (s *scanner) str() *failure.Refusal {
	if strings.HasPrefix(s.src[s.pos:], `"""`) {
		return s.block()
	}
	s.pos++
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; c {
		case '"':
			s.pos++
			return nil
		case '\\':
			if err := s.escape(); err != nil {
				return err
			}
		case '\n', '\r':
			return s.fail("Syntax Error: Unterminated string.")
		default:
			if c < 0x20 && c != '\t' {
				s.edits = append(s.edits, edit{s.pos, 1, fmt.Sprintf(`\u%04X`, c)})
				s.shift(s.pos+1, len(`\u0000`)-1)
			}
			if err := s.char(); err != nil {
				return err
			}
		}
	}
	return s.fail("Syntax Error: Unterminated string.")
}

func (s *scanner) block() *failure.Refusal {
	start, line := s.pos, s.line
	s.pos += 3
	var raw strings.Builder
	for s.pos < len(s.src) {
		rest := s.src[s.pos:]
		from := s.pos
		switch {
		case strings.HasPrefix(rest, `"""`):
			s.pos += 3
			s.replaceBlock(start, line, blockValue(raw.String()))
			return nil
		case strings.HasPrefix(rest, `\"""`):
			s.pos += 4
			raw.WriteString(`"""`)
		case rest[0] == '\n' || rest[0] == '\r':
			s.newline()
			raw.WriteByte('\n')
		default:
			if err := s.char(); err != nil {
				return err
			}
			raw.WriteString(s.src[from:s.pos])
		}
	}
	return s.fail("Syntax Error: Unterminated string.")
}

// replaceBlock records an edit that replaces a block string, already read from start, by a plain
// string. The edit pads the plain string to the position where the block string ended.
func (s *scanner) replaceBlock(start, line int, content string) {
	text := value.Quote(content)
	begin := start
	if s.line > line {
		text += strings.Repeat("\n", s.line-line)
		begin = s.lineStart
	}
	have := utf8.RuneCountInString(text[strings.LastIndexByte(text, '\n')+1:])
	want := utf8.RuneCountInString(s.src[begin:s.pos])
	text += strings.Repeat(" ", max(0, want-have))
	s.shift(s.pos, have-want)
	s.edits = append(s.edits, edit{start, s.pos - start, text})
}

// shift records that the edit that ends at pos makes its line longer by excess columns.
func (s *scanner) shift(pos, excess int) {
	if excess > 0 {
		s.shifts = append(s.shifts, shift{s.line, utf8.RuneCountInString(s.src[s.lineStart:pos]) + 1, excess})
	}
}

// blockValue is BlockStringValue of the specification: it removes the common indentation of all
// lines but the first, and the blank lines at both ends.
func blockValue(raw string) string {
	lines := strings.Split(raw, "\n")
	common := -1
	for _, l := range lines[1:] {
		indent := len(l) - len(strings.TrimLeft(l, " \t"))
		if indent < len(l) && (common < 0 || indent < common) {
			common = indent
		}
	}
	if common > 0 {
		for i, l := range lines[1:] {
			lines[i+1] = l[min(common, len(l)):]
		}
	}
	blank := func(l string) bool { return strings.Trim(l, " \t") == "" }
	for len(lines) > 0 && blank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

func (s *scanner) escape() *failure.Refusal {
	rest := s.src[s.pos:]
	if len(rest) < 2 {
		return s.fail("Syntax Error: Unterminated string.")
	}
	if rest[1] != 'u' {
		if strings.IndexByte(`"\/bfnrt`, rest[1]) < 0 {
			return s.fail(`Syntax Error: Invalid character escape sequence: "\%s".`, rest[1:2])
		}
		s.pos += 2
		return nil
	}
	r, n := unicodeEscape(rest)
	if n == 0 {
		return s.fail("Syntax Error: Invalid Unicode escape sequence: %q.", rest[:min(len(rest), 6)])
	}
	if r >= 0xD800 && r <= 0xDFFF {
		low, m := unicodeEscape(rest[n:])
		if r >= 0xDC00 || m != 6 || rest[2] == '{' || low < 0xDC00 || low > 0xDFFF {
			return s.fail("Syntax Error: Invalid Unicode escape sequence: %q.", rest[:n])
		}
		n += m
	}
	s.pos += n
	return nil
}

// unicodeEscape reads the \uXXXX or \u{X…} with which s begins. It returns the code point and the
// length of the escape, or 0 and 0 if s does not begin with a valid one.
func unicodeEscape(s string) (r rune, n int) {
	if !strings.HasPrefix(s, `\u`) {
		return 0, 0
	}
	if strings.HasPrefix(s, `\u{`) {
		i := 3
		for ; i < len(s) && i < 12 && s[i] != '}'; i++ {
			d, ok := hexDigit(s[i])
			if !ok || r > utf8.MaxRune {
				return 0, 0
			}
			r = r<<4 | d
		}
		if i == 3 || i >= len(s) || s[i] != '}' || !utf8.ValidRune(r) {
			return 0, 0
		}
		return r, i + 1
	}
	if len(s) < 6 {
		return 0, 0
	}
	for i := 2; i < 6; i++ {
		d, ok := hexDigit(s[i])
		if !ok {
			return 0, 0
		}
		r = r<<4 | d
	}
	return r, 6
}

func hexDigit(c byte) (rune, bool) {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0'), true
	case c >= 'a' && c <= 'f':
		return rune(c - 'a' + 10), true
	case c >= 'A' && c <= 'F':
		return rune(c - 'A' + 10), true
	}
	return 0, false
}

func isDigit(c byte) bool     { return c >= '0' && c <= '9' }
func isNameStart(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isNamePart(c byte) bool  { return isNameStart(c) || isDigit(c) }
