package memory

import (
	"slices"

	"github.com/caspian-kg/caspian/schema"
)

func (s *Graph) Symmetric(p uint16) bool { return int(p) < len(s.fields) && s.fields[p].Symmetric }

// noteKeeper records a source that states that it maintains a list.
func (s *Graph) noteKeeper(subject uint32, predicate uint16) {
	if predicate == s.MaintainsPredicate && !slices.Contains(s.Keepers, subject) {
		s.Keepers = append(slices.Clip(s.Keepers), subject)
	}
}

// readKeepers finds these sources in a snapshot from a file.
func (s *Graph) readKeepers() {
	t, _ := s.TypeNames.Number(schema.SourceType)
	for n := range s.ByType.At(uint32(t)).All() {
		if s.OutRun(n, s.MaintainsPredicate).Len() > 0 {
			s.noteKeeper(n, s.MaintainsPredicate)
		}
	}
}
