package names

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/text"
)

// searcher is the state of one search.
type searcher struct {
	*Index
	graph            Graph
	text, key, sound string
	keyed, sounded   string // the text's key and sound without spaces
	script           int    // the script of the text
	odd              bool   // see text.Odd
	soughtWords      int
	sought           []bool // by type; nil means all
	source           []bool // by type: whether it is the type of sources
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

// The scores of matches, by the part of the name that matches.
const (
	scoreWhole      = 1000
	scoreID         = 990 // lower than a whole name, so that the name is shown if both match
	scoreKey        = 985 // minus the rank of the scheme
	scoreFirstWords = 900 // the name begins with the words of the text
	scoreWords      = 870 // the text is later words of the name
	scoreBeginning  = 850 // the name begins with the text, which ends inside a word
	scoreAnyOrder   = 840 // the name has the words of the text in any order
	scoreInside     = 810 // a later word of the name begins with the text
	scoreSomeOrder  = 800 // words of the name begin with the words of the text
)

// The penalties that are subtracted from the score of a match.
const (
	lessSound    = 80  // if the name only sounds like the text
	lessSkeleton = 50  // in addition, if only the consonants sound alike
	lessVowel    = 30  // for each written vowel that differs, at most five
	lessFirst    = 100 // if only one of text and name begins with a vowel
	lessEdit     = 150 // for each edit
	lessGone     = 5   // if the name only sounds like the text, and the view shows nothing about the entity but names
	lessPast     = 30  // if the name does not hold on the view's date, or its claim is deprecated
	lessWording  = 100 // if the text is a source's wording for the object of a relation
	lessSource   = 100 // if the entity is a source: its title contains names of other entities
)

// lessLong returns the penalty for the words of the name that did not match: a headline contains the names of
// many entities.
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

// byID finds the entity whose id is the text, or the text in capitals, because ids of countries and places are
// in capitals. It also finds the subject of the claim whose id is the text.
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

// byCode finds the entities with a code in an outside scheme. If several schemes have the code, the entity in
// the scheme of the lowest rank comes first.
func (s *searcher) byCode() {
	s.graph.ByCode(s.text, func(claim uint32, rank int) {
		score := scoreKey - int16(min(rank, scoreKey-scoreFirstWords-1))
		s.consider(Ref{Claim: claim}, candidate{kind: MatchKey, score: score})
	})
}

// written finds names by their spelling.
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

// writtenNear considers labels that begin with the text. Names and claims are scattered in memory. Reading
// those of several labels in one loop lets the processor fetch them at the same time, which makes a search for
// one letter a tenth faster.
func (s *searcher) writtenNear(labels []label, words uint8) {
	var next [nearby]byte // the byte after the text, a space if the name ends there
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
			continue // skips counting the words, which reads the whole name
		}
		c.score -= lessLong(int(l.word) + strings.Count(l.key, " ") + 1 - int(words))
		s.considerNamed(s.room.refs[i], s.room.named[i], c)
	}
}

func (s *searcher) writtenInAnyOrder() {
	list := severalWords(s.key)
	// The rarest word is searched first; the others then count only in names that have it.
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

// nearby is how many labels are read together.
const nearby = 64

// grade returns the match of a name in which the text begins at the start of a word. It does not yet subtract
// the penalty for the other words of the name.
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

// severalWords returns the different words of a text, by which names can be found in any order. It returns none
// for a text of one word, or of more words than a name can be found by.
func severalWords(s string) []string {
	words := strings.Fields(s)
	slices.Sort(words)
	words = slices.Compact(words)
	if len(words) < 2 || len(words) > maxLabelWords {
		return nil
	}
	return words
}

// anyOrder finds the names that contain all words in any order. find calls fn with each name that contains one
// word, and with the cost; it returns false if the word cannot be searched.
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

// orderCost is the cost of matching words: oneEdit for each edit, and oneWordBegun for each word that is only
// the beginning of a word in the name.
type orderCost int

const (
	oneWordBegun orderCost = 1
	oneEdit      orderCost = 1 << 16
)
