package search

import (
	"slices"
	"strings"
	"unicode"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Words of a search that are not a name are explained by the labels of types and relations, and by what the
// view shows about an entity.

// maxRelated bounds how many links of an entity are read for one search.
const maxRelated = 20_000

// Explained marks the words that name the type of the entity, a value of an enum or a kind,
// a year of one of its dates, or an office that it holds.
func (g *viewed) Explained(entity uint32, list []string) uint16 {
	known := g.typed(entity, list)
	s := g.s
	s.Out.Ref(entity).Has(func(l memory.Link) bool {
		if g.interrupt.Step() {
			return true
		}
		if !g.v.Shows(entity, l) {
			return false
		}
		switch r := s.Rows.Ref(l.Claim); r.Kind {
		case graph.EnumKind:
			known |= marked(s.ValueOf(r.Cell()).Text(), list)
		case graph.StringKind:
			if name := s.Predicates.List[r.Predicate]; name == "kind" || name == "description" {
				known |= marked(s.ValueOf(r.Cell()).Text(), list)
			}
		case graph.DateKind:
			known |= g.dated(r, list)
		case graph.EntityKind:
			if len(s.Through[s.Type(l.Other)]) > 0 {
				known |= marked(g.v.Name(l.Other), list)
			}
		}
		return false
	})
	return known
}

// Guides implements names.Graph with the labels of the ontology.
func (g *viewed) Guides(list []string) (known uint16) {
	for _, w := range g.s.Labels {
		known |= markedBy(w, list)
	}
	return known
}

// Described implements names.Graph. It reads the entities of the types that some words name, and their dates in a
// year that is among the words.
func (g *viewed) Described(list []string, fn func(claim uint32, named names.Named, explained uint16)) {
	if !slices.ContainsFunc(list, isYear) {
		return
	}
	left := maxRelated
	for i, t := range g.s.TypesOf {
		typ := uint16(i)
		if t == nil || t.Name == schema.SourceType || g.marksOf(typ, list) == 0 {
			continue
		}
		dates := datesOf(t)
		for entity := range g.s.ByType.Ref(uint32(typ)).All() {
			if left--; left < 0 || g.interrupt.Step() {
				return
			}
			g.eachDate(entity, dates, func(l memory.Link) {
				if known := g.dated(g.s.Rows.Ref(l.Claim), list); known != 0 {
					fn(l.Claim, names.Named{Entity: entity, Type: typ}, known|g.Explained(entity, list))
				}
			})
		}
	}
}

// datesOf returns the predicates of a type whose values are dates.
func datesOf(t *schema.Type) (dates []uint16) {
	for _, f := range t.Fields {
		if f.Kind == schema.Property && f.Scalar == schema.Date {
			dates = append(dates, memory.PredicateOf(f))
		}
	}
	return dates
}

// eachDate calls fn with the dates that the view shows for an entity.
func (g *viewed) eachDate(entity uint32, dates []uint16, fn func(l memory.Link)) {
	for _, predicate := range dates {
		for l := range g.s.OutRun(entity, predicate).All() {
			if g.s.Rows.Ref(l.Claim).Kind == graph.DateKind && g.v.Shows(entity, l) {
				fn(l)
			}
		}
	}
}

// isYear reports whether a word is a year of four digits.
func isYear(word string) bool { return len(word) == 4 && strings.Trim(word, "0123456789") == "" }

// dated marks the word that is the year of a date.
func (g *viewed) dated(r *memory.Row, list []string) uint16 {
	if date := g.s.ValueOf(r.Cell()).String(); len(date) >= 4 {
		return markedBy(date[:4], list)
	}
	return 0
}

// Related implements names.Graph. It reads the relations of the entity in both directions.
func (g *viewed) Related(entity uint32, list []string, fn func(other names.Named, explained uint16)) {
	s, left := g.s, maxRelated
	each := func(links *memory.Adjacency, label func(l memory.Link) uint16) {
		links.Has(func(l memory.Link) bool {
			if left--; left < 0 || g.interrupt.Step() {
				return true
			}
			if l.Other == memory.None || l.Other == entity || !g.v.Shows(entity, l) {
				return false
			}
			known := label(l) | g.typed(l.Other, list)
			if s.Out.Ref(l.Other).Len() <= maxTold {
				known |= g.Explained(l.Other, list)
			}
			if known != 0 {
				fn(names.Named{Entity: l.Other, Type: s.Types.At(l.Other)}, known)
			}
			return false
		})
	}
	labels := map[uint16]uint16{}
	each(s.Out.Ref(entity), func(l memory.Link) uint16 {
		known, ok := labels[l.Predicate]
		if !ok {
			if f := s.FieldOf(s.Rows.Ref(l.Claim)); f != nil {
				known = marked(f.Label, list)
			}
			labels[l.Predicate] = known
		}
		return known
	})
	each(s.In.Ref(entity), func(memory.Link) uint16 { return 0 })
}

// maxTold is how many claims about an entity are read to explain it. An entity with more claims is explained
// only by its type.
const maxTold = 64

// Holders implements names.Graph. It reads the relations from which the ontology derives the holders of an
// office.
func (g *viewed) Holders(entity uint32, fn func(holder names.Named)) {
	s := g.s
	for _, f := range s.Through[s.Type(entity)] {
		for l := range s.InRun(entity, memory.PredicateOf(f.Path.Then.Stated())).All() {
			if g.v.Shows(entity, l) {
				fn(names.Named{Entity: l.Other, Type: s.Types.At(l.Other)})
			}
		}
	}
}

// typed marks the words that name the type of an entity or one of its interfaces.
func (g *viewed) typed(entity uint32, list []string) uint16 {
	return g.marksOf(g.s.Types.At(entity), list)
}

// marksOf marks the words that name a type, given by its number, or one of its interfaces. It caches the result,
// because all calls of a search have the same words.
func (g *viewed) marksOf(typ uint16, list []string) uint16 {
	if g.marks == nil {
		g.marks = make([]typeMarks, len(g.s.TypeNames.List))
	}
	m := &g.marks[typ]
	if t := g.s.TypesOf[typ]; t != nil && !m.known {
		m.words = marked(t.Label, list) | marked(spaced(t.Name), list)
		for _, i := range t.Interfaces {
			if i.Name != schema.EntityType {
				m.words |= marked(i.Label, list)
			}
		}
	}
	m.known = true
	return m.words
}

// typeMarks has the words of a search that name a type; known is false until they are computed.
type typeMarks struct {
	known bool
	words uint16
}

// spaced separates the words in a name of the ontology by spaces.
func spaced(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// marked sets bit i if list[i] is a word of the phrase, in singular or plural. Words as short as prepositions
// mark nothing.
func marked(phrase string, list []string) (known uint16) {
	for _, w := range strings.Fields(text.Fold(phrase)) {
		known |= markedBy(w, list)
	}
	return known
}

// markedBy is marked for one folded word.
func markedBy(w string, list []string) (known uint16) {
	for i, sought := range list {
		if short, long := min(len(w), len(sought)), max(len(w), len(sought)); short > 3 && long-short <= 2 && w[:short] == sought[:short] {
			known |= 1 << i
		}
	}
	return known
}
