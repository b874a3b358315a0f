package names

import (
	"cmp"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/text"
)

// MatchKind says how a name matches a search.
type MatchKind uint8

// The kinds of a match. For Exact, Prefix and Word, the name has the spelling of the text, except for case and
// diacritics.
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

// MatchKinds has all kinds by number, each with its name and meaning.
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

// Match is one entity that a search found.
type Match struct {
	Entity uint32
	ID     string
	// Claim is the claim whose name, code or original form matched, or None if the id matched.
	Claim uint32
	// Original is true if the original form matched.
	Original bool
	// Name is the matching name, or the id.
	Name string
	Kind MatchKind
	// Score is from 0 to 1000; higher is better. Among equal scores, Prominence decides: the order of the types
	// in the ontology, then the number of claims about the entity. Among equal prominences, the id decides.
	Score      int16
	Prominence uint16

	word, words uint8 // the position of the matching words in the name; words is 0 if they match in another order
}

// Search describes which entities to find by name.
type Search struct {
	Text string
	// Types reports whether a concrete type is searched; nil means all types.
	Types func(name string) bool
	// First is the maximum number of matches to return. After, if not nil, is the match after which the page
	// begins.
	First int
	After *Cursor
}

// Cursor is the position of a match in the results of a search.
type Cursor struct {
	Score      int16
	Prominence uint16
	ID         string
}

// Cursor returns the position of the match. A Search with it as After returns the next page.
func (m *Match) Cursor() Cursor { return Cursor{m.Score, m.Prominence, m.ID} }

// Matches is a page of the results of a search, the best first.
type Matches struct {
	List []Match
	// Total is how many entities match.
	Total int
	// Before is how many matches come before the page.
	Before int
	// Near has, if nothing matches, a few entities that may be meant: their names differ from the text by more
	// than a misspelling.
	Near []Match
}

// HasNext reports whether there are matches after the page.
func (m *Matches) HasNext() bool { return m.Before+len(m.List) < m.Total }

// Graph is what a search needs to know about the entities and claims, as one view shows them.
type Graph interface {
	// Entities returns the number of entities; they are numbered from 0.
	Entities() int
	// ID returns the id of an entity.
	ID(entity uint32) string
	// ByID returns the entity with the id and its type, if the view shows the entity.
	ByID(id string) (entity uint32, typ uint16, ok bool)
	// ByCode calls fn with each claim that gives its subject the text as a code, in the spelling of its scheme,
	// and with the rank of the scheme.
	ByCode(text string, fn func(claim uint32, rank int))
	// ByClaim returns the claim with an id, if the view shows the claim.
	ByClaim(id string) (claim uint32, ok bool)
	// Types returns the names of the types of entities, by number.
	Types() []string
	// IsSource reports whether a type with the given name is the type of sources.
	IsSource(name string) bool
	// Prominence returns a number that orders entities with equal scores; higher comes first.
	Prominence(entity uint32) uint16
	// Claims returns the number of binary digits of the number of claims about the entity.
	Claims(entity uint32) int
	// Named sets dst to the entities that have the names. Both slices must have the same length.
	Named(dst []Named, names []Ref)
	// Translated reports whether a name is in another language.
	Translated(Ref) bool
	// Name returns the text of a name, or of the date in a claim from Described.
	Name(Ref) string
	// NamedIn reports whether the entity has a name in a script, a number from text.Script.
	NamedIn(entity uint32, script int) bool
	// Current reports whether the view shows more about the entity than names.
	Current(entity uint32) bool
	// Guides returns bits: bit i is set if words[i] is in the label of a type or a relation.
	Guides(words []string) uint16
	// Explained returns bits: bit i is set if words[i] describes the entity: its type or kind, a year of its
	// dates, or an office that it holds.
	Explained(entity uint32, words []string) uint16
	// Related calls fn with the entities that the view shows linked with this one. explained has bits as in
	// Explained for the words that describe the link or the other entity.
	Related(entity uint32, words []string, fn func(other Named, explained uint16))
	// Described finds entities by a type and a year among the words, such as "summit 2025". It calls fn with
	// the claim that states the date, the entity, and bits for all words that describe it.
	Described(words []string, fn func(claim uint32, named Named, explained uint16))
	// Holders calls fn with the holders of an office, if the entity is one.
	Holders(entity uint32, fn func(holder Named))
	// Linked reports whether the view shows a claim about one of the entities that names the other.
	Linked(a, b uint32) bool
	// Visibility returns how the view shows a claim.
	Visibility(claim uint32) Visibility
	// Exists reports whether the view shows the entity.
	Exists(entity uint32) bool
}

// Ref refers to a name: the one that a claim states, or the claim's original form.
type Ref struct {
	Claim    uint32
	Original bool
}

// Named is an entity with the number of its type.
type Named struct {
	Entity uint32
	Type   uint16
	// Object is true if the name is a source's wording for the object of a relation.
	Object bool
}

// Visibility says how a view shows a claim.
type Visibility uint8

const (
	// Hidden claims are not shown.
	Hidden Visibility = iota
	// Past claims do not hold on the view's date, or are deprecated.
	Past
	// Current claims hold, so the entities that they name exist.
	Current
)

// enough is the number of matching entities that makes a further search needless. If as many match by spelling,
// sounds are not searched; if as many match by spelling and sound, edits are not tried. Edits are not tried
// either if a name equals the text.
const enough = 10

// Search finds entities of the graph by their ids, by their codes in outside schemes, and by their names,
// aliases and original forms. It searches names by spelling; if few match, by sound; and if still few match and
// no name equals the text, with misspelt letters. Names of other dates find their entity too.
//
// ok is false if the interrupt stopped the search.
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

// page returns the requested part of the results.
func (s *searcher) page(q *Search) *Matches {
	page := &Matches{Total: s.sure()}
	if page.Total == 0 {
		page.Near, _ = s.best(maxNear, nil, true)
		return page
	}
	page.List, page.Before = s.best(q.First, q.After, false)
	return page
}

// best returns the first matches after the cursor, among either the doubtful or the other candidates, and the
// number of matches before them.
func (s *searcher) best(first int, after *Cursor, doubtful bool) (matches []Match, before int) {
	var list []candidate
	var worst *candidate // the worst of a full page
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
			continue // if many match, most never enter the page
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

// sure returns how many candidates are not doubtful.
func (s *searcher) sure() int {
	n := 0
	for i := range s.room.found {
		if !s.room.found[i].doubtful {
			n++
		}
	}
	return n
}

// maxNear is the maximum number of doubtful matches shown.
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
