package api

import (
	"time"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// maxUncertain bounds how far before now an instant may be the present.
const maxUncertain = time.Minute

// isPresent reports whether a record time that a client gives is the present, so that
// everything is known then: it is not before now. If the last commit has a time after now,
// because a clock was ahead, record times are only that exact: an instant before now by no
// more than that difference, up to a minute, is the present as well.
func isPresent(s *snapshot.Snapshot, t, now time.Time) bool {
	ahead := s.RecordedAt(s.Seq()).Sub(now)
	return !t.Before(now.Add(-min(max(ahead, 0), maxUncertain)))
}
