package snapshot

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// MatchKind is how a name matches a search.
type MatchKind uint8

// The kinds of a match. The names of Exact, Prefix and Word are written like
// the text but for case and diacritics.
const (
	MatchID MatchKind = iota
	MatchExact
	MatchPrefix
	MatchWord
	MatchTransliterated
	MatchFuzzy
)

// MatchKinds are all kinds by number, each with its name and what it means.
var MatchKinds = [...]struct{ Name, About string }{
	MatchID:             {"ID", "The entity's id is the text."},
	MatchExact:          {"EXACT", "A name is the text, but for case and diacritics."},
	MatchPrefix:         {"PREFIX", "A name begins with the text."},
	MatchWord:           {"WORD", "Later words of a name begin with the text, or with its words in any order."},
	MatchTransliterated: {"TRANSLITERATED", "A name, its beginning or some of its words sound like the text: it is romanised differently or in another script."},
	MatchFuzzy:          {"FUZZY", "A name, its beginning or some of its words sound like the text but for one or two letters."},
}

func (k MatchKind) String() string { return MatchKinds[k].Name }

// Match is one entity found by a name.
type Match struct {
	Entity uint32
	// Claim is the claim whose name or original form matched; None where the id did.
	Claim uint32
	// Original is true where the original form matched.
	Original bool
	Kind     MatchKind
	// Score is from 0 to 1000, the higher the better. Prominence decides
	// between equal scores: the order of the types in the ontology, then how many
	// claims there are about the entity; then the id does.
	Score      int16
	Prominence uint16

	word, words uint8 // which words of the name; words is 0 where they are in another order
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
	Score      int16
	Prominence uint16
	ID         graph.ID
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

// enough is how many entities must match as the text is written for those not
// to be sought that sound like it, and how many those must be together for the
// ones with edits not to be: what somebody typed right needs no guesses.
const enough = 10

// Search finds the entities of the view by their names, aliases and original
// forms: as the text is written; where few match, as it sounds; and where these
// are few, with some letters wrong. Names of other dates find their entity too; the record
// time, the confidence and the source must be in view.
//
// The error is ErrInterrupted.
func (v *View) Search(q *Search) (*Matches, error) {
	s := &searcher{View: v, text: q.Text, room: v.s.w.searchRoom(v.s.ids.len())}
	defer s.giveBack()
	if q.Types != nil {
		s.kept = make([]bool, len(v.s.typeNames.list))
		for i, name := range v.s.typeNames.list {
			s.kept[i] = q.Types(name)
		}
	}
	s.source, _ = v.s.typeNames.number(schema.SourceType)
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
	kept             []bool // by type; nil: all
	source           uint16 // the type of sources
	room             *searchRoom
}

// searchRoom is the memory of one search, used again by others: an array by
// entity beats a map where a letter finds every tenth name.
type searchRoom struct {
	slots []uint32 // by entity: the place in found + 1
	found []Match
}

func (w *writer) searchRoom(entities int) *searchRoom {
	r, ok := w.searches.Get().(*searchRoom)
	if !ok || len(r.slots) < entities {
		return &searchRoom{slots: make([]uint32, entities+entities/8)}
	}
	return r
}

func (s *searcher) giveBack() {
	for i := range s.room.found {
		s.room.slots[s.room.found[i].Entity] = 0
	}
	s.room.found = s.room.found[:0]
	s.s.w.searches.Put(s.room)
}

// best is the match of the entity so far, nil where there is none.
func (r *searchRoom) best(entity uint32) *Match {
	if i := r.slots[entity]; i > 0 {
		return &r.found[i-1]
	}
	return nil
}

func (r *searchRoom) put(m Match) {
	if was := r.best(m.Entity); was != nil {
		*was = m
		return
	}
	r.found = append(r.found, m)
	r.slots[m.Entity] = uint32(len(r.found))
}

// The places of a match in a name, as scores.
const (
	scoreWhole      = 1000
	scoreID         = 990 // so that a name says why, where both match
	scoreFirstWords = 900 // the name begins with the words
	scoreWords      = 870 // later words are the text
	scoreBeginning  = 850 // the name begins with the text, inside a word
	scoreAnyOrder   = 840 // words of the name are the text's
	scoreInside     = 810 // a later word begins with the text
	scoreSomeOrder  = 800 // words of the name begin with the text's
)

// What a match has less.
const (
	lessSound    = 80  // where it only sounds like the text
	lessSkeleton = 50  // and of that only the consonants
	lessVowel    = 30  // for each letter that is written and differs, five at most
	lessFirst    = 100 // where one of both begins with a vowel
	lessEdit     = 150 // for each edit
	lessPast     = 30  // of a name that does not hold at the view's date, or is deprecated
	lessWording  = 100 // of a source's words for the object of a relation
	lessSource   = 100 // of a source: its title names what others are
)

// lessLong is what a match has less for the words of the name beyond those
// that matched: a headline has the names of many things.
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
		n, ok := s.s.Number(graph.ID(id))
		if ok && s.Exists(n) && (s.kept == nil || s.kept[s.s.types.at(n)]) {
			s.room.put(Match{Entity: n, Claim: None, Kind: MatchID, Score: scoreID})
		}
	}
}

