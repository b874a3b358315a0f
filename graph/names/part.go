package names

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A text may have more words than a name, such as "President Erdoğan", "port of Aktau" or "Tokyo summit 2025". Then some
// words are the name of an entity, and the others describe the entity (explain it), or belong to an entity linked with it.

// words is a set of words in the text, as bits.
type words uint16

// root is an entity that has some words of the text in a name.
type root struct {
	ref    Ref
	named  Named
	words  words
	whole  bool  // the words are a whole name
	more   int   // how many words of the name are not in the text
	less   int16 // the penalty if the words only sound like the name
	common bool  // many names have the word, so the other words must explain the entity
}

const (
	scorePart     = 860 // if the other words explain the entity, or lead to a linked one
	scoreArticles = 980 // if the name is whole and the other words are short, such as the, of or les
	lessUnknown   = 80  // for each other word without meaning for the entity
	lessShort     = 5   // for each such word if it is short, such as an article
	lessRelated   = 15  // if the match is an entity linked with the named one
	lessPart      = 20  // if the words are only a part of the name

	maxNamesakes = 8  // a word in the names of more entities is common
	maxCommon    = 64 // a word in more names is ignored
	shortWord    = 3  // letters
	maxRoots     = 24 // roots whose links are read
)

// inPart finds entities by some of the words in the text.
func (s *searcher) inPart() {
	s.standsFor()
	list := strings.Fields(s.key)
	if len(list) < 2 || len(list) > maxLabelWords || s.named() {
		return
	}
	if s.described(list); s.sure() >= enough {
		return
	}
	roots := s.roots(list)
	if len(roots) == 0 {
		roots = s.soundingRoots(list)
	}
	for i := range roots {
		r := &roots[i]
		known := r.words | words(s.graph.Explained(r.named.Entity, list))
		if r.common && known == r.words {
			continue
		}
		s.considerNamed(r.ref, r.named, candidate{kind: MatchPart, score: r.score(list, known), doubtful: unknown(list, known) && (r.less > lessSound || r.less > 0 && s.script == 0)})
		if i >= maxRoots || s.interrupt.Stopped {
			continue
		}
		s.graph.Related(r.named.Entity, list, func(other Named, explained uint16) {
			for j := range roots {
				if roots[j].named.Entity == other.Entity {
					explained |= uint16(roots[j].words)
				}
			}
			if words(explained)&^r.words != 0 {
				s.considerNamed(r.ref, other, candidate{kind: MatchRelated, score: r.score(list, r.words|words(explained)) - lessRelated})
			}
		})
	}
}

// described finds entities by words for their type and date.
func (s *searcher) described(list []string) {
	s.graph.Described(list, func(claim uint32, named Named, explained uint16) {
		score := int16(scorePart)
		for i, word := range list {
			switch {
			case explained>>i&1 == 1:
			case isShort(word):
				score -= lessShort
			default:
				return // the words are a name
			}
		}
		s.considerNamed(Ref{Claim: claim}, named, candidate{kind: MatchDescribed, score: score})
	})
}

// named reports whether the whole text is a name, a code or an id.
func (s *searcher) named() bool {
	for i := range s.room.found {
		if c := &s.room.found[i]; c.kind <= MatchExact && !c.doubtful {
			return true
		}
	}
	return false
}

// standsFor finds the holders of the offices whose name is the text.
func (s *searcher) standsFor() {
	for i := range s.room.found {
		if c := s.room.found[i]; c.kind == MatchExact && !c.doubtful {
			s.graph.Holders(c.entity, func(holder Named) {
				s.considerNamed(Ref{c.claim, c.original}, holder, candidate{kind: MatchRelated, score: scorePart - lessRelated})
			})
		}
	}
}

// score returns the score of a match of the root, if the given words of the text are known.
func (r *root) score(list []string, known words) int16 {
	score, others := int16(scorePart), 0
	for i, word := range list {
		switch {
		case known>>i&1 == 1:
		case isShort(word) && known>>i != 0: // precedes a known word, as an article does
			score -= lessShort
		default:
			score -= lessUnknown
			others++
		}
	}
	if r.whole && others == 0 && known == r.words && r.less == 0 {
		return scoreArticles
	}
	if !r.whole {
		score -= lessPart + lessLong(r.more)
	}
	return score - r.less
}

// unknown reports whether some word that is not short is unknown.
func unknown(list []string, known words) bool {
	for i, word := range list {
		if known>>i&1 == 0 && !isShort(word) {
			return true
		}
	}
	return false
}

// isShort reports whether a word may be an article or a preposition.
func isShort(word string) bool {
	return utf8.RuneCountInString(word) <= shortWord && !strings.ContainsFunc(word, unicode.IsNumber)
}

