package names

import (
	"strings"
	"unicode/utf8"
)

// A name can sound like a text by chance: the fewer letters agree and the more names there
// are, the likelier. What is decided here is doubtful: a search shows it apart, and only
// where it found nothing else.

// place is the part of a name, from one of its words on, that a text sounds like.
type place uint8

const (
	whole place = iota
	firstWords
	beginning // up to the inside of a word
)

// heard is how a name sounds like a text.
type heard struct {
	edits, words uint8
	at           place
	inside       bool   // from a later word of the name on
	inScript     bool   // it is a translation in the script of the text
	unlike       bool   // only consonants were compared, and the other letters differ
	short        bool   // letters differ, and it is a short part of a longer name
	consonants   uint8  // how many, where only consonants were compared
	more         uint16 // how many words the name has besides those that match
}

// guessed reports whether letters differ or are unknown.
func (h *heard) guessed() bool { return h.edits > 0 || h.consonants > 0 }

// byChance reports whether a text sounds like a name for too few reasons. key is the
// beginning of the name's sound that matches.
func (s *searcher) byChance(p *pattern, h *heard, key []byte) bool {
	switch {
	case h.unlike:
		return true
	case h.consonants > 0 && h.edits > 0:
		return h.at != whole || h.inside
	case h.consonants > 0:
		return h.at == beginning && h.consonants < 6
	}
	letters := len(p.sought)
	// Letters that sound the same count once: ttlloocc is tlok.
	if letters < 5 && 5*letters < 3*utf8.RuneCountInString(strings.ReplaceAll(s.key, " ", "")) {
		return true
	}
	if int(h.words) > s.soughtWords && (h.inside || h.edits > 0 && h.at != whole) {
		return true
	}
	if h.edits > 0 {
		return !p.credible(h, key)
	}
	switch {
	case h.at == beginning && h.inScript:
		return true
	case h.at == beginning && s.script == 0:
		return letters < 5
	case h.at != whole || h.inside:
		return letters < 4
	}
	return false
}

// unlikely reports whether something is hardly meant by what it is: a title has the names
// of other things, a translation is one of many names, what has a name in the script of
// the text was looked for by it; and few consonants, or a short part of a name that is
// misspelt, are enough only for something of today.
func (s *searcher) unlikely(ref Ref, named Named, h *heard) bool {
	switch {
	case !h.guessed() || h.inScript:
		return false
	case s.source[named.Type] || (s.script == 0 || h.consonants > 0) && s.graph.Translated(ref) || s.script > 0 && s.graph.NamedIn(named.Entity, s.script):
		return true
	}
	if h.consonants > 0 && h.consonants < 5 {
		return h.more > 2 || !s.graph.Current(named.Entity)
	}
	return h.short && !s.graph.Current(named.Entity)
}

// credible reports whether the beginning of a key may be meant although letters of it
// differ: the shorter a text is, the more names are one letter away from it.
func (p *pattern) credible(h *heard, key []byte) bool {
	if h.edits == 0 || p.sought == "" {
		return true
	}
	var room [maxPattern + 1]byte
	name := string(firstOf(room[:0], key, h.words))
	letters := min(len(p.sought), len(name)+2)
	switch {
	case h.at == beginning:
		letters = len(p.sought) - 4
	case h.inScript && p.spare:
		letters -= 2 // all consonants: one more or less is another word
	case len(name) < 4 || len(name) == 4 && (h.at != whole || h.inside):
		return false
	case len(name) == 4:
		h.short = true
	case h.at != whole || h.inside:
		h.short = len(name) < 7
	}
	return slips(p.sought, name, h.at == beginning) <= editsFor(letters)
}

// firstOf appends the letters of the first words of a key, as many as dst has room for.
func firstOf(dst, key []byte, words uint8) []byte {
	for _, c := range key {
		switch {
		case c == ' ':
			if words--; words == 0 {
				return dst
			}
		case c > ' ' && len(dst) < cap(dst):
			dst = append(dst, c)
		}
	}
	return dst
}
