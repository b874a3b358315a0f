// Package value reads, coerces and writes values: the JSON of variables, literals of
// documents, defaults, and the JSON of answers.
//
// Read first: [CoerceLiteral] and [Decode] (values from a document and from a request's variables),
// [Variables] (the variables of a request), and [AppendString] with the other Append functions (how
// answers are written). The package must not know whole documents or how fields are read.
package value

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// plainByte marks the bytes that need no escape in a JSON string.
var plainByte = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// AppendString appends s as a JSON string. Invalid UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte {
	if plain(s) { // grows once for the whole string
		at := len(dst) + 1
		dst = slices.Grow(dst, len(s)+2)[:at+len(s)+1]
		dst[at-1], dst[len(dst)-1] = '"', '"'
		copy(dst[at:], s)
		return dst
	}
	return append(appendEscaped(append(dst, '"'), s), '"')
}

// plain reports whether no byte needs an escape. It tests eight bytes at a time.
func plain(s string) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(s) >= 8; s = s[8:] {
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		// Subtracting sets the highest bit of a byte below 0x20, and of one that is 0. Only a byte
		// that needs an escape borrows from the next.
		if (w|(w-ones*0x20)|(quote-ones)|(slash-ones))&tops != 0 {
			return false
		}
	}
	for i := range len(s) {
		if !plainByte[s[i]] {
			return false
		}
	}
	return true
}

func appendEscaped(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plainByte[c] {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\b':
				dst = append(dst, '\\', 'b')
			case '\f':
				dst = append(dst, '\\', 'f')
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(append(dst, s[start:i]...), "\uFFFD"...)
			start = i + size
		}
		i += size
	}
	return append(dst, s[start:]...)
}

// AppendFloat appends v in the shortest form that reads back as v. For infinities and NaN,
// which JSON does not have, it appends nothing; the engine then writes null.
func AppendFloat(dst []byte, v float64) []byte {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return dst
	}
	if v == 0 {
		return append(dst, '0') // JavaScript prints -0 as 0
	}
	if whole := int64(v); math.Abs(v) < 1<<53 && float64(whole) == v {
		return strconv.AppendInt(dst, whole, 10) // several times as fast as AppendFloat
	}
	if abs := math.Abs(v); abs < 1e-6 || abs >= 1e21 {
		dst = strconv.AppendFloat(dst, v, 'e', -1, 64)
		// e-09 becomes e-9, as JavaScript prints it.
		if n := len(dst); n >= 4 && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' {
			dst[n-2] = dst[n-1]
			dst = dst[:n-1]
		}
		return dst
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// AppendInt appends v in decimal.
func AppendInt(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }

// AppendBool appends true or false.
func AppendBool(dst []byte, v bool) []byte { return strconv.AppendBool(dst, v) }

// Append appends any Go value as JSON, and null for a value that has no JSON form.
func Append(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case string:
		return AppendString(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int32:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		n := len(dst)
		if dst = AppendFloat(dst, v); len(dst) == n {
			dst = append(dst, "null"...)
		}
		return dst
	case json.RawMessage:
		if json.Valid(v) {
			return append(dst, v...)
		}
		return append(dst, "null"...)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, text...)
}
