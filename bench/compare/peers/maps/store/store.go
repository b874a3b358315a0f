// Package store keeps the benchmark graph in maps, as a typical service in Go does. It must not
// know GraphQL.
package store

// Entity is a node.
type Entity struct {
	ID                    int
	Kind, Name, Code, Grp string
	Country               *int
	Size, Score, Year     int
	Lat                   float64
}

// Link is an edge.
type Link struct{ ID, Src, Dst, Value, Year int }

// GroupTotal is a sum over links.
type GroupTotal struct {
	Grp   string
	Total int
}

// Key is where the links of one type of an entity are.
type Key struct {
	ID   int
	Type string
}

// Graph is the whole.
type Graph struct {
	Nodes map[int]*Entity
	// Out and In are the links by their source and target, the most valuable first.
	Out, In map[Key][]*Link
	ByName  []*Entity
	Exports []*Link
}
