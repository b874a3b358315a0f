// Command caspian serves and fills a geopolitical knowledge graph.
//
// Read commands (below) first: each subcommand is one file with its settings and wiring. The commands that
// query the graph are in internal/questions, the others here. The program must not contain logic of the graph,
// which is in the packages that it connects.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/questions"
)

// version is the program's version; a release build sets it with -ldflags "-X main.version=...".
var version = "0.1.0-dev"

// commands returns all subcommands, in the order of the help.
func commands() []*cli.Command {
	at := endpointSettings
	return []*cli.Command{
		serveCommand, questions.Query(at),
		questions.Search(at), questions.Routes(at), questions.Chokepoints(at), questions.Connections(at), questions.Dependency(at),
		questions.Conflicts(at), questions.Changes(at), questions.Timeline(at),
		importCommand, mappingCommand, questions.Imports(at), undoCommand, mergeCommand, unmergeCommand, exportCommand, backupCommand, restoreCommand, checkCommand, schemaCommand, verifyCommand,
		mcpCommand, gizmoCommand, tokenCommand, healthCommand, cli.Version, cli.Completion(commands),
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], &cli.Environment{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Lookup: os.LookupEnv}))
}

// run runs the program; it returns the exit code.
func run(ctx context.Context, args []string, e *cli.Environment) int {
	e.Version = version
	return cli.Run(ctx, commands(), args, e)
}
