package memory

import (
	"slices"

	"github.com/caspian-kg/caspian/schema"
)

func (s *Graph) Symmetric(p uint16) bool { return int(p) < len(s.fields) && s.fields[p].Symmetric }

// noteKeeper records the sources that state that they maintain a list.
func (s *Graph) noteKeeper(subject uint32, predicate uint16) {
	if predicate == s.MaintainsPredicate && !slices.Contains(s.Keepers, subject) {
		s.Keepers = append(slices.Clip(s.Keepers), subject)
	}
}

// readKeepers finds them in a snapshot that was read from its file.
func (s *Graph) readKeepers() {
	t, _ := s.TypeNames.Number(schema.SourceType)
	for n := range s.ByType.At(uint32(t)).All() {
		if s.OutRun(n, s.MaintainsPredicate).Len() > 0 {
			s.noteKeeper(n, s.MaintainsPredicate)
		}
	}
}
