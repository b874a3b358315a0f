package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/files"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/store"
)

var backupCommand = &cli.Command{
	Name: "backup", Short: "write the whole history of a store to one file",
	About: `Writes every commit of a store, with its number, its time, its digest and its import, and
the ontologies under which they were made, to one compressed file or the standard
output. Where a service runs on the store, that service writes it while it goes on
answering; what it records meanwhile is not in it. 'caspian restore' makes a store of
it, and 'caspian verify --backup FILE' checks it.`,
	Examples: `  caspian backup --to caspian-2026-01-15.backup
  caspian backup --store /var/lib/caspian | ssh elsewhere 'cat > caspian.backup'`,
	Setup: func(s *settings.Set) cli.Action {
		at := connect.StoreSetting(s)
		to := s.Text("to", "FILE", "", "write here instead of the standard output; it must not exist")
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			s.NoArguments(args)
			if err := s.Err(); err != nil {
				return err
			}
			if err := at.Exists(); err != nil {
				return err
			}
			bar := console.StartProgress(e.Err, "writing the backup of %s", at)
			err := files.New(*to, e.Out, func(w io.Writer) error {
				if running := connect.ServiceOn(at.Folder()); running != nil {
					return backupFrom(ctx, running, w)
				}
				log, err := at.OpenLog(ctx, store.Options{ReadOnly: true, Say: e.Say})
				if err != nil {
					return err
				}
				err = store.Backup(ctx, log, w)
				return errors.Join(err, log.Close())
			})
			bar.End()
			if err == nil && *to != "" {
				e.Say("wrote the backup of %s to %s", at, *to)
			}
			return err
		}
	},
}

// backupFrom makes a service write a backup of its store.
func backupFrom(ctx context.Context, s *client.Service, to io.Writer) error {
	return streamFrom(ctx, s, "/backup", to)
}

var restoreCommand = &cli.Command{
	Name: "restore", Short: "make a store of a backup", Args: "FILE", Files: true,
	About: `Makes a store of what 'caspian backup' wrote: the same commits with the same numbers
and times. The folder must not have a store. The digest of each commit is compared
with what it leads to. The new store has another identity, so that clients take nothing
for current that they kept of the first. FILE may be - for the standard input.`,
	Examples: `  caspian restore caspian-2026-01-15.backup --store restored`,
	Setup: func(s *settings.Set) cli.Action {
		at, ontology := connect.StoreSetting(s), connect.OntologySetting(s)
		accept := connect.AcceptSetting(s)
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			if len(args) != 1 {
				s.Fault("name exactly one file that 'caspian backup' wrote, or - for the standard input")
			}
			if err := s.Err(); err != nil {
				return err
			}
			if !at.IsDatabase() && at.Exists() == nil {
				return graph.Errorf(graph.BadInput, "%s has something in it already; name a new folder with --store", at)
			}
			o, err := connect.LoadOntology(*ontology)
			if err != nil {
				return err
			}
			g, err := restored(ctx, e, args[0], at, connect.Options{Ontology: o, Existing: true, Accept: *accept, Say: e.Say})
			if err != nil {
				return err
			}
			s := g.Snapshot()
			fmt.Fprintf(e.Out, "restored %s, %s; sequence %d, digest %s\n", console.Count(s.EntityCount(), "entity"), console.Count(s.Recorded(), "claim"), s.Seq(), s.Digest())
			return g.Close()
		}
	},
}

// restored creates a store from a backup and opens it. Opening compares each commit with its digest.
func restored(ctx context.Context, e *cli.Environment, path string, at *connect.Place, o connect.Options) (*connect.Store, error) {
	bar := console.StartProgress(e.Err, "restoring %s", path)
	defer bar.End()
	_, absent := os.Stat(at.Folder())
	log, err := at.OpenLog(ctx, store.Options{Say: e.Say})
	if err != nil {
		return nil, err
	}
	err = files.From(path, e.In, func(r io.Reader) error { return store.Restore(ctx, r, log) })
	if err := errors.Join(err, log.Close()); err != nil {
		if absent != nil {
			err = errors.Join(err, os.RemoveAll(at.Folder()))
		}
		return nil, err
	}
	return connect.Open(ctx, at, o)
}

// verifyBackup reads a backup and compares each commit with its digest.
func verifyBackup(ctx context.Context, e *cli.Environment, path, ontology string) error {
	o, err := connect.LoadOntology(ontology)
	if err != nil {
		return err
	}
	bar := console.StartProgress(e.Err, "reading %s", path)
	var s *snapshot.Snapshot
	err = files.From(path, e.In, func(r io.Reader) (err error) {
		s, err = snapshot.Empty(o).Replay(func(g graph.Growth) error {
			_, err := store.ReadBackup(r, func(c *graph.Commit) error {
				if err := g.Add(c); err != nil {
					return err
				}
				return ctx.Err()
			})
			return err
		})
		return err
	})
	bar.End()
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Out, "backup: sequence %d, %s, %s, digest %s\n", s.Seq(), console.Count(s.EntityCount(), "entity"), console.Count(s.Recorded(), "claim"), s.Digest())
	return nil
}
