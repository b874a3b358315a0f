package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Sound returns how the words of a text may sound, in the letters a to z. Names in different romanisations or
// scripts have equal or similar sounds (Токаев, Tokayev and Toqaev are tokaev). The result has a word for each
// word of Fold, separated by single spaces. Letters of unknown scripts are unchanged.
func Sound(s string) string {
	var dst, latin []byte
	eachWord(norm.NFKC.String(s), func(word string) {
		if len(dst) > 0 {
			dst = append(dst, ' ')
		}
		latin = appendLatin(latin[:0], word)
		before := len(dst)
		dst = appendSound(dst, latin)
		if len(dst) == before { // the word is only a soft sign
			dst = append(dst, Fold(word)...)
		}
	})
	return string(dst)
}

// appendLatin appends a word in lower-case Latin letters.
func appendLatin(dst []byte, word string) []byte {
	start := len(dst)
	if first, _ := utf8.DecodeRuneInString(word); unicode.Is(unicode.Greek, first) {
		word = greekPairs.Replace(word)
		if before, ok := strings.CutSuffix(word, "φ"); ok && (strings.HasSuffix(before, "ε") || strings.HasSuffix(before, "ο")) {
			word = before + "v" // as in East Slavic names
		}
	}
	for i, r := range word {
		r = unicode.ToLower(r)
		// Hiragana have the same order as katakana.
		if r >= 'ぁ' && r <= 'ゖ' {
			r += 'ァ' - 'ぁ'
		}
		small, isSmall := smallKana[r]
		latin, known := letters[r]
		switch {
		case r < utf8.RuneSelf:
			if r != '\'' {
				dst = append(dst, byte(r))
			}
		case isSmall:
			dst = addSmallKana(dst, small)
		case r == 'ウ' && len(dst) > start && dst[len(dst)-1] == 'o':
			// A long o: トウキョウ is Tokyo.
		case r == 'ا' && i == 0 && strings.HasPrefix(word[i:], "ال") && utf8.RuneCountInString(word) > 4:
			// The article; its l is dropped below.
		case r == 'ل' && i == len("ا") && strings.HasPrefix(word, "ال") && utf8.RuneCountInString(word) > 4:
		case r == 'ع' && i == 0:
			dst = append(dst, 'a') // for any vowel
		case r == 'و' && i == 0, r == 'ו' && i == 0:
			dst = append(dst, 'v')
		case known:
			if vowelless(r) && latin != "sh" {
				// Letters that only seem to be one sound, because the vowel between them is not written, remain
				// separate; tsh is ch.
				dst = append(dst, apart)
			}
			dst = append(dst, latin...)
		case r >= hangulFirst && r <= hangulLast:
			dst = appendHangul(append(dst, apart), r)
		case r >= hanFirst && r <= hanLast && han()[r-hanFirst] != "":
			dst = append(dst, han()[r-hanFirst]...)
		default:
			dst = appendBase(dst, r)
		}
	}
	return dst
}

// greekPairs has sounds that Greek has no letters for, or writes with two letters.
var greekPairs = strings.NewReplacer("ου", "u", "ού", "u", "Ου", "u", "σχ", "sk", "γιε", "ye", "ρντ", "rd", "μπ", "b", "Μπ", "b", "γκ", "g", "Γκ", "g", "γγ", "ng", "τζ", "j", "Τζ", "j")

// apart separates Latin letters that must not be read together.
const apart = '\''

func vowelless(r rune) bool {
	return r >= 0x590 && r < 0x700 || r >= 0xFB1D && r < 0xFDFF || r >= 0xFE70 && r < 0xFEFF
}

// appendBase appends a letter without its marks.
func appendBase(dst []byte, r rune) []byte {
	for _, d := range norm.NFKD.String(string(r)) {
		switch latin, known := letters[d]; {
		case known:
			dst = append(dst, latin...)
		case unicode.IsLetter(d) || unicode.IsNumber(d):
			dst = utf8.AppendRune(dst, unicode.ToLower(d))
		}
	}
	return dst
}

// same lists letters that romanisations use for the same sound, the longest first. An entry may represent
// several sounds, because a sound key only finds candidates, and the score depends on more than the key.
var same = groupByFirst([][2]string{
	{"shch", "s"}, {"tsch", "c"}, {"dsch", "j"},
	{"sch", "s"}, {"tch", "c"}, {"dzh", "j"}, {"tsh", "c"}, {"aye", "e"}, {"oye", "o"}, {"aie", "e"}, {"oie", "o"}, {"aje", "e"}, {"oje", "o"}, {"ije", "ie"}, {"ijo", "io"},
	{"sh", "s"}, {"ch", "c"}, {"dj", "j"}, {"dz", "s"}, {"zh", "j"}, {"jh", "j"}, {"kh", "h"}, {"gh", "g"}, {"ph", "f"}, {"th", "t"}, {"dh", "d"},
	{"bh", "b"}, {"rh", "r"}, {"wh", "v"}, {"ts", "s"}, {"tz", "s"}, {"cz", "c"}, {"sz", "s"}, {"ck", "k"}, {"ce", "se"}, {"ci", "si"}, {"cy", "si"},
	{"ou", "u"}, {"oo", "u"}, {"ee", "i"}, {"ae", "e"}, {"oe", "o"}, {"ue", "u"},
	{"c", "k"}, {"q", "k"}, {"w", "v"}, {"x", "ks"}, {"y", "i"}, {"z", "s"},
})

func groupByFirst(pairs [][2]string) (by [utf8.RuneSelf][][2]string) {
	for _, p := range pairs {
		by[p[0][0]] = append(by[p[0][0]], p)
	}
	return by
}

// appendSound appends the sound of a word in Latin letters.
func appendSound(dst, word []byte) []byte {
	start := len(dst)
	add := func(s string) {
		for i := 0; i < len(s); i++ {
			c, n := s[i], len(dst)
			switch {
			case n > start && dst[n-1] == c && c < utf8.RuneSelf && !(c >= '0' && c <= '9'):
				continue // double letters sound like single ones
			case n-start >= 2 && dst[n-1] == 'i' && isVowel(c) && isVowel(dst[n-2]):
				dst[n-1] = c // Tokayev is Tokaev
				continue
			case n-start == 1 && dst[n-1] == 'i' && c == 'e':
				dst[n-1] = c // Yerevan is Erevan
				continue
			case n > start && dst[n-1] == 'n' && (c == 'b' || c == 'p'):
				dst[n-1] = 'm' // Istanbul is Istambul
			}
			dst = append(dst, c)
		}
	}
	for i := 0; i < len(word); {
		c := word[i]
		if c == apart {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			add(string(word[i : i+1]))
			i++
			continue
		}
		rule := [2]string{string(word[i : i+1]), string(word[i : i+1])}
		for _, p := range same[c] {
			if len(word)-i >= len(p[0]) && string(word[i:i+len(p[0])]) == p[0] {
				rule = p
				break
			}
		}
		if rule[0] == "x" && i == 0 {
			rule[1] = "s" // Xi, Xinjiang
		}
		if rule[0] == "h" && i > 0 && i == len(word)-1 && isVowel(word[i-1]) {
			rule[1] = "" // Sarah is Sara
		}
		add(rule[1])
		i += len(rule[0])
	}
	return dst
}

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }
