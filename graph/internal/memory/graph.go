// Package memory stores the graph at one sequence number in memory.
//
// Read Graph, then build.go and adjacency.go. Claims are stored in columns, in record order; adjacency lists
// lead from each entity to the claims with it as subject and as object. A Graph never changes once it is built:
// Replay returns the next one, which shares what did not change. encode.go writes its file, and decode.go reads
// it.
//
// The package must not know views: graph/snapshot, which reads the columns, decides what a request may see and
// which claim a field shows.
package memory

import (
	"encoding/binary"
	"hash/maphash"
	"sort"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/digest"
	"github.com/caspian-kg/caspian/graph/internal/values"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// None is the number that no entity and no claim has.
const None = ^uint32(0)

// Row is one claim as it is stored in memory: 64 bytes, one cache line.
type Row struct {
	ID            graph.ClaimID
	Value         uint64 // by kind: the number of an entity or of a text, or the bits of a literal
	Subject       uint32
	Source        uint32
	Valid         uint32 // number in Graph.Times
	Seq           uint32 // the sequence number that recorded it
	locator       uint32 // number in Graph.Texts
	Qualifiers    uint32 // the index of the first qualifier
	Extra         uint32 // number in Graph.Extras
	unit          uint32 // the unit of a quantity: number in Graph.Texts
	Predicate     uint16
	Confidence    uint16 // in steps of 0.0001
	NumQualifiers uint8
	Kind          graph.Kind
	Rank          graph.Rank
	Attribution   graph.Attribution
}

// Qualifier is one qualifier of a claim as it is stored in memory.
type Qualifier struct {
	value uint64
	unit  uint32
	Name  uint16 // number in Graph.QualifierNames
	Kind  graph.Kind
}

// Period is a valid time with its bounds.
type Period struct {
	graph.Interval
	Bounds validity.Bounds
}

func periodOf(iv graph.Interval) Period { return Period{iv, validity.Of(iv)} }

// Graph is the graph at one sequence number. It never changes, and any number of goroutines may read it.
type Graph struct {
	o   *schema.Ontology
	seq graph.Seq
	// Lens names what was left out of the graph when it was built from another one; "" if it is whole.
	Lens string

	IDs           column.Column[string] // the ids of entities, by number
	Types         column.Column[uint16] // the types of entities, as numbers in TypeNames
	entityNumbers column.Index          // the number of an entity by its id

	Rows          column.Column[Row]
	QualifierRows column.Column[Qualifier]
	Texts         column.Column[string]
	Times         column.Column[Period]
	Extras        column.Column[graph.Details]
	claimNumbers  column.Index            // the number of a claim by its id
	Ended         column.Table[uint32]    // the sequence number that withdrew a claim; 0 while it is not withdrawn
	gone          column.Column[reasoned] // the withdrawn claims, in the order of the withdrawing commits, then of claims
	back          column.Column[reasoned] // the rows that reinstate a claim
	imports       column.Column[Imported] // the commits that are part of an import
	merges        column.Column[merged]   // in the order of the log
	mergedAt      column.Table[uint32]    // by entity: the number of its last merge, counted from 1
	Lost          column.Table[uint32]    // by entity: how many claims with it as subject or object were withdrawn
	Out           column.Table[Adjacency]
	In            column.Table[Adjacency]
	rivals        column.Table[uint64]     // a bit for each entity: whether it has several claims of a relation of one value
	Cited         column.Table[Numbers]    // by source: the claims that cite it
	ByType        column.Table[Numbers]    // by type: its entities, in the order of their ids
	Dates         column.Table[graph.Date] // by source: the day until which it attests its claims
	Lives         column.Table[validity.ShortLifetime]
	AllLive       graph.Span // the days on which every entity with a lifetime exists
	Named         column.Table[Naming]
	Keepers       []uint32     // the sources that ever stated that they maintain lists
	keys          column.Index // the number of a claim by its predicate and value, for codes that search finds
	Names         names.Index
	commits       column.Column[int64] // record time of each sequence number, in µs
	ValueIndexes  *values.Set          // the indexes of claims by value that requests needed

	// Names by number, and numbers by name. They are replaced, never changed, when a name is added. The names
	// of the ontology come first, in its order.
	TypeNames, Predicates, QualifierNames vocabulary.Names

	TypesOf []*schema.Type  // by number; nil if the ontology no longer has the type
	fields  []*schema.Field // by number of the predicate: one of the fields with the name
	divided []bool          // by number of the predicate: whether its fields differ in what values they can have
	Rules   map[*schema.Field][]vocabulary.Rule
	Labels  []string                         // the folded words in the labels of types and fields, without repetitions
	Through map[*schema.Type][]*schema.Field // the derived fields that lead through entities of a type
	// The numbers of the predicates that the snapshot itself reads.
	NamePredicate, DatePredicate, CoversPredicate, CompletePredicate, PartialPredicate, MaintainsPredicate uint16
	LangQualifier                                                                                          int // the number of the qualifier lang; -1 if the ontology has none
	sum                                                                                                    digest.Sum

	scenarios []graph.Scenario // in the order of their names; replaced, never changed
	facts     uint32           // the last sequence number of facts; in a fork, later rows are hypothetical

	w     *writer
	guard guard // checks the snapshot under the build tag invariants
}

// HashSeed is the seed of all hashes of texts in the process.
var HashSeed = maphash.MakeSeed()

func hashText(s string) uint64 { return maphash.String(HashSeed, s) }

// Claim ids are hashes already.
func hashClaim(id graph.ClaimID) uint64 { return binary.LittleEndian.Uint64(id[:]) }

// Ontology returns the ontology for which the snapshot was built.
func (s *Graph) Ontology() *schema.Ontology { return s.o }

// Seq returns the sequence number of the last commit in the snapshot.
func (s *Graph) Seq() graph.Seq { return s.seq }

// Digest identifies the content of the graph: entities, claims with their details, and whether they are
// withdrawn, but not when they were recorded.
func (s *Graph) Digest() string { return s.sum.String() }

// EntityCount returns how many entities were ever declared.
func (s *Graph) EntityCount() int { return s.IDs.Len() }

// ClaimCount returns the number of rows. Each claim ever recorded has a row, even if it is withdrawn, and
// another for each reinstatement.
func (s *Graph) ClaimCount() int { return s.Rows.Len() }

// Recorded returns how many claims were ever recorded, each counted once.
func (s *Graph) Recorded() int { return s.Rows.Len() - s.back.Len() }

// RecordedAt returns when the commit with a sequence number was made, or the zero time for 0.
func (s *Graph) RecordedAt(seq graph.Seq) time.Time {
	if seq == 0 || int(seq) > s.commits.Len() {
		return time.Time{}
	}
	return time.UnixMicro(s.commits.At(uint32(seq - 1))).UTC()
}

// SeqAt returns the last sequence number made at or before the time.
func (s *Graph) SeqAt(t time.Time) graph.Seq {
	micros := t.UnixMicro()
	return graph.Seq(sort.Search(s.commits.Len(), func(i int) bool { return s.commits.At(uint32(i)) > micros }))
}

// Number returns the number of the entity with the id, whether or not a view shows the entity.
func (s *Graph) Number(id graph.ID) (uint32, bool) {
	return s.entityNumbers.Find(hashText(string(id)), func(n uint32) bool { return s.IDs.At(n) == string(id) })
}

// ClaimNumber returns the number of the claim with the id. If the claim was reinstated, it is the number of the
// last row.
func (s *Graph) ClaimNumber(id graph.ClaimID) (uint32, bool) { return s.ClaimNumberAt(id, s.seq) }

// ClaimNumberAt returns what ClaimNumber returned at a sequence number.
func (s *Graph) ClaimNumberAt(id graph.ClaimID, seq graph.Seq) (last uint32, ok bool) {
	s.claimNumbers.Find(hashClaim(id), func(n uint32) bool {
		if r := s.Rows.Ref(n); r.ID == id && graph.Seq(r.Seq) <= seq && (!ok || n > last) {
			last, ok = n, true
		}
		return false
	})
	return last, ok
}

// ID returns the id of an entity.
func (s *Graph) ID(entity uint32) graph.ID { return graph.ID(s.IDs.At(entity)) }

// TypeName returns the name of an entity's type.
func (s *Graph) TypeName(entity uint32) string { return s.TypeNames.List[s.Types.At(entity)] }

// Type returns the type of an entity, or nil if the ontology no longer has it.
func (s *Graph) Type(entity uint32) *schema.Type { return s.TypesOf[s.Types.At(entity)] }

// nameTypes sets the types of the ontology by number.
func (s *Graph) nameTypes() {
	s.TypesOf = make([]*schema.Type, len(s.TypeNames.List))
	for i, name := range s.TypeNames.List {
		s.TypesOf[i] = s.o.Type(name)
	}
}

// ClaimAt returns the claim with the number.
func (s *Graph) ClaimAt(n uint32) graph.Claim {
	r := s.Rows.Ref(n)
	x := s.Extras.Ref(r.Extra)
	c := graph.Claim{
		Subject: s.ID(r.Subject), Predicate: s.Predicates.List[r.Predicate], Value: s.ValueOf(r.Cell()),
		Valid: s.Times.Ref(r.Valid).Interval, Source: s.ID(r.Source), Locator: s.Texts.At(r.locator),
		Confidence: float64(r.Confidence) / 1e4, Rank: r.Rank, Attribution: r.Attribution,
		AttributedTo: x.AttributedTo, Original: x.Original, Conflict: x.Conflict, Note: x.Note, Supersedes: x.Supersedes, Qualifiers: s.Qualifiers(n),
	}
	return c
}

const NoPredicate = ^uint16(0)

func (s *Graph) PredicateNumber(name string) uint16 {
	if n, ok := s.Predicates.Number(name); ok {
		return n
	}
	return NoPredicate
}

// PredicateOf returns the number of a stored field's predicate, which is the same in every snapshot.
func PredicateOf(f *schema.Field) uint16 { return uint16(f.Number) }
