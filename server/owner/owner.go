// Package owner has the Unix socket in the folder of a store, over which the owner reaches the service
// without a token.
//
// Read Socket and Listen. The package must not know what is requested over the socket.
package owner

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// socketName is the name of the socket in the folder. The system ensures that only the user as whom the
// service runs (and root) can reach it. A proxy must never forward to it.
const socketName = "socket"

// newSuffix ends the name of a new socket until it replaces the old one.
const newSuffix = ".new"

// Socket returns the path of the owner's socket in the folder of a store. If the path is too long
// for a socket, it returns a path relative to the working folder. If that is too long too (about a
// hundred bytes, depending on the system), it returns an error.
func Socket(dir string) (string, error) {
	most := 103
	if runtime.GOOS == "linux" {
		most = 107
	}
	path := filepath.Join(dir, socketName)
	tooLong := func(p string) bool { return len(p)+len(newSuffix) > most }
	if !tooLong(path) {
		return path, nil
	}
	if here, err := os.Getwd(); err == nil {
		if abs, err := filepath.Abs(path); err == nil {
			if rel, err := filepath.Rel(here, abs); err == nil && !tooLong(rel) {
				return rel, nil
			}
		}
	}
	return "", graph.Errorf(graph.BadInput, "the path of the socket %s has %d bytes, and the system allows %d: keep the store in a folder with a shorter path, or start in its folder with --store .",
		path, len(path), most-len(newSuffix))
}

// Listen listens on the owner's socket in the folder of a store. It replaces a socket that a killed
// service left, and fails if a running service listens on it. The caller must have opened the
// store, so that no other service can start on the folder at the same time.
func Listen(dir string) (net.Listener, error) {
	path, err := Socket(dir)
	if err != nil {
		return nil, err
	}
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.Mode().Type() != fs.ModeSocket:
		return nil, graph.Errorf(graph.BadInput, "%s is in the way of the service's socket: it is another kind of file; move it elsewhere", path)
	default:
		if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
			_ = conn.Close()
			return nil, graph.Errorf(graph.Unavailable, "another service listens on %s; stop it, choose another store, or, for a second service of a database, another --folder", path)
		}
	}
	// The socket is created under another name and then renamed, so that its permissions are never
	// wider.
	made := path + newSuffix
	if err := os.Remove(made); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("listening on the socket %s: %w", path, err)
	}
	l.SetUnlinkOnClose(false)
	var info fs.FileInfo
	err = os.Chmod(made, 0o600)
	if err == nil {
		err = os.Rename(made, path)
	}
	if err == nil {
		info, err = os.Lstat(path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("making the socket %s: %w", path, err), l.Close(), os.Remove(made))
	}
	return &listener{l, path, info}, nil
}

// listener accepts only connections of the same user.
type listener struct {
	*net.UnixListener
	path string
	made fs.FileInfo
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.AcceptUnix()
		if err != nil {
			return nil, err
		}
		if uid, known := peer(conn); known && uid != 0 && uid != os.Geteuid() {
			_ = conn.Close() // without an answer
			continue
		}
		return conn, nil
	}
}

// Close removes the socket's file, unless another service has replaced it.
func (l *listener) Close() error {
	err := l.UnixListener.Close()
	if now, lerr := os.Lstat(l.path); lerr == nil && os.SameFile(now, l.made) {
		err = errors.Join(err, os.Remove(l.path))
	}
	if errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ENOENT) {
		return nil
	}
	return err
}
