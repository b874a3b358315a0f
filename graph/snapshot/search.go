package snapshot

import (
	"cmp"
	"slices"
	"strings"

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
	MatchKey
	MatchExact
	MatchPrefix
	MatchWord
	MatchTransliterated
	MatchFuzzy
)

// MatchKinds are all kinds by number, each with its name and what it means.
var MatchKinds = [...]struct{ Name, About string }{
	MatchID:             {"ID", "The entity's id is the text."},
	MatchKey:            {"KEY", "A code of the entity in an outside scheme is the text, or the address of it is."},
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
	// Claim is the claim whose name, code or original form matched; None where the id did.
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
// ones with edits not to be. What somebody typed right needs no guesses; neither
// are edits tried where a name is the text.
const enough = 10

// Search finds the entities of the view by their ids, by their codes in outside
// schemes, and by their names, aliases and original forms: as the text is written; where few match, as it sounds; and where these
// are few and no name is the text, with some letters wrong. Names of other dates find their entity too; the record
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
		s.byKey()
		s.written()
		s.sounding()
	}
	if v.Interrupted() {
		return nil, ErrInterrupted
	}
	return s.page(q), nil
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
	var worst *Match // of a full page
	trim := func() {
		slices.SortFunc(page.List, func(a, b Match) int { return compare(&a, &b) })
		if len(page.List) >= q.First {
			page.List = page.List[:q.First]
			if q.First > 0 {
				last := page.List[q.First-1]
				worst = &last
			}
		}
	}
	for i := range s.room.found {
		m := &s.room.found[i]
		if q.After == nil && worst != nil && m.Score < worst.Score {
			continue // most of many never enter the page
		}
		m.Prominence = s.s.prominence(m.Entity)
		if q.After != nil && !q.After.before(m, s.s.ids.at(m.Entity)) {
			page.Before++
			continue
		}
		if worst != nil && compare(m, worst) > 0 {
			continue
		}
		if page.List = append(page.List, *m); len(page.List) >= 2*q.First+8 {
			trim()
		}
	}
	trim()
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
