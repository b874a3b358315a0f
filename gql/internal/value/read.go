package value

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonReader decodes the variables of a request. encoding/json takes three times as long for the
// few small values of a request, cannot bound the nesting, and replaces invalid characters by
// U+FFFD. Apart from these, FuzzJSON checks that both accept the same texts and read the same
// values. decision-json.md has the figures, also for jsontext.
type jsonReader struct {
	src       []byte
	pos       int
	depth     int
	maxDepth  int
	values    int
	maxValues int
}

// errDepth says that the nesting exceeds the limit.
type errDepth struct{ depth int }

func (errDepth) Error() string { return "nested too deeply" }

// errValues says that the number of values exceeds the limit.
type errValues struct{ values int }

func (errValues) Error() string { return "too many values" }

// CheckValues is the number of values between checks of the context. It is low because
// garbage collection may take as long as reading the values.
const CheckValues = 1 << 10

// Read decodes one value: map[string]any, []any, string, json.Number, bool or nil. If a key occurs
// twice, the last value counts. If the context ends during the call, the error is ctx.Err().
func Read(ctx context.Context, src []byte, maxDepth, maxValues int) (any, error) {
	r := &jsonReader{src: src, maxDepth: maxDepth, maxValues: maxValues}
	v, err := r.value(ctx)
	if err != nil {
		return nil, err
	}
	if r.space(); r.pos < len(r.src) {
		return nil, r.fail("unexpected text after the value")
	}
	return v, nil
}

// members reads an object at the top level and calls set for each member. The key is valid only
// until set returns. If the text is not an object, members reads nothing and returns false.
func (r *jsonReader) members(ctx context.Context, set func(key []byte, v any)) (bool, error) {
	if r.next() != '{' {
		return false, nil
	}
	r.values++ // counts the object itself, since the limits are at least one
	r.depth++
	r.pos++
	if r.next() == '}' {
		r.pos++
	} else if err := r.eachMember(ctx, set); err != nil {
		return true, err
	}
	if r.space(); r.pos < len(r.src) {
		return true, r.fail("unexpected text after the value")
	}
	return true, nil
}

// eachMember reads the members of an object up to its end.
func (r *jsonReader) eachMember(ctx context.Context, set func(key []byte, v any)) error {
	for {
		if r.next() != '"' {
			return r.fail("expected a key")
		}
		key, err := r.text()
		if err != nil {
			return err
		}
		if r.next() != ':' {
			return r.fail("expected a colon")
		}
		r.pos++
		v, err := r.value(ctx)
		if err != nil {
			return err
		}
		set(key, v)
		switch r.next() {
		case ',':
			r.pos++
		case '}':
			r.pos++
			return nil
		default:
			return r.fail("expected a comma or the end of the object")
		}
	}
}

func (r *jsonReader) fail(msg string) error { return fmt.Errorf("%s at byte %d", msg, r.pos+1) }

