package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapfile"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
)

// loadOntology reads an ontology; "" is the one built in.
func loadOntology(file string) (*schema.Ontology, error) {
	if file == "" {
		return schema.Load("ontology.graphql", schema.Default)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return schema.Load(file, string(text))
}

// opened is a store and the graph in it.
type opened struct {
	*live.Graph
	log store.Log
}

// Close writes the snapshot file and closes the store.
func (o *opened) Close() error { return errors.Join(o.Graph.Close(), o.log.Close()) }

// snapshotFile returns the snapshot file of the store in the folder.
func snapshotFile(dir string) snapfile.File {
	return snapfile.File{Path: filepath.Join(dir, "snapshot")}
}

// unsaved is a snapshot file that is read and never written.
type unsaved struct{ live.Cache }

func (unsaved) Save(*snapshot.Snapshot, graph.Identity) error { return nil }

// openOptions say how a store is opened.
type openOptions struct {
	ontology *schema.Ontology
	// existing refuses a folder without a store.
	existing bool
	// readOnly changes nothing on the disk.
	readOnly bool
	// accept continues with an ontology that not all claims fit.
	accept bool
	// say takes lines for the user; nil discards them.
	say func(format string, a ...any)
	// noCache leaves the snapshot file alone.
	noCache bool
	logger  *slog.Logger
	// indexMemory is live.Options.IndexMemory.
	indexMemory int
	// over, where not nil, wraps the log, as a dry run does.
	over func(live.Log) live.Log
}

// openStore opens the embedded store in the folder.
func openStore(ctx context.Context, dir string, o openOptions) (*opened, error) {
	if o.existing {
		if err := storeExists(dir); err != nil {
			return nil, err
		}
	}
	log, err := store.Open(dir, store.Options{ReadOnly: o.readOnly, Say: o.say})
	if err != nil {
		return nil, err
	}
	if err := settleOntology(ctx, log, o); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store %s: %w", dir, err), log.Close())
	}
	var l live.Log = log
	opts := live.Options{Logger: o.logger, IndexMemory: o.indexMemory}
	if o.over != nil {
		l = o.over(l)
	} else if !o.noCache {
		opts.Cache = snapshotFile(dir)
		if o.readOnly {
			opts.Cache = unsaved{opts.Cache}
		}
	}
	g, err := live.Open(ctx, l, o.ontology, opts)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store %s: %w", dir, err), log.Close())
	}
	return &opened{g, log}, nil
}

// orURL adds to the error of a store that is in use how to reach its service.
func orURL(err error) error {
	var ge *graph.Error
	if errors.As(err, &ge) && ge.Code == graph.Unavailable {
		return fmt.Errorf("%w; or reach the service that runs on it with --url", err)
	}
	return err
}

func storeExists(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return graph.Errorf(graph.BadInput, "there is no store in %s; 'caspian serve' or 'caspian import' creates one", dir)
	}
	return err
}
