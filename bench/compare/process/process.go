// Package process runs servers of the comparisons in separate processes: a test binary
// that starts itself again with a variable is the server that the variable names.
package process

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Main is TestMain of a package whose test binary is also a server: where the variable env is
// set, serve is called with its value, and otherwise the tests run.
func Main(m *testing.M, env string, serve func(what string) error) {
	what := os.Getenv(env)
	if what == "" {
		os.Exit(m.Run())
	}
	if err := serve(what); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// OnFirstCore is the command of a server that leaves all cores but the first to its clients.
func OnFirstCore(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	if _, err := exec.LookPath("taskset"); err != nil {
		t.Log("taskset is not installed: servers and clients share the cores")
		return exec.Command(name, args...)
	}
	return exec.Command("taskset", append([]string{"-c", "0", name}, args...)...)
}
