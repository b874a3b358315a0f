package owner

import (
	"net"
	"syscall"
)

// peer returns the user at the other end of a Unix socket, as the operating system reports it.
func peer(conn *net.UnixConn) (uid int, known bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return -1, true // the peer has disconnected, and gets no rights
	}
	cerr := raw.Control(func(fd uintptr) {
		var cred *syscall.Ucred
		if cred, err = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED); err == nil {
			uid = int(cred.Uid)
		}
	})
	if cerr != nil || err != nil {
		return -1, true
	}
	return uid, true
}
