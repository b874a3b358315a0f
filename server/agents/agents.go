// Package agents offers the graph to agents over the Model Context Protocol (MCP): each question of the API is a
// tool, whose answer carries its evidence. All tools only read.
//
// Read the list of tools in tools.go, then Tools. A tool is a GraphQL document in documents and a struct of its
// arguments. The package must not know where the graph is (Ask does), who asks, nor how HTTP requests are admitted.
package agents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/caspian-kg/caspian/codes"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Ask answers a GraphQL request that only reads, and refuses every other one. The answer is GraphQL's, with or without
// errors.
type Ask func(ctx context.Context, document string, variables json.RawMessage) ([]byte, error)

// Tools makes servers that offer the tools. It is safe for concurrent use.
type Tools struct {
	options *mcp.ServerOptions
	about   *mcp.Implementation
}

const instructions = `Caspian is a knowledge graph of nations, leaders, resources and transport corridors. Everything it says is a
claim of a source, with a confidence and the time for which it holds. Find the ids of entities with search first. An answer without
a value means that no source says it: report it as unknown, not as false. "holds" says whether a claim surely holds on the date of the
view (YES), only possibly (POSSIBLY), or not (NO). Cite the source and the locator of a claim.`

// New returns the tools of a program of this version. Faults are logged; a nil logger discards them.
func New(version string, log *slog.Logger) *Tools {
	return &Tools{
		about: &mcp.Implementation{Name: "caspian", Title: "Caspian knowledge graph", Version: version},
		// The tools never change, so no client is notified of a change.
		options: &mcp.ServerOptions{Instructions: instructions, Logger: log, SchemaCache: mcp.NewSchemaCache(),
			Capabilities: &mcp.ServerCapabilities{Tools: &mcp.ToolCapabilities{}}},
	}
}

// Server returns a server whose tools are answered by ask.
func (t *Tools) Server(ask Ask) *mcp.Server {
	s := mcp.NewServer(t.about, t.options)
	for _, add := range tools {
		add(s, ask)
	}
	return s
}

// Serve answers one client, which sends and receives lines of JSON, until it closes its end or the context ends.
func (t *Tools) Serve(ctx context.Context, ask Ask, in io.Reader, out io.Writer) error {
	err := t.Server(ask).Run(ctx, &mcp.IOTransport{Reader: io.NopCloser(in), Writer: unclosed{out}})
	if errors.Is(err, io.EOF) || ctx.Err() != nil {
		return nil
	}
	return err
}

// unclosed is a writer that belongs to the caller, who closes it.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

// reply is GraphQL's answer.
type reply struct {
	Data   json.RawMessage `json:"data,omitempty"`
	Errors []fault         `json:"errors,omitempty"`
}

type fault struct {
	Message    string `json:"message"`
	Extensions struct {
		Code string `json:"code,omitempty"`
	} `json:"extensions"`
}

// text is the message of a fault, with what an agent can do about it.
func (f *fault) text() string {
	switch f.Extensions.Code {
	case codes.GraphQLValidationFailed:
		return f.Message + " (the tool schema describes the fields and arguments of each type)"
	case codes.MutationNotAllowed:
		return "The tools only read: mutations are refused."
	}
	return f.Message
}

// read asks, and returns the data of the answer. Errors become one error; those of an answer that also has data are
// in the result, beside the data.
func read(ctx context.Context, ask Ask, document string, variables any) (json.RawMessage, error) {
	raw, err := json.Marshal(variables)
	if err != nil {
		return nil, err
	}
	body, err := ask(ctx, document, raw)
	if err != nil {
		return nil, err
	}
	var a reply
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("the answer is not JSON: %w", err)
	}
	none := len(a.Data) == 0 || bytes.Equal(a.Data, []byte("null"))
	if len(a.Errors) == 0 {
		if none {
			return nil, errors.New("the service gave no answer")
		}
		return a.Data, nil
	}
	if none {
		lines := make([]string, len(a.Errors))
		for i := range a.Errors {
			lines[i] = a.Errors[i].text()
		}
		return nil, errors.New(strings.Join(lines, "\n"))
	}
	return json.Marshal(a)
}
