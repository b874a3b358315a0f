//go:build !linux

package owner

import "net"

// peer cannot be found on this system: the permissions of the socket's file keep other users out.
func peer(*net.UnixConn) (uid int, known bool) { return 0, false }
