package store

import (
	"context"
	"errors"
	"time"

	"github.com/syndtr/goleveldb/leveldb/storage"

	"github.com/caspian-kg/caspian/graph"
)

// Log is an append-only log of commits. A log in a folder has one writer; other processes may append to a log
// in a database. The methods are safe for concurrent use: appends run one after the other, and a replay sees
// the commits that existed when it began.
type Log interface {
	// Identity identifies the store and its history. It does not change until the store is closed.
	Identity() graph.Identity

	// Head returns the number of the last commit, 0 for the empty store. If other processes append, it is the
	// last commit known here.
	Head() graph.Seq

	// Writable returns an error that says why the store accepts no writes at present. At intervals it tests
	// whether writes are possible again, as an append does.
	Writable() error

	// Append writes the commit durably and as a whole. c.Seq must be Head()+1, the store must have none of its
	// claims, and its key must be new. After an error nothing of it is visible, and the store still works; the
	// only exception is ErrInDoubt. Append neither keeps nor changes the commit.
	Append(ctx context.Context, c *graph.Commit) error

	// AppendGroup writes several consecutive commits with one sync, all or none.
	AppendGroup(ctx context.Context, cs []*graph.Commit) error

	// Fill writes the first commits of an empty store, all or none, several times faster than appends. feed
	// passes the commits to add one after the other. They are durable and visible when Fill returns nil. An
	// error of feed ends the filling; feed must return errors of add. add calls sealed before it needs the
	// commit's digest and the hash of the ontology; sealed waits until the commit has them.
	Fill(ctx context.Context, feed func(add func(c *graph.Commit, sealed func() error) error) error) error

	// Replay calls fn with every commit after the given number, in order, until fn fails, and returns that
	// error. fn owns the commit. fn may call Append; the running replay does not show the appended commits.
	Replay(ctx context.Context, after graph.Seq, fn func(*graph.Commit) error) error

	// Seal returns when a commit was made, and the digest of the graph after it, or "" if an earlier version
	// made it. Seal reads none of the commit's claims.
	Seal(ctx context.Context, seq graph.Seq) (at time.Time, digest string, err error)

	// Ontology returns the text of the ontology with the given hash or, for "", of the last accepted one. It
	// returns "" if the text is not stored.
	Ontology(hash string) (text string, err error)

	// Ontologies returns the stored texts by hash, and the hash of the last accepted one, or "" if there is
	// none.
	Ontologies() (texts map[string]string, accepted string, err error)

	// AcceptOntology stores the text of an ontology under its hash, as the last accepted one.
	AcceptOntology(hash, text string) error

	// Key returns the commit made with an idempotency key, or 0 if there is none.
	Key(ctx context.Context, key string) (graph.Seq, error)

	// Close waits for a running append and closes the files. A second Close does nothing.
	Close() error
}

// ErrInDoubt marks the error of an append with an unknown outcome: the write failed, and the files could not be
// read or written afterwards. The store opens them again without a restart; Head and Replay then show whether
// the commit exists.
var ErrInDoubt = errors.New("whether it was written is not known until the store can be read again")

// Options configures how a store is opened. The zero value suits a service.
type Options struct {
	// NoSync lets the operating system decide when to write: a commit then survives a crash of the process, but
	// not of the machine. For tests.
	NoSync bool

	// ReadOnly opens the store without changing the disk; it then accepts no writes. Several processes may open
	// a store in this way.
	ReadOnly bool

	// Say gets a line for the operator if opening the store takes unusually long; nil discards it.
	Say func(format string, a ...any)

	// Now is the clock; nil means the system clock.
	Now func() time.Time
	// WriteBuffer is how many bytes of the newest commits the database holds in memory before it writes them as
	// a table; 0 means 32 MB.
	WriteBuffer int
	// Files, if not nil, wraps the files of the database each time it is opened. For tests of failing disks and
	// stopping machines.
	Files func(storage.Storage) storage.Storage

	// The fields below are for the tests of this package.
	bulkLeast    int // the smallest group written in bulk; negative for never
	filterLeast  int // replaces minFilter
	sortLeast    int // replaces the constant
	migrateBatch int // replaces the constant
}
