package main

import (
	"context"
	"fmt"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

var healthCommand = &command{
	name: "health", short: "report whether a service is ready",
	about: `Requests /readyz of a running service. The exit code is 0 when it is ready and 1
otherwise; with --wait it tries again until the time is over.`,
	examples: `  caspian health
  caspian health --wait 30s --url http://127.0.0.1:9000`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		url := urlSetting(s)
		wait := s.Text("wait", "TIME", "", "keep trying for this long")
		return func(ctx context.Context, e *environment, args []string) error {
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
				text, err := client.At(*url).Ready(ctx)
				if err == nil {
					_, err = fmt.Fprintln(e.out, text)
					return err
				}
				if ctx.Err() != nil || !time.Now().Before(deadline) {
					return fmt.Errorf("%s is not ready: %w", *url, err)
				}
				time.Sleep(50 * time.Millisecond)
			}
		}
	},
}
