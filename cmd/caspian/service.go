package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/server"
)

// service is a running service, with the credentials for it.
type service struct {
	url   string
	token string // "" for none
	http  *http.Client
	// found is the token that the folder of a store has for the service of this address; it is
	// sent when the service wants one, and to nobody else.
	found string

	patience patience
	// say is called with a line before each wait for another try; nil says nothing.
	say func(format string, a ...any)
	// sleep waits; nil is the clock.
	sleep func(ctx context.Context, wait time.Duration) error
}

// answerTime is long enough for a large change.
const answerTime = 5 * time.Minute

// maxAnswer is the longest answer that is read, in bytes.
const maxAnswer = 256 << 20

// serviceOn is the service that runs on the store in the folder, reached by its socket
// there, which needs no token; nil where none runs.
func serviceOn(dir string) *service {
	path, err := server.OwnerSocket(dir)
	if err != nil {
		return nil // then the service has no socket either
	}
	conn, err := net.DialTimeout("unix", path, 2*time.Second)
	if err != nil {
		return nil
	}
	_ = conn.Close()
	return &service{url: "http://localhost", patience: questionPatience, http: &http.Client{Timeout: answerTime, Transport: &http.Transport{
		ExpectContinueTimeout: time.Second,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}}}
}

// serviceAt is the service of an address. With a token it is sent; without one, a service of
// this machine that runs on the store in the folder is reached as its owner.
func serviceAt(address, token, dir string) *service {
	s := &service{url: strings.TrimSuffix(address, "/"), token: token, patience: questionPatience, http: &http.Client{Timeout: answerTime}}
	if token != "" || !runsOn(dir, address) {
		return s
	}
	if own := serviceOn(dir); own != nil {
		return own
	}
	if path, err := server.OwnerSocket(dir); err == nil {
		if _, err := os.Lstat(path); err == nil {
			return s // the service was killed, and another may listen at its address
		}
	}
	s.found, _ = ownerToken(dir) // without a token, the service's answer says what it needs
	return s
}

// runsOn reports whether the service that left its address in the folder has this one.
func runsOn(dir, address string) bool {
	text, err := os.ReadFile(filepath.Join(dir, addressFile))
	u, uerr := url.Parse(address)
	if err != nil || uerr != nil || u.Scheme != "http" {
		return false
	}
	host := u.Hostname()
	if a, err := netip.ParseAddr(host); !strings.EqualFold(host, "localhost") && (err != nil || !a.Unmap().IsLoopback()) {
		return false
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	_, its, err := net.SplitHostPort(strings.TrimSpace(string(text)))
	return err == nil && its == port
}

// ask sends a request and returns the answer, which is GraphQL's own, with errors or without.
func (s *service) ask(ctx context.Context, query string, variables json.RawMessage) ([]byte, error) {
	got, err := s.exchange(ctx, query, variables)
	if err != nil {
		return nil, err
	}
	if !got.isAnswer() {
		return nil, got.refusal(s.url)
	}
	return got.body, nil
}

// exchange sends a request, again where it was rejected for now, and returns the response.
func (s *service) exchange(ctx context.Context, query string, variables json.RawMessage) (*response, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return nil, err
	}
	waited := time.Duration(0)
	for attempt := 1; ; attempt++ {
		got, err := s.send(ctx, body)
		if err == nil && s.token == "" && s.found != "" && wantsToken(got.body) {
			s.token = s.found
			got, err = s.send(ctx, body)
		}
		wait, again := s.patience.next(attempt, waited, got, err)
		if !again || ctx.Err() != nil {
			return got, err
		}
		if err := s.pause(ctx, wait, got, err); err != nil {
			return nil, err
		}
		waited += wait
	}
}

// wantsToken reports whether an answer is a refusal because the token is missing.
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

// askFirst is the length above which a request waits for the service's consent (100 Continue)
// before it sends its body.
const askFirst = 1 << 20

func (s *service) send(ctx context.Context, body []byte) (*response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/graphql-response+json")
	if len(body) > askFirst {
		req.Header.Set("Expect", "100-continue")
	}
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := s.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("querying %s: %w (is the service running? 'caspian serve' starts one; --store DIR opens a store without one)", s.url, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the answer of %s: %w", s.url, err)
	case len(answer) > maxAnswer:
		return nil, fmt.Errorf("the answer of %s is longer than %d MB", s.url, maxAnswer>>20)
	}
	return &response{res.StatusCode, res.Header, answer}, nil
}

// credentials are the settings of the token for a service.
type credentials struct{ token, file *string }

func credentialSettings(s *settings.Set) credentials {
	return credentials{
		token: s.Text("token", "TOKEN", "", "bearer token for --url; not needed for the service on the store data (or CASPIAN_STORE)"),
		file:  s.Text("token-file", "FILE", "", "read the token from this file"),
	}
}

// read returns the token, "" for none.
func (c credentials) read(s *settings.Set) (string, error) {
	if s.Either("token", "token-file") != "token-file" {
		return *c.token, nil
	}
	f, err := os.Open(*c.file)
	if err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	defer f.Close()
	if err := private(f); err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return line, nil
		}
	}
	return "", errors.New("--token-file: " + *c.file + " has no token")
}
