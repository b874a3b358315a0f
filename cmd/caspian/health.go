package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

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
				text, err := askReady(ctx, *url)
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

func askReady(ctx context.Context, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+"/readyz", nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("it answered %s", res.Status)
	}
	return strings.TrimSpace(string(body)), nil
}

const defaultURL = "http://127.0.0.1:8080"

func urlSetting(s *settings.Set) *string {
	return s.Text("url", "URL", defaultURL, "a running service")
}
