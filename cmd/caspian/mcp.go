package main

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/server/agents"
)

var mcpCommand = &cli.Command{
	Name: "mcp", Short: "offer the graph to an agent as tools",
	About: `Speaks the Model Context Protocol over standard input and output, for programs that start
it: an agent gets the tools search, entity, routes, dependency, conflicts, why_connected,
changes, query and schema, whose answers carry their evidence. All of them only read. It
asks the service at --url, or the store of --store. A running service offers the same
tools at /mcp (docs/agents.md).`,
	Examples: `  caspian mcp
  caspian mcp --store data
  caspian mcp --url https://caspian.example.org --token-file token`,
	Setup: func(s *settings.Set) cli.Action {
		at := endpointSettings(s)
		return func(ctx context.Context, e *cli.Environment, args []string) (err error) {
			s.NoArguments(args)
			at.Check()
			if err := s.Err(); err != nil {
				return err
			}
			backend, err := at.Open(ctx, e)
			if err != nil {
				return err
			}
			defer func() {
				if cerr := backend.Close(); err == nil {
					err = cerr
				}
			}()
			var one sync.Mutex // because a service may be asked by one goroutine at a time
			ask := func(ctx context.Context, document string, variables json.RawMessage) ([]byte, error) {
				one.Lock()
				defer one.Unlock()
				return backend.Read(ctx, document, variables)
			}
			return agents.New(e.Version, nil).Serve(ctx, ask, e.In, e.Out)
		}
	},
}
