package text_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/runenames"
	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph/text"
)

func TestBase(t *testing.T) {
	for _, line := range [][]string{
		{"Kazakhstan", "KAZAKHSTAN", "kazakhstan", " Kazakhstan ", "Ｋａｚａｋｈｓｔａｎ", "Kazakh\u00ADstan", "Kazakh\u200Bstan"},
		{"Σίσυφος", "ΣΊΣΥΦΟΣ", "σισυφοσ", "Σίσυφοσ"},
		{"Straße", "STRASSE", "STRAẞE", "strasse"},
		{"İstanbul", "Istanbul", "ISTANBUL", "ıstanbul", "istanbul"},
		{"Łódź", "lodz", "ŁÓDŹ", "Ło\u0301dz\u0301"},
		{"Tromsø", "TROMSO", "tromsö"},
		{"Đà Nẵng", "da nang", "Đà  Nẵng", "Đà\u00A0Nẵng"},
		{"Oʻzbekiston", "Oʼzbekiston", "O‘zbekiston", "O’zbekiston", "o'zbekiston", "o`zbekiston", "O´zbekiston", "O\u1FFDzbekiston"},
		{"Æthelstan", "AETHELSTAN"},
		{"Jean‐Paul", "jean-paul", "Jean–Paul"},
		{"ﬁne", "FINE"}, {"ᾳ", "ΑΙ", "αι", "α\u0345"}, {"Ереван", "Ерева́н"}, {"مُحَمَّد", "محمد"}, {"שָׁלוֹם", "שלום"},
		{"K", "k", "K"}, {"ᲀ", "В"}, {"Ꭰ", "ꭰ"},
	} {
		for _, s := range line {
			if got, want := text.Base(s), text.Base(line[0]); got != want {
				t.Errorf("%q has the base %q, %q has %q", line[0], want, s, got)
			}
		}
	}
	for _, pair := range [][2]string{{"C", "C++"}, {"s-", "suez"}, {"Xi'an", "Xian"}, {"कि", "क"}, {"กี", "กา"}, {"5 %", "5"}, {"A/B", "A B"}, {"", "'"}} {
		if a, b := text.Base(pair[0]), text.Base(pair[1]); a == b {
			t.Errorf("%q and %q have one base, %q", pair[0], pair[1], a)
		}
	}
}

// naiveBase computes Base from the tables of Unicode and the names of its characters. It is
// slow, and shares no code with Base.
func naiveBase(s string) string {
	var b strings.Builder
	fold := func(s string) string { return norm.NFKD.String(cases.Fold().String(s)) }
	s = strings.ReplaceAll(norm.NFC.String(s), "´", "'") // which decomposes to a blank
	for _, r := range fold(fold(norm.NFD.String(s))) {   // as Unicode's D146 matches texts
		name := runenames.Name(r)
		switch {
		case name == "LATIN SMALL LETTER DOTLESS I":
			r = 'i'
		case name == "LATIN SMALL LETTER DOTLESS J":
			r = 'j'
		}
		if base, mark, ok := strings.Cut(name, " WITH "); ok && strings.HasPrefix(base, "LATIN SMALL LETTER ") && strings.Contains(mark, "STROKE") {
			if letter := strings.TrimPrefix(base, "LATIN SMALL LETTER "); len(letter) == 1 {
				r = rune(strings.ToLower(letter)[0])
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

// TestBaseOfLetters compares the base of every letter with the naive rule,
// except where that rule says nothing: marks, signs, letters with hooks.
func TestBaseOfLetters(t *testing.T) {
	hooked := func(r rune) bool {
		name := runenames.Name(unicode.ToLower(r))
		for _, word := range []string{"HOOK", "TAIL", "BAR", "BELT", "TOPBAR", "PALATAL", "LONG LEG", "MIDDLE TILDE", "BARRED", " AE", " ETH", " THORN", "LIGATURE", "RETROFLEX", "LONG RIGHT LEG", "STROKE", "SALTILLO"} {
			if strings.Contains(name, word) {
				return true
			}
		}
		return false
	}
	for r := rune('A'); r <= unicode.MaxRune; r++ {
		// Cherokee differs: full case folding gives capitals there, and x/text,
		// applied twice, small letters.
		if !unicode.IsLetter(r) || unicode.Is(unicode.Cherokee, r) || unicode.Is(unicode.Lm, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) {
			continue
		}
		s := string(r)
		want := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) && unicode.In(r, unicode.Inherited, unicode.Hebrew, unicode.Arabic) {
				return -1
			}
			return r
		}, naiveBase(s))
		if strings.ContainsFunc(want, func(r rune) bool { return unicode.Is(unicode.Lm, r) || unicode.IsSpace(r) }) {
			continue // signs and parts of ligatures
		}
		if got := text.Base(s); got != want && !hooked(r) {
			t.Errorf("%U %s has the base %q, by the naive rule %q", r, runenames.Name(r), got, want)
		}
	}
	for r, want := range map[rune]string{'Ø': "o", 'Ł': "l", 'Đ': "d", 'Ħ': "h", 'Ŧ': "t", 'Ɨ': "i", 'Ƶ': "z"} {
		if got, naive := text.Base(string(r)), naiveBase(string(r)); got != want || naive != want {
			t.Errorf("%c has the base %q, by the naive rule %q", r, got, naive)
		}
	}
}

// runes of which texts are drawn that tell the rules apart.
var tricky = []rune("aAzZ09 \t\u00A0'`ʻʼ‘’-–‐İıIißẞſςσΣłŁøØđÐÞæÉéÅàñŉǆΐᾳйёĭمُשָकि्กี가ー が\u3099ﬁ㎏½²\u0301\u0323\u0345\u200B\u200D\u00AD\uFEFF\u2066\u2069\u202E\u200F")

func drawText(t *rapid.T) string {
	return string(rapid.SliceOfN(rapid.SampledFrom(tricky), 0, 8).Draw(t, "text"))
}

func TestBaseProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawText(t)
		base := text.Base(s)
		for what, other := range map[string]string{
			"its base": base, "its NFC": norm.NFC.String(s), "its NFD": norm.NFD.String(s), "its NFKC": norm.NFKC.String(s),
			"its case folded": cases.Fold().String(s), "in capitals": strings.ToUpper(s), "cleaned": text.Clean(s),
		} {
			if got := text.Base(other); got != base {
				t.Fatalf("%q has the base %q, %s (%q) has %q", s, base, what, other, got)
			}
		}
		if fold := text.Fold(s); fold != text.Fold(base) {
			t.Fatalf("%q folds to %q, its base %q to %q", s, fold, base, text.Fold(base))
		}
	})
}

