package codec

import "strings"

// latinLetters returns the ASCII form of each letter of European names.
var latin = latinLetters()

func latinLetters() map[rune]string {
	letters := map[rune]string{'ß': "ss", 'æ': "ae", 'ø': "o", 'œ': "oe", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ı': "i"}
	for base, forms := range map[string]string{
		"a": "àáâãäåāăą", "c": "çćĉċč", "d": "ďḍ", "e": "èéêëēĕėęěə", "g": "ĝğġģ", "h": "ĥħḥ", "i": "ìíîïĩīĭį",
		"j": "ĵ", "k": "ķ", "l": "ĺļľ", "n": "ñńņňŋ", "o": "òóôõöōŏő", "r": "ŕŗř", "s": "śŝşšș", "t": "ţťŧț",
		"u": "ùúûüũūŭůűų", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
	} {
		for _, r := range forms {
			letters[r] = base
		}
	}
	return letters
}

// Latin returns the ASCII form of a letter of a European name, in lower case.
func Latin(r rune) (ascii string, ok bool) {
	ascii, ok = latin[r]
	return ascii, ok
}

// Slug converts a name to an id: lower-case ASCII words, joined by hyphens, without apostrophes. It returns ""
// for a name in a script other than Latin.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		s, folded := latin[r]
		switch {
		case folded:
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			s = string(r)
		case r == '\'' || r == '’' || r == '‘' || r == 'ʻ' || r == '`':
			continue
		case r > 127 && r != '–' && r != '\u00a0':
			return ""
		default:
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteString(s)
	}
	return b.String()
}
