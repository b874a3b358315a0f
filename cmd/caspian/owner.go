package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server"
)

// ownerTasks returns what the service on a store does for the owner of the store.
func ownerTasks(dir string, o *schema.Ontology, g *connect.Store) *server.OwnerTasks {
	return &server.OwnerTasks{
		Backup: func(ctx context.Context, w io.Writer) error { return store.Backup(ctx, g.Log, w) },
		Verify: func(ctx context.Context) (any, error) { return verifyLog(ctx, g.Log, dir, o) },
	}
}

// exportFrom has a service write its newest snapshot.
func exportFrom(ctx context.Context, s *client.Service, asked url.Values, to io.Writer) error {
	return streamFrom(ctx, s, "/export?"+asked.Encode(), to)
}

// streamFrom copies what a service streams, and finds out whether it is whole.
func streamFrom(ctx context.Context, s *client.Service, path string, to io.Writer) error {
	res, err := s.Get(ctx, path)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(to, res.Body); err != nil {
		return fmt.Errorf("what the service sent is not whole: %w", err)
	}
	return server.ReadFault(res)
}

// verifyAt has a service verify its store.
func verifyAt(ctx context.Context, s *client.Service) (*verified, error) {
	res, err := s.Get(ctx, "/verify")
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