func TestFault(t *testing.T) {
	for _, c := range []struct{ s, name, other string }{
		{"Kazakhstan", "", ""}, {"می\u200Cخواهم", "", ""}, {"👨\u200D👩", "", ""}, {"עברית\u200F!", "", ""}, {"", "", ""}, {"'", "", ""},
		{"\u200B", "shows nothing", "shows nothing"}, {"\u2800", "shows nothing", "shows nothing"}, {"\u3164", "shows nothing", "shows nothing"}, {"\uFE0F", "shows nothing", "shows nothing"},
		{"a\u0007", "control character (U+0007)", "control character"}, {"a\u0000b", "control", "control"}, {"a\u0085b", "control", "control"}, {"a\u2028b", "line separator", "line separator"},
		{"a\nb", "line break", ""}, {"a\tb", "line break or a tab", ""},
		{"a\uFFFDb", "U+FFFD", "U+FFFD"}, {"a\uFFFEb", "no character", "no character"}, {"a\uFDD0b", "no character", "no character"}, {"\xED\xA0\x80", "UTF-8", "UTF-8"}, {"\xff", "UTF-8", "UTF-8"},
		{"a\u202Eb\u202C", "overrides", "overrides"}, {"a\u202Ab", "turns", "does not turn it back"}, {"a\u2067b\u2069", "turns", ""}, {"a\u2067b", "turns", "does not turn it back"},
		{"a\u2069b", "does not begin", "does not begin"}, {"\u2067a\nb\u2069", "turns", "does not turn it back"}, {"\u2067a\u202Bb\u2069c\u202C", "turns", "does not begin"}, {"\u2067a\u202Bb\u202Cc\u2069", "turns", ""},
	} {
		for _, x := range []struct {
			line bool
			want string
		}{{true, c.name}, {false, c.other}} {
			if got := text.Fault(c.s, x.line); (got == "") != (x.want == "") || !strings.Contains(got, x.want) {
				t.Errorf("%q (one line: %v): the fault is %q instead of %q", c.s, x.line, got, x.want)
			}
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", " a ", "e\u0301", "\u200Be\u200B\u0301", "\u00A0\u0301", "a\u200D", "\uFEFFКиїв\n", "\u1100\u1161", "\u0345", " \u0344 ", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := text.Clean(s)
		if again := text.Clean(clean); again != clean {
			t.Errorf("%q becomes %q and that %q", s, clean, again)
		}
		if utf8.ValidString(s) && !norm.NFC.IsNormalString(clean) {
			t.Errorf("%q becomes %q, which is not composed", s, clean)
		}
		for _, other := range []string{norm.NFC.String(s), norm.NFD.String(s), " " + s + "\n", "\u200B" + s} {
			if r, _ := utf8.DecodeRuneInString(s); unicode.IsMark(r) && other != norm.NFC.String(s) {
				continue // a mark would belong to what is put before it
			}
			if got := text.Clean(other); got != clean && utf8.ValidString(s) {
				t.Errorf("%q becomes %q, and %q %q", s, clean, other, got)
			}
		}
		if text.Base(clean) != text.Base(s) && utf8.ValidString(s) {
			t.Errorf("%q has the base %q, cleaned %q", s, text.Base(s), text.Base(clean))
		}
		if a := text.Base(s); text.Base(a) != a {
			t.Errorf("%q has the base %q and that %q", s, a, text.Base(a))
		}
	})
}
