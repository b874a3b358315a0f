// Package plain has the synthetic graph as Go structs with pointers to each other, as a program without a graph
// service would. The gqlgen contestant answers from it, and the graphql-js contestant gets it as JSON.
//
// Read Graph first. The graph is computed for today and without sources, so reading it takes less work than
// reading the snapshot. The package must know neither GraphQL nor its callers.
package plain

import (
	"slices"
	"strings"
)

// Graph has all countries and cities, each sorted by id.
type Graph struct {
	Countries []*Country
	Cities    []*City
	ByID      map[string]*Country
}

// Country is a country with the lists of its relations, each sorted by id.
type Country struct {
	ID, Name, Type                                    string
	Population                                        *int
	OfficialName, ISO2, ISONumeric, Currency, Terrain *string
	Landlocked                                        *bool
	Neighbours                                        []*Country
	Towns                                             []*City
	// Exports has the latest export for each partner and resource, Series has all.
	Exports, Series []*Export
}

// City is a city.
type City struct {
	ID, Name, Type                       string
	Population                           *int
	Kind, Description, Wikidata, Founded *string
}

// Export is one claim of trade. Resource is the id of the traded good.
type Export struct {
	To       *Country
	Share    *float64
	Resource *string
}

// Cut returns the first items of a list, or all items if first is nil.
func Cut[T any](list []T, first *int) []T {
	if first != nil && *first < len(list) {
		return list[:*first]
	}
	return list
}

// Where returns the exports with a share of at least atLeast that go to countries whose name begins with the
// prefix, in any case. They are sorted by share, in descending order if descending is set.
func Where(list []*Export, atLeast *float64, prefix *string, descending bool, first *int) []*Export {
	if atLeast == nil && prefix == nil && !descending {
		return Cut(list, first)
	}
	var kept []*Export
	for _, e := range list {
		if atLeast != nil && (e.Share == nil || *e.Share < *atLeast) {
			continue
		}
		if prefix != nil && !strings.HasPrefix(strings.ToLower(e.To.Name), *prefix) {
			continue
		}
		kept = append(kept, e)
	}
	if descending {
		slices.SortStableFunc(kept, func(a, b *Export) int {
			switch {
			case *a.Share > *b.Share:
				return -1
			case *a.Share < *b.Share:
				return 1
			}
			return 0
		})
	}
	return Cut(kept, first)
}

// Group has the exports of one resource.
type Group struct {
	Key   *string
	Count int
	Share float64
}

// ByResource groups a list by resource, the largest groups first.
func ByResource(list []*Export) []*Group {
	at := map[string]*Group{}
	var groups []*Group
	for _, e := range list {
		g := at[*e.Resource]
		if g == nil {
			g = &Group{Key: e.Resource}
			at[*e.Resource] = g
			groups = append(groups, g)
		}
		g.Count++
		g.Share += *e.Share
	}
	slices.SortFunc(groups, func(a, b *Group) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(*a.Key, *b.Key)
	})
	return groups
}
