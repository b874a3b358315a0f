package text

import "unicode"

// Spare reports whether a text has letters of a script that omits vowels or lacks letters for many foreign
// consonants: Arabic, Hebrew, katakana, Hangul. Names in these scripts are compared by their skeletons.
func Spare(s string) bool {
	for _, r := range s {
		if r >= 0x590 && (unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Katakana, unicode.Hangul)) {
			return true
		}
	}
	return false
}

// Class returns the consonant class of a letter of Sound, from A to Z, or 0 if it has none, for example for
// vowels. Consonants that one of the spare scripts does not distinguish are in one class.
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

// Skeleton returns the classes of the consonants in a Sound, without vowels; spaces remain.
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

// scriptTables has the scripts that Script distinguishes; Japanese mixes two of them with Han.
var scriptTables = [...][]*unicode.RangeTable{
	{unicode.Cyrillic}, {unicode.Greek}, {unicode.Armenian}, {unicode.Georgian}, {unicode.Hebrew}, {unicode.Arabic},
	{unicode.Han, unicode.Hiragana, unicode.Katakana}, {unicode.Hangul}, {unicode.Devanagari}, {unicode.Bengali}, {unicode.Gurmukhi},
	{unicode.Gujarati}, {unicode.Tamil}, {unicode.Telugu}, {unicode.Kannada}, {unicode.Malayalam}, {unicode.Sinhala}, {unicode.Thai},
	{unicode.Lao}, {unicode.Tibetan}, {unicode.Myanmar}, {unicode.Ethiopic}, {unicode.Khmer}, {unicode.Mongolian}, {unicode.Thaana},
}

// Script returns a number for the script of a text, by its first letter that is not Latin: 0 if all letters are
// Latin, else from 1 to 26. The last number is for all scripts that are not distinguished.
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
