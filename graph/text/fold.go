// Package text makes names comparable: regardless of case and diacritics, of
// the script they are written in, and of how a script was put into Latin
// letters.
//
// Read Fold, Sound and Skeleton, in this order: each forgives more than the
// one before. All are pure functions of their text, safe for concurrent use.
//
// The package must not know where names come from, nor how they are found.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Version changes with what Fold, Sound and Skeleton make of a text: what was
// kept of another version is of no use.
const Version = 1

// Fold makes names comparable: lower case, without diacritics, every run of
// spaces and punctuation one space.
func Fold(s string) string { return string(AppendFold(make([]byte, 0, len(s)), s)) }

// AppendFold appends Fold of the text to an empty dst.
func AppendFold(dst []byte, s string) []byte {
	if b, ok := foldASCII(dst, s); ok {
		return b
	}
	dst = dst[:0]
	eachWord(norm.NFKD.String(s), func(word string) {
		if len(dst) > 0 {
			dst = append(dst, ' ')
		}
		for _, r := range word {
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				dst = utf8.AppendRune(dst, unicode.ToLower(r))
			}
		}
	})
	return dst
}

// Places are the bytes of s that made the folded bytes from..to: where in a
// name a match lies. A character that folds to several lies there whole. It is
// slow and meant for the few names that are shown.
func Places(s string, from, to int) (start, end int) {
	at, space := 0, false
	start = -1
	for i, r := range s {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(s[i:])
		}
		first, mark := -1, true
		for _, d := range norm.NFKD.String(s[i : i+size]) {
			switch {
			case unicode.IsLetter(d) || unicode.IsNumber(d):
				if space && at > 0 {
					at++
				}
				if first < 0 {
					first = at
				}
				at += utf8.RuneLen(unicode.ToLower(d))
				space, mark = false, false
			case !unicode.Is(unicode.Mn, d):
				space, mark = space || !isApostrophe(d), false
			}
		}
		switch {
		case first >= 0 && first < to && at > from:
			if start < 0 {
				start = i
			}
			end = i + size
		case mark && start >= 0 && end == i:
			end = i + size // a mark belongs to the letter before it
		}
	}
	return max(start, 0), end
}

// eachWord calls fn with the words of a text: runs of letters, numbers, the
// marks on them and apostrophes (Xi'an is one word), with at least one letter
// or number.
func eachWord(s string, fn func(word string)) {
	from, letters := -1, false
	for i, r := range s {
		switch {
		case unicode.IsLetter(r), unicode.IsNumber(r):
			if from < 0 {
				from = i
			}
			letters = true
		case unicode.Is(unicode.Mn, r) || isApostrophe(r):
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

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' }

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
		case c == '\'':
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

// WordCount is how many words a folded text has.
func WordCount(folded string) int {
	if folded == "" {
		return 0
	}
	return strings.Count(folded, " ") + 1
}
