package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
)

// words collects what a command writes, and lets a test wait for some of it.
type words struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
	more chan struct{}
}

func newWords() *words { return &words{more: make(chan struct{}, 1)} }

func (w *words) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case w.more <- struct{}{}:
	default:
	}
	return w.text.Write(b)
}

// wait waits until the command has written the text n times.
func (w *words) wait(t *testing.T, text string, times int) string {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		w.mu.Lock()
		said := w.text.String()
		w.mu.Unlock()
		if strings.Count(said, text) >= times {
			return said
		}
		select {
		case <-w.more:
		case <-late:
			t.Fatalf("%q was not written %d times in\n%s", text, times, said)
		}
	}
}

// serving runs serve in this process until the test ends or the returned function is called.
func serving(t *testing.T, args ...string) (*words, func() int) {
	t.Helper()
	w := newWords()
	ctx, stop := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"serve", "--seeds", "none"}, args...), &cli.Environment{In: strings.NewReader(""), Out: io.Discard, Err: w, Lookup: func(string) (string, bool) { return "", false }})
	}()
	end := sync.OnceValue(func() int { stop(); return <-code })
	t.Cleanup(func() { end() })
	w.wait(t, "Stop ", 1)
	return w, end
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestReloadTokens changes the files of tokens of a running service: SIGHUP makes it read them, and
// a faulty file changes nothing.
func TestReloadTokens(t *testing.T) {
	const first, second = "3f1c2e9ab7d84c5e8f60a1b2c3d4e5f7", "0d9e8c7b6a5f4e3d2c1b9a8f7e6d5c40"
	dir := t.TempDir()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	store, readers := filepath.Join(dir, "s"), filepath.Join(dir, "readers")
	write(t, readers, first+"\n")
	w, end := serving(t, "--store", store, "--listen", "127.0.0.1:"+port, "--read-token", readers)
	own, err := connect.OwnerToken(store)
	if err != nil || own == "" {
		t.Fatal(own, err)
	}
	lets := func(token string) bool {
		answer, err := connect.ServiceAt("http://127.0.0.1:"+port, token, dir).Ask(t.Context(), "{__typename}", nil)
		if err != nil {
			t.Fatal(err)
		}
		return !bytes.Contains(answer, []byte("UNAUTHENTICATED"))
	}
	if !lets(first) || lets(second) || !lets(own) {
		t.Error("before")
	}
	write(t, readers, "passwordpassword\n")
	if said := hangup(t, w, "tokens_not_read"); !strings.Contains(said, "readers:1: the token is easy to guess") {
		t.Error(said)
	}
	if !lets(first) || lets(second) || !lets(own) {
		t.Error("a faulty file changed the tokens")
	}
	write(t, readers, second+"\n")
	if err := os.Chmod(readers, 0o640); err != nil {
		t.Fatal(err)
	}
	hangup(t, w, "can be read or changed by others")
	if !lets(first) || lets(second) {
		t.Error("a file that others can read changed the tokens")
	}
	if err := os.Chmod(readers, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(store, connect.TokenFile)); err != nil {
		t.Fatal(err)
	}
	hangup(t, w, "tokens_read")
	if lets(first) || !lets(second) || lets(own) {
		t.Error("the new file was not read")
	}
	if next, err := connect.OwnerToken(store); err != nil || next == own || !lets(next) {
		t.Errorf("the token of the store: %q (%v)", next, err)
	}
	if code := end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// hangup makes the service in this process read its tokens again, and waits until it has written the
// text.
func hangup(t *testing.T, w *words, text string) string {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	return w.wait(t, text, 1)
}

// TestTokenStaysHere: the token of a store is sent to the service on that store and to no other.
func TestTokenStaysHere(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, connect.TokenFile), "3f1c2e9ab7d84c5e8f60a1b2c3d4e5f7\n")
	write(t, filepath.Join(dir, connect.AddressFile), "127.0.0.1:8080\n")
	for address, want := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost:8080/": true, "http://[::1]:8080": true,
		"http://127.0.0.1:8081": false, "http://127.0.0.1": false, "https://127.0.0.1:8080": false,
		"http://example.org:8080": false, "http://localhost.example.org:8080": false, "http://127.0.0.1:8080@example.org": false,
	} {
		if got := connect.ServiceAt(address, "", dir); (got.StoreToken != "") != want {
			t.Errorf("%s: found %q", address, got.StoreToken)
		}
	}
	// A socket without a service: it was killed, and anybody may listen at its address now.
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "socket"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := connect.ServiceAt("http://127.0.0.1:8080", "", dir); got.StoreToken != "" {
		t.Errorf("found %q for a service that was killed", got.StoreToken)
	}
}
