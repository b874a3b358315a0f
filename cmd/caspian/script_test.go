package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/caspian-kg/caspian/graph/store/postgres/pgtest"
)

func TestMain(m *testing.M) {
	testscript.Main(scratching{m}, map[string]func(){"caspian": main})
}

// scratching runs tests with a scratch folder.
type scratching struct{ m *testing.M }

func (s scratching) Run() int {
	dir, err := os.MkdirTemp("", "caspian-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	scratch = dir
	return s.m.Run()
}

// TestScripts runs the program as its users do; a script is a file under testdata/script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			root, err := filepath.Abs(filepath.Join("..", ".."))
			if err != nil {
				return err
			}
			env.Setenv("ROOT", root)
			port, err := freePort()
			env.Setenv("PORT", port)
			env.Setenv("URL", "http://127.0.0.1:"+port)
			return err
		},
		UpdateScripts: *update,
		Condition: func(cond string) (bool, error) {
			if program, ok := strings.CutPrefix(cond, "have:"); ok {
				_, err := exec.LookPath(program)
				return err == nil, nil
			}
			if modules, ok := strings.CutPrefix(cond, "python:"); ok {
				return runs("/usr/bin/python3", "-c", "import "+modules), nil
			}
			if library, ok := strings.CutPrefix(cond, "R:"); ok {
				return runs("Rscript", "-e", "library("+library+")"), nil
			}
			if cond == "postgres" {
				_, err := pgtest.Binaries()
				return err == nil || os.Getenv("CASPIAN_POSTGRES") != "", nil
			}
			return false, fmt.Errorf("there is no condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "json": jsonField, "lines": lines, "seeded": seeded, "mode": mode, "postgres": database,
		},
	})
}

var ran sync.Map // from commands to functions that return whether they succeed

// runs reports whether a command succeeds. It is run once, however many lines of scripts depend on it.
func runs(name string, args ...string) bool {
	once, _ := ran.LoadOrStore(name+" "+strings.Join(args, " "), sync.OnceValue(func() bool { return exec.Command(name, args...).Run() == nil }))
	return once.(func() bool)()
}

// seeded DIR makes a store that has the built-in seeds.
func seeded(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: seeded DIR")
	}
	from, err := seededStore()
	ts.Check(err)
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(from)))
}

// database starts a server of PostgreSQL, and sets DATABASE to the address of an empty database there.
func database(ts *testscript.TestScript, _ bool, _ []string) {
	s, stop, err := pgtest.Find()
	ts.Check(err)
	ts.Defer(stop)
	ts.Setenv("DATABASE", s.Address)
}

// freePort returns a port that nothing listens on just now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// exits CODE COMMAND... runs a command that must end with the exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// json FILE PATH VALUE compares one value of a JSON file (or stdout), such as .data.graph.sequence.
func jsonField(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH VALUE")
	}
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &v); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
	for _, name := range strings.Split(strings.Trim(args[1], "."), ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(x) {
				ts.Fatalf("%s: no item %s in a list of %d", args[1], name, len(x))
			}
			v = x[i]
		}
	}
	if got := fmt.Sprint(v); (got == args[2]) == neg {
		ts.Fatalf("%s is %s, want %s", args[1], got, args[2])
	}
}

// mode FILE OCTAL compares the rights of a file.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: mode FILE OCTAL")
	}
	info, err := os.Lstat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has %s, want %s", args[0], got, args[1])
	}
}

// lines FILE COUNT TEXT writes a file of JSON lines: the text COUNT times, with % as the number.
func lines(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: lines FILE COUNT TEXT")
	}
	var n int
	if _, err := fmt.Sscan(args[1], &n); err != nil {
		ts.Fatalf("%v", err)
	}
	var b strings.Builder
	for i := 1; i <= n; i++ {
		b.WriteString(strings.ReplaceAll(args[2], "%", fmt.Sprint(i)) + "\n")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	ts.Check(err)
	_, err = f.WriteString(b.String())
	ts.Check(err)
	ts.Check(f.Close())
}
