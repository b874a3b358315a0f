package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Base returns the form that texts share if readers take them for the same. It is without case (Unicode's full
// case folding: ς and σ, ß and ss), without marks on letters, including strokes and hooks that Unicode does not
// encode as marks (ł, ø, đ, ı), and without the differences in print that NFKD removes. All characters used as
// apostrophes become one, all hyphens become one, and every run of white space becomes one space. Other signs
// remain; invisible characters are removed.
func Base(s string) string { return string(AppendBase(make([]byte, 0, len(s)), s)) }

// AppendBase appends the Base of a text to dst.
func AppendBase(dst []byte, s string) []byte {
	start := len(dst)
	dst, ok := appendASCII(dst, s)
	if ok {
		return dst
	}
	dst = dst[:start]
	space := false
	for _, r := range decomposed(s) {
		if unicode.IsSpace(r) {
			space = len(dst) > start
			continue
		}
		b, n := baseOf(r)
		if n > 0 && space {
			dst, space = append(dst, ' '), false
		}
		for _, r := range b[:n] {
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// appendASCII appends the base of a text that needs no tables; ok is false for other texts.
func appendASCII(dst []byte, s string) (_ []byte, ok bool) {
	start, space := len(dst), false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			return dst, false
		case c == ' ' || c >= '\t' && c <= '\r':
			space = len(dst) > start
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == '`':
			c = '\''
		}
		if space {
			dst, space = append(dst, ' '), false
		}
		dst = append(dst, c)
	}
	return dst, true
}

// decomposed separates letters from their diacritics. Folding the result may give letters that can be
// decomposed again, but baseOf knows these letters.
func decomposed(s string) string { return norm.NFKD.String(acutes.Replace(s)) }

// acutes replaces acute accents, which people type as apostrophes, and which would decompose to a space with an
// accent.
var acutes = strings.NewReplacer("´", "'", "\u1FFD", "'")

// baseOf returns the characters that a character of a decomposed text becomes: none, one or
// two.
func baseOf(r rune) (b [2]rune, n int) {
	switch {
	case isApostrophe(r):
		return [2]rune{'\''}, 1
	case r < utf8.RuneSelf:
		return [2]rune{unicode.ToLower(r)}, 1
	case r == 0x345: // the iota under a Greek letter is a letter once case is folded
		return [2]rune{'ι'}, 1
	case isHyphen(r):
		return [2]rune{'-'}, 1
	case isAccent(r), invisible(r):
		return b, 0
	}
	r = unicode.ToLower(unicode.ToUpper(r))
	if latin, ok := marked[r]; ok {
		for _, l := range latin {
			b[n] = l
			n++
		}
		return b, n
	}
	return [2]rune{r}, 1
}

// isAccent reports whether a mark only distinguishes a letter. The vowel signs of
// the scripts of India and of Thai are also marks, but letters to a reader.
func isAccent(r rune) bool {
	return r >= 0x300 && unicode.Is(unicode.Mn, r) && unicode.In(r, unicode.Inherited, unicode.Common,
		unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hebrew, unicode.Arabic, unicode.Syriac)
}

// isApostrophe reports whether the character is printed as an apostrophe: U+02BB and U+02BC
// of Uzbek, Ukrainian and Hawaiian, quotation marks, the modifier letters of
// romanisations.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', 0x2B9, 0x2BB, 0x2BC, 0x2BD, 0x2BE, 0x2BF, 0x2C8, 0x2018, 0x2019, 0x201B, 0x2032, 0x2035, 0xA78B, 0xA78C, 0xFF07:
		return true
	}
	return false
}

func isHyphen(r rune) bool { return r == '-' || r >= 0x2010 && r <= 0x2015 || r == 0x2212 }

// marked has the letters whose mark Unicode does not decompose, and the letters that case folding turns into
// two.
var marked = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ȷ': "j", 'ł': "l", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ŧ': "t",
	'ƀ': "b", 'ɓ': "b", 'ƃ': "b", 'ȼ': "c", 'ƈ': "c", 'ɖ': "d", 'ɗ': "d", 'ƌ': "d", 'ɇ': "e", 'ƒ': "f", 'ǥ': "g", 'ɠ': "g", 'ɨ': "i", 'ɉ': "j",
	'ƙ': "k", 'ƚ': "l", 'ɫ': "l", 'ⱡ': "l", 'ɲ': "n", 'ƞ': "n", 'ɵ': "o", 'ƥ': "p", 'ɍ': "r", 'ɽ': "r", 'ƭ': "t", 'ʈ': "t", 'ⱦ': "t",
	'ʉ': "u", 'ʋ': "v", 'ⱳ': "w", 'ɏ': "y", 'ƴ': "y", 'ƶ': "z", 'ȥ': "z",
}
