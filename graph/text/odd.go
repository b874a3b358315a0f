package text

import "unicode"

// Odd reports whether a word of a text has neighbouring letters that hardly any word of its script has: a Hebrew
// final letter before the end of a word, a soft sign with nothing to soften, or in Arabic and Hebrew two
// consonants that sound the same. Such a text was probably typed at random.
func Odd(s string) bool {
	var before rune
	for _, r := range s {
		if !unicode.IsLetter(r) {
			before = 0
			continue
		}
		switch r = unicode.ToLower(r); {
		case before != 0 && finalOnly(before):
			return true
		case (r == 'ь' || r == 'ъ') && (before == 0 || before == 'ь' || before == 'ъ' || soundsVowel(before)):
			return true
		case before != 0 && r != before && vowelless(r) && sameConsonant(r, before):
			return true
		}
		before = r
	}
	return false
}

// finalOnly reports whether Hebrew writes the letter at the end of words only.
func finalOnly(r rune) bool { return r == 'ך' || r == 'ם' || r == 'ן' || r == 'ף' || r == 'ץ' }

func soundsVowel(r rune) bool {
	latin := letters[r]
	return latin != "" && isVowel(latin[len(latin)-1])
}

// sameConsonant reports whether two letters sound like the same consonant.
func sameConsonant(a, b rune) bool {
	x, y := appendSound(nil, []byte(letters[a])), appendSound(nil, []byte(letters[b]))
	return len(x) > 0 && string(x) == string(y) && !isVowel(x[len(x)-1])
}
