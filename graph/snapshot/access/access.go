// Package access plans how the entities of a list are found: by the ids or codes that a filter
// names, along a relation from its other end, by an index of values, or by reading the whole list.
//
// Read Graph, Ask and Path first. A path finds candidates: all entities that the filter keeps, and
// often more, so the caller must still apply the filter to each through the view. The package must
// not know how the graph is stored, nor what a view shows.
package access

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// Graph is the graph that paths read. It finds entities even if the view does not show them, or
// does not show the claims by which they are found.
type Graph interface {
	// ID returns the id of an entity.
	ID(node uint32) graph.ID
	// Number returns the entity with the id.
	Number(id graph.ID) (node uint32, ok bool)
	// TouchIDs prefetches what Number reads for the ids.
	TouchIDs(ids iter.Seq[graph.ID])
	// Coded returns the entities for which some claim gives a property the code; ok is false if
	// codes of the property are not indexed.
	Coded(f *schema.Field, code string) (nodes []uint32, ok bool)
	// Leading estimates from how many entities a relation, an inverse or a derived field may lead
	// to the given one, counting each entity once. WalkLeading calls fn with those entities,
	// possibly with one of them several times.
	Leading(f *schema.Field, to uint32) int
	WalkLeading(f *schema.Field, to uint32, fn func(node uint32))
	Indexes
}

// Indexes find entities by the values that they may show.
type Indexes interface {
	// Within estimates how many entities WalkWithin finds. WalkWithin calls fn with all entities
	// that may show a value that passes the test, in any order and possibly repeatedly. Only eq,
	// in, startsWith and range conditions of the test narrow the search.
	Within(by filter.Reading, t *filter.Test) (rows int, s State)
	WalkWithin(by filter.Reading, t *filter.Test, fn func(node uint32) bool)
	// InOrder estimates how many entities WalkInOrder finds. WalkInOrder calls fn once with each
	// entity that shows a value, in the order of the key, and by id among equal values. It leaves
	// out entities without a value. If from is not nil, it starts there. A test that is not nil may
	// narrow the search as in Within.
	InOrder(key filter.Key, t *filter.Test) (rows int, s State)
	WalkInOrder(key filter.Key, t *filter.Test, from *Place, fn func(node uint32) bool)
}

// Place is a position in the order of a key: a value, and an id among the entities that show the
// value.
type Place struct {
	Value graph.Value
	ID    graph.ID
}

// State says whether an index can be used.
type State uint8

const (
	// Unfit means that no index of the field can evaluate the test.
	Unfit State = iota
	// Cold means that an index could be used but is not built yet.
	Cold
	Ready
)

// Ask describes what a list is searched for.
type Ask struct {
	Nodes *filter.Node
	Edges *filter.Edge // only the conditions on the nodes of its edges count
	Order []filter.Key // none means the order of ids
	Limit int          // how many entities are to be found; all if negative
	All   int          // how many entities the list has
	Step  int          // the cost of a step along an index of all entities, relative to a step along the list; 0 means equal
	Eager bool         // for tests: any other path is preferred to a scan
}

// Kind is the kind of a path.
type Kind uint8

const (
	// Scan reads the whole list in the order of ids.
	Scan Kind = iota
	// ByID finds the entities with the ids that the filter names.
	ByID
	// ByCode finds the entities with the codes that the filter names.
	ByCode
	// ByRelation finds the entities from which a relation leads to entities that another path
	// finds.
	ByRelation
	// ByValue finds entities in an index of values.
	ByValue
	// ByOrder reads an index of values in the requested order.
	ByOrder
	// ByPosting finds the claims with an entity or value that the filter names.
	ByPosting
	// Union finds what any of several paths finds.
	Union
	// Kept reads an order by a qualifier that is cached for a list.
	Kept
)

var kinds = [...]string{Scan: "scan", ByID: "id", ByCode: "code", ByRelation: "relation", ByValue: "value", ByOrder: "order", ByPosting: "posting", Union: "union", Kept: "kept order"}

// Path is one way to find the entities of a list.
type Path struct {
	Kind Kind
	// Rows estimates how many candidates the path finds.
	Rows int
	// Exact is true if the filter keeps every candidate.
	Exact bool
	// Cold names the conditions that an index could have found if it had been built.
	Cold []string

	by        filter.Reading
	predicate string // for ByPosting, unless ""
	key       filter.Key
	test      *filter.Test
	nodes     []uint32 // the candidates of ByID and ByCode; for ByRelation, the entities to which the relation leads
	sorted    bool     // the candidates are in the order of ids
	any       []Path
	to        *Path // for ByRelation
}

// KeptOrder returns the path along an order that is cached for a list.
func KeptOrder(by filter.Reading, rows int) *Path { return &Path{Kind: Kept, Rows: rows, by: by} }

// String returns the path in words: its kind, and the field that it uses.
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
