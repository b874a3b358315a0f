// Package text normalizes texts and makes names comparable, regardless of case and diacritics, of their script,
// and of the romanisation.
//
// Read Clean, then Base, Fold, Sound and Skeleton, in this order: each ignores more differences than the
// previous one. All of them are pure functions, safe for concurrent use.
//
// The package must not know where names come from, nor how they are found.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Version changes whenever Fold, Sound or Skeleton give another result for a text: stored
// results of another version cannot be used.
const Version = 5

// Fold returns the words of Base, separated by single spaces, without punctuation and without the apostrophes
// in words.
func Fold(s string) string { return string(AppendFold(make([]byte, 0, len(s)), s)) }

// AppendFold appends the Fold of a text to an empty dst.
func AppendFold(dst []byte, s string) []byte {
	if b, ok := foldASCII(dst, s); ok {
		return b
	}
	dst = dst[:0]
	eachWord(decomposed(s), func(word string) {
		if len(dst) > 0 {
			dst = append(dst, ' ')
		}
		for _, r := range word {
			if !inWord(r) {
				continue
			}
			b, n := baseOf(r)
			for _, r := range b[:n] {
				dst = utf8.AppendRune(dst, r)
			}
		}
	})
	return dst
}

// inWord reports whether Fold keeps a character: letters, numbers, and marks that count as letters.
func inWord(r rune) bool {
	if isApostrophe(r) || invisible(r) {
		return false
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) && !isAccent(r) || r == 0x345
}

// Places returns the range of bytes in s whose folded form is the bytes from..to: the position of a match in a
// name. It includes a character that folds to several characters as a whole. It is slow, and intended for the
// few names that are shown.
func Places(s string, from, to int) (start, end int) {
	at, space := 0, false
	start = -1
	for i, r := range s {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(s[i:])
		}
		first, mark := -1, true
		for _, d := range decomposed(s[i : i+size]) {
			switch {
			case inWord(d):
				if space && at > 0 {
					at++
				}
				if first < 0 {
					first = at
				}
				b, n := baseOf(d)
				at += len(string(b[:n]))
				space, mark = false, false
			case !unicode.IsMark(d):
				space, mark = space || !isApostrophe(d) && !invisible(d), false
			}
		}
		switch {
		case first >= 0 && first < to && at > from:
			if start < 0 {
				start = i
			}
			end = i + size
		case mark && start >= 0 && end == i:
			end = i + size // a mark belongs to the previous letter
		}
	}
	return max(start, 0), end
}

// eachWord calls fn with the words of a text. A word is a sequence of letters, numbers, their marks,
// apostrophes (Xi'an is one word) and invisible characters, with at least one letter or number.
func eachWord(s string, fn func(word string)) {
	from, letters := -1, false
	for i, r := range s {
		switch {
		case isApostrophe(r), invisible(r), isAccent(r) && r != 0x345:
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			if from < 0 {
				from = i
			}
			letters = true
		default:
			if letters {
				fn(s[from:i])
			}
			from, letters = -1, false
		}
	}
	if letters {
		fn(s[from:])
	}
}

// foldASCII appends the folded form of a text that needs no tables.
func foldASCII(dst []byte, s string) ([]byte, bool) {
	space := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			return dst, false
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '\'' || c == '`':
			continue
		default:
			space = len(dst) > 0
			continue
		}
		if space {
			dst = append(dst, ' ')
			space = false
		}
		dst = append(dst, c)
	}
	return dst, true
}

// WordCount returns how many words a folded text has.
func WordCount(folded string) int {
	if folded == "" {
		return 0
	}
	return strings.Count(folded, " ") + 1
}
