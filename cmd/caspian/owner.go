package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server"
)

// ownerTasks are what the service on a store does for the owner of the store.
func ownerTasks(dir string, o *schema.Ontology, g *opened) *server.OwnerTasks {
	return &server.OwnerTasks{
		Export: func(ctx context.Context, w io.Writer, format string) error {
			f, err := formatToWrite(format)
			if err != nil {
				return err
			}
			return f.Encode(ctx, w, g.Snapshot())
		},
		Verify: func(ctx context.Context) (any, error) { return verifyLog(ctx, g.log, dir, o) },
	}
}

// export has the service write all that it knows.
func (s *service) export(ctx context.Context, format string, to io.Writer) error {
	res, err := s.get(ctx, "/export?format="+url.QueryEscape(format))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(to, res.Body); err != nil {
		return fmt.Errorf("the export is not whole: %w", err)
	}
	return server.ReadFault(res)
}

// verify has the service verify its store.
func (s *service) verify(ctx context.Context) (*verified, error) {
	res, err := s.get(ctx, "/verify")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	v := new(verified)
	if err := json.NewDecoder(res.Body).Decode(v); err != nil {
		return nil, fmt.Errorf("reading the report of the service: %w", err)
	}
	return v, nil
}

// get requests a task that may take any length of time.
func (s *service) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return nil, err
	}
	patient := *s.http
	patient.Timeout = 0
	res, err := patient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("querying the service: %w", err)
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return nil, errors.Join((&response{res.StatusCode, res.Header, body}).refusal(s.url), err)
}
