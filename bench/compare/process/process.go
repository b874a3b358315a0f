// Package process runs the servers of a comparison in separate processes. A test binary starts itself again
// with an environment variable that names the server to run.
package process

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Main is the TestMain of a package whose test binary is also a server. If the variable env is set, Main calls
// serve with its value. Otherwise it runs the tests.
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

// OnFirstCore returns the command of a server that runs only on the first core and leaves the others to its
// clients.
func OnFirstCore(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	if _, err := exec.LookPath("taskset"); err != nil {
		t.Log("taskset is not installed: servers and clients share the cores")
		return exec.Command(name, args...)
	}
	return exec.Command("taskset", append([]string{"-c", "0", name}, args...)...)
}
