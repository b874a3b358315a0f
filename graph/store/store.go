package store

import (
	"context"
	"errors"
	"time"

	"github.com/syndtr/goleveldb/leveldb/storage"

	"github.com/caspian-kg/caspian/graph"
)

// Log is an append-only log of commits. A log in a folder has one writer; to one in a database
// other processes append as well. Methods are safe for concurrent use: appends happen one after
// the other, and a replay sees the commits that were there when it began.
type Log interface {
	// Identity names the store and its history. It stays as it is until the
	// store is closed.
	Identity() graph.Identity

	// Head is the number of the last commit, 0 for the empty store; if other processes append as
	// well, of the last one that is known here.
	Head() graph.Seq

	// Writable returns an error that says why the store accepts no writes at present. From
	// time to time it tries whether writes are possible again, as an append does.
	Writable() error

	// Append writes the commit durably and whole. c.Seq must be Head()+1, no
	// claim of it may be in the store, and its key must be new. After an error
	// nothing of it is visible, and the store still works; ErrInDoubt is the
	// one exception. The commit is not kept and not changed.
	Append(ctx context.Context, c *graph.Commit) error

	// AppendGroup writes several commits, numbered in a row, with one sync:
	// all of them or none.
	AppendGroup(ctx context.Context, cs []*graph.Commit) error

	// Fill writes the first commits of an empty store, which feed passes to add one
	// after the other: all of them or none, and several times faster than appends.
	// They are durable and visible when it returns nil. An error of feed, which
	// includes that of add, ends it. add calls sealed before it needs the digest of the
	// commit and the hash of the ontology; sealed waits until the commit has them.
	Fill(ctx context.Context, feed func(add func(c *graph.Commit, sealed func() error) error) error) error

	// Replay calls fn with every commit after the given number, in order, until fn fails,
	// and returns its error. fn owns the commit. fn may call Append; this replay does not
	// show those commits.
	Replay(ctx context.Context, after graph.Seq, fn func(*graph.Commit) error) error

	// Seal returns when a commit was made, and the digest of the graph with it: "" if an
	// earlier version made it. It reads none of the commit's claims.
	Seal(ctx context.Context, seq graph.Seq) (at time.Time, digest string, err error)

	// Ontology returns the text of the ontology with the hash, or, if the hash is "", of the
	// one accepted last. It returns "" if the text is not stored.
	Ontology(hash string) (text string, err error)

	// Ontologies returns the texts that are stored, by hash, and the hash of the one accepted last: "" for none.
	Ontologies() (texts map[string]string, accepted string, err error)

	// AcceptOntology stores the text of an ontology, under its hash, as the one under which
	// the recorded claims were accepted.
	AcceptOntology(hash, text string) error

	// Key returns the commit that an idempotency key made; 0 for none.
	Key(ctx context.Context, key string) (graph.Seq, error)

	// Close waits for a running append and closes the files. A second Close does nothing.
	Close() error
}

// ErrInDoubt marks the error of an append whose outcome is not known: the
// write failed, and the files could not be read back or written again. The store
// opens them again without a restart; then Head and Replay show whether the
// commit is there.
var ErrInDoubt = errors.New("whether it was written is not known until the store can be read again")

// Options are how a store is opened. The zero value is right for a service.
type Options struct {
	// NoSync lets the operating system choose when to write: a commit then survives a crash
	// of the process, but not of the machine. For tests.
	NoSync bool

	// ReadOnly changes nothing on the disk and accepts no writes. Several processes may open
	// a store in this way.
	ReadOnly bool

	// Say takes a line for the operator where opening the store takes longer than
	// usual; nil discards it.
	Say func(format string, a ...any)

	// Now is the clock; nil is the system's.
	Now func() time.Time
	// WriteBuffer is how many bytes of the newest commits the database keeps in
	// memory before it makes a table of them; 0 is 32 MB.
	WriteBuffer int
	// Files, if not nil, wraps the files of the database each time it is
	// opened. For tests of disks that fail and of machines that stop.
	Files func(storage.Storage) storage.Storage

	// The fields below are for the tests of this package.
	bulkLeast    int // the least group that is written in bulk; negative for never
	filterLeast  int // instead of minFilter
	sortLeast    int // instead of the constant
	migrateBatch int // instead of the constant
}
