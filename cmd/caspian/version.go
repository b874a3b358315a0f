package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// version is the program's; a release build sets it with -ldflags "-X main.version=...".
var version = "0.1.0-dev"

var versionCommand = &command{
	name: "version", short: "print the version",
	about: "Prints the program's version, the commit it was built from and Go's version.",
	examples: `  caspian version
  caspian version --json`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		asJSON := jsonSetting(s)
		return func(_ context.Context, e *environment, args []string) error {
			s.NoArguments(args)
			if err := s.Err(); err != nil {
				return err
			}
			commit := builtFrom()
			if *asJSON {
				return json.NewEncoder(e.out).Encode(map[string]string{"version": version, "commit": commit, "go": runtime.Version()})
			}
			if commit != "" {
				commit = ", commit " + commit
			}
			_, err := fmt.Fprintf(e.out, "caspian %s%s, %s\n", version, commit, runtime.Version())
			return err
		}
	},
}

// builtFrom returns the commit that the program was built from, or "" if that is not
// known.
func builtFrom() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+changes"
			}
		}
	}
	return commit + dirty
}
