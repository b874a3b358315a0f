// Package snapshot is the immutable in-memory graph at one sequence number:
// what every request reads.
//
// Read Snapshot, View and Query first. Claims are stored in columns, in the order in
// which the store learned them; adjacency lists lead from each entity to the
// claims about it in both directions. A Snapshot never changes once it is
// built: Apply makes the next one, sharing all that stays the same. A View is
// one request's lens on a snapshot; all reading goes through it.
//
// The package must not know how claims are stored, nor GraphQL.
package snapshot

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
	"github.com/caspian-kg/caspian/schema"
)

// None is the number of no entity and no claim.
const None = ^uint32(0)

// row is one claim as laid out in memory: 64 bytes, one cache line.
type row struct {
	id          graph.ClaimID
	value       uint64 // by kind: an entity's or a text's number, or the bits of a literal
	subject     uint32
	source      uint32
	valid       uint32 // number in times
	seq         uint32 // when the store learned it
	locator     uint32 // number in texts
	qualifiers  uint32 // the first of them
	extra       uint32 // number in extras
	unit        uint32 // of a quantity: number in texts
	predicate   uint16
	confidence  uint16 // in steps of 0.0001
	nqual       uint8
	kind        graph.Kind
	rank        graph.Rank
	attribution graph.Attribution
}

// qualifier is one qualifier of a claim as laid out in memory.
type qualifier struct {
	value uint64
	unit  uint32
	name  uint16 // number in qualifierNames
	kind  graph.Kind
}

// period is a valid time with its bounds.
type period struct {
	graph.Interval
	bounds graph.Bounds
}

func periodOf(iv graph.Interval) period { return period{iv, iv.Bounds()} }

// Snapshot is the graph at one sequence number. It never changes and may be
// read by any number of goroutines.
type Snapshot struct {
	o   *schema.Ontology
	seq graph.Seq

	ids      column.Column[string] // entities by number
	types    column.Column[uint16] // their types, as numbers in typeNames
	entities column.Index          // number by id

	rows    column.Column[row]
	quals   column.Column[qualifier]
	texts   column.Column[string]
	times   column.Column[period]
	extras  column.Column[graph.Details]
	claims  column.Index          // number by claim id
	ended   column.Table[uint32]  // the sequence number that withdrew a claim; 0 while it is not withdrawn
	gone    column.Column[uint32] // the claims withdrawn, in the order of those numbers, then of claims
	lost    column.Table[uint32]  // by entity: how many claims about it, at either end, were withdrawn
	out     column.Table[adjacency]
	in      column.Table[adjacency]
	rivals  column.Table[uint64]     // a bit for each entity: whether it has several claims of a relation of one
	cited   column.Table[numbers]    // by source: the claims that cite it
	byType  column.Table[numbers]    // by type: its entities, in the order of their ids
	dates   column.Table[graph.Date] // by source: the day until which it attests what it claims
	lives   column.Table[graph.ShortLifetime]
	allLive graph.Span // on these days every entity exists of which some claim says when it begins or ends
	named   column.Table[naming]
	keepers []uint32     // the sources that ever said that they maintain lists
	keys    column.Index // number of the claim by predicate and value of a code that search finds
	names   names.Index
	commits column.Column[int64] // record time of each sequence number, in µs
	values  *values.Set          // the indexes of what claims state that requests asked for

	// Names by number and back; replaced, never changed, when one is added.
	// The names that the ontology has come first, in its order.
	typeNames, predicates, qualifierNames vocabulary.Names

	typesOf []*schema.Type  // by number; nil where the ontology lost it
	fields  []*schema.Field // by number of the ontology's predicates: one that has the kind
	rules   map[*schema.Field][]vocabulary.Rule
	// The numbers of the predicates that the snapshot itself reads.
	name, date, coversUntil, completeFor, partialFor, maintains uint16
	sum                                                         digest.Sum

	w     *writer
	guard guard // checks itself under the tag invariants
}

var hashSeed = maphash.MakeSeed()

func hashText(s string) uint64 { return maphash.String(hashSeed, s) }

