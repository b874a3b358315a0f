// Package memory is the graph at one sequence number as it is stored in memory.
//
// Read Graph, then build.go and adjacency.go. Claims are stored in columns, in the order
// in which the store learned them; adjacency lists lead from each entity to the claims
// about it in both directions. A Graph never changes once it is built: Replay makes the
// next one, sharing all that stays the same. encode.go and decode.go are its file.
//
// The package must not know views: what a request may see and which claim a field shows
// is decided by graph/snapshot, which reads the columns.
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

// None is the number of no entity and no claim.
const None = ^uint32(0)

// Row is one claim as laid out in memory: 64 bytes, one cache line.
type Row struct {
	ID            graph.ClaimID
	Value         uint64 // by kind: an entity's or a text's number, or the bits of a literal
	Subject       uint32
	Source        uint32
	Valid         uint32 // number in times
	Seq           uint32 // when the store learned it
	locator       uint32 // number in texts
	Qualifiers    uint32 // the first of them
	Extra         uint32 // number in extras
	unit          uint32 // of a quantity: number in texts
	Predicate     uint16
	Confidence    uint16 // in steps of 0.0001
	NumQualifiers uint8
	Kind          graph.Kind
	Rank          graph.Rank
	Attribution   graph.Attribution
}

// Qualifier is one qualifier of a claim as laid out in memory.
type Qualifier struct {
	value uint64
	unit  uint32
	Name  uint16 // number in qualifierNames
	Kind  graph.Kind
}

// Period is a valid time with its bounds.
type Period struct {
	graph.Interval
	Bounds validity.Bounds
}

func periodOf(iv graph.Interval) Period { return Period{iv, validity.Of(iv)} }

// Graph is the graph at one sequence number. It never changes and may be
// read by any number of goroutines.
type Graph struct {
	o   *schema.Ontology
	seq graph.Seq

	IDs           column.Column[string] // entities by number
	Types         column.Column[uint16] // their types, as numbers in typeNames
	entityNumbers column.Index          // number by id

	Rows          column.Column[Row]
	QualifierRows column.Column[Qualifier]
	Texts         column.Column[string]
	Times         column.Column[Period]
	Extras        column.Column[graph.Details]
	claimNumbers  column.Index            // number by claim id
	Ended         column.Table[uint32]    // the sequence number that withdrew a claim; 0 while it is not withdrawn
	gone          column.Column[reasoned] // the claims withdrawn, in the order of those numbers, then of claims
	back          column.Column[reasoned] // the rows that reinstate a claim
	imports       column.Column[Imported] // the commits that are part of an import
	Lost          column.Table[uint32]    // by entity: how many claims about it, at either end, were withdrawn
	Out           column.Table[Adjacency]
	In            column.Table[Adjacency]
	rivals        column.Table[uint64]     // a bit for each entity: whether it has several claims of a relation of one
	Cited         column.Table[Numbers]    // by source: the claims that cite it
	ByType        column.Table[Numbers]    // by type: its entities, in the order of their ids
	Dates         column.Table[graph.Date] // by source: the day until which it attests what it claims
	Lives         column.Table[validity.ShortLifetime]
	AllLive       graph.Span // on these days all entities exist of which a claim says when they begin or end
	Named         column.Table[Naming]
	Keepers       []uint32     // the sources that ever stated that they maintain lists
	keys          column.Index // number of the claim by predicate and value of a code that search finds
	Names         names.Index
	commits       column.Column[int64] // record time of each sequence number, in µs
	ValueIndexes  *values.Set          // the indexes of what claims state that requests asked for

	// Names by number and back; replaced, never changed, when one is added.
	// The names that the ontology has come first, in its order.
	TypeNames, Predicates, QualifierNames vocabulary.Names

	TypesOf []*schema.Type  // by number; nil if the ontology does not have it any more
	fields  []*schema.Field // by number of the ontology's predicates: one of each
	divided []bool          // by the same number: whether their fields differ in what they hold
	Rules   map[*schema.Field][]vocabulary.Rule
	Labels  []string                         // the words of the labels of types and fields, folded, each once
	Through map[*schema.Type][]*schema.Field // the derived fields that lead through entities of a type
	// The numbers of the predicates that the snapshot itself reads.
	NamePredicate, DatePredicate, CoversPredicate, CompletePredicate, PartialPredicate, MaintainsPredicate uint16
	LangQualifier                                                                                          int // the number of the qualifier lang; -1 if the ontology has none
	sum                                                                                                    digest.Sum

	w     *writer
	guard guard // checks itself under the tag invariants
}

