package names

import (
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph/text"
)

// A name can sound like a text by chance. That is the likelier, the fewer letters agree and the more names
// there are. Such candidates are marked as doubtful: a search shows them separately, and only if it found
// nothing else.

// place is the part of a name, starting at one of its words, that sounds like a text.
type place uint8

const (
	whole place = iota
	firstWords
	beginning // ends inside a word
)

// heard says how a name sounds like a text.
type heard struct {
	edits, words uint8
	at           place
	inside       bool   // starts at a later word of the name
	inScript     bool   // the name is a translation in the script of the text
	unlike       bool   // only the consonants were compared, and the other letters differ
	short        bool   // letters differ, and the text sounds like a short part of the name
	consonants   uint8  // how many consonants were compared, if only they were
	more         uint16 // how many other words the name has
}

// guessed reports whether the match depends on different or unknown letters.
func (h *heard) guessed() bool { return h.edits > 0 || h.consonants > 0 }

// byChance reports whether the evidence that a text sounds like a name is too weak. key is the matching
// beginning of the name's sound.
func (s *searcher) byChance(p *pattern, h *heard, key []byte) bool {
	switch {
	case h.unlike, s.odd && (h.guessed() || len(p.sought) < 8):
		return true
	case h.consonants > 0 && h.edits > 0:
		return h.at != whole || h.inside
	case h.consonants > 0:
		return h.at != whole && h.consonants < 6
	}
	letters := len(p.sought)
	// Repeated letters count once: ttlloocc counts as tlok.
	if letters < 5 && 5*letters < 3*utf8.RuneCountInString(s.keyed) {
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
	case h.at == beginning:
		return letters < 6
	case h.at != whole || h.inside:
		return letters < 4
	}
	return false
}

// unlikely reports whether an entity is hardly meant because of what it is. Four kinds are unlikely: a source,
// whose title contains names of other entities; an entity found by a translation, which is one of many names;
// an entity with a name in the script of the text, because that name would have been found; and, for few
// consonants or a short misspelt part of a name, an entity that exists no longer.
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

// credible reports whether the beginning of a key may be meant although some letters differ. The shorter a text
// is, the more names are one letter away from it.
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
		letters -= 2 // if all letters are consonants, another one makes another word
	case len(name) < 4 || len(name) == 4 && (h.at != whole || h.inside):
		return false
	case len(name) == 4:
		h.short = true
	case h.at != whole || h.inside:
		h.short = len(name) < 7
	}
	return slips.apart(p.sought, name, h.at == beginning) <= editsFor(letters)
}

// The scripts that omit vowels, and the script of Chinese and Japanese.
var inArabic, inHebrew, inHan = text.Script("ا"), text.Script("א"), text.Script("北")

// explained reports whether the differences between the text sought and the sound of a name with the same consonants
// are no larger than a script causes: the script of the text if it omits vowels or is Chinese, otherwise that of the
// name. The more consonants there are, the more may differ.
func (s *searcher) explained(ref Ref, sound string, h *heard) bool {
	written, name, prefix := s.sounded, strings.ReplaceAll(sound, " ", ""), h.at == beginning
	script := s.graph.Name(ref)
	if text.Spare(s.text) {
		script = s.text
	} else {
		written, name, prefix = name, written, false
	}
	w := syllabic
	switch text.Script(script) {
	case inArabic:
		w = arabic
	case inHebrew:
		w = hebrew
	}
	return w.apart(written, name, prefix) <= (int(h.consonants)-2)/2
}

// unwritten reports whether a name that sounds like the text is spelt too differently. An entity with many claims is
// meant more often, so its name may differ more.
func (s *searcher) unwritten(ref Ref, named Named, c *candidate, h *heard) bool {
	full := s.graph.Name(ref)
	known := s.graph.Claims(named.Entity)
	name := strings.Join(wordsFrom(text.Fold(full), c), "")
	complete := h.at == whole && !h.inside
	switch {
	case (len(name) < 6 || s.script > 0 && len(name) < 7) && strings.Contains(full, strings.ToUpper(name)): // the text is an abbreviation in the name
		return true
	case h.consonants > 0:
		return false
	case s.script == 0 && text.Script(full) == 0:
		return spelling.apart(s.keyed, name, h.at == beginning) > spellingFor(len(s.keyed), len(name), int(h.edits), known, complete)
	case h.edits == 0:
		return h.at == beginning && s.graph.Translated(ref) && !h.inScript
	}
	return !s.meantDespite(wordsFrom(text.Sound(full), c), known, h)
}

// spellingFor returns the highest weight by spelling for a text and a name in Latin letters that sound alike. It
// depends on their lengths and on the number of letters in which their sounds differ.
func spellingFor(text, name, edits, known int, complete bool) int {
	switch {
	case edits == 0:
		return name + 1
	case name >= 10:
		return 6
	case name >= 8:
		return 5 - edits
	case complete && known >= 4 && text >= 7 && name >= 6:
		return 4
	case name >= 7, name >= 6 && (known >= 4 && text > name || complete && known >= 8):
		return 2
	}
	return 0
}

// firstOf appends the letters in the first words of a key, as many as dst has room for.
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

// meantDespite reports whether a name in a non-Latin script may be meant although letters of its sound differ.
func (s *searcher) meantDespite(words []string, known int, h *heard) bool {
	sought, name := s.sounded, strings.Join(words, "")
	switch {
	case h.inScript && s.script == inHan, name == "":
		return false // each character is a word
	case h.edits > 1:
		return len(sought) >= 8 && len(name) >= 7 && sought[0] == name[0]
	case len(sought) >= 7 && len(name) >= 6:
		return true
	}
	// Only a vowel may differ.
	return len(sought) == len(name) && len(sought) >= 5 && known >= 4 && slips.apart(sought, name, false) == 1 && text.Skeleton(sought) == text.Skeleton(name)
}
