package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/files"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/store"
)

var backupCommand = &command{
	name: "backup", short: "write the whole history of a store to one file",
	about: `Writes every commit of a store, with its number, its time, its digest and its import, and
the ontologies under which they were made, to one compressed file or the standard
output. Where a service runs on the store, that service writes it while it goes on
answering; what it records meanwhile is not in it. 'caspian restore' makes a store of
it, and 'caspian verify --backup FILE' checks it.`,
	examples: `  caspian backup --to caspian-2026-01-15.backup
  caspian backup --store /var/lib/caspian | ssh elsewhere 'cat > caspian.backup'`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		dir := storeSetting(s)
		to := s.Text("to", "FILE", "", "write here instead of the standard output; it must not exist")
		return func(ctx context.Context, e *environment, args []string) error {
			s.NoArguments(args)
			if err := s.Err(); err != nil {
				return err
			}
			if err := storeExists(*dir); err != nil {
				return err
			}
			bar := console.StartProgress(e.err, "writing the backup of %s", *dir)
			err := files.New(*to, e.out, func(w io.Writer) error {
				if running := serviceOn(*dir); running != nil {
					return backupFrom(ctx, running, w)
				}
				log, err := store.Open(*dir, store.Options{ReadOnly: true, Say: e.say})
				if err != nil {
					return err
				}
				err = store.Backup(ctx, log, w)
				return errors.Join(err, log.Close())
			})
			bar.End()
			if err == nil && *to != "" {
				e.say("wrote the backup of %s to %s", *dir, *to)
			}
			return err
		}
	},
}

// backupFrom has a service write a backup of its store.
func backupFrom(ctx context.Context, s *client.Service, to io.Writer) error {
	return streamFrom(ctx, s, "/backup", to)
}

var restoreCommand = &command{
	name: "restore", short: "make a store of a backup", args: "FILE", files: true,
	about: `Makes a store of what 'caspian backup' wrote: the same commits with the same numbers
and times. The folder must not have a store. The digest of each commit is compared
with what it leads to. The new store has another identity, so that clients take nothing
for current that they kept of the first. FILE may be - for the standard input.`,
	examples: `  caspian restore caspian-2026-01-15.backup --store restored`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		dir, ontology := storeSetting(s), ontologySetting(s)
		accept := acceptSetting(s)
		return func(ctx context.Context, e *environment, args []string) error {
			if len(args) != 1 {
				s.Fault("what to restore is missing: one file of 'caspian backup', or - for the standard input")
			}
			if err := s.Err(); err != nil {
				return err
			}
			if storeExists(*dir) == nil {
				return graph.Errorf(graph.BadInput, "%s has something in it already; name a new folder with --store", *dir)
			}
			o, err := loadOntology(*ontology)
			if err != nil {
				return err
			}
			g, err := restored(ctx, e, args[0], *dir, openOptions{ontology: o, existing: true, accept: *accept, say: e.say})
			if err != nil {
				return err
			}
			s := g.Snapshot()
			fmt.Fprintf(e.out, "restored %s, %s; sequence %d, digest %s\n", console.Count(s.EntityCount(), "entity"), console.Count(s.Recorded(), "claim"), s.Seq(), s.Digest())
			return g.Close()
		}
	},
}

// restored makes a store of a backup, and opens it, which compares each commit with its digest.
func restored(ctx context.Context, e *environment, path, dir string, o openOptions) (*opened, error) {
	bar := console.StartProgress(e.err, "restoring %s", path)
	defer bar.End()
	_, absent := os.Stat(dir)
	if err := files.From(path, e.in, func(r io.Reader) error { return store.Restore(ctx, r, dir) }); err != nil {
		if absent != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
		return nil, err
	}
	return openStore(ctx, dir, o)
}

// verifyBackup reads a backup and compares each commit with its digest.
func verifyBackup(ctx context.Context, e *environment, path, ontology string) error {
	o, err := loadOntology(ontology)
	if err != nil {
		return err
	}
	bar := console.StartProgress(e.err, "reading %s", path)
	var s *snapshot.Snapshot
	err = files.From(path, e.in, func(r io.Reader) (err error) {
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
	fmt.Fprintf(e.out, "backup: sequence %d, %s, %s, digest %s\n", s.Seq(), console.Count(s.EntityCount(), "entity"), console.Count(s.Recorded(), "claim"), s.Digest())
	return nil
}