// HashSeed is the seed of all hashes of texts in one process.
var HashSeed = maphash.MakeSeed()

func hashText(s string) uint64 { return maphash.String(HashSeed, s) }

// Claim ids are hashes already.
func hashClaim(id graph.ClaimID) uint64 { return binary.LittleEndian.Uint64(id[:]) }

// Ontology is the ontology that the snapshot was built for.
func (s *Graph) Ontology() *schema.Ontology { return s.o }

// Seq is the sequence number of the last commit in it.
func (s *Graph) Seq() graph.Seq { return s.seq }

// Digest identifies what the graph holds: entities, claims, their details and whether they are
// withdrawn; not when they were recorded.
func (s *Graph) Digest() string { return s.sum.String() }

// EntityCount is how many entities were ever declared.
func (s *Graph) EntityCount() int { return s.IDs.Len() }

// ClaimCount is how many rows there are: the claims ever recorded, withdrawn ones included, and once
// more each time that one was reinstated.
func (s *Graph) ClaimCount() int { return s.Rows.Len() }

// Recorded is how many claims were ever recorded, each once.
func (s *Graph) Recorded() int { return s.Rows.Len() - s.back.Len() }

// RecordedAt is when the commit of a sequence number was made; zero for 0.
func (s *Graph) RecordedAt(seq graph.Seq) time.Time {
	if seq == 0 || int(seq) > s.commits.Len() {
		return time.Time{}
	}
	return time.UnixMicro(s.commits.At(uint32(seq - 1))).UTC()
}

// SeqAt is the last sequence number made at or before the time.
func (s *Graph) SeqAt(t time.Time) graph.Seq {
	micros := t.UnixMicro()
	return graph.Seq(sort.Search(s.commits.Len(), func(i int) bool { return s.commits.At(uint32(i)) > micros }))
}

// Number is the number of the entity with the id, whether a view shows it or not.
func (s *Graph) Number(id graph.ID) (uint32, bool) {
	return s.entityNumbers.Find(hashText(string(id)), func(n uint32) bool { return s.IDs.At(n) == string(id) })
}

// ClaimNumber is the number of the claim with the id, the last one where it was reinstated.
func (s *Graph) ClaimNumber(id graph.ClaimID) (uint32, bool) { return s.ClaimNumberAt(id, s.seq) }

// ClaimNumberAt is what ClaimNumber was at a sequence number.
func (s *Graph) ClaimNumberAt(id graph.ClaimID, seq graph.Seq) (last uint32, ok bool) {
	s.claimNumbers.Find(hashClaim(id), func(n uint32) bool {
		if r := s.Rows.Ref(n); r.ID == id && graph.Seq(r.Seq) <= seq && (!ok || n > last) {
			last, ok = n, true
		}
		return false
	})
	return last, ok
}

// ID is the id of an entity.
func (s *Graph) ID(entity uint32) graph.ID { return graph.ID(s.IDs.At(entity)) }

// TypeName is the type of an entity.
func (s *Graph) TypeName(entity uint32) string { return s.TypeNames.List[s.Types.At(entity)] }

// Type is the type of an entity, nil if the ontology does not have it any more.
func (s *Graph) Type(entity uint32) *schema.Type { return s.TypesOf[s.Types.At(entity)] }

// nameTypes finds the ontology's types for the numbers.
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

// PredicateOf is the number of a stored field's predicate. Every snapshot
// numbers the ontology's predicates alike.
func PredicateOf(f *schema.Field) uint16 { return uint16(f.Number) }
