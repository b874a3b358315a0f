package names

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"

	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/text"
)

// searcher is one search at work.
type searcher struct {
	*Index
	graph            Graph
	text, key, sound string
	sought           []bool // by type; nil: all
	source           []bool // by type
	room             *room

	interrupt lists.Interrupt
}

// stop counts a step and reports whether to end the search.
func (s *searcher) stop() bool { return s.interrupt.Step() }

func (s *searcher) filterTypes(sought func(name string) bool) {
	types := s.graph.Types()
	s.source = make([]bool, len(types))
	if sought != nil {
		s.sought = make([]bool, len(types))
	}
	for i, name := range types {
		s.source[i] = s.graph.IsSource(name)
		if sought != nil {
			s.sought[i] = sought(name)
		}
	}
}

// The places of a match in a name, as scores.
const (
	scoreWhole      = 1000
	scoreID         = 990 // so that a name says why, where both match
	scoreKey        = 985 // less for each scheme after the first
	scoreFirstWords = 900 // the name begins with the words
	scoreWords      = 870 // later words are the text
	scoreBeginning  = 850 // the name begins with the text, inside a word
	scoreAnyOrder   = 840 // words of the name are the text's
	scoreInside     = 810 // a later word begins with the text
	scoreSomeOrder  = 800 // words of the name begin with the text's
)

// The penalties that are subtracted from the score of a match.
const (
	lessSound    = 80  // if it only sounds like the text
	lessSkeleton = 50  // and in addition, if only its consonants do
	lessVowel    = 30  // for each letter that is written and differs, five at most
	lessFirst    = 100 // if only one of the two begins with a vowel
	lessEdit     = 150 // for each edit
	lessPast     = 30  // if the name does not hold at the view's date, or is deprecated
	lessWording  = 100 // if the text is a source's wording for the object of a relation
	lessSource   = 100 // if the entity is a source: its title contains names of other entities
)

// lessLong returns what is subtracted from the score for the words of the name
// that did not match: a headline has the names of many things.
func lessLong(more int) int16 {
	switch {
	case more <= 0:
		return 0
	case more == 1:
		return 20
	case more == 2:
		return 35
	case more <= 4:
		return 60
	}
	return 110
}

// byID finds the entity whose id is the text, or the text in capitals, as the
// codes of countries and places are written.
func (s *searcher) byID() {
	for _, id := range []string{s.text, strings.ToUpper(s.text)} {
		n, typ, ok := s.graph.ByID(id)
		if ok && (s.sought == nil || s.sought[typ]) {
			s.room.put(candidate{entity: n, claim: None, kind: MatchID, score: scoreID})
		}
	}
}

// byCode finds the entities that a code of an outside scheme names. If several
// schemes have the code, the one of the lowest rank comes first.
func (s *searcher) byCode() {
	s.graph.ByCode(s.text, func(claim uint32, rank int) {
		score := scoreKey - int16(min(rank, scoreKey-scoreFirstWords-1))
		s.consider(Ref{Claim: claim}, candidate{kind: MatchKey, score: score})
	})
}

// written finds names by how they are written.
func (s *searcher) written() {
	words := uint8(min(text.WordCount(s.key), 255))
	for part := range s.labels.beginning(s.key) {
		for labels := range slices.Chunk(part, nearby) {
			if s.writtenNear(labels, words); s.interrupt.Stopped {
				return
			}
		}
	}
	s.writtenInAnyOrder()
}

// writtenNear considers labels that begin with the text. Names and claims are
// scattered in memory. Reading those of some labels in one loop lets the
// processor fetch them at the same time, which takes a tenth off a search for
// one letter.
func (s *searcher) writtenNear(labels []label, words uint8) {
	var next [nearby]byte // the byte after the text, a space where the name ends
	for i := range labels {
		l := &labels[i]
		s.room.refs[i], next[i] = Ref{l.claim, l.original}, ' '
		if len(l.key) > len(s.key) {
			next[i] = l.key[len(s.key)]
		}
	}
	s.graph.Named(s.room.named[:len(labels)], s.room.refs[:len(labels)])
	for i := range labels {
		if s.stop() {
			return
		}
		l := &labels[i]
		c := s.grade(l, next[i] == ' ', words)
		if was := s.room.best(s.room.named[i].Entity); was != nil && was.score > c.score {
			continue // without counting the words, which reads the whole name
		}
		c.score -= lessLong(int(l.word) + strings.Count(l.key, " ") + 1 - int(words))
		s.considerNamed(s.room.refs[i], s.room.named[i], c)
	}
}

