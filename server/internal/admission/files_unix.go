//go:build unix

package admission

import "syscall"

// openFiles returns the process's limit of open files. Go's runtime has already raised it to the
// hard limit.
func openFiles() uint64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 1024
	}
	return uint64(limit.Cur)
}
