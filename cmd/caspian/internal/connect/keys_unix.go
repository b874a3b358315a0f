//go:build unix

package connect

import (
	"io/fs"
	"os"
	"syscall"
)

// ofRoot reports whether a file belongs to root, and this process is another user's.
func ofRoot(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && s.Uid == 0 && os.Getuid() != 0
}