func (s *searcher) writtenInAnyOrder() {
	list := severalWords(s.key)
	// The rarest word first: the others then only count where it is.
	count := func(word string) int {
		n := 0
		for part := range s.labels.beginning(word) {
			n += len(part)
		}
		return n
	}
	slices.SortFunc(list, func(a, b string) int { return count(a) - count(b) })
	s.anyOrder(list, MatchWord, func(word string, fn func(ref Ref, cost orderCost)) bool {
		for part := range s.labels.beginning(word) {
			for _, l := range part {
				cost := orderCost(0)
				if len(l.key) > len(word) && l.key[len(word)] != ' ' {
					cost = oneWordBegun
				}
				fn(Ref{l.claim, l.original}, cost)
			}
		}
		return true
	})
}

// nearby is how many labels are read at a time.
const nearby = 64

// grade returns the match of a name that begins with the text, from a word on.
// Its score does not yet have less for more words.
func (s *searcher) grade(l *label, complete bool, words uint8) candidate {
	m := candidate{kind: MatchPrefix, score: scoreBeginning, word: uint8(l.word), words: words}
	switch {
	case l.word > 0 && complete:
		m.kind, m.score = MatchWord, scoreWords
	case l.word > 0:
		m.kind, m.score = MatchWord, scoreInside
	case len(l.key) == len(s.key):
		m.kind, m.score = MatchExact, scoreWhole
	case complete:
		m.score = scoreFirstWords
	}
	return m
}

// severalWords are the different words of a text that names can be found by in
// any order: none where it has one word, or more than a name can be found by.
func severalWords(s string) []string {
	words := strings.Fields(s)
	slices.Sort(words)
	words = slices.Compact(words)
	if len(words) < 2 || len(words) > maxLabelWords {
		return nil
	}
	return words
}

// anyOrder finds the names that have all words, each somewhere. find calls fn
// with each name that has one word, and at what cost; it returns false if the
// word cannot be sought.
func (s *searcher) anyOrder(words []string, kind MatchKind, find func(word string, fn func(ref Ref, cost orderCost)) bool) {
	var all map[Ref]orderCost
	for i, word := range words {
		some := map[Ref]orderCost{}
		ok := find(word, func(ref Ref, cost orderCost) {
			before, ok := all[ref]
			if s.stop() || i > 0 && !ok {
				return
			}
			if was, ok := some[ref]; !ok || before+cost < was {
				some[ref] = before + cost
			}
		})
		if all = some; !ok || len(all) == 0 {
			return
		}
	}
	for ref, cost := range all {
		score := int(scoreAnyOrder)
		if cost%oneEdit > 0 {
			score = scoreSomeOrder
		}
		score -= int(cost/oneEdit) * lessEdit
		if kind != MatchWord {
			score -= lessSound
		}
		score -= int(lessLong(s.wordCount(ref) - len(words)))
		s.consider(ref, candidate{kind: kind, score: int16(score)})
	}
}

// orderCost is how many edits some words needed, times oneEdit, and how many
// of them only begin a word of the name.
type orderCost int

const (
	oneWordBegun orderCost = 1
	oneEdit      orderCost = 1 << 16
)

// sounding finds names by how they sound, where few were found so far: alike,
// then with edits where no name and no code is the text.
func (s *searcher) sounding() {
	letters := len(strings.ReplaceAll(s.sound, " ", ""))
	// Two Latin letters sound like too much; G7 does not.
	telling := letters > 2 || strings.ContainsFunc(s.key, func(r rune) bool { return r >= 0x250 || unicode.IsNumber(r) })
	if len(s.room.found) < enough && telling {
		s.soundingWith(0)
	}
	exact := slices.ContainsFunc(s.room.found, func(c candidate) bool { return c.kind == MatchExact || c.kind == MatchKey })
	if edits := editsFor(letters); len(s.room.found) < enough && !exact && edits > 0 {
		s.soundingWith(edits)
	}
}

