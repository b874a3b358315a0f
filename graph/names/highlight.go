package names

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/text"
)

// Range is a part of a text from Start up to, but not including, End, in UTF-16 code units.
type Range struct{ Start, End int }

// Highlights returns the parts of the matched name that match the text of the search, in order: the typed
// letters, or whole words if they match by sound.
func (m *Match) Highlights(query string) []Range {
	name := m.Name
	key := text.Fold(query)
	folded := text.Fold(name)
	var parts [][2]int // in bytes of the folded name
	switch {
	case m.Kind <= MatchExact:
		return []Range{{0, utf16Length(name)}}
	case (m.Kind == MatchWord || m.Kind >= MatchPart) && m.words == 0 && hasWord(folded, key):
		for _, w := range strings.Fields(key) {
			if at := wordPlace(folded, w); at >= 0 {
				parts = append(parts, [2]int{at, at + len(w)})
			}
		}
	case m.Kind == MatchPrefix || m.Kind == MatchWord:
		at := wordStart(folded, int(m.word))
		parts = append(parts, [2]int{at, at + len(key)})
	case m.words > 0:
		parts = append(parts, [2]int{wordStart(folded, int(m.word)), wordStart(folded, int(m.word)+int(m.words)) - 1})
	default:
		sound := text.Sound(name)
		for _, w := range strings.Fields(text.Sound(query)) {
			if i, n := nearestWords(sound, w); n > 0 {
				parts = append(parts, [2]int{wordStart(folded, i), wordStart(folded, i+n) - 1})
			}
		}
	}
	var ranges []Range
	for _, p := range parts {
		from, to := text.Places(name, p[0], p[1])
		if from < to {
			start := utf16Length(name[:from])
			ranges = append(ranges, Range{start, start + utf16Length(name[from:to])})
		}
	}
	return joined(ranges)
}

// joined sorts ranges and joins those that overlap.
func joined(ranges []Range) []Range {
	slices.SortFunc(ranges, func(a, b Range) int { return a.Start - b.Start })
	var list []Range
	for _, r := range ranges {
		if n := len(list); n > 0 && r.Start <= list[n-1].End {
			list[n-1].End = max(list[n-1].End, r.End)
			continue
		}
		list = append(list, r)
	}
	return list
}

// wordStart returns where a word of a folded name begins. For the word after the last, it returns one byte
// after the end of the name.
func wordStart(folded string, word int) int {
	at := 0
	for ; word > 0; word-- {
		next := strings.IndexByte(folded[at:], ' ')
		if next < 0 {
			return len(folded) + 1
		}
		at += next + 1
	}
	return at
}

// hasWord reports whether a word of the folded name equals or begins with a word of the key.
func hasWord(folded, key string) bool {
	return slices.ContainsFunc(strings.Fields(key), func(w string) bool { return wordPlace(folded, w) >= 0 })
}

// wordPlace returns where the first word that begins with the given text begins, or -1 if none does. A word
// that equals the text precedes others.
func wordPlace(folded, begin string) int {
	found, at := -1, 0
	for _, w := range strings.Fields(folded) {
		if w == begin {
			return at
		}
		if found < 0 && strings.HasPrefix(w, begin) {
			found = at
		}
		at += len(w) + 1
	}
	return found
}

// nearestWords returns the n words of a sound, starting at number first, that are most similar to the word
// sought or begin similarly.
func nearestWords(sound, sought string) (first, n int) {
	p, ok := soundPattern(sought, editsFor(len(sought)))
	if !ok {
		return 0, 0
	}
	least := 2 * far
	for i, l := range appendLabels(nil, sound, 0, false) {
		h := p.match(l.key)
		for _, m := range [...]struct {
			edits int
			words uint8
		}{{2 * int(h.whole), h.nWhole}, {2 * int(h.words), h.nWords}, {2*int(h.prefix) + 1, h.nPrefix}} {
			if m.edits < least && m.words > 0 {
				least, first, n = m.edits, i, int(m.words)
			}
		}
	}
	return first, n
}

func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
