package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean returns the form in which a text is stored: Unicode's canonical composition (NFC), without white space
// and invisible characters at its ends. It changes nothing that a reader sees.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	// Composing may join a mark with a letter from which removed characters separated it.
	for {
		t := strings.TrimFunc(norm.NFC.String(s), func(r rune) bool { return unicode.IsSpace(r) || invisible(r) && !turns(r) })
		if t == s {
			return s
		}
		s = t
	}
}

// plain returns true only if Clean leaves the text unchanged. It is a quick test and may return false for such
// a text.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return s == "" || s[0] > ' ' && s[len(s)-1] > ' '
}

// invisible reports whether a character shows nothing and takes no room. It covers the characters found in
// texts: format characters, fillers and selectors.
func invisible(r rune) bool {
	if r < 0xAD {
		return false
	}
	return unicode.Is(unicode.Cf, r) && !visibleFormat(r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) ||
		unicode.Is(unicode.Variation_Selector, r)
}

// visibleFormat reports whether a format character is visible: signs of Arabic and other scripts around
// numbers, and controls of hieroglyphs.
func visibleFormat(r rune) bool {
	return unicode.Is(unicode.Prepended_Concatenation_Mark, r) || r >= 0x13430 && r <= 0x1345F
}

// Fault returns what is forbidden in a cleaned text, as the end of a sentence whose
// subject is the text: "has a control character (U+0007)". It returns "" if
// nothing is. In a text of one line, such as a name or a code, line breaks, tabs
// and all characters that change the direction of writing are forbidden.
func Fault(s string, line bool) string {
	if !utf8.ValidString(s) {
		return "is not valid UTF-8"
	}
	seen := false
	var open []rune // what ends the changes of direction in this line
	for _, r := range s {
		seen = seen || unicode.IsGraphic(r) && !unicode.IsSpace(r) && !invisible(r) && r != 0x2800 // the blank of Braille
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			if line {
				return fmt.Sprintf("has a line break or a tab (%U), and is a text of one line", r)
			}
			if r == '\n' && len(open) > 0 {
				return unturned(open)
			}
		case unicode.IsControl(r):
			return fmt.Sprintf("has a control character (%U)", r)
		case r == 0x2028 || r == 0x2029:
			return fmt.Sprintf("has a line separator (%U); write a line break", r)
		case r == utf8.RuneError:
			return "has U+FFFD, which stands for a character that was lost before it came here"
		case unicode.Is(unicode.Noncharacter_Code_Point, r):
			return fmt.Sprintf("has %U, which is no character", r)
		case r == 0x202D || r == 0x202E:
			return fmt.Sprintf("overrides the direction of writing (%U), so that it reads otherwise than it is", r)
		case turn(r) != 0:
			if line {
				return fmt.Sprintf("turns the direction of writing (%U); names and codes need none, and U+200E or U+200F marks a direction", r)
			}
			open = append(open, turn(r))
		case r == 0x202C || r == 0x2069:
			if line || len(open) == 0 || open[len(open)-1] != r {
				return fmt.Sprintf("ends a turn of the direction of writing (%U) that does not begin", r)
			}
			open = open[:len(open)-1]
		}
	}
	switch {
	case len(open) > 0:
		return unturned(open)
	case s != "" && !seen:
		return "shows nothing: it has only blanks and invisible characters"
	}
	return ""
}

func unturned(open []rune) string {
	return fmt.Sprintf("turns the direction of writing and does not turn it back on the line (%U)", open[len(open)-1])
}

// turns reports whether a character begins or ends a change of the direction of writing. Clean must not remove
// one character of such a pair.
func turns(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }

// turn returns the character that ends the change of direction that r begins, or 0 if r begins none.
func turn(r rune) rune {
	switch r {
	case 0x202A, 0x202B: // embeddings
		return 0x202C
	case 0x2066, 0x2067, 0x2068: // isolates
		return 0x2069
	}
	return 0
}
