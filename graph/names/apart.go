package names

import "strings"

// weights says how much each difference between a text and a name counts.
type weights struct {
	// lacking is the weight of letter i of the text if the name lacks it, and added the weight of letter i of the
	// name if the text lacks it. replaced is the weight of letter i of the text in place of letter j of the name.
	lacking, added func(s string, i int) int
	replaced       func(text, name string, i, j int) int
	exchanged      int // the weight of two exchanged neighbours
}

// apart returns the weight of the differences between a text and a name. If prefix is set, the text is compared
// with that beginning of the name which differs least.
func (w *weights) apart(text, name string, prefix bool) int {
	if len(text) > maxPattern || len(name) > maxPattern {
		return len(text) + len(name)
	}
	var rows [3][maxPattern + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(name) {
		row[j+1] = row[j] + w.added(name, j)
	}
	for i := range len(text) {
		before, last, row = last, row, before
		row[0] = last[0] + w.lacking(text, i)
		for j := range len(name) {
			least := min(last[j+1]+w.lacking(text, i), row[j]+w.added(name, j))
			if text[i] == name[j] {
				least = min(least, last[j])
			} else {
				least = min(least, last[j]+w.replaced(text, name, i, j))
			}
			if i > 0 && j > 0 && text[i] == name[j-1] && text[i-1] == name[j] {
				least = min(least, before[j-1]+w.exchanged)
			}
			row[j+1] = least
		}
	}
	least := row[len(name)]
	if prefix {
		for _, n := range row[:len(name)] {
			least = min(least, n)
		}
	}
	return least
}

// slips weighs the differences between sounds: a misspelling counts 1, a difference that makes another word counts 2.
// Misspellings are a vowel or a consonant left out or added, two exchanged neighbours, a vowel for another vowel, and
// a consonant for one that is often written instead. Another consonant, a vowel in place of a consonant, and another
// first letter make another word.
var slips = weights{lacking: firstTwice, added: firstTwice, exchanged: 1, replaced: twiceUnlessAlike}

// spelling weighs the differences between spellings, in halves: a letter that another romanisation would use
// counts 1, any other letter 2.
var spelling = weights{lacking: two, added: two, exchanged: 2, replaced: twiceUnlessAlike}

func two(string, int) int { return 2 }

func firstTwice(_ string, i int) int {
	if i == 0 {
		return 2
	}
	return 1
}

// twiceUnlessAlike returns 1 for letters that spellings and languages exchange, and 2 for others.
func twiceUnlessAlike(text, name string, i, j int) int {
	a, b := text[i], name[j]
	if a < 128 && b < 128 && exchanged[a]&exchanged[b] != 0 {
		return 1
	}
	return 2
}

// exchanged has a bit for each group of letters that spellings and languages exchange.
var exchanged = func() (by [128]uint16) {
	for i, group := range [...]string{"aeiou", "bpfvw", "uvw", "dt", "tc", "chkgjqx", "csjz", "lr", "mn", "iyj"} {
		for _, c := range group {
			by[c] |= 1 << i
		}
	}
	return by
}()

// arabic and hebrew weigh the differences between the sound of a name and a text in a script that omits vowels. The
// script does not write short vowels inside a name. But a written vowel must be in the name, and a vowel at the end of
// the name must be written. Arabic writes b for p, and f for v. Hebrew has one letter for b and v, and one for p and f.
var arabic, hebrew = vowelless("bp", "fv"), vowelless("bv", "pf")

// vowelless returns the weights for a script that omits vowels and does not distinguish the letters of these
// pairs.
func vowelless(pairs ...string) *weights {
	return &weights{exchanged: far,
		lacking: func(text string, i int) int {
			switch {
			case isVowel(text[i]) && i > 0 && isVowel(text[i-1]), text[i] == 'h' && i == len(text)-1:
				return 0
			case isVowel(text[i]):
				return 2
			}
			return far
		},
		added: func(name string, j int) int {
			switch {
			case !isVowel(name[j]):
				return far
			case j == len(name)-1:
				return 2
			case j == 0:
				return 1
			}
			return 0
		},
		replaced: func(text, name string, i, j int) int {
			a, b := text[i], name[j]
			switch {
			case isVowel(a) && isVowel(b):
				return vowelInstead(a, b, i == 0 || i+1 < len(text) && isVowel(text[i+1]))
			case a == 'h' && isVowel(b) && i == len(text)-1 && j == len(name)-1:
				return 0
			}
			for _, pair := range pairs {
				if strings.IndexByte(pair, a) >= 0 && strings.IndexByte(pair, b) >= 0 {
					return 0
				}
			}
			switch pairOf(a, b) {
			case "bf", "bp", "bv", "fp", "fv", "uv", "gk", "ct":
				return 1
			}
			return far
		},
	}
}

// pairOf returns the two letters in alphabetical order.
func pairOf(a, b byte) string { return string([]byte{min(a, b), max(a, b)}) }

// vowelInstead returns the weight of a written vowel a in place of b. A vowel at the beginning, and a diphthong, may
// be any vowel as which its letters can be read.
func vowelInstead(a, b byte, open bool) int {
	front, back := strings.IndexByte("ie", a) >= 0 && strings.IndexByte("ie", b) >= 0, strings.IndexByte("uo", a) >= 0 && strings.IndexByte("uo", b) >= 0
	switch {
	case front, back, open && (a == 'a' || b == 'a'):
		return 0
	case a == 'a', b == 'a' && a != 'i':
		return 1
	}
	return 2
}

// syllabic weighs the differences between the sound of a name and a text in katakana or Hangul, which write every vowel
// of the name, and add vowels where a syllable needs one.
var syllabic = &weights{exchanged: far,
	lacking: func(text string, i int) int {
		switch c := text[i]; {
		case c == 'u', c == 'o' && i > 0 && (text[i-1] == 't' || text[i-1] == 'd'), isVowel(c) && i+1 < len(text) && isVowel(text[i+1]):
			return 0
		case c == 'i', c == 'o', isVowel(c) && i > 0 && isVowel(text[i-1]):
			return 1
		case isVowel(c):
			return 2
		}
		return far
	},
	added: func(name string, j int) int {
		switch {
		case !isVowel(name[j]):
			return far
		case j > 0 && isVowel(name[j-1]):
			return 1
		}
		return 2
	},
	replaced: func(text, name string, i, j int) int {
		a, b := text[i], name[j]
		switch pairOf(a, b) {
		case "lr", "bv", "fv", "ct", "pv", "ou", "gk":
			return 0
		case "dt", "bp", "fp", "fh":
			return 1
		}
		if isVowel(a) && isVowel(b) {
			return 1
		}
		return far
	},
}

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }
