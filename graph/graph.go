// Package graph is the domain: entities, claims, their sources and the time
// they hold, and the check that every change must pass.
//
// Read Claim, Change and Check first. A claim is one sourced statement about
// one entity; a Change is what somebody wants the store to learn; Check holds
// it against the ontology and the graph so far and turns it into a Commit,
// which is what the store keeps, or into problems with their places.
//
// The package does no I/O and reads no clock. It must not know how claims are
// stored, indexed, written to files or requested.
package graph

import (
	"fmt"
	"time"
)

// ID names an entity: ISO 3166 alpha-3 for countries, UN/LOCODE for transport
// nodes, hs-2844 for goods, a slug otherwise.
type ID string

// Entity is a thing with an id and one type of the ontology.
type Entity struct {
	ID   ID
	Type string
}

// Seq is a sequence number of the store: 0 is the empty store, each commit adds one.
type Seq uint64

// Retraction withdraws a claim. The claim stays answerable by knownAt.
type Retraction struct {
	Claim  ClaimID
	Reason string
}

// Reinstatement lets a withdrawn claim hold again, as it was stated. Between the two, it stays withdrawn for knownAt.
type Reinstatement struct {
	Claim  ClaimID
	Reason string
}

// Commit is one transaction of the log: what the store learned at one sequence number.
type Commit struct {
	Seq Seq
	// At is the record time, in UTC with microseconds.
	At time.Time
	// Key is the idempotency key of the writer, or empty, and KeyDigest the
	// digest of the change that came with it (Change.Digest); empty where
	// there is no key, or where an earlier version made the commit.
	Key, KeyDigest string

	Entities    []Entity
	Claims      []Claim
	Retractions []Retraction
	// Reinstatements come last: they may be of claims that the commit's own claims supersede.
	Reinstatements []Reinstatement
	// Import is the import that the commit is part of; nil where it is part of none.
	Import *Import
	// Digest is the digest of the graph that has this commit as its last
	// (snapshot.Digest), and Ontology the hash of the ontology that the commit
	// was checked against. Both are hexadecimal; "" where they are unknown.
	Digest, Ontology string
}

// Identity names a store and its history: where two logs share it, a sequence
// number is the same commit in both. The zero value is unknown.
type Identity struct {
	// Store is drawn at random when the store is made.
	Store string
	// Epoch counts from 1 and is raised when the history is replaced, so that
	// a sequence number may name another commit than before.
	Epoch uint64
}

// Empty reports whether the commit would change nothing.
func (c *Commit) Empty() bool {
	return len(c.Entities) == 0 && len(c.Claims) == 0 && len(c.Retractions) == 0 && len(c.Reinstatements) == 0
}

// Position is where an input came from, for messages. A Line of 0 or an empty Path means unknown.
type Position struct {
	File string
	// Line and Column count from 1; 0 if there is none.
	Line, Column int
	// Row is the number of the row of a table, from 1; 0 elsewhere. Several rows may be on one line.
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

// OpKind is what an operation does.
type OpKind uint8

const (
	// Declare introduces an entity with its type.
	Declare OpKind = iota + 1
	// Assert states a claim; one that supersedes others withdraws them.
	Assert
	// Retract withdraws a claim.
	Retract
	// Notice changes nothing: a reader reports with it a part of its input that became no
	// claim. Check passes it on as one of the notices.
	Notice
	// Reinstate lets a withdrawn claim hold again.
	Reinstate
	// Undo takes back what an import did, or what a source states; once in a change.
	Undo
)

// Op is one operation of a change, with the position that it came from.
type Op struct {
	Kind      OpKind
	Entity    Entity        // of Declare
	Claim     Claim         // of Assert
	Retract   Retraction    // of Retract
	Reinstate Reinstatement // of Reinstate
	Undo      Undone        // of Undo, and of what it becomes
	Notice    string        // of Notice
	Position  Position
}

// Change is what somebody wants the store to learn, all or nothing.
type Change struct {
	Ops []Op
	// Key makes a change happen once: the same change (see Digest) with the same key again
	// is answered with the first one's sequence number, and another change with that key is
	// refused. A key is remembered if its change made a commit. Otherwise the change had no
	// effect, and it can have one later only if it withdraws what was reinstated since, or
	// the reverse.
	Key string
	// IfSeq, if not nil, refuses the change unless the store is at that number.
	IfSeq *Seq
	// Sync, if not empty, is a source of which the change states everything. What the
	// graph has of it and the change does not state is withdrawn: superseded by the new claim that
	// answers the same question, or retracted where there is not exactly one. What the change states and
	// was withdrawn holds again. What the source says of itself is left alone.
	Sync ID
	// Import, if not nil, makes the change an import, or a part of one. A change that undoes
	// something is always a separate import. A change without effect is not part of any.
	Import *Import
	// AsIs accepts claims that do not fit the ontology, such as those in an export of a
	// store whose ontology was changed.
	AsIs bool
}
