package main

import (
	"context"
	"fmt"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

var healthCommand = &cli.Command{
	Name: "health", Short: "report whether a service is ready",
	About: `Requests /readyz of the service that runs on the store, or of the one at --url. The
exit code is 0 when it is ready and 1 otherwise; with --wait it tries again until the
time is over.`,
	Examples: `  caspian health
  caspian health --wait 30s --url http://127.0.0.1:9000`,
	Setup: func(s *settings.Set) cli.Action {
		where := connect.HealthSettings(s)
		wait := s.Text("wait", "TIME", "", "keep trying for this long")
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			s.NoArguments(args)
			deadline := time.Now()
			if *wait != "" {
				d, err := time.ParseDuration(*wait)
				if err != nil || d < 0 {
					s.Fault("--wait: %q is not a duration, such as 30s", *wait)
				}
				deadline = deadline.Add(d)
			}
			if err := s.Err(); err != nil {
				return err
			}
			for {
				text, err := where.Ready(ctx)
				if err == nil {
					_, err = fmt.Fprintln(e.Out, text)
					return err
				}
				if ctx.Err() != nil || !time.Now().Before(deadline) {
					return err
				}
				select {
				case <-ctx.Done():
				case <-time.After(50 * time.Millisecond):
				}
			}
		}
	},
}
