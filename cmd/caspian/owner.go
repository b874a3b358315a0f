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

// ownerTasks returns the tasks that the service on a store performs for the owner.
func ownerTasks(dir string, o *schema.Ontology, g *connect.Store) *server.OwnerTasks {
	return &server.OwnerTasks{
		Backup: func(ctx context.Context, w io.Writer) error { return store.Backup(ctx, g.Log, w) },
		Verify: func(ctx context.Context) (any, error) { return verifyLog(ctx, g.Log, dir, o) },
	}
}

// exportFrom makes a service write an export of its newest snapshot.
func exportFrom(ctx context.Context, s *client.Service, asked url.Values, to io.Writer) error {
	return streamFrom(ctx, s, "/export?"+asked.Encode(), to)
}

// streamFrom copies a stream from a service. It returns an error if the stream is incomplete.
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

// verifyAt makes a service verify its store.
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
