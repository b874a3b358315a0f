// Package graph defines the domain: entities, claims, their sources and valid times, and the check that every
// change must pass.
//
// Read Claim, Change and Check first. A claim is one sourced statement about one entity; a Change is a request
// to record something; Check compares it with the ontology and the state of the graph, and converts it into a
// Commit, which the store records, or returns problems with their positions.
//
// The package does no I/O and reads no clock. It must not know how claims are
// stored, indexed, written to files or requested.
package graph

import (
	"fmt"
	"time"
)

// ID identifies an entity: ISO 3166 alpha-3 for countries, UN/LOCODE for transport nodes, hs-2844 for goods, a
// slug otherwise.
type ID string

// Entity is a thing with an id and one type of the ontology.
type Entity struct {
	ID   ID
	Type string
}

// Seq is a sequence number of the store. The empty store is at 0; each commit adds one.
type Seq uint64

// Retraction withdraws a claim. Views with an earlier knownAt still show the claim.
type Retraction struct {
	Claim  ClaimID
	Reason string
}

// Reinstatement makes a withdrawn claim hold again, as it was stated. Views with a knownAt between the withdrawal and
// the reinstatement still do not show it.
type Reinstatement struct {
	Claim  ClaimID
	Reason string
}

// Commit is one transaction of the log: what the store records under one sequence number.
type Commit struct {
	Seq Seq
	// At is the record time, in UTC with microseconds.
	At time.Time
	// Key is the writer's idempotency key, or empty. KeyDigest is the digest of the change that came with the
	// key (Change.Digest). KeyDigest is empty if there is no key, or if an earlier version made the commit.
	Key, KeyDigest string

	Entities    []Entity
	Claims      []Claim
	Retractions []Retraction
	// Reinstatements are applied last, because they may be of claims that the commit's own claims supersede.
	Reinstatements []Reinstatement
	// Merges are the entities merged, and those that are so no more, in order.
	Merges []Merged
	// Import is the import to which the commit belongs; nil if it belongs to none.
	Import *Import
	// Scenario is what a scenario has from this commit on; nil if the commit is of facts. A commit is of one or the other.
	Scenario *Scenario
	// Digest is the digest of the graph after this commit (snapshot.Digest). Ontology is the hash of the
	// ontology against which the commit was checked. Both are hexadecimal; "" means unknown.
	Digest, Ontology string
}

// Identity identifies a store and its history: if two logs have the same Identity, a sequence number is the
// same commit in both. The zero value is unknown.
type Identity struct {
	// Store is a random id, chosen when the store is created.
	Store string
	// Epoch counts from 1. It increases when the history is replaced, because a sequence number may then name
	// another commit.
	Epoch uint64
}

// Empty reports whether the commit would change nothing.
func (c *Commit) Empty() bool {
	return len(c.Entities) == 0 && len(c.Claims) == 0 && len(c.Retractions) == 0 && len(c.Reinstatements) == 0 && len(c.Merges) == 0 && c.Scenario == nil
}

// Scenario is a named list of hypothetical operations, which show only in views that name it.
type Scenario struct {
	Name, Title string
	// Lines are the operations, in order, as JSON lines; if they are empty, there is no such scenario.
	Lines string
}

// Position is where an input came from, for messages. A Line of 0 or an empty Path means unknown.
type Position struct {
	File string
	// Line and Column count from 1; 0 if there is none.
	Line, Column int
	// Row is the number of a table's row, from 1; 0 outside of tables. Several rows may be on one line.
	Row  int
	Path string
}

func (p Position) String() string {
	if p.File == "" {
		return p.Path
	}
	text := p.File
	if p.Line > 0 {
		text += fmt.Sprintf(":%d", p.Line)
		if p.Column > 0 {
			text += fmt.Sprintf(":%d", p.Column)
		}
	}
	if p.Path != "" {
		text += ": " + p.Path
	}
	return text
}

// OpKind is the kind of an operation.
type OpKind uint8

const (
	// Declare declares an entity with its type.
	Declare OpKind = iota + 1
	// Assert states a claim. A claim that supersedes others withdraws them.
	Assert
	// Retract withdraws a claim.
	Retract
	// Notice changes nothing. A reader uses it to report a part of its input that became no claim. Check
	// returns it among the notices.
	Notice
	// Reinstate makes a withdrawn claim hold again.
	Reinstate
	// Undo takes back what an import did, or what a source states. A change may have only one.
	Undo
	// Merge lets one entity stand for another, after all else that the change does.
	Merge
	// Unmerge takes a merge back: what it restated is as it was before, unless others changed it since.
	Unmerge

	// The operations of a scenario. A change that begins with Suppose, Rewrite or Forget is of that scenario, and of no facts.

	// Suppose adds the operations after it to a scenario; Rewrite lets it have only these; Forget deletes it.
	Suppose
	Rewrite
	Forget
	// Override states a claim in place of all that answer the same question.
	Override
	// Remove hides the claims with the subject and the predicate of Claim, and with its value unless that is missing.
	Remove
)

// Op is one operation of a change, with the position in the input.
type Op struct {
	Kind      OpKind
	Entity    Entity        // for Declare
	Claim     Claim         // for Assert, Override and Remove
	Retract   Retraction    // for Retract
	Reinstate Reinstatement // for Reinstate
	Undo      Undone        // for Undo, and for the operations into which it is expanded
	Merge     Merged        // for Merge, and for Unmerge without Into
	Notice    string        // for Notice
	Scenario  *Scenario     // for Suppose, Rewrite and Forget: its name and title
	Position  Position
}

// Change is a request to record operations, all or none.
type Change struct {
	Ops []Op
	// Key makes a change happen once. If the same change (see Digest) comes again with the same key, the answer
	// is the first one's sequence number; another change with the key is refused. A key is remembered only if
	// its change made a commit. Otherwise the change had no effect, and could have one later only if it
	// withdraws a claim that was reinstated since, or the reverse.
	Key string
	// IfSeq, if not nil, is the sequence number at which the store must be; otherwise the change is refused.
	IfSeq *Seq
	// Sync, if not empty, is a source for which the change states everything. Claims of the source that the
	// graph has and the change does not state are withdrawn. A claim is superseded by the new claim that
	// answers the same question, or retracted unless there is exactly one. Withdrawn claims that the change
	// states hold again. Claims of the source about itself are not affected.
	Sync ID
	// Import, if not nil, makes the change an import or a part of one. A change that undoes something is always
	// a separate import. A change without effect does not belong to any import.
	Import *Import
	// AsIs accepts claims that do not fit the ontology, such as those in an export of a store whose ontology
	// was changed.
	AsIs bool
}
