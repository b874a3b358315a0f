// Package client uses a running service over HTTP.
//
// Read Service first: it sends requests, and sends them again if the service rejects them temporarily. Import sends
// files, which the service reads itself, and Change a change of one operation. The package must not know which service a
// command uses, nor how answers are printed.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/codes"
)

// Service is a running service, with credentials for it. Only one goroutine may use it at a time.
type Service struct {
	URL string
	// Name is the name of the service in messages.
	Name string
	// Token is sent with every request; "" means none.
	Token string
	// StoreToken is sent if the service requires a token and Token is empty. It belongs to one service; the
	// caller must be certain that this is the one.
	StoreToken string
	Patience   Patience
	// Say is called with a line before each wait; nil means that nothing is reported.
	Say func(format string, a ...any)

	http *http.Client
	// sleep waits; nil means the real clock.
	sleep func(ctx context.Context, wait time.Duration) error
}

// answerTime is long enough for a large change.
const answerTime = 5 * time.Minute

// maxAnswer is the maximum length of an answer, in bytes.
const maxAnswer = 256 << 20

// At returns the service at an address.
func At(address string) *Service {
	url := strings.TrimSuffix(address, "/")
	return &Service{URL: url, Name: url, Patience: ForQueries, http: &http.Client{Timeout: answerTime}}
}

// OnSocket returns the service that listens on a Unix socket, or nil if none does.
func OnSocket(path string) *Service {
	conn, err := net.DialTimeout("unix", path, 2*time.Second)
	if err != nil {
		return nil
	}
	_ = conn.Close()
	return &Service{URL: "http://localhost", Name: "the service at " + path, Patience: ForQueries, http: &http.Client{Timeout: answerTime, Transport: &http.Transport{
		ExpectContinueTimeout: time.Second,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}}}
}

// Ask sends a request and returns GraphQL's answer, with or without errors.
func (s *Service) Ask(ctx context.Context, query string, variables json.RawMessage) ([]byte, error) {
	return s.ask(ctx, http.MethodPost, query, variables)
}

// Read is like Ask, but the service refuses whatever does not only read.
func (s *Service) Read(ctx context.Context, query string, variables json.RawMessage) ([]byte, error) {
	return s.ask(ctx, "QUERY", query, variables)
}

// Table is like Read, and returns the answer as CSV. If there is no table, because the answer has errors or does not fit into one, it
// returns GraphQL's answer instead.
func (s *Service) Table(ctx context.Context, query string, variables json.RawMessage) (table, answer []byte, err error) {
	got, err := s.exchange(ctx, "QUERY", "text/csv", query, variables)
	switch {
	case err != nil:
		return nil, nil, err
	case got.media() == "text/csv":
		return got.body, nil, nil
	case !got.isAnswer():
		return nil, nil, got.refusal(s.Name)
	}
	return nil, got.body, nil
}

// answerType is the media type of answers.
const answerType = "application/graphql-response+json"

func (s *Service) ask(ctx context.Context, method, query string, variables json.RawMessage) ([]byte, error) {
	got, err := s.exchange(ctx, method, answerType, query, variables)
	if err != nil {
		return nil, err
	}
	if !got.isAnswer() {
		return nil, got.refusal(s.Name)
	}
	return got.body, nil
}

// exchange sends a request, again if it is rejected temporarily, and returns the response.
func (s *Service) exchange(ctx context.Context, method, accept, query string, variables json.RawMessage) (*response, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return nil, err
	}
	return s.patiently(ctx, func() (*response, error) { return s.send(ctx, method, accept, body) })
}

// wantsToken reports whether an answer is a refusal because of a missing token.
func wantsToken(answer []byte) bool {
	var refused struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if json.Unmarshal(answer, &refused) != nil || len(refused.Errors) == 0 {
		return false
	}
	switch refused.Errors[0].Extensions.Code {
	case codes.ReadOnly, codes.Unauthenticated:
		return true
	}
	return false
}

// expectAbove is the length in bytes above which a request waits for 100 Continue before it sends its body.
const expectAbove = 1 << 20

func (s *Service) send(ctx context.Context, method, accept string, body []byte) (*response, error) {
	req, err := s.request(ctx, method, "/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", accept)
	if len(body) > expectAbove {
		req.Header.Set("Expect", "100-continue")
	}
	res, err := s.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("querying %s: %w (is the service running? 'caspian serve' starts one; --store DIR opens a store without one)", s.Name, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the answer of %s: %w", s.Name, err)
	case len(answer) > maxAnswer:
		return nil, fmt.Errorf("the answer of %s is longer than %d MB", s.Name, maxAnswer>>20)
	}
	return &response{res.StatusCode, res.Header, answer}, nil
}

// request makes a request with the service's token, if there is one.
func (s *Service) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, body)
	if err == nil && s.Token != "" {
		req.Header.Set("Authorization", "Bearer "+s.Token)
	}
	return req, err
}

// Get requests a response that may take any length of time, again if the service rejects the request temporarily. The
// caller must close the body.
func (s *Service) Get(ctx context.Context, path string) (*http.Response, error) {
	patient := *s.http
	patient.Timeout = 0
	var res *http.Response
	refused, err := s.patiently(ctx, func() (*response, error) {
		req, err := s.request(ctx, http.MethodGet, path, nil)
		if err != nil {
			return nil, err
		}
		if res, err = patient.Do(req); err != nil || res.StatusCode == http.StatusOK {
			return nil, err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
		return &response{res.StatusCode, res.Header, body}, err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("querying %s: %w", s.Name, err)
	case refused != nil:
		return nil, refused.refusal(s.Name)
	}
	return res, nil
}

// Ready requests whether the service is ready, and returns its answer.
func (s *Service) Ready(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/readyz", nil)
	if err != nil {
		return "", err
	}
	res, err := s.http.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("it answered %s", res.Status)
	}
	return strings.TrimSpace(string(body)), nil
}
