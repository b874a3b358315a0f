//go:build unix

package admission

import "syscall"

// openFiles is how many files the process may have open; Go's runtime has raised that to what
// it may be raised to.
func openFiles() uint64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 1024
	}
	return uint64(limit.Cur)
}
