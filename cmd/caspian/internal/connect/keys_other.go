//go:build !unix

package connect

import "io/fs"

// ofRoot reports whether a file belongs to root.
func ofRoot(fs.FileInfo) bool { return false }