// roots finds the entities for which a span of the text is a whole name, the longest spans first. Then it finds
// the entities that have another word of the text in a name. Words for one entity add up.
func (s *searcher) roots(list []string) []root {
	var roots []root
	var used words
	for n := len(list) - 1; n > 0; n-- {
		for from := 0; from+n <= len(list); from++ {
			span := (words(1)<<n - 1) << from
			if used&span == span || n == 1 && !s.mayName(list[from]) {
				continue
			}
			before := len(roots)
			s.labelled(strings.Join(list[from:from+n], " "), func(l *label) bool {
				if l.word == 0 {
					roots = s.addRoot(roots, root{ref: Ref{l.claim, l.original}, words: span, whole: true})
				}
				return true
			}, true)
			if len(roots) > before {
				used |= span
			}
		}
	}
	guides := s.graph.Guides(list)
	for i, word := range list {
		if used>>i&1 == 0 && s.mayName(word) {
			from := len(roots)
			roots = s.rare(roots, word, words(1)<<i)
			for j := from; j < len(roots); j++ {
				roots[j].common = roots[j].common || guides>>i&1 == 1
			}
		}
	}
	return roots
}

// mayName reports whether a word alone may be a name. A word as short as an article must be written in
// capitals.
func (s *searcher) mayName(word string) bool {
	return !isShort(word) || s.script > 0 || strings.Contains(s.text, strings.ToUpper(word))
}

// labelled calls fn with the labels whose key is the text. If whole is false, it also calls fn with those whose
// key begins with the text as whole words.
func (s *searcher) labelled(key string, fn func(l *label) bool, whole bool) {
	for part := range s.labels.beginning(key) {
		for i := range part {
			l := &part[i]
			if len(l.key) > len(key) && (whole || l.key[len(key)] != ' ') {
				break // longer keys follow, because a space sorts before all letters
			}
			if s.stop() || !fn(l) {
				return
			}
		}
	}
}

// rare adds the entities that have the word in a name, unless there are too many such names.
func (s *searcher) rare(roots []root, word string, at words) []root {
	before, names := len(roots), 0
	s.labelled(word, func(l *label) bool {
		if names++; names > maxCommon {
			return false
		}
		ref := Ref{l.claim, l.original}
		roots = s.addRoot(roots, root{ref: ref, words: at, more: s.wordCount(ref) - 1})
		return true
	}, false)
	return commonFrom(roots, before, names > maxCommon)
}

// commonFrom marks the roots from an index on as common if they are many. If there are too many names, it
// removes them.
func commonFrom(roots []root, from int, tooMany bool) []root {
	if tooMany {
		return roots[:from]
	}
	for i := from; len(roots)-from > maxNamesakes && i < len(roots); i++ {
		roots[i].common = true
	}
	return roots
}

// addRoot adds a root. If the entity has a root already, it adds the words to that one.
func (s *searcher) addRoot(roots []root, r root) []root {
	r.named = s.namedBy(r.ref)
	if r.named.Object || s.source[r.named.Type] || s.graph.Visibility(r.ref.Claim) == Hidden {
		return roots
	}
	for i := range roots {
		if was := &roots[i]; was.named.Entity == r.named.Entity {
			was.words |= r.words
			was.common = false
			return roots
		}
	}
	return append(roots, r)
}

// soundingRoots finds the entities whose names sound like single words; if there is none, with one letter
// wrong.
func (s *searcher) soundingRoots(list []string) []root {
	var roots []root
	sounds := strings.Fields(s.sound)
	for i := 0; i < len(list) && len(sounds) == len(list); i++ {
		letters := len(sounds[i])
		if isShort(list[i]) || letters <= shortWord {
			continue
		}
		from, names := len(roots), 0
		// If too many names sound like the word, even more do with one letter wrong.
		for edits := 0; edits <= min(1, editsFor(letters)) && len(roots) == from && names <= maxCommon; edits++ {
			names = 0
			for _, mark := range s.marks() {
				p, ok := soundPattern(mark+sounds[i], edits)
				if !ok {
					continue
				}
				s.eachWord(p, func(ref Ref, cost orderCost) {
					if names++; cost%oneEdit > 0 || names > maxCommon {
						return
					}
					more := s.wordCount(ref) - 1
					roots = s.addRoot(roots, root{ref: ref, words: words(1) << i, whole: more == 0, more: more, less: lessSound + int16(cost/oneEdit)*lessEdit})
				})
			}
			roots = commonFrom(roots, from, names > maxCommon)
			for j := from; j < len(roots); j++ {
				// A match may be by chance, unless the word is long or another word explains it.
				roots[j].common = roots[j].common || letters < 5+3*edits
			}
		}
	}
	return roots
}
