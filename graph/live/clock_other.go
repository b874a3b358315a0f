//go:build !linux

package live

import "time"

// elapsed counts the time that passes.
func elapsed() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}
