package api

import (
	"time"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// maxUncertain bounds how far before now an instant may be the present.
const maxUncertain = time.Minute

// isPresent reports whether a record time that a client gives is the present, so that everything is
// known then: it is not before now. Where the last commit was recorded ahead of now, as by a clock
// that was ahead, record times are only as exact as that: an instant no further before now is the
// present as well, up to a minute.
func isPresent(s *snapshot.Snapshot, t, now time.Time) bool {
	ahead := s.RecordedAt(s.Seq()).Sub(now)
	return !t.Before(now.Add(-min(max(ahead, 0), maxUncertain)))
}
