package api

import (
	"time"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// maxUncertain bounds how long before now an instant may be and still count as the present.
const maxUncertain = time.Minute

// isPresent reports whether a record time from a client is the present, so that everything is known
// then. It is if it is not before now. If a clock was ahead, the last commit has a time after now,
// and record times are uncertain by that difference: then an instant before now by at most the
// difference, and at most a minute, is the present too.
func isPresent(s *snapshot.Snapshot, t, now time.Time) bool {
	ahead := s.RecordedAt(s.Seq()).Sub(now)
	return !t.Before(now.Add(-min(max(ahead, 0), maxUncertain)))
}