// written finds names by how they are written.
func (s *searcher) written() {
	words := uint8(min(text.WordCount(s.key), 255))
	for _, layer := range s.s.labels.layers {
		for _, l := range beginning(layer, s.key) {
			if s.stop() {
				return
			}
			kind, score := MatchPrefix, int16(scoreBeginning)
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
			score -= lessLong(int(l.word) + strings.Count(l.key, " ") + 1 - int(words))
			s.consider(labelRef{l.claim, l.original}, Match{Kind: kind, Score: score, word: uint8(l.word), words: words})
		}
	}
	list := strings.Fields(s.key)
	if len(list) < 2 {
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
	slices.SortFunc(list, func(a, b string) int { return count(a) - count(b) })
	s.anyOrder(list, MatchWord, func(word string, fn func(ref labelRef, cost orderCost)) bool {
		for _, layer := range s.s.labels.layers {
			for _, l := range beginning(layer, word) {
				cost := orderCost(0)
				if len(l.key) > len(word) && l.key[len(word)] != ' ' {
					cost = oneWordBegun
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
func (s *searcher) anyOrder(words []string, kind MatchKind, find func(word string, fn func(ref labelRef, cost orderCost)) bool) {
	var all map[labelRef]orderCost
	for i, word := range words {
		some := map[labelRef]orderCost{}
		ok := find(word, func(ref labelRef, cost orderCost) {
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
		if score > 0 {
			s.consider(ref, Match{Kind: kind, Score: int16(score)})
		}
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
// then with edits.
func (s *searcher) sounding() {
	letters := len(strings.ReplaceAll(s.sound, " ", ""))
	latin := !strings.ContainsFunc(s.key, func(r rune) bool { return r >= 0x250 })
	// Two Latin letters sound like too much.
	if len(s.room.found) < enough && (letters > 2 || !latin) {
		s.sounds(0)
	}
	if edits := editsFor(letters); len(s.room.found) < enough && edits > 0 {
		s.sounds(edits)
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
		s.anyOrder(words, kind, func(word string, fn func(labelRef, orderCost)) bool {
			p, ok := soundPattern(word, min(edits, editsFor(len(word))))
			if ok {
				s.eachSound(p, func(l *soundLayer, i int, h hit) {
					cost := min(orderCost(min(h.whole, h.words))*oneEdit, orderCost(h.prefix)*oneEdit+oneWordBegun)
					fn(labelRef{l.claims[i], l.words[i]&1 == 1}, cost)
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
	for _, l := range s.s.sounds.layers {
		l.scan(p, s.stop, func(i int, h hit) { fn(l, i, h) })
	}
}

// scan considers the names that match the pattern, which is of so many
// consonants only, or, where 0, of a whole sound.
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
		m := Match{word: word}
		take := func(edits, words uint8, score int16) {
			score -= lessSound + int16(edits)*lessEdit
			if edits < far && score > m.Score {
				m.Score, m.words = score, words
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
		if m.Score <= 0 {
			return
		}
		ref := labelRef{l.claims[i], l.words[i]&1 == 1}
		if consonants > 0 {
			m.Score -= s.vowelsApart(ref, int(m.word), int(m.words))
		}
		m.Score -= lessLong(s.wordCount(ref) - int(m.words))
		s.consider(ref, m)
	})
}

func (s *searcher) wordCount(ref labelRef) int {
	name, _ := s.s.nameOf(ref.claim, ref.original)
	var room [128]byte
	return bytes.Count(folded(room[:0], name), []byte{' '}) + 1
}

// vowelsApart is what a match of consonants has less: nothing of the vowels
// that are not written can be known, but those that are should agree.
func (s *searcher) vowelsApart(ref labelRef, word, words int) int16 {
	name, _ := s.s.nameOf(ref.claim, ref.original)
	list := strings.Fields(text.Sound(name))
	list = list[min(word, len(list)):min(word+words, len(list))]
	sound := strings.Join(list, " ")
	less := lessSkeleton + lessVowel*int16(min(levenshtein.ComputeDistance(s.sound, sound), 5))
	if sound != "" && s.sound != "" && (text.Class(sound[0]) == 0) != (text.Class(s.sound[0]) == 0) {
		less += lessFirst
	}
	return less
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
	typ := s.s.types.at(m.Entity)
	if s.kept != nil && !s.kept[typ] {
		return
	}
	if typ == s.source {
		m.Score -= lessSource
	}
	was := s.room.best(m.Entity)
	if was != nil && was.Score > m.Score || !s.chosen(r) {
		return
	}
	holds := s.holds(ref.claim, r)
	if holds == graph.HoldsNo && !s.seesRow(ref.claim, r) {
		return
	}
	if holds == graph.HoldsNo || r.rank == graph.Deprecated {
		m.Score -= lessPast
	}
	// A claim that holds mentions its entities, so that they exist.
	if was != nil && preferred(&m, was) || was == nil && (holds != graph.HoldsNo || s.Exists(m.Entity)) {
		s.room.put(m)
	}
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
	page := &Matches{Total: len(s.room.found)}
	compare := func(a, b *Match) int {
		if c := cmp.Or(int(b.Score)-int(a.Score), int(b.Prominence)-int(a.Prominence)); c != 0 {
			return c
		}
		return strings.Compare(s.s.ids.at(a.Entity), s.s.ids.at(b.Entity))
	}
	for i := range s.room.found {
		m := &s.room.found[i]
		full := len(page.List) == q.First
		if q.After == nil && full && (q.First == 0 || m.Score < page.List[q.First-1].Score) {
			continue // most of many never enter the page
		}
		m.Prominence = s.s.prominence(m.Entity)
		if q.After != nil && !q.After.before(m, s.s.ids.at(m.Entity)) {
			page.Before++
			continue
		}
		if full && (q.First == 0 || compare(m, &page.List[q.First-1]) > 0) {
			continue
		}
		if full {
			page.List = page.List[:q.First-1]
		}
		at, _ := slices.BinarySearchFunc(page.List, m, func(a Match, b *Match) int { return compare(&a, b) })
		page.List = slices.Insert(page.List, at, *m)
	}
	return page
}

// before tells whether the place comes before a match.
func (p *MatchPlace) before(m *Match, id string) bool {
	if p.Score != m.Score {
		return p.Score > m.Score
	}
	if p.Prominence != m.Prominence {
		return p.Prominence > m.Prominence
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
