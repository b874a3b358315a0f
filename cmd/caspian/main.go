// Command caspian serves and fills a geopolitical knowledge graph.
//
// Read commands (below), program.go, location.go and open.go first: each
// subcommand is one file with its settings and wiring. The program must contain
// no logic of the graph: that is in the packages that it connects.
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

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
)

// command is one subcommand.
type command struct {
	name, short string
	// args follows the name and the flags in the usage.
	args string
	// words are what an argument may be, for completion; files says that it may name a file.
	words []string
	files bool
	// about and examples are sections of the help.
	about, examples string
	// setup declares the settings and returns the function that runs the command.
	setup func(s *settings.Set) func(ctx context.Context, e *environment, args []string) error
}

// commands returns all subcommands, in the order of the help.
func commands() []*command {
	return []*command{
		serveCommand, queryCommand,
		searchCommand, routesCommand, chokepointsCommand, connectionsCommand, dependencyCommand,
		conflictsCommand, changesCommand, timelineCommand,
		importCommand, importsCommand, undoCommand, exportCommand, backupCommand, restoreCommand, checkCommand, schemaCommand, verifyCommand,
		healthCommand, versionCommand, completionCommand(),
	}
}

// environment is the part of the process that a command may use.
type environment struct {
	in       io.Reader
	out, err io.Writer
	lookup   func(string) (string, bool)
	now      func() time.Time // nil is the system's clock
}

// say writes a line for a person, to the error output.
func (e *environment) say(format string, a ...any) {
	fmt.Fprintln(e.err, console.Printable(fmt.Sprintf(format, a...)))
}

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// errReported is a failure that the user has already read about.
var errReported = errors.New("")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], &environment{in: os.Stdin, out: os.Stdout, err: os.Stderr, lookup: os.LookupEnv}))
}

// run returns the program; it returns the exit code.
func run(ctx context.Context, args []string, e *environment) int {
	root := program(e)
	root.SetArgs(twoDashes(root, args))
	ran, err := root.ExecuteContextC(ctx)
	return e.report(ran.CommandPath(), err)
}

// report writes why a command failed, and returns the exit code.
func (e *environment) report(command string, err error) int {
	var usage *settings.UsageError
	var problems graph.Problems
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		if usage.Message != "" {
			e.say("%s: %s", command, usage.Message)
			if strings.Contains(command, " ") {
				e.say("Run '%s --help' for usage.", command)
			}
		}
		return exitUsage
	case errors.Is(err, errReported):
	case errors.As(err, &problems):
		e.say("%v\n%s: %s", err, command, console.Count(len(problems), "problem"))
	case errors.Is(err, context.Canceled):
		e.say("%s: stopped\n%v", command, err)
	default:
		e.say("%s: %v", command, err)
	}
	return exitFailed
}
