// Package pgtest provides a PostgreSQL server for tests: the server that CASPIAN_POSTGRES names, or one that it
// starts from the programs on the machine. It is only for tests.
package pgtest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a PostgreSQL server for tests.
type Server struct {
	// Address is the address of a database whose user may create schemas. Callers append &search_path=… to it.
	Address string

	bin, data, sockets string
	port               int
	as                 *syscall.Credential
}

// Main is a TestMain that runs the tests of a package with one server. If there is none, Get skips its tests.
func Main(m *testing.M) {
	var stop func()
	shared, stop, absent = Find()
	code := m.Run()
	stop()
	os.Exit(code)
}

var (
	shared *Server
	absent error
)

// Get returns the server of the package, or skips the test if there is none.
func Get(t testing.TB) *Server {
	t.Helper()
	if shared == nil {
		t.Skipf("no PostgreSQL to test with: %v; install it, or set CASPIAN_POSTGRES to the address of a database", absent)
	}
	return shared
}

// Find returns the server of CASPIAN_POSTGRES, or starts one. stop stops a started server and removes its files. The
// error says why there is no server.
func Find() (s *Server, stop func(), err error) {
	if address := os.Getenv("CASPIAN_POSTGRES"); address != "" {
		return &Server{Address: address}, func() {}, nil
	}
	bin, err := Binaries()
	if err != nil {
		return nil, func() {}, err
	}
	dir, err := os.MkdirTemp("", "caspian-postgres-")
	if err != nil {
		return nil, func() {}, err
	}
	s = &Server{bin: bin, data: filepath.Join(dir, "data"), sockets: dir}
	remove := func() { _ = os.RemoveAll(dir) }
	if err := s.create(); err != nil {
		remove()
		return nil, func() {}, err
	}
	return s, func() { _ = s.Stop("immediate"); remove() }, nil
}

// Binaries returns the folder of the newest PostgreSQL server programs.
func Binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", fmt.Errorf("initdb is not installed")
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// create creates the cluster and starts it. The server refuses to run as root, so root runs it as another user.
func (s *Server) create() error {
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			if u, err = user.Lookup("nobody"); err != nil {
				return err
			}
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(s.sockets, uid, gid); err != nil {
			return err
		}
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	s.port = port
	if err := s.run("initdb", "-D", s.data, "-U", "caspian", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"); err != nil {
		return err
	}
	s.Address = fmt.Sprintf("postgres://caspian@127.0.0.1:%d/postgres?sslmode=disable", port)
	return s.Start()
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Start starts the server and waits until it answers.
func (s *Server) Start() error {
	return s.run("pg_ctl", "-D", s.data, "-w", "-t", strconv.Itoa(int(time.Minute/time.Second)), "-l", filepath.Join(s.sockets, "log"),
		"-o", fmt.Sprintf("-p %d -k %s -c listen_addresses=127.0.0.1 -c max_connections=200", s.port, s.sockets), "start")
}

// Stop stops the server. The mode "fast" closes its connections, and "immediate" has the effect of killing it.
func (s *Server) Stop(mode string) error {
	return s.run("pg_ctl", "-D", s.data, "-w", "-m", mode, "stop")
}

// Ours reports whether the tests started the server, so that they may stop it.
func (s *Server) Ours() bool { return s.bin != "" }

func (s *Server) run(program string, args ...string) error {
	c := exec.Command(filepath.Join(s.bin, program), args...)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	c.Dir = s.sockets
	out, err := os.CreateTemp("", "caspian-postgres-out-") // a file, because a pipe would stay open until the started server ends
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	c.Stdout, c.Stderr = out, out
	if err := c.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", program, err, bytes.TrimSpace(said))
	}
	return nil
}

// Processor returns the processor time of the server's connections that have ended, or 0 if it is not known. On
// a busy machine, it varies less than the elapsed time.
func (s *Server) Processor() time.Duration {
	pid, err := os.ReadFile(filepath.Join(s.data, "postmaster.pid"))
	if s.bin == "" || err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(pid), "\n")
	stat, err := os.ReadFile(filepath.Join("/proc", line, "stat"))
	if err != nil {
		return 0
	}
	// The fields after the name in parentheses; the 14th and 15th are the times of processes that were waited for.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 15 {
		return 0
	}
	user, _ := strconv.Atoi(fields[13])
	system, _ := strconv.Atoi(fields[14])
	return time.Duration(user+system) * (time.Second / 100)
}
