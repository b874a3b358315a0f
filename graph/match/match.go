// Package match finds the entity that a row of a table means: by its id, a code of the ontology, or a name.
//
// Read Question and Find first. Every candidate has a score and the reason for it, and Sure says whether the
// best one may be taken without a person's decision. The package must not know where texts come from.
package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/search"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Question describes the entity to be found.
type Question struct {
	// Text is an id, a code or a name.
	Text string
	// Types are the types and interfaces that the entity may have; none means all except Source.
	Types []string
	// In, if not empty, is an entity with which the one to be found is linked, such as the country of a city.
	In graph.ID
}

// Candidate is an entity that may be meant.
type Candidate struct {
	ID   graph.ID
	Type string
	// Name is the name, id or code that matched.
	Name string
	// Score is from 0 to 100. Reason explains it in words.
	Score  int
	Reason string
}

// String returns the candidate as a line of text.
func (c Candidate) String() string {
	return fmt.Sprintf("%s %d %s (%s)", c.ID, c.Score, c.Name, c.Reason)
}

// Threshold is the score from which a candidate is taken without a person's decision.
const Threshold = 90

// Most is the maximum number of candidates.
const Most = 8

// The scores of names that equal the text. Names that are merely similar score less than Threshold, unless a
// link of the entity agrees too.
const (
	same       = 100
	former     = 98
	translated = 97
	reordered  = 95
	alike      = 88
	sounds     = 86
	partial    = 70
	elsewhere  = 50
	least      = 45 // the lowest score of a candidate
)

// Agreement is added to the score of a candidate that is linked with Question.In.
const Agreement = 4

// Doubtful is the score from which a person is asked whether the candidate is meant, instead of leaving it out or
// creating an entity.
const Doubtful = 80

// Always returns the view for questions: it shows claims that hold on any day, because tables contain old names
// too.
func Always(s *snapshot.Snapshot) (*snapshot.View, error) {
	during, err := graph.ParseInterval("0001/9999")
	if err != nil {
		return nil, err
	}
	return s.View(graph.View{During: during}, 0)
}

// Find returns the candidates, the best first. The view is usually the one from Always.
func Find(v *snapshot.View, q Question) ([]Candidate, error) {
	f := &finding{v: v, s: v.Snapshot(), q: q, of: map[uint32]int{}, text: wordsOf(q.Text)}
	if err := f.types(); err != nil {
		return nil, err
	}
	f.context = memory.None
	if q.In != "" {
		n, ok := v.Meant(q.In)
		if !ok {
			return nil, graph.Errorf(graph.UnknownID, "there is no entity %q in which to look", graph.Clip(string(q.In)))
		}
		f.context = n
	}
	f.byCode()
	if err := f.byName(); err != nil {
		return nil, err
	}
	for i := range f.list {
		f.placed(&f.list[i])
	}
	f.foreign()
	slices.SortStableFunc(f.list, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(string(a.ID), string(b.ID)))
	})
	f.list = slices.DeleteFunc(f.list, func(c Candidate) bool { return c.Score < least })
	return f.list[:min(len(f.list), Most)], nil
}

// Sure returns the candidate that is meant: one with at least the threshold, if no other is as good. Among
// exact matches, current names are better than former and foreign ones.
func Sure(list []Candidate, threshold int) (graph.ID, bool) {
	if len(list) == 0 || list[0].Score < threshold {
		return "", false
	}
	if len(list) > 1 && list[1].Score >= Threshold && list[0].Score-list[1].Score < same-former {
		return "", false
	}
	if list[0].Score < Threshold && len(list) > 1 && list[0].Score-list[1].Score < 2*(same-former) {
		return "", false
	}
	return list[0].ID, true
}

// finding collects the candidates for a question.
type finding struct {
	v       *snapshot.View
	s       *snapshot.Snapshot
	q       Question
	wanted  []*schema.Type
	context uint32
	text    words
	list    []Candidate
	of      map[uint32]int // the index of an entity in list
}

func (f *finding) types() error {
	for _, name := range f.q.Types {
		t := f.s.Ontology().Type(name)
		if t == nil {
			return graph.Errorf(graph.UnknownName, "the ontology has no type %q", graph.Clip(name))
		}
		f.wanted = append(f.wanted, t)
	}
	return nil
}

// wants reports whether the question accepts entities of a concrete type.
func (f *finding) wants(name string) bool { return Wants(f.s.Ontology(), f.wanted, name) }

