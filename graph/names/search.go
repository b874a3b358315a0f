package names

import (
	"cmp"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/text"
)

// MatchKind is how a name matches a search.
type MatchKind uint8

// The kinds of a match. The names of Exact, Prefix and Word are written like
// the text, except for case and diacritics.
const (
	MatchID MatchKind = iota
	MatchKey
	MatchExact
	MatchPrefix
	MatchWord
	MatchTransliterated
	MatchFuzzy
	MatchPart
	MatchRelated
	MatchDescribed
)

// MatchKinds are all kinds by number, each with its name and what it means.
var MatchKinds = [...]struct{ Name, About string }{
	MatchID:             {"ID", "The entity's id, or that of a claim about it, is the text."},
	MatchKey:            {"KEY", "A code of the entity in an outside scheme is the text, or the address of it is."},
	MatchExact:          {"EXACT", "A name equals the text; case and diacritics are ignored."},
	MatchPrefix:         {"PREFIX", "A name begins with the text."},
	MatchWord:           {"WORD", "Later words of a name begin with the text, or with its words in any order."},
	MatchTransliterated: {"TRANSLITERATED", "A name, its beginning or some of its words sound like the text: it is romanised differently or in another script."},
	MatchFuzzy:          {"FUZZY", "A name, its beginning or some of its words sound almost like the text: one or two letters differ."},
	MatchPart:           {"PART", "Some words of the text are a name, or in one; the others say what has it (port of Aktau), or nothing that is known."},
	MatchRelated:        {"RELATED", "Some words of the text name something else, with which the entity is linked as the others say (capital of Kazakhstan)."},
	MatchDescribed:      {"DESCRIBED", "No word of the text is a name: the words say what the entity is, and a year of it (summit 2025); the date is what matched."},
}

func (k MatchKind) String() string { return MatchKinds[k].Name }

// Match is one entity found by a name.
type Match struct {
	Entity uint32
	ID     string
	// Claim is the claim whose name, code or original form matched; None where the id did.
	Claim uint32
	// Original is true where the original form matched.
	Original bool
	// Name is the name that matched, or the id.
	Name string
	Kind MatchKind
	// Score is from 0 to 1000, the higher the better. Prominence decides
	// between equal scores: the order of the types in the ontology, then how many
	// claims there are about the entity; then the id does.
	Score      int16
	Prominence uint16

	word, words uint8 // which words of the name; words is 0 where they are in another order
}

// Search says which entities to find by name.
type Search struct {
	Text string
	// Types reports whether to find entities of the concrete type; nil finds all.
	Types func(name string) bool
	// First is how many matches to return at most. After, if not nil, is the
	// match after which to begin.
	First int
	After *Cursor
}

// Cursor is the position of a match in the order of a search.
type Cursor struct {
	Score      int16
	Prominence uint16
	ID         string
}

// Cursor returns the position of the match, with which to ask for the page after it.
func (m *Match) Cursor() Cursor { return Cursor{m.Score, m.Prominence, m.ID} }

// Matches is a page of what a search found, the best first.
type Matches struct {
	List []Match
	// Total is how many entities match in all.
	Total int
	// Before is how many come before the page.
	Before int
	// Near are, where nothing matches, a few entities that may be meant: their names
	// differ from the text by more than a misspelling.
	Near []Match
}

// HasNext reports whether there are matches after the page.
func (m *Matches) HasNext() bool { return m.Before+len(m.List) < m.Total }

// Graph is what a search needs to know of the claims of an index: the graph, as
// one view shows it.
type Graph interface {
	// Entities is how many entities there are; their numbers begin with 0.
	Entities() int
	// ID is the id of an entity.
	ID(entity uint32) string
	// ByID finds the entity with the id and its type, if the view shows it.
	ByID(id string) (entity uint32, typ uint16, ok bool)
	// ByCode calls fn with each claim that says the text, in its scheme's
	// spelling, is a code of its subject, and with the rank of the scheme.
	ByCode(text string, fn func(claim uint32, rank int))
	// ByClaim finds a claim by its id, if the view shows it.
	ByClaim(id string) (claim uint32, ok bool)
	// Types are the names of the types of entities by number.
	Types() []string
	// IsSource reports whether a type, by its name, is that of sources.
	IsSource(name string) bool
	// Prominence orders what matches equally well.
	Prominence(entity uint32) uint16
	// Claims is the magnitude of how many claims there are about the entity: how many binary digits their number has.
	Claims(entity uint32) int
	// Named sets dst to what has these names. Both lists have the same length.
	Named(dst []Named, names []Ref)
	// Translated reports whether a name is one in another language.
	Translated(Ref) bool
	// Name is the text of a name, or of the date that a claim of Described gives.
	Name(Ref) string
	// NamedIn reports whether a name of the entity is in a script, by text.Script.
	NamedIn(entity uint32, script int) bool
	// Current reports whether the view shows more of the entity than its names.
	Current(entity uint32) bool
	// Guides sets bit i where words[i] is in what the ontology calls a type or a relation.
	Guides(words []string) uint16
	// Explained sets bit i where words[i] says what the entity is: its type, a kind of it,
	// a year of its dates, an office that it holds.
	Explained(entity uint32, words []string) uint16
	// Related calls fn with entities that the view shows linked with this one, and the
	// words that say how they are linked or what they are, as Explained does.
	Related(entity uint32, words []string, fn func(other Named, explained uint16))
	// Described finds entities by a type and a year among the words, such as "summit 2025". It calls fn with
	// the claim that gives the date, the entity, and all words that describe it.
	Described(words []string, fn func(claim uint32, named Named, explained uint16))
	// Holders calls fn with those who hold the office that the entity is, if it is one.
	Holders(entity uint32, fn func(holder Named))
	// Linked reports whether the view shows a claim of one entity about the other.
	Linked(a, b uint32) bool
	// Visibility says how the view shows a claim.
	Visibility(claim uint32) Visibility
	// Exists reports whether the view shows the entity.
	Exists(entity uint32) bool
}

