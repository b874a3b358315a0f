package api

import (
	"maps"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"
)

// The kinds of work that metrics and traces tell apart, beside the analyses, each of which
// is a class of its own name, and plain fields, which have none.
const (
	classConnection   = "connection"
	classAggregate    = "aggregate"
	classSearch       = "search"
	classMutation     = "mutation"
	classSubscription = "subscription"
)

// classify gives the bindings their classes and returns them, from the lightest to the
// heaviest. The analyses have theirs already.
func (b *builder) classify(types graphql.TypeMap) []string {
	analyses := map[string]bool{}
	for owner, fields := range b.bindings {
		defs := types[owner].(*graphql.Object).Fields()
		for name, bind := range fields {
			result := graphql.GetNamed(defs[name].Type).String()
			switch {
			case bind.Workload != "":
				analyses[bind.Workload] = true
			case owner == "Mutation":
				bind.Workload = classMutation
			case owner == "Subscription":
				bind.Workload = classSubscription
			case owner == "Query" && name == "search":
				bind.Workload = classSearch
			case strings.HasSuffix(result, "Connection"):
				bind.Workload = classConnection
			case name == "aggregate":
				bind.Workload = classAggregate
			}
			fields[name] = bind
		}
	}
	return slices.Concat([]string{classConnection, classAggregate, classSearch},
		slices.Sorted(maps.Keys(analyses)), []string{classMutation, classSubscription})
}
