package snapshot

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/text"
)

// MatchKind is how a name matches a search.
type MatchKind string

// The kinds of a match. The names of Exact, Prefix and Word are written like
// the text but for case and diacritics.
const (
	MatchID             MatchKind = "ID"             // the entity's id is the text
	MatchExact          MatchKind = "EXACT"          // a name is the text
	MatchPrefix         MatchKind = "PREFIX"         // a name begins with the text
	MatchWord           MatchKind = "WORD"           // later words of a name begin with the text, or with its words in any order
	MatchTransliterated MatchKind = "TRANSLITERATED" // a name, its beginning or its words sound like the text
	MatchFuzzy          MatchKind = "FUZZY"          // the same but for one edit or two
)

// MatchKinds are all kinds, with a description.
var MatchKinds = []struct {
	Kind  MatchKind
	About string
}{
	{MatchID, "The entity's id is the text."},
	{MatchExact, "A name is the text, but for case and diacritics."},
	{MatchPrefix, "A name begins with the text."},
	{MatchWord, "Later words of a name begin with the text, or with its words in any order."},
	{MatchTransliterated, "A name, its beginning or some of its words sound like the text: it is romanised differently or in another script."},
	{MatchFuzzy, "A name, its beginning or some of its words sound like the text but for one or two letters."},
}

// Match is one entity found by a name.
type Match struct {
	Entity uint32
	// Claim is the claim whose name or original form matched; None where the id did.
	Claim uint32
	// Original is true where the original form matched.
	Original bool
	Kind     MatchKind
	// Score is from 0 to 1000, the higher the better; Prominence decides
	// between equal scores, then the id.
	Score, Prominence int

	word, words int // which words of the name; words is 0 where they are in another order
}

// Search asks for entities by name.
type Search struct {
	Text string
	// Types tells the names of the concrete types to find; nil finds all.
	Types func(name string) bool
	// First is how many to give at most; After, where not nil, is the match
	// behind which to begin.
	First int
	After *MatchPlace
}

// MatchPlace is the place of a match in the order of a search.
type MatchPlace struct {
	Score, Prominence int
	ID                graph.ID
}

// Matches is a page of what a search found, the best first.
type Matches struct {
	List []Match
	// Total is how many entities match in all.
	Total int
	// Before is how many come before the page.
	Before int
}

// HasNext tells whether there are matches behind the page.
func (m *Matches) HasNext() bool { return m.Before+len(m.List) < m.Total }

// enough is how many entities must match otherwise for those not to be sought
// that match only with edits: what somebody typed right needs no guesses.
const enough = 10

// Search finds the entities of the view by their names, aliases and original
// forms: as the text is written, then as it sounds, and, where few match, with
// some letters wrong. Names of other dates find their entity too; the record
// time, the confidence and the source must be in view.
//
// The error is ErrInterrupted.
func (v *View) Search(q *Search) (*Matches, error) {
	s := &searcher{View: v, text: q.Text, best: map[uint32]Match{}}
	if q.Types != nil {
		s.kept = make([]bool, len(v.s.typeNames.list))
		for i, name := range v.s.typeNames.list {
			s.kept[i] = q.Types(name)
		}
	}
	s.key, s.sound = Fold(q.Text), text.Sound(q.Text)
	if s.key != "" {
		s.byID()
		s.written()
		s.sounding()
	}
	if v.Interrupted() {
		return nil, ErrInterrupted
	}
	return s.page(q), nil
}

// searcher is one search at work.
type searcher struct {
	*View
	text, key, sound string
	kept             []bool           // by type; nil: all
	best             map[uint32]Match // by entity
}

// The places of a match in a name, as scores. An edit takes more than any two
// places differ by, but for a match that is no whole word.
const (
	scoreWhole      = 1000
	scoreFirstWords = 900 // the name begins with the words
	scoreBeginning  = 850 // the name begins with the text, inside a word
	scoreWords      = 750 // later words are the text
	scoreAnyOrder   = 720 // words of the name are the text's
	scoreInside     = 700 // a later word begins with the text
	scoreSomeOrder  = 650 // words of the name begin with the text's

	lessSound    = 80  // it only sounds like the text
	lessSkeleton = 40  // and only the consonants do, at most
	lessEdit     = 150 // for each edit
	lessPast     = 30  // a name that does not hold at the view's date, or is deprecated
	lessWording  = 100 // a source's words for the object of a relation
)

// byID finds the entity whose id is the text, or the text in capitals, as the
// codes of countries and places are written.
func (s *searcher) byID() {
	for _, id := range []string{s.text, strings.ToUpper(s.text)} {
		n, ok := s.s.Number(graph.ID(id))
		if ok && s.Exists(n) && (s.kept == nil || s.kept[s.s.types.at(n)]) {
			s.best[n] = Match{Entity: n, Claim: None, Kind: MatchID, Score: scoreWhole, Prominence: s.s.prominence(n)}
		}
	}
}

