package live

import (
	"time"

	"golang.org/x/sys/unix"
)

// elapsed returns a clock of elapsed time, which also runs while the machine sleeps if the kernel has
// such a clock.
func elapsed() func() time.Duration {
	boot := func() (time.Duration, error) {
		var t unix.Timespec
		err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t)
		return time.Duration(t.Nano()), err
	}
	first, err := boot()
	if err != nil { // an old kernel or a sandbox
		start := time.Now()
		return func() time.Duration { return time.Since(start) }
	}
	return func() time.Duration {
		if t, err := boot(); err == nil {
			first = t
		}
		return first
	}
}
