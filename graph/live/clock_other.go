//go:build !linux

package live

import "time"

// elapsed returns a clock of elapsed time.
func elapsed() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}
