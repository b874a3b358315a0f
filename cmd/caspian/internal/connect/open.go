package connect

import (
	"context"
	"errors"
	"fmt"
	"io"
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

// LoadOntology reads an ontology from a file; "" means the built-in one.
func LoadOntology(file string) (*schema.Ontology, error) {
	if file == "" {
		return schema.Load("ontology.graphql", schema.Default)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return schema.Load(file, string(text))
}

// Store is an open store and its graph.
type Store struct {
	*live.Graph
	Log store.Log
}

// Close writes the snapshot file and closes the store.
func (o *Store) Close() error { return errors.Join(o.Graph.Close(), o.Log.Close()) }

// SnapshotFile returns the snapshot file of the store in the folder.
func SnapshotFile(dir string) snapfile.File {
	return snapfile.File{Path: filepath.Join(dir, "snapshot")}
}

// unsaved is a snapshot file that is read but never written.
type unsaved struct{ live.Cache }

func (unsaved) Save(*snapshot.Snapshot, graph.Identity) error { return nil }

// Options says how a store is opened.
type Options struct {
	Ontology *schema.Ontology
	// Existing refuses a folder without a store.
	Existing bool
	// ReadOnly opens the store without changing the disk.
	ReadOnly bool
	// Keeps writes the snapshot file even with ReadOnly, because the folder for a database belongs to this
	// process.
	Keeps bool
	// Bootstrap, if not nil, writes a snapshot file from elsewhere. It is called if the existing file cannot be
	// used.
	Bootstrap func(ctx context.Context, to io.Writer) error
	// Accept accepts an ontology that not all claims fit.
	Accept bool
	// Say gets lines for the user; nil discards them.
	Say func(format string, a ...any)
	// NoCache neither reads nor writes the snapshot file.
	NoCache bool
	Logger  *slog.Logger
	// IndexMemory is live.Options.IndexMemory.
	IndexMemory int
	// Over, if not nil, wraps the log, for example for a dry run.
	Over func(live.Log) live.Log
}

// Open opens the store.
func Open(ctx context.Context, at *Place, o Options) (*Store, error) {
	if o.Existing {
		if err := at.Exists(); err != nil {
			return nil, err
		}
	}
	log, err := at.OpenLog(ctx, store.Options{ReadOnly: o.ReadOnly, Say: o.Say})
	if err != nil {
		return nil, err
	}
	if err := settleOntology(ctx, log, o); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store %s: %w", at, err), log.Close())
	}
	var l live.Log = log
	opts := live.Options{Logger: o.Logger, IndexMemory: o.IndexMemory}
	if o.Over != nil {
		l = o.Over(l)
	} else if !o.NoCache {
		file := SnapshotFile(at.Folder())
		if opts.Cache = file; o.ReadOnly && !o.Keeps {
			opts.Cache = unsaved{file}
		}
		if o.Bootstrap != nil {
			opts.Bootstrap = func(ctx context.Context) error {
				return file.Fetch(func(to io.Writer) error { return o.Bootstrap(ctx, to) })
			}
		}
	}
	g, err := live.Open(ctx, l, o.Ontology, opts)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store %s: %w", at, err), log.Close())
	}
	return &Store{g, log}, nil
}

// OrURL adds to the error for a store in use how to use its service.
func OrURL(err error) error {
	var ge *graph.Error
	if errors.As(err, &ge) && ge.Code == graph.Unavailable {
		return fmt.Errorf("%w; or reach the service that runs on it with --url", err)
	}
	return err
}
