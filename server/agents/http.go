package agents

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Path is the address of the tools.
const Path = "/mcp"

// Handler answers agents over the transport "Streamable HTTP", without sessions: each request stands for itself, so that
// any node of several can answer it. What a tool asks is sent to inner at /graphql, with the credentials of the agent's
// request: limits, access and metrics are those of any query.
func (t *Tools) Handler(inner http.Handler, maxBody int64) http.Handler {
	return mcp.NewStreamableHTTPHandler(func(r *http.Request) *mcp.Server {
		return t.Server(func(ctx context.Context, document string, variables json.RawMessage) ([]byte, error) {
			return forward(ctx, inner, r, document, variables)
		})
	}, &mcp.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, Logger: t.options.Logger, MaxRequestBodyBytes: maxBody, PropagateRequestCancellation: true,
		// inner has allowed the host, also of services that a proxy on the same machine serves under a name.
		DisableLocalhostProtection: true,
	})
}

// forwarded are the headers of an agent's request that the query needs: who asks, and from which site.
var forwarded = []string{"Authorization", "Cookie", "Origin", "Sec-Fetch-Site", "X-Forwarded-Proto", "Traceparent", "Tracestate"}

// forward sends a query to the handler in place of r. Its method, QUERY, is one that only reads.
func forward(ctx context.Context, inner http.Handler, r *http.Request, document string, variables json.RawMessage) ([]byte, error) {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return nil, err
	}
	// The values of r's context have the connection; ctx ends when the agent cancels the call.
	within, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	q := r.WithContext(within)
	q.Method, q.URL, q.RequestURI = "QUERY", &url.URL{Path: "/graphql"}, "/graphql"
	q.Body, q.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	q.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/graphql-response+json"}}
	for _, name := range forwarded {
		if values := r.Header[name]; values != nil {
			q.Header[name] = values
		}
	}
	w := &recorded{header: http.Header{}}
	inner.ServeHTTP(w, q)
	if err := within.Err(); err != nil {
		return nil, err
	}
	if !json.Valid(w.body.Bytes()) {
		return nil, fmt.Errorf("the service answered with status %d", w.status)
	}
	return w.body.Bytes(), nil
}

// recorded is a ResponseWriter that keeps the answer.
type recorded struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorded) Header() http.Header { return w.header }

func (w *recorded) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorded) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}