// editsFor returns how many edits a word of this many letters may have.
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
	if p, ok := soundPattern(s.sound, edits); ok {
		s.scan(p, 0)
	}
	if words := severalWords(s.sound); len(words) > 1 {
		kind := MatchTransliterated
		if edits > 0 {
			kind = MatchFuzzy
		}
		slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
		s.anyOrder(words, kind, func(word string, fn func(Ref, orderCost)) bool {
			p, ok := soundPattern(word, min(edits, editsFor(len(word))))
			if ok {
				s.eachSound(p, func(l *soundLayer, i int, h hit) {
					cost := min(orderCost(min(h.whole, h.words))*oneEdit, orderCost(h.prefix)*oneEdit+oneWordBegun)
					fn(Ref{l.claims[i], l.words[i]&1 == 1}, cost)
				})
			}
			return ok
		})
	}
	// Consonants alone must be many to mean something, and the more so with one wrong.
	skeleton := text.Skeleton(s.sound)
	consonants := len(skeleton) - strings.Count(skeleton, " ")
	spare := text.Spare(s.text)
	if consonants < 2 || !spare && consonants < 3 || edits > 0 && consonants < 5 {
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

func (s *searcher) eachSound(p *pattern, fn func(l *soundLayer, i int, h hit)) {
	for _, l := range s.sounds.layers {
		l.scan(p, s.stop, func(i int, h hit) { fn(l, i, h) })
	}
}

// scan considers the names that match the pattern. The pattern has this many
// consonants only; 0 means that it is a whole sound.
func (s *searcher) scan(p *pattern, consonants int) {
	s.eachSound(p, func(l *soundLayer, i int, h hit) {
		word := uint8(l.words[i] >> 1)
		// Few consonants must be the whole name, some more whole words of it.
		if consonants > 0 && consonants < 4 {
			h.prefix = far
			if consonants < 3 {
				h.words = far
				if word > 0 {
					return
				}
			}
		}
		m := candidate{word: word}
		take := func(edits, words uint8, score int16) {
			score -= lessSound + int16(edits)*lessEdit
			if edits < far && score > m.score {
				m.score, m.words = score, words
				if m.kind = MatchTransliterated; edits > 0 {
					m.kind = MatchFuzzy
				}
			}
		}
		if word == 0 {
			take(h.whole, h.nWhole, scoreWhole)
			take(h.words, h.nWords, scoreFirstWords)
			take(h.prefix, h.nPrefix, scoreBeginning)
		} else {
			take(h.whole, h.nWhole, scoreWords)
			take(h.words, h.nWords, scoreWords)
			take(h.prefix, h.nPrefix, scoreInside)
		}
		if m.score <= 0 {
			return
		}
		ref := Ref{l.claims[i], l.words[i]&1 == 1}
		if consonants > 0 {
			m.score -= s.vowelsApart(ref, int(m.word), int(m.words))
		}
		m.score -= lessLong(s.wordCount(ref) - int(m.words))
		s.consider(ref, m)
	})
}

func (s *searcher) wordCount(ref Ref) int {
	name := s.graph.Name(ref)
	var room [128]byte
	return bytes.Count(text.AppendFold(room[:0], name), []byte{' '}) + 1
}

// vowelsApart is what is subtracted from the score of a match of consonants: vowels
// that are not written are unknown, but those that are written should agree.
func (s *searcher) vowelsApart(ref Ref, word, words int) int16 {
	name := s.graph.Name(ref)
	list := strings.Fields(text.Sound(name))
	list = list[min(word, len(list)):min(word+words, len(list))]
	sound := strings.Join(list, " ")
	less := lessSkeleton + lessVowel*int16(min(levenshtein.ComputeDistance(s.sound, sound), 5))
	if sound != "" && s.sound != "" && (text.Class(sound[0]) == 0) != (text.Class(s.sound[0]) == 0) {
		less += lessFirst
	}
	return less
}