// written finds names by how they are written.
func (s *searcher) written() {
	for _, layer := range s.s.labels.layers {
		for _, l := range beginning(layer, s.key) {
			if s.stop() {
				return
			}
			kind, score := MatchPrefix, scoreBeginning
			complete := len(l.key) == len(s.key) || l.key[len(s.key)] == ' '
			switch {
			case l.word > 0 && complete:
				kind, score = MatchWord, scoreWords
			case l.word > 0:
				kind, score = MatchWord, scoreInside
			case len(l.key) == len(s.key):
				kind, score = MatchExact, scoreWhole
			case complete:
				score = scoreFirstWords
			}
			s.consider(labelRef{l.claim, l.original}, Match{Kind: kind, Score: score, word: int(l.word), words: text.WordCount(s.key)})
		}
	}
	words := strings.Fields(s.key)
	if len(words) < 2 {
		return
	}
	// The rarest word first: the others then only count where it is.
	count := func(word string) int {
		n := 0
		for _, layer := range s.s.labels.layers {
			n += len(beginning(layer, word))
		}
		return n
	}
	slices.SortFunc(words, func(a, b string) int { return count(a) - count(b) })
	s.anyOrder(words, MatchWord, func(word string, fn func(ref labelRef, cost int)) bool {
		for _, layer := range s.s.labels.layers {
			for _, l := range beginning(layer, word) {
				cost := 0
				if len(l.key) > len(word) && l.key[len(word)] != ' ' {
					cost = scoreAnyOrder - scoreSomeOrder
				}
				fn(labelRef{l.claim, l.original}, cost)
			}
		}
		return true
	})
}

// labelRef is a name: a claim's, or its original form.
type labelRef struct {
	claim    uint32
	original bool
}

