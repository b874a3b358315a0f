package api

import (
	"maps"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"
)

// The workloads that metrics and traces distinguish. In addition, each analysis is a workload named
// like its field. Plain fields have no workload.
const (
	workConnection   = "connection"
	workAggregate    = "aggregate"
	workSearch       = "search"
	workMutation     = "mutation"
	workSubscription = "subscription"
)

// assignWorkloads sets the workload of each binding, and returns all workloads from the lightest to
// the heaviest. The bindings of analyses already have theirs.
func (b *builder) assignWorkloads(types graphql.TypeMap) []string {
	analyses := map[string]bool{}
	for owner, fields := range b.Bindings {
		defs := types[owner].(*graphql.Object).Fields()
		for name, bind := range fields {
			result := graphql.GetNamed(defs[name].Type).String()
			switch {
			case bind.Workload != "":
				analyses[bind.Workload] = true
			case owner == "Mutation":
				bind.Workload = workMutation
			case owner == "Subscription":
				bind.Workload = workSubscription
			case owner == "Query" && name == "search":
				bind.Workload = workSearch
			case strings.HasSuffix(result, "Connection"):
				bind.Workload = workConnection
			case name == "aggregate":
				bind.Workload = workAggregate
			}
			fields[name] = bind
		}
	}
	return slices.Concat([]string{workConnection, workAggregate, workSearch},
		slices.Sorted(maps.Keys(analyses)), []string{workMutation, workSubscription})
}
