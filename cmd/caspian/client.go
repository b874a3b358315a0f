package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// client waits long enough for a large change.
var client = &http.Client{Timeout: 5 * time.Minute}

// maxAnswer bounds what a service may answer.
const maxAnswer = 256 << 20

// askService sends a request to a running service and returns its answer,
// which is GraphQL's own, with errors or without.
func askService(ctx context.Context, url, token, query string, variables json.RawMessage) ([]byte, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(url, "/")+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/graphql-response+json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w (is the service running? 'caspian serve' starts one; --store DIR works on a store without one)", url, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the answer of %s: %w", url, err)
	case len(answer) > maxAnswer:
		return nil, fmt.Errorf("the answer of %s is longer than %d MB", url, maxAnswer>>20)
	case !strings.HasPrefix(res.Header.Get("Content-Type"), "application/graphql-response+json"):
		return nil, fmt.Errorf("%s answers %s, and not as GraphQL; is it Caspian?", url, res.Status)
	}
	return answer, nil
}
