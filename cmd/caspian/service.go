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

	"github.com/caspian-kg/caspian/server"
)

// service is a running service, and what is needed to be let in.
type service struct {
	url   string
	token string // "" for none
	http  *http.Client
	// found is the token that the folder of a store has for the service of this address; it is
	// sent when the service wants one, and to nobody else.
	found string
}

// answerTime is long enough for a large change.
const answerTime = 5 * time.Minute

// maxAnswer bounds what a service may answer.
const maxAnswer = 256 << 20

// serviceOn is the service that runs on the store in the folder, reached by the socket that it
// has there, where nobody needs a token; nil where none runs.
func serviceOn(dir string) *service {
	path, err := server.OwnerSocket(dir)
	if err != nil {
		return nil // nor could the service make it
	}
	conn, err := net.DialTimeout("unix", path, 2*time.Second)
	if err != nil {
		return nil
	}
	_ = conn.Close()
	return &service{url: "http://localhost", http: &http.Client{Timeout: answerTime, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}}}
}

// serviceAt is the service of an address. With a token it is sent; without one, a service of
// this machine that runs on the store in the folder is reached as its owner.
func serviceAt(address, token, dir string) *service {
	s := &service{url: strings.TrimSuffix(address, "/"), token: token, http: &http.Client{Timeout: answerTime}}
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
	s.found, _ = ownerToken(dir) // without it, the service says what is needed
	return s
}

// runsOn tells whether the service that left its address in the folder has this one.
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
	answer, err := s.send(ctx, query, variables)
	if err == nil && s.token == "" && s.found != "" && wantsToken(answer) {
		s.token = s.found
		return s.send(ctx, query, variables)
	}
	return answer, err
}

// wantsToken tells whether an answer is a refusal for want of a token.
func wantsToken(answer []byte) bool {
	var refused struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if json.Unmarshal(answer, &refused) != nil || len(refused.Errors) == 0 {
		return false
	}
	switch refused.Errors[0].Extensions.Code {
	case "READ_ONLY", "UNAUTHENTICATED":
		return true
	}
	return false
}

func (s *service) send(ctx context.Context, query string, variables json.RawMessage) ([]byte, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/graphql-response+json")
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := s.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w (is the service running? 'caspian serve' starts one; --store DIR works on a store without one)", s.url, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the answer of %s: %w", s.url, err)
	case len(answer) > maxAnswer:
		return nil, fmt.Errorf("the answer of %s is longer than %d MB", s.url, maxAnswer>>20)
	case !strings.HasPrefix(res.Header.Get("Content-Type"), "application/graphql-response+json"):
		return nil, fmt.Errorf("%s answers %s, and not as GraphQL; is it Caspian?", s.url, res.Status)
	}
	return answer, nil
}

// access are the settings for what lets a command into a service.
type access struct{ token, file *string }

func (s *settings) access() access {
	return access{
		token: s.text("token", "TOKEN", "", "bearer token for --url; a service that runs on data (or CASPIAN_STORE) needs none"),
		file:  s.text("token-file", "FILE", "", "read the token from this file"),
	}
}

// read is the token, "" for none.
func (a access) read(s *settings) (string, error) {
	if s.either("token", "token-file") != "token-file" {
		return *a.token, nil
	}
	f, err := os.Open(*a.file)
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
	return "", errors.New("--token-file: " + *a.file + " has no token")
}