// Claim ids are hashes already.
func hashClaim(id graph.ClaimID) uint64 { return binary.LittleEndian.Uint64(id[:]) }

// Ontology is the ontology that the snapshot was built for.
func (s *Snapshot) Ontology() *schema.Ontology { return s.o }

// Seq is the sequence number of the last commit in it.
func (s *Snapshot) Seq() graph.Seq { return s.seq }

// Digest identifies what the graph holds: entities, claims, how they are held
// and whether they are withdrawn; not when it learned them.
func (s *Snapshot) Digest() string { return s.sum.String() }

// EntityCount is how many entities were ever declared.
func (s *Snapshot) EntityCount() int { return s.ids.Len() }

// ClaimCount is how many claims were ever recorded, withdrawn ones included.
func (s *Snapshot) ClaimCount() int { return s.rows.Len() }

// RecordedAt is when the commit of a sequence number was made; zero for 0.
func (s *Snapshot) RecordedAt(seq graph.Seq) time.Time {
	if seq == 0 || int(seq) > s.commits.Len() {
		return time.Time{}
	}
	return time.UnixMicro(s.commits.At(uint32(seq - 1))).UTC()
}

// seqAt is the last sequence number made at or before the time.
func (s *Snapshot) seqAt(t time.Time) graph.Seq {
	micros := t.UnixMicro()
	return graph.Seq(sort.Search(s.commits.Len(), func(i int) bool { return s.commits.At(uint32(i)) > micros }))
}

// Number is the number of the entity with the id, whether a view shows it or not.
func (s *Snapshot) Number(id graph.ID) (uint32, bool) {
	return s.entities.Find(hashText(string(id)), func(n uint32) bool { return s.ids.At(n) == string(id) })
}

// ClaimNumber is the number of the claim with the id.
func (s *Snapshot) ClaimNumber(id graph.ClaimID) (uint32, bool) {
	return s.claims.Find(hashClaim(id), func(n uint32) bool { return s.rows.Ref(n).id == id })
}

// ID is the id of an entity.
func (s *Snapshot) ID(entity uint32) graph.ID { return graph.ID(s.ids.At(entity)) }

// TypeName is the type of an entity.
func (s *Snapshot) TypeName(entity uint32) string { return s.typeNames.List[s.types.At(entity)] }

// Type is the type of an entity, or nil where the ontology dropped it.
func (s *Snapshot) Type(entity uint32) *schema.Type { return s.typesOf[s.types.At(entity)] }

// nameTypes finds the ontology's types for the numbers.
func (s *Snapshot) nameTypes() {
	s.typesOf = make([]*schema.Type, len(s.typeNames.List))
	for i, name := range s.typeNames.List {
		s.typesOf[i] = s.o.Type(name)
	}
}

// ClaimAt returns the claim with the number.
func (s *Snapshot) ClaimAt(n uint32) graph.Claim {
	r := s.rows.Ref(n)
	x := s.extras.Ref(r.extra)
	c := graph.Claim{
		Subject: s.ID(r.subject), Predicate: s.predicates.List[r.predicate], Value: s.value(r.cell()),
		Valid: s.times.Ref(r.valid).Interval, Source: s.ID(r.source), Locator: s.texts.At(r.locator),
		Confidence: float64(r.confidence) / 1e4, Rank: r.rank, Attribution: r.attribution,
		AttributedTo: x.AttributedTo, Original: x.Original, Conflict: x.Conflict, Note: x.Note, Supersedes: x.Supersedes, Qualifiers: s.Qualifiers(n),
	}
	return c
}

func hashKey(predicate, value string) uint64 { return hashText(predicate + "\x00" + value) }

const noPredicate = ^uint16(0)

func (s *Snapshot) predicate(name string) uint16 {
	if n, ok := s.predicates.Number(name); ok {
		return n
	}
	return noPredicate
}

// predicateOf is the number of a stored field's predicate. Every snapshot
// numbers the ontology's predicates alike.
func predicateOf(f *schema.Field) uint16 { return uint16(f.Number) }
