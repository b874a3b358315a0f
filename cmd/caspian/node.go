package main

import (
	"context"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// nodeConfig are the settings of a service that is one of several on a store: where its first snapshot is, and who writes.
type nodeConfig struct {
	follow, snapshot, token, writer *string
	key                             string // read from the file token
}

func nodeSettings(s *settings.Set) *nodeConfig {
	return &nodeConfig{
		follow:   s.Text("follow", "URL", "", "be a query node beside the service at this address: --read-only with --snapshot URL and --writer URL; for a store in a database"),
		snapshot: s.Text("snapshot", "URL|FILE", "", "where a snapshot is, if this process has none: another service of the store, or a snapshot file"),
		token:    s.Text("snapshot-token", "FILE", "", "file with a token that may write at the service of --snapshot"),
		writer:   s.Text("writer", "URL", "", "a service that accepts writes, which --read-only names when it refuses them"),
	}
}

// check finds faults of the settings, and resolves --follow.
func (n *nodeConfig) check(s *settings.Set, c *serveConfig) {
	for _, a := range [][2]string{{"follow", *n.follow}, {"writer", *n.writer}} {
		if a[1] != "" && !isAddress(a[1]) {
			s.Fault("--%s: %q is not the address of a service, such as http://writer.example.org:8080", a[0], a[1])
		}
	}
	if *n.follow != "" {
		*c.readOnly = true
		for _, p := range []*string{n.snapshot, n.writer} {
			if *p == "" {
				*p = *n.follow
			}
		}
	}
	switch {
	case *n.follow != "" && !c.store.IsDatabase():
		s.Fault("--follow: a query node reads the log of a store in a database; name it with --store postgres://…")
	case *n.snapshot != "" && !c.store.IsDatabase():
		s.Fault("--snapshot is only for a store in a database; a store in a folder contains its snapshot file")
	case *n.snapshot != "" && *c.noSnapshotFile:
		s.Fault("--snapshot and --no-snapshot-file: give one of the two")
	}
	if *n.writer != "" && !*c.readOnly {
		s.Fault("--writer: a service that accepts writes names no other; it is for --read-only")
	}
	if *n.token != "" {
		var err error
		if n.key, err = connect.ReadToken(*n.token); err != nil {
			s.Fault("--snapshot-token: %v", err)
		}
	}
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// bootstrap returns how a snapshot file is got from elsewhere, or nil where none is named.
func (n *nodeConfig) bootstrap(e *cli.Environment) func(ctx context.Context, to io.Writer) error {
	from := *n.snapshot
	switch {
	case from == "":
		return nil
	case isAddress(from):
		return func(ctx context.Context, to io.Writer) error {
			u, _ := url.Parse(from) // checked
			path := "/snapshot"
			if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" { // a file, as object storage has it
				path, u.Path, u.RawPath, u.RawQuery = u.RequestURI(), "", "", ""
			}
			s := client.At(u.String())
			s.Token, s.Patience, s.Say = n.key, client.ForSnapshots, e.Say
			return streamFrom(ctx, s, path, to)
		}
	}
	return func(_ context.Context, to io.Writer) error {
		f, err := os.Open(from)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(to, f)
		return err
	}
}
