package memory

import (
	"iter"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/ends"
	"github.com/caspian-kg/caspian/graph/internal/layers"
	"github.com/caspian-kg/caspian/schema"
)

// End is one end of a stored relation.
type End struct {
	Field   *schema.Field
	Objects bool
}

// EndsOf returns the entities that have claims of a relation at one of its ends, withdrawn or not, in the order
// of their ids. They must not be changed. It returns nil if stop ended the first reading.
func (s *Graph) EndsOf(e End, stop func() bool) []uint32 {
	return s.w.ends.Of(e, endsOf{s, e, stop})
}

// endsOf implements ends.Source.
type endsOf struct {
	*Graph
	of   End
	stop func() bool
}

func (e endsOf) Claims() uint32 { return uint32(e.Rows.Len()) }

func (e endsOf) Entities() uint32 { return uint32(e.IDs.Len()) }

func (e endsOf) Compare(a, b uint32) int { return strings.Compare(e.IDs.At(a), e.IDs.At(b)) }

func (e endsOf) All() (list []uint32, ok bool) {
	if base := e.w.base; base != nil {
		if list = base.EndsOf(e.of, e.stop); list == nil {
			return nil, false
		}
		return ends.With(list, e.Since(uint32(base.Rows.Len())), e.Compare), true
	}
	p, types := PredicateOf(e.of.Field), e.of.Field.Owner.Concrete
	if e.of.Objects {
		types = e.of.Field.Target.Concrete
	}
	list = []uint32{}
	for n := range e.ofTypes(func(yield func(string) bool) {
		for _, t := range types {
			if !yield(t.Name) {
				return
			}
		}
	}) {
		if e.stop() {
			return nil, false
		}
		if !e.of.Objects && e.OutRun(n, p).Len() > 0 || (e.of.Objects || e.of.Field.Symmetric) && e.InRun(n, p).Len() > 0 {
			list = append(list, n)
		}
	}
	return list, true
}

func (e endsOf) Since(claim uint32) (list []uint32) {
	p := PredicateOf(e.of.Field)
	for n := claim; n < e.Claims(); n++ {
		r := e.Rows.Ref(n)
		if r.Predicate != p || r.Kind != graph.EntityKind {
			continue
		}
		if !e.of.Objects {
			list = append(list, r.Subject)
		}
		if e.of.Objects || e.of.Field.Symmetric {
			list = append(list, uint32(r.Value))
		}
	}
	return slices.DeleteFunc(list, func(n uint32) bool { return !e.of.Objects && !e.of.Field.Owner.Includes(e.Type(n)) })
}

// ofTypes yields the entities of the types with the given names, in the order of their ids.
func (s *Graph) ofTypes(names iter.Seq[string]) iter.Seq[uint32] {
	var types layers.Range[uint32]
	for name := range names {
		if t, ok := s.TypeNames.Number(name); ok {
			types = append(types, slices.Collect(s.ByType.At(uint32(t)).All()))
		}
	}
	return types.Ascending(func(a, b uint32) int { return strings.Compare(s.IDs.At(a), s.IDs.At(b)) })
}
