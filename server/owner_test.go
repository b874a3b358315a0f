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
	"github.com/caspian-kg/caspian/server/owner"
)

// TestOwnerSocket writes by the socket without a token.
func TestOwnerSocket(t *testing.T) {
	dir := t.TempDir()
	l, err := owner.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "socket")
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
	if _, err := owner.Listen(dir); !errors.As(err, &ge) || ge.Code != graph.Unavailable {
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
