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
	about: `Requests /readyz of the service that runs on the store, or of the one at --url. The
exit code is 0 when it is ready and 1 otherwise; with --wait it tries again until the
time is over.`,
	examples: `  caspian health
  caspian health --wait 30s --url http://127.0.0.1:9000`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		where := location{s: s, url: urlSetting(s), dir: storeSetting(s)}
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
				text, err := where.ready(ctx)
				if err == nil {
					_, err = fmt.Fprintln(e.out, text)
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

// ready returns what a service that is ready says.
func (l *location) ready(ctx context.Context) (string, error) {
	at := client.At(*l.url)
	if !l.atURL() {
		own := serviceOn(l.folder())
		switch {
		case own != nil:
			at = own
		case l.s.ByFlag("store"):
			return "", fmt.Errorf("no service runs on the store %s", l.folder())
		}
	}
	text, err := at.Ready(ctx)
	if err != nil {
		return "", fmt.Errorf("%s is not ready: %w", at.Name, err)
	}
	return text, nil
}
