package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/caspian-kg/caspian/graph/store"
)

var verifyCommand = &command{
	name: "verify", short: "check that Cayley and the log of a store agree",
	about: `Reads the store twice, by its log and through Cayley's own interface, and compares
what they find. It changes nothing. The service must not run on the store.`,
	examples: `  caspian verify
  caspian verify --store /var/lib/caspian --json`,
	setup: func(s *settings) func(context.Context, *environment, []string) error {
		dir, asJSON := s.storeDir(), s.jsonOutput()
		return func(ctx context.Context, e *environment, args []string) error {
			if err := needNone(args); err != nil {
				return err
			}
			if err := s.err(); err != nil {
				return err
			}
			if err := storeExists(*dir); err != nil {
				return err
			}
			bar := startProgress(e, "reading the store %s", *dir)
			r, err := store.Verify(ctx, *dir)
			bar.end()
			if err != nil {
				return err
			}
			if *asJSON {
				enc := json.NewEncoder(e.out)
				enc.SetIndent("", "  ")
				if err := enc.Encode(reportJSON(r)); err != nil {
					return err
				}
			} else {
				fmt.Fprintf(e.out, "log: sequence %d, %s, %s, %s\nCayley: %s, %s followed through its indexes\n", r.Head,
					count(r.Entities, "entity"), count(r.Claims, "claim"), count(r.Retractions, "retraction"),
					count(r.Quads, "quad"), count(r.Followed, "claim"))
			}
			if r.Sound() {
				return nil
			}
			for _, d := range r.Differences {
				e.say("%s", d)
			}
			return errors.New(count(r.Differing, "difference"))
		}
	},
}

func reportJSON(r store.Report) map[string]any {
	return map[string]any{
		"sequence": r.Head, "entities": r.Entities, "claims": r.Claims, "retractions": r.Retractions,
		"quads": r.Quads, "followed": r.Followed, "differing": r.Differing, "differences": r.Differences,
	}
}
