package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
)

// TestMCP starts the command as an agent's program does: over pipes, with the official client. The tools themselves
// are tested in package server.
func TestMCP(t *testing.T) {
	from, err := seededStore()
	if err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(t.TempDir(), "s")
	if err := os.CopyFS(store, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	in, toCommand := io.Pipe()
	fromCommand, out := io.Pipe()
	var said strings.Builder
	ended := make(chan int, 1)
	go func() {
		ended <- run(t.Context(), []string{"mcp", "--store", store}, &cli.Environment{In: in, Out: out, Err: &said, Lookup: os.LookupEnv})
		_ = out.Close()
	}()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	s, err := client.Connect(t.Context(), &mcp.IOTransport{Reader: fromCommand, Writer: toCommand}, nil)
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	for query, want := range map[string]string{
		`{country(id:"KAZ",view:{asOf:"2020-06-01"}){capital{name}}}`: `{"country":{"capital":{"name":"Nur-Sultan"}}}`,
		`mutation{transact(input:{operations:[]}){sequence}}`:         "The tools only read: mutations are refused.",
	} {
		if got := asked(t.Context(), t, s, query); got != want {
			t.Errorf("%s: %s", query, got)
		}
	}
	_ = s.Close()
	if code := <-ended; code != cli.ExitOK {
		t.Errorf("exit code %d: %s", code, said.String())
	}
}

func asked(ctx context.Context, t *testing.T, s *mcp.ClientSession, query string) string {
	t.Helper()
	arguments, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.CallTool(ctx, &mcp.CallToolParams{Name: "query", Arguments: json.RawMessage(arguments)})
	if err != nil {
		t.Fatal(err)
	}
	return got.Content[0].(*mcp.TextContent).Text
}
