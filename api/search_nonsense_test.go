package api_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// firstOf is the name that a search finds first, "" where it finds nothing.
func firstOf(t *testing.T, query string) (name string) {
	var found struct {
		Search struct{ Edges []struct{ Matched string } }
	}
	askInto(t, seeded(t), `query($q: String!) { search(text: $q, first: 1) { edges { matched } } }`, map[string]any{"q": query}, &found)
	for _, e := range found.Search.Edges {
		return e.Matched
	}
	return ""
}

// TestSearchNonsense: nothing is found by words that nobody uses.
func TestSearchNonsense(t *testing.T) {
	b, err := os.ReadFile("testdata/search-nonsense.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		if found := firstOf(t, line); found != "" {
			t.Errorf("%s finds %s", line, found)
		}
	}
}

// TestSearchNoise checks how many random words find something. Words of vowels and consonants by
// turns are like names, and scripts that leave vowels out make many names alike.
func TestSearchNoise(t *testing.T) {
	const latin, consonants = "abcdefghijklmnopqrstuvwxyz", "bcdfghjklmnpqrstvwxz"
	r := rand.New(rand.NewPCG(7, 8))
	letters := func(set string, from, to int) func() string {
		runes := []rune(set)
		return func() string {
			var b strings.Builder
			for range from + r.IntN(to-from+1) {
				b.WriteRune(runes[r.IntN(len(runes))])
			}
			return b.String()
		}
	}
	span := func(from, to rune) string {
		var b strings.Builder
		for c := from; c <= to; c++ {
			b.WriteRune(c)
		}
		return b.String()
	}
	syllables := func(n int) func() string {
		consonant, vowel := letters(consonants, 1, 1), letters("aeiou", 1, 1)
		return func() string {
			s := ""
			for range n {
				s += consonant() + vowel()
			}
			return s
		}
	}
	doubled := func() string {
		s := ""
		for _, c := range letters(latin, 3, 4)() {
			s += string(c) + string(c)
		}
		return s
	}
	const words = 200
	for _, shape := range []struct {
		name  string
		word  func() string
		found int // at most, per hundred
	}{
		{"five or six letters", letters(latin, 5, 6), 3},
		{"seven to ten letters", letters(latin, 7, 10), 0},
		{"consonants", letters(consonants, 5, 9), 1},
		{"rare letters", letters("zqxjvwkyh", 5, 8), 1},
		{"double letters", doubled, 1},
		{"three syllables", syllables(3), 4},
		{"four syllables", syllables(4), 2},
		{"five syllables", syllables(5), 0},
		{"two words", func() string { return letters(latin, 5, 7)() + " " + letters(latin, 5, 7)() }, 0},
		{"Cyrillic", letters(span('а', 'я'), 5, 9), 4},
		{"Greek", letters(span('α', 'ω'), 5, 9), 3},
		{"Georgian", letters(span('ა', 'ჰ'), 5, 9), 2},
		{"Armenian", letters(span('ա', 'ֆ'), 5, 9), 2},
		{"Arabic", letters("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", 6, 9), 10},
		{"Hebrew", letters(span('א', 'ת'), 6, 9), 10},
		{"katakana", letters(span('カ', 'ロ'), 5, 8), 6},
		{"hiragana", letters(span('か', 'ろ'), 4, 7), 2},
		{"Hangul", letters(span('가', '힣'), 3, 5), 3},
		{"Han", letters(span('一', '龥'), 3, 5), 2},
		{"Thai", letters(span('ก', 'ฮ'), 5, 8), 0},
		{"Devanagari", letters(span('क', 'ह'), 5, 8), 0},
	} {
		found := []string{}
		for range words {
			word := shape.word()
			if name := firstOf(t, word); name != "" {
				found = append(found, word+" finds "+name)
			}
		}
		t.Logf("%-22s %4.1f %%: %s", shape.name, 100*float64(len(found))/words, strings.Join(found[:min(len(found), 8)], ", "))
		if 100*len(found) > shape.found*words {
			t.Errorf("%s: %d of %d random words find something; %d %% are the most", shape.name, len(found), words, shape.found)
		}
	}
}