func (r *jsonReader) space() {
	for r.pos < len(r.src) {
		switch r.src[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// next skips blanks and returns the next byte, or 0 at the end.
func (r *jsonReader) next() byte {
	r.space()
	if r.pos < len(r.src) {
		return r.src[r.pos]
	}
	return 0
}

func (r *jsonReader) value(ctx context.Context) (any, error) {
	if r.values++; r.values > r.maxValues {
		return nil, errValues{r.values}
	}
	if r.values%CheckValues == 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	switch c := r.next(); {
	case c == '{' || c == '[':
		if r.depth++; r.depth > r.maxDepth {
			return nil, errDepth{r.depth}
		}
		defer func() { r.depth-- }()
		r.pos++
		if c == '{' {
			return r.object(ctx)
		}
		return r.array(ctx)
	case c == '"':
		return r.str()
	case c == '-' || isDigit(c):
		return r.number()
	}
	switch {
	case r.word("true"):
		return true, nil
	case r.word("false"):
		return false, nil
	case r.word("null"):
		return nil, nil
	}
	if r.pos >= len(r.src) {
		return nil, r.fail("unexpected end")
	}
	return nil, r.fail("unexpected character")
}

func (r *jsonReader) word(text string) bool {
	if len(r.src)-r.pos < len(text) || string(r.src[r.pos:r.pos+len(text)]) != text {
		return false
	}
	r.pos += len(text)
	return true
}

func (r *jsonReader) object(ctx context.Context) (any, error) {
	m := map[string]any{}
	if r.next() == '}' {
		r.pos++
		return m, nil
	}
	if err := r.eachMember(ctx, func(key []byte, v any) { m[string(key)] = v }); err != nil {
		return nil, err
	}
	return m, nil
}

func (r *jsonReader) array(ctx context.Context) (any, error) {
	list := []any{}
	if r.next() == ']' {
		r.pos++
		return list, nil
	}
	for {
		v, err := r.value(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		switch r.next() {
		case ',':
			r.pos++
		case ']':
			r.pos++
			return list, nil
		default:
			return nil, r.fail("expected a comma or the end of the list")
		}
	}
}

func (r *jsonReader) digits() bool {
	start := r.pos
	for r.pos < len(r.src) && isDigit(r.src[r.pos]) {
		r.pos++
	}
	return r.pos > start
}

func (r *jsonReader) at(set string) bool {
	for i := range len(set) {
		if r.pos < len(r.src) && r.src[r.pos] == set[i] {
			return true
		}
	}
	return false
}

func (r *jsonReader) number() (any, error) {
	start := r.pos
	if r.at("-") {
		r.pos++
	}
	if r.at("0") {
		r.pos++
	} else if !r.digits() {
		return nil, r.fail("expected a digit")
	}
	if r.at(".") {
		r.pos++
		if !r.digits() {
			return nil, r.fail("expected a digit")
		}
	}
	if r.at("eE") {
		r.pos++
		if r.at("+-") {
			r.pos++
		}
		if !r.digits() {
			return nil, r.fail("expected a digit")
		}
	}
	return json.Number(r.src[start:r.pos]), nil
}

// ReadString reads a JSON string with nothing before or after it. Where encoding/json would replace
// an invalid character by U+FFFD, ReadString returns an error that names the byte.
func ReadString(src []byte) (string, error) {
	r := &jsonReader{src: src}
	if r.next() != '"' {
		return "", r.fail("expected a string")
	}
	s, err := r.str()
	if err == nil {
		if r.space(); r.pos < len(r.src) {
			err = r.fail("unexpected text after the string")
		}
	}
	return s, err
}

func (r *jsonReader) str() (string, error) {
	text, err := r.text()
	return string(text), err
}

// text returns the content of a string, as a slice of the source if it has no escapes.
func (r *jsonReader) text() ([]byte, error) {
	r.pos++
	start := r.pos
	for r.pos < len(r.src) && plainByte[r.src[r.pos]] {
		r.pos++
	}
	if r.at(`"`) {
		r.pos++
		return r.src[start : r.pos-1], nil
	}
	buf := append([]byte(nil), r.src[start:r.pos]...)
	for r.pos < len(r.src) {
		switch c := r.src[r.pos]; {
		case c == '"':
			r.pos++
			return buf, nil
		case c == '\\':
			var err error
			if buf, err = r.escape(buf); err != nil {
				return nil, err
			}
		case c < 0x20:
			return nil, r.fail("control character in a string")
		case c < utf8.RuneSelf:
			buf = append(buf, c)
			r.pos++
		default:
			c, size := utf8.DecodeRune(r.src[r.pos:])
			if c == utf8.RuneError && size == 1 {
				return nil, r.fail("bytes that are not UTF-8 in a string")
			}
			buf = utf8.AppendRune(buf, c)
			r.pos += size
		}
	}
	return nil, r.fail("unterminated string")
}

const jsonEscapes = "\"\\/bfnrt"
const jsonEscaped = "\"\\/\b\f\n\r\t"

func (r *jsonReader) escape(buf []byte) ([]byte, error) {
	if r.pos+1 >= len(r.src) {
		return nil, r.fail("unterminated string")
	}
	c := r.src[r.pos+1]
	for i := range len(jsonEscapes) {
		if jsonEscapes[i] == c {
			r.pos += 2
			return append(buf, jsonEscaped[i]), nil
		}
	}
	start := r.pos
	u, ok := r.unit()
	if !ok {
		return nil, r.fail("invalid escape in a string")
	}
	if utf16.IsSurrogate(u) {
		low, ok := r.unit()
		if u = utf16.DecodeRune(u, low); !ok || u == utf8.RuneError {
			r.pos = start
			return nil, r.fail(`half of a character (` + string(r.src[start:start+6]) + `, a surrogate without the other)`)
		}
	}
	return utf8.AppendRune(buf, u), nil
}

// unit reads an escape \uXXXX.
func (r *jsonReader) unit() (rune, bool) {
	if len(r.src)-r.pos < 6 || r.src[r.pos] != '\\' || r.src[r.pos+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(r.src[r.pos+2:r.pos+6]), 16, 16)
	if err != nil || r.src[r.pos+2] == '+' {
		return 0, false
	}
	r.pos += 6
	return rune(n), true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
