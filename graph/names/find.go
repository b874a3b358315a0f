package names

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/text"
)

// searcher is one search at work.
type searcher struct {
	*Index
	graph            Graph
	text, key, sound string
	keyed, sounded   string // key and sound without spaces
	script           int    // of the text
	odd              bool   // see text.Odd
	soughtWords      int
	sought           []bool // by type; nil: all
	source           []bool // by type
	room             *room

	interrupt *lists.Interrupt
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
	lessGone     = 5   // if it sounds like the text, and the view shows nothing of the entity but names
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
// codes of countries and places are written; and the subject of the claim whose id it is.
func (s *searcher) byID() {
	for _, id := range []string{s.text, strings.ToUpper(s.text)} {
		n, typ, ok := s.graph.ByID(id)
		if ok && (s.sought == nil || s.sought[typ]) {
			s.room.put(candidate{entity: n, claim: None, kind: MatchID, score: scoreID})
		}
	}
	if claim, ok := s.graph.ByClaim(s.text); ok {
		s.consider(Ref{Claim: claim}, candidate{kind: MatchID, score: scoreID})
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
		if s.needless(s.room.named[i], c.score) {
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
