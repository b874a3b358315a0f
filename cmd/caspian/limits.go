package main

import (
	"fmt"
	"strconv"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server"
)

// limitSettings declares the limits of one GraphQL request. docs/serving.md also lists the names, defaults and
// codes of these limits.
func limitSettings(s *settings.Set, l *gql.Limits) {
	standard := gql.DefaultLimits()
	for _, v := range []struct {
		name, help string
		to         *int
		standard   int
	}{
		{"max-document", "longest document, in bytes (LIMIT_BYTES)", &l.Bytes, standard.Bytes},
		{"max-tokens", "maximum number of tokens in a document (LIMIT_TOKENS)", &l.Tokens, standard.Tokens},
		{"max-nesting", "maximum number of brackets open at once in a document (LIMIT_NESTING)", &l.Nesting, standard.Nesting},
		{"max-operations", "maximum number of operations in a document (LIMIT_OPERATIONS)", &l.Operations, standard.Operations},
		{"max-directives", "maximum number of directives in a document (LIMIT_DIRECTIVES)", &l.Directives, standard.Directives},
		{"max-depth", "deepest nesting of fields (LIMIT_DEPTH)", &l.Depth, standard.Depth},
		{"max-aliases", "maximum number of aliased fields (LIMIT_ALIASES)", &l.Aliases, standard.Aliases},
		{"max-root-fields", "maximum number of root fields (LIMIT_ROOT_FIELDS)", &l.RootFields, standard.RootFields},
		{"max-fields", "maximum number of fields selected, with fragments expanded (LIMIT_FIELDS)", &l.Fields, standard.Fields},
		{"max-cost", "highest cost of an operation, in fields weighted by the sizes of lists (LIMIT_COST)", &l.Cost, standard.Cost},
		{"list-size", "items that the cost assumes for a list without a bound", &l.ListSize, standard.ListSize},
		{"max-introspection", "deepest nesting of introspection lists (LIMIT_INTROSPECTION)", &l.Introspection, standard.Introspection},
		{"max-variables", "longest variables, in bytes (LIMIT_VARIABLES); --max-body by default", &l.VariableBytes, 0},
		{"max-variable-values", "maximum number of values in the variables, at any depth (LIMIT_VARIABLES)", &l.VariableValues, standard.VariableValues},
		{"max-variable-depth", "deepest nesting of variables (LIMIT_VARIABLES)", &l.VariableDepth, standard.VariableDepth},
		{"max-subscription", "longest subscription with its variables, in bytes (LIMIT_SUBSCRIPTION)", &l.SubscriptionBytes, standard.SubscriptionBytes},
		{"max-output", "longest answer, in bytes, before compression (LIMIT_OUTPUT)", &l.Output, standard.Output},
		{"max-output-total", "maximum size of all answers in progress together, in bytes; short ones do not count (OVERLOADED)", &l.OutputTotal, standard.OutputTotal},
		{"max-errors", "maximum number of errors listed in an answer; the rest are only counted (LIMIT_ERRORS)", &l.Errors, standard.Errors},
		{"plan-cache", "memory for plans of documents, in bytes", &l.PlanCacheBytes, standard.PlanCacheBytes},
	} {
		shown := ""
		if v.standard > 0 {
			shown = strconv.Itoa(v.standard)
		}
		s.Add(v.name, "N", shown, v.help, func(t string) error {
			n, err := strconv.Atoi(t)
			if err != nil || n < 1 {
				return fmt.Errorf("%q is not a whole number of at least 1", t)
			}
			*v.to = n
			return nil
		})
	}
	s.Add("no-introspection", "", "", "hide the schema: no __schema, __type, /schema.graphql (INTROSPECTION_DISABLED) or suggestions of names", func(t string) (err error) {
		if l.NoIntrospection, err = strconv.ParseBool(t); err != nil {
			return fmt.Errorf("%q is neither true nor false", t)
		}
		return nil
	})
}

// admissionSettings declares how many requests run and wait at once. The settings are in docs/serving.md too.
func admissionSettings(s *settings.Set) func(*server.Options) {
	maxRequests := s.Number("max-requests", server.DefaultMaxRequests, 1, "maximum number of reads that run at once; by default four for each core (OVERLOADED)")
	maxWrites := s.Number("max-writes", server.DefaultMaxWrites, 1, "maximum number of writes that run at once; by default eight for each core (OVERLOADED)")
	maxQueue := s.Number("max-queue", server.DefaultMaxQueue, 1, "maximum number of requests that wait to run, reads and writes separately (OVERLOADED)")
	queueTime := s.Duration("queue-time", server.DefaultQueueTime, "longest wait to run (OVERLOADED)")
	maxPaused := s.Number("max-paused", server.DefaultMaxPaused, 1, "maximum number of requests that wait for a commit (OVERLOADED)")
	maxConnections := s.Number("max-connections", server.DefaultMaxConnections(), 1, "maximum number of open connections; an idle one is closed for a new one; by default what the limit of open files allows")
	return func(o *server.Options) {
		o.MaxConnections = *maxConnections
		o.MaxRequests, o.MaxWrites, o.MaxQueue, o.QueueTime, o.MaxPaused = *maxRequests, *maxWrites, *maxQueue, *queueTime, *maxPaused
	}
}

// liveSettings declares the limits of subscriptions. The settings are in docs/serving.md too.
func liveSettings(s *settings.Set) func() server.Live {
	maxSubscribers := s.Number("max-subscribers", server.DefaultMaxSubscribers, 1, "maximum number of event streams, sockets and operations on them at once (TOO_MANY_SUBSCRIBERS)")
	maxOperations := s.Number("max-connection-operations", server.DefaultMaxOperations, 1, "maximum number of operations of one socket or reserved stream at once (TOO_MANY_SUBSCRIBERS)")
	maxReservations := s.Number("max-reservations", server.DefaultMaxReservations, 1, "maximum number of event streams that are reserved and not yet open (TOO_MANY_SUBSCRIBERS)")
	reservation := s.Duration("reservation-timeout", server.DefaultReservationTimeout, "longest time for a reserved stream to be opened")
	maxLive := s.Number("max-live-total", server.DefaultMaxLive, 1<<10, "maximum size of the last answers of all live queries together, in bytes (OVERLOADED)")
	maxBehind := s.Number("max-behind", server.DefaultMaxBehind, 1, "how many log entries a subscription may lag (SUBSCRIPTION_BEHIND)")
	heartbeat := s.Duration("heartbeat", server.DefaultHeartbeat, "interval of heartbeats on a quiet stream or socket")
	write := s.Duration("write-timeout", server.DefaultWriteTimeout, "longest time for a client to read what is sent to it")
	initial := s.Duration("init-timeout", server.DefaultInitTimeout, "longest time for a socket to send connection_init")
	return func() server.Live {
		return server.Live{
			MaxSubscribers: *maxSubscribers, MaxOperations: *maxOperations, MaxReservations: *maxReservations, MaxLive: *maxLive,
			ReservationTimeout: *reservation, MaxBehind: *maxBehind, Heartbeat: *heartbeat, WriteTimeout: *write, InitTimeout: *initial,
		}
	}
}
