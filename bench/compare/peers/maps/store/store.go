// Package store stores the benchmark graph in maps, as a typical service in Go does. It must not know GraphQL.
package store

// Entity is a node.
type Entity struct {
	ID                    int
	Kind, Name, Code, Grp string
	Country               *int
	Size, Score, Year     int
	Lat                   float64
}

// Link is an edge of the graph.
type Link struct{ ID, Src, Dst, Value, Year int }

// GroupTotal is a sum of links.
type GroupTotal struct {
	Grp   string
	Total int
}

// Key identifies the links of one type of an entity.
type Key struct {
	ID   int
	Type string
}

// Graph is the benchmark graph as maps.
type Graph struct {
	Nodes map[int]*Entity
	// Out and In have the links by source and by target, in descending order of value.
	Out, In map[Key][]*Link
	// From has all links by source.
	From    map[int][]*Link
	ByName  []*Entity
	Exports []*Link
}
