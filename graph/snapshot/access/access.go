// Package access plans how the entities of a list are found: by the ids or codes that
// a filter names, along a relation from its other end, by an index of values, or by
// walking the whole list.
//
// Read Graph, Ask and Path first. A path finds candidates, never fewer entities than
// the filter keeps and often more: the filter is still asked of each, through the view.
// The package must not know how the graph is held, nor what a view shows.
package access

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// Graph is what paths read. It finds entities whether or not the view shows them or
// what they are found by.
type Graph interface {
	// ID is the id of an entity.
	ID(node uint32) graph.ID
	// Number is the entity with the id.
	Number(id graph.ID) (node uint32, ok bool)
	// TouchIDs begins to read what Number reads of many ids.
	TouchIDs(ids iter.Seq[graph.ID])
	// Coded are the entities of which some claim gives a property the code; ok is false
	// where codes of the property are not indexed.
	Coded(f *schema.Field, code string) (nodes []uint32, ok bool)
	// Leading estimates how many entities a relation, an inverse or a derived field may
	// lead from to the one given, however many claims say so, and WalkLeading calls fn with
	// those entities, one of them maybe several times.
	Leading(f *schema.Field, to uint32) int
	WalkLeading(f *schema.Field, to uint32, fn func(node uint32))
	Indexes
}

// Indexes find entities by the values that they may show.
type Indexes interface {
	// Within estimates how many entities WalkWithin finds: all that may show a value that
	// passes the test, each any number of times and in any order. What a test asks for
	// beyond eq, in, startsWith and a range does not narrow the walk.
	Within(by filter.Reading, t *filter.Test) (rows int, s State)
	WalkWithin(by filter.Reading, t *filter.Test, fn func(node uint32) bool)
	// InOrder estimates how many entities WalkInOrder finds: each that shows a value, once,
	// in the order of the key. Those whose values are equal come in the order of their ids,
	// and those that show no value not at all. It begins at a place where that is not nil.
	// A test that is not nil may narrow the walk as in Within.
	InOrder(key filter.Key, t *filter.Test) (rows int, s State)
	WalkInOrder(key filter.Key, t *filter.Test, from *Place, fn func(node uint32) bool)
}

// Place is a place in the order of a key: a value, and among the entities that show it
// an id.
type Place struct {
	Value graph.Value
	ID    graph.ID
}

// State says whether an index can answer.
type State uint8

const (
	// Unfit: no index of the field answers such a test.
	Unfit State = iota
	// Cold: an index would answer and is not built yet.
	Cold
	Ready
)

// Ask is what a list is asked for.
type Ask struct {
	Nodes *filter.Node
	Edges *filter.Edge // of its edges' nodes only
	Order []filter.Key // none: the order of ids
	Limit int          // how many are to be found, below 0 all
	All   int          // how many the list has
	Step  int          // what a step along an index of all entities costs beside one of the list; 0: as much
	Eager bool         // for tests: any path but a scan is taken where there is one
}

// Kind is a kind of path.
type Kind uint8

const (
	// Scan walks the whole list in the order of ids.
	Scan Kind = iota
	// ByID has the entities of the ids that the filter names.
	ByID
	// ByCode has the entities of the codes that it names.
	ByCode
	// ByRelation has the entities from which a relation leads to others that another
	// path finds.
	ByRelation
	// ByValue has the entities that an index of values finds.
	ByValue
	// ByOrder walks such an index in the order that is asked for.
	ByOrder
	// ByPosting has the claims with an entity or value that the filter names.
	ByPosting
	// Union has what several paths find.
	Union
	// Kept reads the order of a qualifier that is kept beside a list.
	Kept
)

var kinds = [...]string{Scan: "scan", ByID: "id", ByCode: "code", ByRelation: "relation", ByValue: "value", ByOrder: "order", ByPosting: "posting", Union: "union", Kept: "kept order"}

// Path is one way to find the entities of a list.
type Path struct {
	Kind Kind
	// Rows estimates how many candidates it finds.
	Rows int
	// Exact says that the filter keeps every candidate.
	Exact bool
	// Cold names what would have been found by an index that is not built yet.
	Cold []string

	by        filter.Reading
	predicate string // of ByPosting, unless ""
	key       filter.Key
	test      *filter.Test
	nodes     []uint32 // of ByID and ByCode the candidates, of ByRelation where it leads
	sorted    bool     // the candidates come in the order of ids
	any       []Path
	to        *Path // of ByRelation
}

// KeptOrder is the path along an order that is kept beside a list.
func KeptOrder(by filter.Reading, rows int) *Path { return &Path{Kind: Kept, Rows: rows, by: by} }

// String is the path in words: its kind, and of what.
func (p *Path) String() string {
	name := kinds[p.Kind]
	switch p.Kind {
	case ByCode, ByValue, ByPosting, Kept:
		return name + " " + nameOf(p.by)
	case ByOrder:
		return name + " " + nameOf(p.key.By)
	case ByRelation:
		return name + " " + nameOf(p.by) + " to " + p.to.String()
	case Union:
		for i := range p.any {
			name += []string{" of ", ", "}[min(i, 1)] + p.any[i].String()
		}
	}
	return name
}

func nameOf(by filter.Reading) string {
	switch {
	case by.Property != nil:
		return by.Property.Name
	case by.Qualifier != "":
		return by.Qualifier
	case by.Claim != "":
		return string(by.Claim)
	}
	return by.Own
}
