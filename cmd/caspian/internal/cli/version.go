package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Version is the command version.
var Version = &Command{
	Name: "version", Short: "print the version",
	About: "Prints the program's version, the commit it was built from and Go's version.",
	Examples: `  caspian version
  caspian version --json`,
	Setup: func(s *settings.Set) Action {
		asJSON := s.JSON()
		return func(_ context.Context, e *Environment, args []string) error {
			s.NoArguments(args)
			if err := s.Err(); err != nil {
				return err
			}
			commit := builtFrom()
			if *asJSON {
				return json.NewEncoder(e.Out).Encode(map[string]string{"version": e.Version, "commit": commit, "go": runtime.Version()})
			}
			if commit != "" {
				commit = ", commit " + commit
			}
			_, err := fmt.Fprintf(e.Out, "caspian %s%s, %s\n", e.Version, commit, runtime.Version())
			return err
		}
	},
}

// builtFrom returns the commit from which the program was built, or "" if it is unknown.
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
