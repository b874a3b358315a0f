package names

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"

	"github.com/caspian-kg/caspian/graph/text"
)

// sounding finds names by sound if few names were found so far: first with the same sound, then with edits if
// no name or code equals the text.
func (s *searcher) sounding() {
	letters := len(s.sounded)
	// Too many names sound like two Latin letters, but not like G7.
	telling := letters > 2 || strings.ContainsFunc(s.key, func(r rune) bool { return r >= 0x250 || unicode.IsNumber(r) })
	if s.sure() < enough && telling {
		s.soundingWith(0)
		s.sameNames()
	}
	edits := editsFor(letters)
	if edits == 0 || s.sure() >= enough {
		return
	}
	if slices.ContainsFunc(s.room.found, func(c candidate) bool { return c.kind == MatchExact || c.kind == MatchKey }) {
		s.besides()
		return
	}
	s.soundingWith(edits)
}

// besides finds names one slip away from a text that is a name itself. It considers only names with the same
// beginning; considering all names would take a hundred times as long.
func (s *searcher) besides() {
	if p, ok := soundPattern(s.sound, 1); ok {
		p.fix(2)
		s.scan(p, 0)
	}
}

// editsFor returns how many edits are allowed in a word of the given number of letters.
func editsFor(letters int) int {
	switch {
	case letters < 4:
		return 0
	case letters < 8:
		return 1
	}
	return maxEdits
}

func (s *searcher) soundingWith(edits int) {
	for _, mark := range s.marks() {
		if p, ok := soundPattern(mark+s.sound, edits); ok {
			p.spare = text.Spare(s.text)
			s.scan(p, 0)
		}
	}
	if words := severalWords(s.sound); len(words) > 1 {
		kind := MatchTransliterated
		if edits > 0 {
			kind = MatchFuzzy
		}
		slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
		s.anyOrder(words, kind, func(word string, fn func(Ref, orderCost)) bool {
			known := false
			for _, mark := range s.marks() {
				if p, ok := soundPattern(mark+word, min(edits, editsFor(len(word)))); ok {
					s.eachWord(p, fn)
					known = true
				}
			}
			return known
		})
	}
	// Consonants alone are significant only if there are many, and with a wrong one only if there are even
	// more.
	skeleton := text.Skeleton(s.sound)
	consonants := len(skeleton) - strings.Count(skeleton, " ")
	spare := text.Spare(s.text)
	if strings.ContainsAny(s.sound, "0123456789") || consonants < 2 || !spare && consonants < 3 || edits > 0 && consonants < 5 {
		return
	}
	pattern := skeletonPattern
	if spare {
		pattern = vowellessPattern
	}
	if p, ok := pattern(skeleton, min(edits, 1)); ok {
		s.scan(p, consonants)
	}
}

// marks returns the marks of the keys that are searched by sound.
func (s *searcher) marks() []string {
	if s.script == 0 {
		return []string{""}
	}
	return []string{"", scriptMark(s.script)}
}

// eachWord calls fn with the names that contain a word of the pattern, and with the cost.
func (s *searcher) eachWord(p *pattern, fn func(Ref, orderCost)) {
	s.eachSound(p, func(l *soundLayer, i int, h hit, key []byte) {
		least := orderCost(far) * oneEdit
		take := func(edits, words uint8, at place) {
			cost := orderCost(edits) * oneEdit
			if at == beginning {
				cost += oneWordBegun
			}
			if cost < least && p.credible(&heard{edits: edits, words: words, at: at}, key) {
				least = cost
			}
		}
		take(h.whole, h.nWhole, whole)
		take(h.words, h.nWords, firstWords)
		take(h.prefix, h.nPrefix, beginning)
		if least < far*oneEdit {
			fn(Ref{l.claims[i], l.words[i]&1 == 1}, least)
		}
	})
}

