// Package cli defines what a command is and what it may use of the process. It parses the command line, prints
// help and completion, and sets the exit code.
//
// Read Command, Environment and Run first. It has the commands help, version and completion, and must not know
// what any other command does.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
)

// Command is one subcommand.
type Command struct {
	Name, Short string
	// Args is the part of the usage after the name and the flags.
	Args string
	// Words are the possible arguments, for completion. Files is true if an argument may name a file.
	Words []string
	Files bool
	// About and Examples are sections of the help.
	About, Examples string
	// Setup declares the settings and returns the function that runs the command.
	Setup func(s *settings.Set) Action
}

// Action runs a command with its arguments, after its flags were read. It must return the faults of the
// settings (settings.Set.Err) before it does anything.
type Action func(ctx context.Context, e *Environment, args []string) error

// Environment is the part of the process that a command may use.
type Environment struct {
	In       io.Reader
	Out, Err io.Writer
	Lookup   func(string) (string, bool) // looks up an environment variable
	Now      func() time.Time            // nil means the system clock
	Version  string                      // of the program
}

// Say writes a line for people to the error output.
func (e *Environment) Say(format string, a ...any) {
	fmt.Fprintln(e.Err, console.Printable(fmt.Sprintf(format, a...)))
}

// The exit codes.
const (
	ExitOK     = 0
	ExitFailed = 1
	ExitUsage  = 2
)

// ErrReported is a failure that was already reported to the user.
var ErrReported = errors.New("")

// Run runs the command that the arguments name, and returns the exit code.
func Run(ctx context.Context, commands []*Command, args []string, e *Environment) int {
	root := New(commands, e)
	root.SetArgs(twoDashes(root, args))
	ran, err := root.ExecuteContextC(ctx)
	return e.report(ran.CommandPath(), err)
}

// report writes why a command failed, and returns the exit code.
func (e *Environment) report(command string, err error) int {
	var usage *settings.UsageError
	var problems graph.Problems
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &usage):
		if usage.Message != "" {
			e.Say("%s: %s", command, usage.Message)
			if strings.Contains(command, " ") {
				e.Say("Run '%s --help' for usage.", command)
			}
		}
		return ExitUsage
	case errors.Is(err, ErrReported):
	case errors.As(err, &problems):
		e.Say("%v\n%s: %s", err, command, console.Count(len(problems), "problem"))
	case errors.Is(err, context.Canceled):
		e.Say("%s: stopped\n%v", command, err)
	default:
		e.Say("%s: %v", command, err)
	}
	return ExitFailed
}