// anyOrder finds the names that have all words, each somewhere. find calls fn
// with each name that has one word, and at what cost; it answers false where
// the word cannot be looked for.
func (s *searcher) anyOrder(words []string, kind MatchKind, find func(word string, fn func(ref labelRef, cost int)) bool) {
	var all map[labelRef]int // the costs so far
	for i, word := range words {
		some := map[labelRef]int{}
		ok := find(word, func(ref labelRef, cost int) {
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
		// Unfinished words cost once.
		unfinished := cost % lessEdit
		if unfinished > 0 {
			unfinished = scoreAnyOrder - scoreSomeOrder
		}
		score := scoreAnyOrder - cost/lessEdit*lessEdit - unfinished
		if kind != MatchWord {
			score -= lessSound
		}
		s.consider(ref, Match{Kind: kind, Score: score})
	}
}

// sounding finds names by how they sound: alike, then, where few were found,
// with edits.
func (s *searcher) sounding() {
	letters := len(strings.ReplaceAll(s.sound, " ", ""))
	latin := !strings.ContainsFunc(s.key, func(r rune) bool { return r >= 0x250 })
	// Two Latin letters sound like too much.
	if letters > 2 || !latin {
		s.sounds(0)
	}
	if len(s.best) < enough {
		s.sounds(editsFor(letters))
	}
}

// editsFor is how many edits a word of so many letters may have.
func editsFor(letters int) int {
	switch {
	case letters < 4:
		return 0
	case letters < 8:
		return 1
	}
	return maxEdits
}

func (s *searcher) sounds(edits int) {
	if p, ok := soundPattern(s.sound, edits); ok {
		s.scan(p, 0)
	}
	if words := strings.Fields(s.sound); len(words) > 1 {
		kind := MatchTransliterated
		if edits > 0 {
			kind = MatchFuzzy
		}
		slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
		s.anyOrder(words, kind, func(word string, fn func(labelRef, int)) bool {
			p, ok := soundPattern(word, min(edits, editsFor(len(word))))
			if ok {
				s.eachSound(p, func(l *soundLayer, i int, h hit) {
					cost := min(int(h.whole), int(h.words)) * lessEdit
					cost = min(cost, int(h.prefix)*lessEdit+scoreAnyOrder-scoreSomeOrder)
					fn(labelRef{l.claims[i], l.words[i]&1 == 1}, cost)
				})
			}
			return ok
		})
	}
	// Consonants alone must be many to mean something, and the more so with one wrong.
	skeleton := text.Skeleton(s.sound)
	consonants := len(skeleton) - strings.Count(skeleton, " ")
	if consonants < 2 || edits > 0 && consonants < 5 {
		return
	}
	pattern := skeletonPattern
	if text.Spare(s.text) {
		pattern = vowellessPattern
	}
	if p, ok := pattern(skeleton, min(edits, 1)); ok {
		s.scan(p, consonants)
	}
}

func (s *searcher) eachSound(p *pattern, fn func(l *soundLayer, i int, h hit)) {
	for _, l := range s.s.sounds.layers {
		l.scan(p, s.stop, func(i int, h hit) { fn(l, i, h) })
	}
}

// scan considers the names that match the pattern, which is of so many
// consonants only, or, where 0, of a whole sound.
func (s *searcher) scan(p *pattern, consonants int) {
	s.eachSound(p, func(l *soundLayer, i int, h hit) {
		word := int(l.words[i] >> 1)
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
		m := Match{word: word}
		take := func(edits, words uint8, score int) {
			score -= lessSound + int(edits)*lessEdit
			if edits < far && score > m.Score {
				m.Score, m.words = score, int(words)
				if m.Kind = MatchTransliterated; edits > 0 {
					m.Kind = MatchFuzzy
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
		if consonants > 0 {
			m.Score -= s.vowelsApart(l.claims[i], l.words[i]&1 == 1, m.word, m.words)
		}
		if m.Score > 0 {
			s.consider(labelRef{l.claims[i], l.words[i]&1 == 1}, m)
		}
	})
}

// vowelsApart is what a match of consonants costs: the less, the more of the
// vowels that are written agree.
func (s *searcher) vowelsApart(claim uint32, original bool, word, words int) int {
	name, _ := s.s.nameOf(claim, original)
	sound := strings.Fields(text.Sound(name))
	sound = sound[min(word, len(sound)):min(word+words, len(sound))]
	p, ok := soundPattern(s.sound, maxEdits)
	if !ok {
		return lessSkeleton
	}
	return lessSkeleton * int(p.match(strings.Join(sound, " ")).whole) / far
}

// consider takes the match for its entity unless it is found better already or
// the view does not show it.
func (s *searcher) consider(ref labelRef, m Match) {
	r := s.s.rows.ref(ref.claim)
	m.Entity, m.Claim, m.Original = r.subject, ref.claim, ref.original
	if ref.original && r.kind == graph.EntityKind {
		m.Entity = uint32(r.value)
		m.Score -= lessWording
	}
	if s.kept != nil && !s.kept[s.s.types.at(m.Entity)] {
		return
	}
	was, found := s.best[m.Entity]
	if found && was.Score > m.Score || !s.knows(ref.claim, r) || r.confidence < s.minConfidence || !s.chosen(r) {
		return
	}
	holds := s.Holds(ref.claim)
	if holds == graph.HoldsNo || r.rank == graph.Deprecated {
		m.Score -= lessPast
	}
	if found && !preferred(&m, &was) {
		return
	}
	// A claim that holds and that lists may show mentions its entities.
	if !found && holds == graph.HoldsNo && !s.Exists(m.Entity) {
		return
	}
	m.Prominence = s.s.prominence(m.Entity)
	s.best[m.Entity] = m
}

// preferred tells whether a match of an entity is to be shown rather than
// another.
func preferred(a, b *Match) bool {
	switch {
	case a.Score != b.Score:
		return a.Score > b.Score
	case a.Claim != b.Claim:
		return a.Claim < b.Claim
	case a.Original != b.Original:
		return b.Original
	case a.word != b.word:
		return a.word < b.word
	}
	return a.words > b.words
}

// page is the part of what was found that is asked for.
func (s *searcher) page(q *Search) *Matches {
	page := &Matches{Total: len(s.best)}
	compare := func(a, b Match) int {
		if a.Score != b.Score {
			return b.Score - a.Score
		}
		if a.Prominence != b.Prominence {
			return b.Prominence - a.Prominence
		}
		return strings.Compare(s.s.ids.at(a.Entity), s.s.ids.at(b.Entity))
	}
	for _, m := range s.best {
		if a := q.After; a != nil && !a.before(m.Score, m.Prominence, s.s.ids.at(m.Entity)) {
			page.Before++
			continue
		}
		// The list is kept sorted: most of many never enter it.
		if n := len(page.List); n == q.First && (n == 0 || compare(m, page.List[n-1]) > 0) {
			continue
		} else if n == q.First {
			page.List = page.List[:n-1]
		}
		at, _ := slices.BinarySearchFunc(page.List, m, compare)
		page.List = slices.Insert(page.List, at, m)
	}
	return page
}

// before tells whether the place comes before a match.
func (p *MatchPlace) before(score, prominence int, id string) bool {
	if p.Score != score {
		return p.Score > score
	}
	if p.Prominence != prominence {
		return p.Prominence > prominence
	}
	return string(p.ID) < id
}

// PlaceOf is the place of a match, for the page behind it.
func (s *Snapshot) PlaceOf(m *Match) MatchPlace {
	return MatchPlace{m.Score, m.Prominence, s.ID(m.Entity)}
}

// Matched is the name that matched, or the id.
func (s *Snapshot) Matched(m *Match) string {
	if m.Claim == None {
		return string(s.ID(m.Entity))
	}
	name, _ := s.nameOf(m.Claim, m.Original)
	return name
}