// Wants reports whether a concrete type is among the types; no types means all except Source.
func Wants(o *schema.Ontology, types []*schema.Type, name string) bool {
	if types == nil {
		return name != schema.SourceType
	}
	concrete := o.Type(name)
	return slices.ContainsFunc(types, func(t *schema.Type) bool { return t.Includes(concrete) })
}

// add records a reason for an entity, if it is better than the previous one.
func (f *finding) add(entity uint32, name string, score int, reason string) {
	typ := f.s.TypeName(entity)
	if !f.wants(typ) {
		return
	}
	i, known := f.of[entity]
	if !known {
		i = len(f.list)
		f.of[entity] = i
		f.list = append(f.list, Candidate{ID: f.s.ID(entity), Type: typ})
	}
	if c := &f.list[i]; score > c.Score {
		c.Name, c.Score, c.Reason = name, score, reason
	}
}

// byCode finds the entity whose id or key is the text.
func (f *finding) byCode() {
	text := strings.TrimSpace(f.q.Text)
	if n, ok := f.v.Meant(graph.ID(text)); ok {
		f.add(n, text, same, "its id")
	}
	for _, field := range f.s.Ontology().Searched() {
		if field.Key == "" {
			continue
		}
		code := text
		if field.Code != nil {
			var ok bool
			if code, ok = field.Code.Find(text); !ok {
				continue
			}
		}
		f.s.Keyed(field.Name, code, func(claim uint32) {
			if f.s.Live(claim) {
				f.add(f.s.Subject(claim), code, same, "its "+field.Name)
			}
		})
	}
}

// byName scores the names of the entities that a search finds.
func (f *finding) byName() error {
	seen := map[uint32]bool{}
	for _, text := range f.text.variants {
		found, err := search.Entities(f.v, &names.Search{Text: text, Types: f.wants, First: 2 * Most})
		if err != nil {
			return err
		}
		for _, m := range append(found.List, found.Near...) {
			if !seen[m.Entity] {
				seen[m.Entity] = true
				f.weigh(m.Entity)
			}
		}
	}
	return nil
}

// weigh compares the text with every name of an entity.
func (f *finding) weigh(entity uint32) {
	s := f.s
	s.Out.Ref(entity).Has(func(l memory.Link) bool {
		if l.Other != memory.None || !schema.IsName(s.Predicates.List[l.Predicate]) || !s.Live(l.Claim) {
			return false
		}
		name := s.Value(l.Claim).Text()
		score, reason := f.text.like(name)
		lang := s.Language(s.Rows.Ref(l.Claim))
		foreign := lang != "" && lang != "en"
		if score == partial && foreign {
			score--
		}
		if score == same {
			switch to := s.Valid(l.Claim).To; {
			case to.Known():
				score, reason = former, "its former name"
			case foreign:
				score, reason = translated, "its name in "+lang
			case s.Predicates.List[l.Predicate] != "name":
				reason = "another name of it"
			}
		}
		if s.Predicates.List[l.Predicate] == schema.Demonyms && score > partial {
			score, reason = partial, "what its people are called"
		}
		f.add(entity, name, score, reason)
		return false
	})
}

// foreign lowers the scores of names in other languages that are also a part of the name of another candidate:
// Guiana is the Portuguese name of Guyana, but may mean French Guiana.
func (f *finding) foreign() {
	rivals := 0
	for i := range f.list {
		if f.list[i].Score >= partial {
			rivals++
		}
	}
	for i := range f.list {
		if c := &f.list[i]; c.Score == translated && rivals > 1 && text.Script(c.Name) == text.Script("a") {
			c.Score = Threshold - 1
		}
	}
}

// placed scores the links of the candidate.
func (f *finding) placed(c *Candidate) {
	if f.context == memory.None || c.Score == 0 {
		return
	}
	s := f.s
	n, _ := s.Number(c.ID)
	linked, others := false, false
	s.Out.Ref(n).Has(func(l memory.Link) bool {
		linked = linked || l.Other == f.context && s.Live(l.Claim)
		others = others || l.Other != memory.None && s.Types.At(l.Other) == s.Types.At(f.context) && s.Live(l.Claim)
		return linked
	})
	linked = linked || s.Out.Ref(f.context).Has(func(l memory.Link) bool { return l.Other == n && s.Live(l.Claim) })
	switch {
	case linked && c.Score < reordered:
		c.Score += Agreement
		fallthrough
	case linked:
		c.Reason += ", with " + string(f.q.In)
	case others:
		c.Score, c.Reason = min(c.Score, elsewhere), c.Reason+", but not with "+string(f.q.In)
	}
}
