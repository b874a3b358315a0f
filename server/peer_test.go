//go:build linux

package server

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/server/owner"
)

// TestAnotherUser gives everyone access to the socket, as somebody may by mistake: the
// system still says who is at the other end, and another user gets no answer.
func TestAnotherUser(t *testing.T) {
	if path := os.Getenv("CASPIAN_TEST_DIAL"); path != "" { // in the process of the other user
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = io.WriteString(conn, "GET /healthz HTTP/1.0\r\n\r\n") // it may be closed by now
		if answer, _ := io.ReadAll(conn); len(answer) > 0 {
			t.Fatalf("it answers %q", answer)
		}
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can be another user")
	}
	dir, err := os.MkdirTemp("", "caspian-peer-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self) // where it is, others may not go
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "test")
	if err := os.WriteFile(copied, program, 0o755); err != nil {
		t.Fatal(err)
	}
	l, err := owner.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := started(t, Options{})
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(t.Context(), l) }()
	for _, path := range []string{dir, filepath.Join(dir, "socket")} {
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(copied, "-test.run", "^TestAnotherUser$", "-test.v")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CASPIAN_TEST_DIAL="+filepath.Join(dir, "socket"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := net.Dial("unix", filepath.Join(dir, "socket")); err != nil {
		t.Errorf("the owner: %v", err)
	}
	_ = l.Close()
	if err := <-ended; err == nil {
		t.Error("it served on without its socket")
	}
}
