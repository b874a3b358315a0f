package codec

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// halfCharacter finds, in well-formed JSON, the escape of a surrogate that has
// no other half; encoding/json makes U+FFFD of it. It is "" where there is none.
func halfCharacter(text []byte) (at int, escape string) {
	unit := func(i int) rune { // of the escape at i, 0 where none is
		if i+6 > len(text) || text[i] != '\\' || text[i+1] != 'u' {
			return 0
		}
		n, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 16)
		if err != nil {
			return 0
		}
		return rune(n)
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		switch u := unit(i); {
		case !utf16.IsSurrogate(u):
			i++ // the character escaped, which may be a backslash
		case utf16.DecodeRune(u, unit(i+6)) == utf8.RuneError:
			return i, string(text[i : i+6])
		default:
			i += 11
		}
	}
	return 0, ""
}
