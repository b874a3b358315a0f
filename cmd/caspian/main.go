// Command caspian serves and fills a geopolitical knowledge graph.
//
// Read commands (below), settings.go and open.go first: each subcommand is one
// file with its settings, wiring and printing. It must hold no logic of the
// graph: that is in the packages it wires.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/agnivade/levenshtein"

	"github.com/caspian-kg/caspian/graph"
)

// command is one subcommand.
type command struct {
	name, short string
	// args is the line behind the name in the usage.
	args string
	// about and examples are paragraphs of the help.
	about, examples string
	// setup declares the settings and returns what runs with them.
	setup func(s *settings) func(ctx context.Context, e *environment, args []string) error
}

// commands are all subcommands, in the order of the help.
func commands() []*command {
	return []*command{
		serveCommand, queryCommand,
		searchCommand, routesCommand, chokepointsCommand, connectionsCommand, dependencyCommand,
		conflictsCommand, changesCommand, timelineCommand,
		importCommand, exportCommand, checkCommand, schemaCommand, verifyCommand,
		healthCommand, versionCommand,
	}
}

// environment is what a command may touch of the process.
type environment struct {
	in       io.Reader
	out, err io.Writer
	lookup   func(string) (string, bool)
	now      func() time.Time // nil is the system's clock
}

// say writes words for a person.
func (e *environment) say(format string, a ...any) {
	fmt.Fprintln(e.err, printable(fmt.Sprintf(format, a...)))
}

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// usageError is a command line that makes no sense.
type usageError struct{ message string }

func (u *usageError) Error() string { return u.message }

func usagef(format string, a ...any) error { return &usageError{fmt.Sprintf(format, a...)} }

// errTold is a failure that has been told already.
var errTold = errors.New("")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], &environment{in: os.Stdin, out: os.Stdout, err: os.Stderr, lookup: os.LookupEnv}))
}

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, e *environment) int {
	if len(args) == 0 {
		overview(e.err)
		return exitUsage
	}
	name, args := args[0], args[1:]
	switch name {
	case "help", "-h", "--help":
		if len(args) == 0 {
			overview(e.out)
			return exitOK
		}
		name, args = args[0], []string{"--help"}
	case "--version":
		name = versionCommand.name
	}
	for _, c := range commands() {
		if c.name == name {
			return c.run(ctx, args, e)
		}
	}
	near := ""
	for _, c := range commands() {
		if levenshtein.ComputeDistance(name, c.name) <= 2 {
			near = fmt.Sprintf("; did you mean %s", c.name)
		}
	}
	e.say("caspian: there is no command %q%s; 'caspian help' lists them", name, near)
	return exitUsage
}

func (c *command) run(ctx context.Context, args []string, e *environment) int {
	s := newSettings(e.lookup)
	act := c.setup(s)
	rest, err := s.read(args)
	switch {
	case errors.Is(err, errHelp):
		c.help(e.out, s)
		return exitOK
	case err == nil:
		err = act(ctx, e, rest)
	}
	var usage *usageError
	var problems graph.Problems
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		e.say("caspian %s: %s\nRun 'caspian %s --help' for usage.", c.name, usage.message, c.name)
		return exitUsage
	case errors.Is(err, errTold):
	case errors.As(err, &problems):
		e.say("%v\ncaspian %s: %s", err, c.name, count(len(problems), "problem"))
	case errors.Is(err, context.Canceled):
		e.say("caspian %s: stopped\n%v", c.name, err)
	default:
		e.say("caspian %s: %v", c.name, err)
	}
	return exitFailed
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return fmt.Sprintf("%s %sies", thousands(n), stem)
	}
	return fmt.Sprintf("%s %ss", thousands(n), noun)
}

// thousands writes a number as people read it.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func overview(w io.Writer) {
	fmt.Fprint(w, "Caspian is a geopolitical knowledge graph: sourced claims, asked through GraphQL.\n\n"+
		"Usage: caspian COMMAND [FLAGS] [ARGUMENTS]\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-11s  %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\nStart with 'caspian serve', and find ids with 'caspian search NAME'.\n"+
		"'caspian COMMAND --help' tells more, with examples.\n"+
		"Exit codes: 0 done, 1 failed, 2 wrong usage.\n")
}

func (c *command) help(w io.Writer, s *settings) {
	usage := "caspian " + c.name
	if len(s.list) > 0 {
		usage += " [FLAGS]"
	}
	fmt.Fprintf(w, "%s.\n\nUsage: %s\n\n%s\n", strings.ToUpper(c.short[:1])+c.short[1:], strings.TrimSpace(usage+" "+c.args), strings.TrimSpace(c.about))
	if len(s.list) > 0 {
		fmt.Fprint(w, "\nFlags (each also from the environment variable in brackets):\n")
		s.describe(w)
	}
	fmt.Fprintf(w, "\nExamples:\n%s\n", strings.TrimRight(c.examples, "\n"))
}