func (s *searcher) eachSound(p *pattern, fn func(l *soundLayer, i int, h hit, key []byte)) {
	for _, l := range s.sounds.layers {
		l.scan(p, s.stop, func(i int, h hit, key []byte) { fn(l, i, h, key) })
	}
}

// scan considers the names that match the pattern. If the pattern has only consonants, consonants is their
// number; 0 means that the pattern is a whole sound.
func (s *searcher) scan(p *pattern, consonants int) {
	s.eachSound(p, func(l *soundLayer, i int, h hit, key []byte) {
		word := uint8(l.words[i] >> 1)
		// Few consonants must match the whole name, some more must match whole words of it.
		if consonants > 0 && consonants < 4 {
			h.prefix = far
			if consonants < 3 {
				h.words = far
				if word > 0 {
					return
				}
			}
		}
		c := candidate{word: word}
		var best heard
		take := func(edits, words uint8, at place) {
			score := scoreOf[at][min(word, 1)] - lessSound - int16(edits)*lessEdit
			if edits < far && score > c.score {
				c.score, c.words = score, words
				best = heard{edits: edits, words: words, at: at, inside: word > 0, consonants: uint8(consonants)}
			}
		}
		take(h.whole, h.nWhole, whole)
		take(h.words, h.nWords, firstWords)
		take(h.prefix, h.nPrefix, beginning)
		if c.score <= 0 {
			return
		}
		if c.kind = MatchTransliterated; best.edits > 0 {
			c.kind = MatchFuzzy
		}
		ref := Ref{l.claims[i], l.words[i]&1 == 1}
		named := s.namedBy(ref)
		if s.needless(named, c.score) {
			return
		}
		best.inScript = len(key) > 0 && key[0] < ' ' && key[0] != skeletonMark[0]
		more := s.wordCount(ref) - int(c.words)
		best.more = uint16(max(more, 0))
		if consonants > 0 {
			var less int16
			less, best.unlike = s.vowelsApart(ref, &c, &best)
			c.score -= less
		}
		if c.score -= lessLong(more); !s.graph.Current(named.Entity) {
			c.score -= lessGone
		}
		c.doubtful = s.byChance(p, &best, key) || s.unlikely(ref, named, &best) || s.unwritten(ref, named, &c, &best)
		s.considerNamed(ref, named, c)
	})
}

// scoreOf has the scores by place, for the first words of a name and for later ones.
var scoreOf = [...][2]int16{whole: {scoreWhole, scoreWords}, firstWords: {scoreFirstWords, scoreWords}, beginning: {scoreBeginning, scoreInside}}

func (s *searcher) wordCount(ref Ref) int {
	name := s.graph.Name(ref)
	var room [128]byte
	return bytes.Count(text.AppendFold(room[:0], name), []byte{' '}) + 1
}

// vowelsApart returns the penalty for the vowels in a match of consonants: unwritten vowels are unknown, but
// written ones should agree. unlike is true if more differs than the script explains, or if the name is an
// abbreviation.
func (s *searcher) vowelsApart(ref Ref, c *candidate, h *heard) (less int16, unlike bool) {
	sound := strings.Join(wordsFrom(text.Sound(s.graph.Name(ref)), c), " ")
	less = lessSkeleton + lessVowel*int16(min(levenshtein.ComputeDistance(s.sound, sound), 5))
	if sound == "" || s.sound == "" {
		return less, true
	}
	first, sought := text.Class(sound[0]), text.Class(s.sound[0])
	if (first == 0) != (sought == 0) {
		less += lessFirst
	}
	if h.edits > 0 && first != sought {
		return less, true
	}
	return less, len(sound) < 4 || !strings.ContainsAny(sound, "aeiou") || !s.explained(ref, sound, h)
}

// wordsFrom returns the words of a name, folded or by sound, that a candidate matches.
func wordsFrom(name string, c *candidate) []string {
	list := strings.Fields(name)
	return list[min(int(c.word), len(list)):min(int(c.word)+int(c.words), len(list))]
}
