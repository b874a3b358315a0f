package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/questions"
)

var update = flag.Bool("update", false, "rewrite the answers in the documents and scripts")

// scratch is a folder for all tests of the package; TestMain makes and removes it.
var scratch string

// seededStore is a store with the built-in seeds. Tests that run at once copy
// it: a store has one user.
var seededStore = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(scratch, "seeded")
	var words bytes.Buffer
	code := run(context.Background(), []string{"import", "--store", dir, filepath.Join("..", "..", "seeds")},
		&cli.Environment{In: strings.NewReader(""), Out: &words, Err: &words, Lookup: func(string) (string, bool) { return "", false }})
	if code != cli.ExitOK {
		return "", errors.New(words.String())
	}
	return dir, nil
})

var (
	// A block of commands and their output.
	consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")
	// One command of the console, with its output up to the next command.
	consoleStep = regexp.MustCompile(`(?m)^\$ (.*)\n((?:[^$\n].*\n|\n)*)`)
	shellWord   = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)
	headOf      = regexp.MustCompile(`^(.*) \| head -(\d+)$`)
)

// TestDocumentsShowAnswers runs every command of the console blocks against
// the seeds, on the day that the documents name, and compares what it prints.
func TestDocumentsShowAnswers(t *testing.T) {
	dir, err := seededStore()
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	ran := map[string]bool{}
	for _, name := range append(names, filepath.Join("..", "..", "README.md")) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got := consoleBlock.ReplaceAllStringFunc(string(text), func(block string) string {
			return consoleStep.ReplaceAllStringFunc(block, func(step string) string {
				m := consoleStep.FindStringSubmatch(step)
				printed, command := runLine(t, dir, m[1])
				ran[command] = true
				if printed != m[2] && !*update {
					t.Errorf("%s shows for %s\n%sand it prints\n%s(go test ./cmd/caspian -run DocumentsShow -update writes it)", filepath.Base(name), m[1], m[2], printed)
				}
				return "$ " + m[1] + "\n" + printed
			})
		})
		if *update && got != string(text) {
			if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range asking {
		if !ran[c.Name] {
			t.Errorf("no document shows what caspian %s prints", c.Name)
		}
	}
}

// asking are the commands that query the graph and print tables.
var asking = func(at questions.Connect) []*cli.Command {
	return []*cli.Command{questions.Search(at), questions.Routes(at), questions.Chokepoints(at), questions.Connections(at), questions.Dependency(at),
		questions.Conflicts(at), questions.Changes(at), questions.Timeline(at)}
}(endpointSettings)

// TestExamplesAnswer runs the examples in the help: each has an answer.
func TestExamplesAnswer(t *testing.T) {
	dir, err := seededStore()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range asking {
		for line := range strings.Lines(c.Examples) {
			printed, _ := runLine(t, dir, strings.TrimSpace(line))
			for _, empty := range []string{"nothing in view", "several entities are called", "Nothing ", "No ", "show the same", "caspian " + c.Name + ": querying", "--help"} {
				if strings.HasPrefix(printed, empty) || strings.Contains(printed, ": "+empty) || len(printed) < 40 {
					t.Errorf("%sprints %s", line, printed)
					break
				}
			}
		}
	}
}

// runLine runs a command line as a shell would, and returns what a terminal
// shows and which command it was.
func runLine(t *testing.T, store, line string) (printed, command string) {
	t.Helper()
	most := -1
	if m := headOf.FindStringSubmatch(line); m != nil {
		line = m[1]
		var err error
		if most, err = strconv.Atoi(m[2]); err != nil {
			t.Fatal(err)
		}
	}
	words := shellWord.FindAllString(line, -1)
	for i, w := range words {
		if w[0] == '\'' || w[0] == '"' {
			words[i] = w[1 : len(w)-1]
		}
	}
	if len(words) < 2 || words[0] != "caspian" {
		t.Fatalf("%q is not a command line of caspian", line)
	}
	var out, stderr bytes.Buffer
	e := &cli.Environment{
		In: strings.NewReader(""), Out: &out, Err: &out,
		Lookup: func(name string) (string, bool) { return store, name == "CASPIAN_STORE" },
		Now:    func() time.Time { return time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC) },
	}
	if most >= 0 {
		e.Err = &stderr // which head does not read
	}
	run(t.Context(), words[1:], e)
	lines := strings.SplitAfter(out.String(), "\n")
	if most >= 0 && most < len(lines) {
		lines = lines[:most]
	}
	return stderr.String() + strings.Join(lines, ""), words[1]
}
