package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
)

var verifyCommand = &cli.Command{
	Name: "verify", Short: "check a store and its snapshot file, or a backup",
	About: `Reads the store twice, by its log and through Cayley's own interface, and compares
what they find; replays the log, checking each commit against its digest; and
compares the snapshot file with the result. It changes nothing on the disk. Where a
service runs on the store, that service verifies it, up to its newest commit.`,
	Examples: `  caspian verify
  caspian verify --store /var/lib/caspian --json`,
	Setup: func(s *settings.Set) cli.Action {
		at, asJSON, ontology := connect.StoreSetting(s), s.JSON(), connect.OntologySetting(s)
		backup := s.Text("backup", "FILE", "", "check this backup instead: its sum, and the digest of each commit")
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			s.NoArguments(args)
			if err := s.Err(); err != nil {
				return err
			}
			if *backup != "" {
				return verifyBackup(ctx, e, *backup, *ontology)
			}
			if at.IsDatabase() {
				return graph.Errorf(graph.BadInput, "%s is a database, which the server itself can check: verify a backup of it ('caspian backup --store URL --to FILE', 'caspian verify --backup FILE')", at)
			}
			if err := at.Exists(); err != nil {
				return err
			}
			bar := console.StartProgress(e.Err, "reading the store %s", at)
			v, err := verify(ctx, at, *ontology)
			bar.End()
			if err != nil {
				return err
			}
			if *asJSON {
				enc := json.NewEncoder(e.Out)
				enc.SetIndent("", "  ")
				if err := enc.Encode(v); err != nil {
					return err
				}
			} else {
				fmt.Fprintf(e.Out, "log: sequence %d, %s, %s, %s\nCayley: %s, %s followed through its indexes\nsnapshot file: %s\n", v.Sequence,
					console.Count(v.Entities, "entity"), console.Count(v.Claims, "claim"), console.Count(v.Retractions, "retraction"),
					console.Count(v.Quads, "quad"), console.Count(v.Followed, "claim"), v.SnapshotFile)
			}
			if v.Differing == 0 {
				return nil
			}
			for _, d := range v.Differences {
				e.Say("%s", d)
			}
			return errors.New(console.Count(v.Differing, "difference"))
		}
	},
}

// verified is the result of verifying a store, as --json prints it.
type verified struct {
	Sequence     graph.Seq `json:"sequence"`
	Entities     int       `json:"entities"`
	Claims       int       `json:"claims"`
	Retractions  int       `json:"retractions"`
	Quads        int       `json:"quads"`
	Followed     int       `json:"followed"`
	SnapshotFile string    `json:"snapshotFile"`
	Differing    int       `json:"differing"`
	Differences  []string  `json:"differences"`
}

// verify verifies a store, through the service on it if one runs.
func verify(ctx context.Context, at *connect.Place, ontology string) (*verified, error) {
	if running := connect.ServiceOn(at.Folder()); running != nil {
		return verifyAt(ctx, running)
	}
	o, err := connect.LoadOntology(ontology)
	if err != nil {
		return nil, err
	}
	log, err := at.OpenLog(ctx, store.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	v, err := verifyLog(ctx, log, at.Folder(), o)
	return v, errors.Join(err, log.Close())
}

func verifyLog(ctx context.Context, log store.Log, dir string, o *schema.Ontology) (*verified, error) {
	r, err := store.Verify(ctx, log)
	if err != nil {
		return nil, err
	}
	file, err := verifySnapshotFile(ctx, log, dir, o, &r)
	return &verified{r.Head, r.Entities, r.Claims, r.Retractions, r.Quads, r.Followed, file, r.Differing, r.Differences}, err
}

// verifySnapshotFile replays the log and compares the snapshot file with the result. It adds differences to the
// report and returns the state of the file in words.
func verifySnapshotFile(ctx context.Context, log store.Log, dir string, o *schema.Ontology, r *store.Report) (state string, err error) {
	file, of, fault := connect.SnapshotFile(dir).Load(o)
	switch {
	case fault == nil:
		fault = live.Belongs(ctx, log, file, of)
	case errors.Is(fault, fs.ErrNotExist):
		state, fault = "none", nil
	case errors.Is(fault, errors.ErrUnsupported):
		state, fault = fmt.Sprintf("not usable (%v)", fault), nil
	}
	if fault != nil {
		r.Differ("the snapshot file, which a start would refuse and rebuild: %v", fault)
		state, file = "differs", nil
	}
	s := snapshot.Empty(o)
	if file != nil {
		if s, err = replayTo(ctx, log, s, file.Seq()); err != nil {
			return state, err
		}
		state = compareSnapshotFile(file, s, r)
	}
	_, err = replayTo(ctx, log, s, math.MaxInt64)
	return state, err
}

// errEnough ends a replay before the end of the log.
var errEnough = errors.New("enough")

// replayTo returns the snapshot after the log's commits from s up to last.
func replayTo(ctx context.Context, log store.Log, s *snapshot.Snapshot, last graph.Seq) (*snapshot.Snapshot, error) {
	return s.Replay(func(g graph.Growth) error {
		err := log.Replay(ctx, s.Seq(), func(c *graph.Commit) error {
			if c.Seq > last {
				return errEnough
			}
			return g.Add(c)
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	})
}

func compareSnapshotFile(file, log *snapshot.Snapshot, r *store.Report) string {
	found := snapshot.Differences(file, log)
	for _, d := range found {
		r.Differ("the snapshot file: %s", d)
	}
	if len(found) > 0 {
		return "differs"
	}
	return fmt.Sprintf("sequence %d, the same as the log", file.Seq())
}
