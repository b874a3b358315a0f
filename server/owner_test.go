package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// TestOwnerSocket writes by the socket without a token.
func TestOwnerSocket(t *testing.T) {
	dir := t.TempDir()
	l, err := ListenOwner(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, socketName)
	if info, err := os.Lstat(path); err != nil || info.Mode() != os.ModeSocket|0o600 {
		t.Errorf("%v %v", info, err)
	}
	s := started(t, Options{Keys: Keys{Readers: tokenOf(readerToken)}})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	c := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	res, err := c.Post("http://any.name/graphql", "application/json", strings.NewReader(fmt.Sprintf(declare, "src")))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil || !strings.Contains(string(body), `"sequence":1`) {
		t.Errorf("%s %v", body, err)
	}
	// A second service cannot take over a socket in use.
	var ge *graph.Error
	if _, err := ListenOwner(dir); !errors.As(err, &ge) || ge.Code != graph.Unavailable {
		t.Errorf("a second one: %v", err)
	}
	c.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}
}

// TestOwnerSocketIsReplaced checks that a dead socket is replaced, and nothing else.
func TestOwnerSocketIsReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, socketName)
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	_ = dead.Close()
	l, err := ListenOwner(dir)
	if err != nil {
		t.Fatal(err)
	}
	// A file that has taken the place of the socket is not removed.
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := ListenOwner(dir); err == nil || !strings.Contains(err.Error(), "in the way") {
		t.Errorf("a file in the way: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
		t.Errorf("%q %v", text, err)
	}
}

// TestOwnerSocketPath checks that a path too long for the system is replaced by a shorter
// one, or reported.
func TestOwnerSocketPath(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 60), strings.Repeat("y", 60))
	if err := os.MkdirAll(long, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenOwner(long); err == nil || !strings.Contains(err.Error(), "the system allows") {
		t.Errorf("%v", err)
	}
	t.Chdir(long)
	l, err := ListenOwner(long)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(long); err != nil || len(left) > 0 {
		t.Errorf("%v stays (%v)", left, err)
	}
}
