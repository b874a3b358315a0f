package memory

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// namesOf returns the names that the claims state: names and aliases, and the forms that sources print for them
// and for the objects of relations.
func (s *Graph) namesOf(claims []uint32) []names.Name {
	var list []names.Name
	for _, n := range claims {
		r := s.Rows.Ref(n)
		named := schema.IsName(s.Predicates.List[r.Predicate])
		if named {
			name := s.ValueOf(r.Cell()).Text()
			list = append(list, names.Name{Claim: n, Text: name, Translated: s.Language(r) != ""})
		}
		if o := s.Extras.Ref(r.Extra).Original; o != "" && (named || r.Kind == graph.EntityKind) {
			list = append(list, names.Name{Claim: n, Text: o, Original: true})
		}
	}
	return list
}

// labelWords returns the folded words in the labels of types and fields, without repetitions.
func labelWords(o *schema.Ontology) []string {
	var list []string
	for _, t := range o.Types {
		list = append(list, strings.Fields(text.Fold(t.Label))...)
		for _, f := range t.Fields {
			list = append(list, strings.Fields(text.Fold(f.Label))...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Naming is the claim of an entity's name in no particular language. Most entities have one, and every list
// shows it, so what a view needs of it is stored in one place.
type Naming struct {
	Name  string
	Claim uint32 // its number + 1; 0 if there is none, ManyNames if there are several
	valid uint32 // number in Graph.Times, and marks
	Rank  graph.Rank
}

const ManyNames = ^uint32(0)

// One reports whether the entity has exactly one claim of its name.
func (n *Naming) One() bool { return n != nil && n.Claim != 0 && n.Claim != ManyNames }

// Link returns the link of that claim; name is the number of the predicate.
func (n *Naming) Link(name uint16) Link {
	return Link{Claim: n.Claim - 1, Other: None, Valid: n.valid, Predicate: name}
}

// Language returns the language of a text, from the claim's qualifier lang; "" if the claim states none.
func (s *Graph) Language(r *Row) string {
	if r.Kind != graph.StringKind || r.NumQualifiers == 0 || s.LangQualifier < 0 {
		return ""
	}
	c := s.QualifierAmong(r.Qualifiers, uint32(r.NumQualifiers), uint16(s.LangQualifier))
	if c.Kind != graph.StringKind {
		return ""
	}
	return s.Texts.At(uint32(c.Bits))
}

// nameEntities adds the claims of names to the table, from claim number from on. It leaves out names with a
// language, because a view shows those only on request, or if there is no other name.
func (s *Graph) nameEntities(named column.Table[Naming], from uint32) column.Table[Naming] {
	var e *column.Edit[Naming]
	for n := from; int(n) < s.Rows.Len(); n++ {
		r := s.Rows.Ref(n)
		if r.Predicate != s.NamePredicate || s.Language(r) != "" {
			continue
		}
		if e == nil {
			e = named.Begin()
		}
		if e.At(r.Subject).Claim == 0 {
			e.Set(r.Subject, Naming{s.Texts.At(uint32(r.Value)), n + 1, s.linkValid(n, r), r.Rank})
		} else {
			e.Set(r.Subject, Naming{Claim: ManyNames})
		}
	}
	if e == nil {
		return named
	}
	return e.Table()
}
