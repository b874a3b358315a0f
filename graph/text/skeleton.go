package text

import "unicode"

// Spare reports whether a text has letters of a script that leaves vowels out or
// has no letter for many a consonant of other languages: Arabic, Hebrew,
// katakana, Hangul. Names in them are compared by their skeletons.
func Spare(s string) bool {
	for _, r := range s {
		if r >= 0x590 && (unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Katakana, unicode.Hangul)) {
			return true
		}
	}
	return false
}

// Class returns the class of consonants that a letter of Sound belongs to, a
// letter from A to Z, or 0 if it has none, as vowels. Within a class are
// consonants that one of the spare scripts writes alike.
func Class(letter byte) byte {
	switch letter {
	case 'b', 'p', 'f', 'v':
		return 'B'
	case 'k', 'g', 'q':
		return 'K'
	case 't', 'c':
		return 'T'
	case 'l', 'r':
		return 'R'
	case 'd', 'j', 'h', 'm', 'n', 's':
		return letter - 'a' + 'A'
	}
	return 0
}

// Skeleton returns the classes of the consonants of a Sound, without the vowels; spaces
// remain.
func Skeleton(sound string) string {
	dst := make([]byte, 0, len(sound))
	for i := 0; i < len(sound); i++ {
		c := Class(sound[i])
		switch {
		case sound[i] == ' ':
			dst = append(dst, ' ')
		case c != 0:
			dst = append(dst, c)
		}
	}
	return string(dst)
}

// scriptTables are those that Script tells apart; Japanese mixes two of them with Han.
var scriptTables = [...][]*unicode.RangeTable{
	{unicode.Cyrillic}, {unicode.Greek}, {unicode.Armenian}, {unicode.Georgian}, {unicode.Hebrew}, {unicode.Arabic},
	{unicode.Han, unicode.Hiragana, unicode.Katakana}, {unicode.Hangul}, {unicode.Devanagari}, {unicode.Bengali}, {unicode.Gurmukhi},
	{unicode.Gujarati}, {unicode.Tamil}, {unicode.Telugu}, {unicode.Kannada}, {unicode.Malayalam}, {unicode.Sinhala}, {unicode.Thai},
	{unicode.Lao}, {unicode.Tibetan}, {unicode.Myanmar}, {unicode.Ethiopic}, {unicode.Khmer}, {unicode.Mongolian}, {unicode.Thaana},
}

// Script numbers the script of a text, by its first letter that is not Latin: 0 where all
// are, else from 1 to 26, the last for all scripts that are not told apart.
func Script(s string) int {
	for _, r := range s {
		if r < 0x250 || !unicode.IsLetter(r) || unicode.Is(unicode.Latin, r) {
			continue
		}
		for i, tables := range scriptTables {
			if unicode.In(r, tables...) {
				return i + 1
			}
		}
		return len(scriptTables) + 1
	}
	return 0
}