// Ref refers to a name: the one that a claim states, or its original form.
type Ref struct {
	Claim    uint32
	Original bool
}

// Named is the entity that has a name, and the number of its type.
type Named struct {
	Entity uint32
	Type   uint16
	// Object is true where the name is a source's wording for the object of a relation.
	Object bool
}

// Visibility is how a view shows a claim.
type Visibility uint8

const (
	// Hidden claims are not shown.
	Hidden Visibility = iota
	// Past claims do not hold at the view's date, or are deprecated.
	Past
	// Current claims hold, so that the entities they name exist.
	Current
)

// enough is how many entities must match as the text is written for those not to be sought
// that sound like it, and how many those must be together for the ones with edits not to be.
// A text that matches this many names exactly needs no guesses. Edits are not tried either
// where a name is the text itself.
const enough = 10

// Search finds entities of the graph by their ids, by their codes in outside
// schemes, and by their names, aliases and original forms: as the text is
// written; where few match, as it sounds; and where these are few and no name is
// the text, with some letters wrong. Names of other dates find their entity too.
//
// ok is false where the interrupt stopped the search before its end.
func (x *Index) Search(g Graph, q *Search, interrupt *lists.Interrupt) (_ *Matches, ok bool) {
	s := &searcher{Index: x, graph: g, interrupt: interrupt, text: q.Text, room: roomFor(g.Entities())}
	defer s.giveBack()
	s.filterTypes(q.Types)
	s.key, s.sound, s.script, s.odd = text.Fold(q.Text), text.Sound(q.Text), text.Script(q.Text), text.Odd(q.Text)
	s.keyed, s.sounded = strings.ReplaceAll(s.key, " ", ""), strings.ReplaceAll(s.sound, " ", "")
	s.soughtWords = text.WordCount(s.key)
	if s.key != "" {
		s.byID()
		s.byCode()
		s.written()
		s.sounding()
		s.inPart()
		s.keepWordings()
	}
	if s.interrupt.Stopped {
		return nil, false
	}
	return s.page(q), true
}

// page is the requested part of what was found.
func (s *searcher) page(q *Search) *Matches {
	page := &Matches{Total: s.sure()}
	if page.Total == 0 {
		page.Near, _ = s.best(maxNear, nil, true)
		return page
	}
	page.List, page.Before = s.best(q.First, q.After, false)
	return page
}

// best are the first matches of those that are doubtful, or of those that are not, from the cursor on, and how
// many come before them.
func (s *searcher) best(first int, after *Cursor, doubtful bool) (matches []Match, before int) {
	var list []candidate
	var worst *candidate // of a full page
	trim := func() {
		slices.SortFunc(list, func(a, b candidate) int { return s.compare(&a, &b) })
		if len(list) >= first {
			list = list[:first]
			if first > 0 {
				last := list[first-1]
				worst = &last
			}
		}
	}
	for i := range s.room.found {
		c := &s.room.found[i]
		if c.doubtful != doubtful || after == nil && worst != nil && c.score < worst.score {
			continue // most of many never enter the page
		}
		c.prominence = s.graph.Prominence(c.entity)
		if after != nil && !after.before(c, s.graph.ID(c.entity)) {
			before++
			continue
		}
		if worst != nil && s.compare(c, worst) > 0 {
			continue
		}
		if list = append(list, *c); len(list) >= 2*first+8 {
			trim()
		}
	}
	trim()
	matches = make([]Match, len(list))
	for i := range list {
		matches[i] = s.match(&list[i])
	}
	return matches, before
}

// sure is how many of the candidates found are not doubtful.
func (s *searcher) sure() int {
	n := 0
	for i := range s.room.found {
		if !s.room.found[i].doubtful {
			n++
		}
	}
	return n
}

// maxNear is how many doubtful matches are shown at most.
const maxNear = 3

// compare orders candidates, the best first.
func (s *searcher) compare(a, b *candidate) int {
	if c := cmp.Or(int(b.score)-int(a.score), int(b.prominence)-int(a.prominence)); c != 0 {
		return c
	}
	return strings.Compare(s.graph.ID(a.entity), s.graph.ID(b.entity))
}

func (s *searcher) match(c *candidate) Match {
	m := Match{
		Entity: c.entity, ID: s.graph.ID(c.entity), Claim: c.claim, Original: c.original, Kind: c.kind,
		Score: c.score, Prominence: c.prominence, word: c.word, words: c.words,
	}
	if m.Name = m.ID; m.Claim != None && m.Kind != MatchID {
		m.Name = s.graph.Name(Ref{m.Claim, m.Original})
	}
	return m
}

// before reports whether the cursor comes before a candidate.
func (p *Cursor) before(c *candidate, id string) bool {
	if p.Score != c.score {
		return p.Score > c.score
	}
	if p.Prominence != c.prominence {
		return p.Prominence > c.prominence
	}
	return p.ID < id
}
