package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	cgraph "github.com/cayleygraph/cayley/graph"
	ckv "github.com/cayleygraph/cayley/graph/kv"
	"github.com/syndtr/goleveldb/leveldb/filter"
	"github.com/syndtr/goleveldb/leveldb/opt"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
)

// quadsDir is the database's folder inside the store's folder. The store's folder also has files of others,
// such as the snapshot file.
const (
	quadsDir  = "quads"
	newSuffix = ".new-" // names an unfinished database
)

// embedded is the Log in a folder: Cayley over LevelDB.
type embedded struct {
	dir  string
	opts Options

	// writing is held during an append, an opening or a close. It must be locked before mu, and guards the two
	// writers.
	writing sync.Mutex
	qs      cgraph.QuadStore // nil if the database is open only for reading
	bulk    bulk
	pause   time.Duration // the pause before the last attempt to make it writable
	note    *note         // nil until the database is first opened for writing
	wrote   bool          // the database was open for writing, so head is what was made durable
	unsure  bool          // the database has commits after head, which may not be durable

	// mu guards what readers see. It is held only briefly; the fields change only while writing is also held.
	mu       sync.RWMutex
	kv       *levelKV // nil after a failed write, until the database is opened again
	refusal  *refusal // why the database accepts no writes; nil if it does
	identity graph.Identity
	head     graph.Seq
	closed   bool
}

// Without Bloom filters: Cayley's would take 75 MB and read the whole log at every start.
var cayleyOptions = cgraph.Options{ckv.OptNoBloom: true}

// levelOptions returns options suited to imports. Most keys of an import are hashes, spread over the whole key space,
// so every compaction rewrites many tables. Wide first levels and large memory tables keep claims from being rewritten
// often. The filter saves most reads of new values while the cache has room for the filters of all tables: some 20
// bytes a claim. A large batch goes through the journal like any other. LevelDB's transactions, which bypass the
// journal, keep the writer's lock if they fail, and Close then waits forever.
func levelOptions(o Options) *opt.Options {
	buffer := o.WriteBuffer
	if buffer == 0 {
		buffer = 32 << 20
	}
	return &opt.Options{
		NoSync:                       o.NoSync,
		Filter:                       filter.NewBloomFilter(10),
		BlockCacheCapacity:           64 << 20,
		WriteBuffer:                  buffer,
		DisableLargeBatchTransaction: true,
		CompactionL0Trigger:          8,
		WriteL0SlowdownTrigger:       16,
		WriteL0PauseTrigger:          24,
		CompactionTableSize:          8 << 20,
		CompactionTotalSize:          512 << 20,
	}
}

func (s *embedded) Identity() graph.Identity {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.identity
}

func (s *embedded) Head() graph.Seq {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.head
}

func (s *embedded) Append(ctx context.Context, c *graph.Commit) error {
	return s.AppendGroup(ctx, []*graph.Commit{c})
}

func (s *embedded) AppendGroup(ctx context.Context, cs []*graph.Commit) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.reopen(); err != nil {
		return err
	}
	if err := s.writable(); err != nil {
		return err
	}
	var e commits.Encoder
	for i, c := range cs {
		if want := s.head + graph.Seq(i) + 1; c.Seq != want {
			return commits.OutOfTurn(c.Seq, want)
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("store: append commit %d: %w", c.Seq, err)
		}
		if err := e.Commit(c); err != nil {
			return fmt.Errorf("store: append %w", err)
		}
	}
	if len(cs) == 0 {
		return nil
	}
	// LevelDB may still be inserting the keys of the previous group up to here.
	if err := s.usable(); err != nil {
		return err
	}
	if err := s.writable(); err != nil {
		return err
	}
	if err := s.checkKeys(ctx, cs); err != nil {
		return fmt.Errorf("store: append: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: append commit %d: %w", cs[0].Seq, err)
	}
	if err := s.apply(ctx, e.Quads); err != nil {
		return s.recover(err, cs)
	}
	s.mu.Lock()
	s.head += graph.Seq(len(cs))
	s.mu.Unlock()
	s.note.set(s.head, cs[len(cs)-1].Digest)
	return nil
}

// usable makes the store usable if it is not: it opens the database again if a failed write has closed it or
// left it without what is durable. It returns an error if that fails. The caller holds writing.
func (s *embedded) usable() error {
	if s.kv != nil {
		if err := s.kv.land(); err != nil {
			s.kv.unflushed = false // as in recover
			_ = s.shut()
			if err := s.openAfter(err); err != nil {
				return fmt.Errorf("store: open again after a write: %w", err)
			}
		}
	}
	return s.reopen()
}

// reopen is usable for when the last write may not have ended.
func (s *embedded) reopen() error {
	if s.closed {
		return commits.Closed()
	}
	if s.kv == nil {
		if err := s.open(); err != nil {
			return fmt.Errorf("store: open again after a failed write: %w", err)
		}
	}
	return nil
}

// checkKeys refuses an idempotency key that was used for a commit before.
func (s *embedded) checkKeys(ctx context.Context, cs []*graph.Commit) error {
	seen := make(map[string]graph.Seq)
	for _, c := range cs {
		if c.Key == "" {
			continue
		}
		n, ok := seen[c.Key]
		if !ok {
			tx, err := s.kv.Tx(false)
			if err != nil {
				return err
			}
			n, err = readKey(ctx, tx, c.Key)
			if err := errors.Join(err, tx.Close()); err != nil {
				return err
			}
		}
		if n != 0 {
			return commits.KeyReused(c.Key, n)
		}
		seen[c.Key] = c.Seq
	}
	return nil
}

// recover repairs the store after a failed transaction. Cayley's caches have data that was not written, and a
// failed write may leave half a record at the end of the journal, which would hide later records: therefore the
// database is opened again. Reading it also shows whether the transaction was written after all.
func (s *embedded) recover(cause error, cs []*graph.Commit) error {
	first, last := cs[0].Seq, cs[len(cs)-1].Seq
	var delta *cgraph.DeltaError
	if errors.As(cause, &delta) {
		// The transaction was refused before anything was written, so new caches suffice.
		qs, err := ckv.New(s.kv, cayleyOptions)
		if err != nil {
			return fmt.Errorf("store: append commit %d: %w", first, errors.Join(cause, err, s.shut()))
		}
		s.qs = qs
		if errors.Is(delta.Err, cgraph.ErrQuadExists) {
			id, _ := commits.CutIRI(delta.Delta.Quad.Label, commits.ClaimPrefix)
			return commits.KnownClaim(first, id)
		}
		return fmt.Errorf("store: append commit %d: %w", first, cause)
	}
	s.kv.unflushed = false // avoids writing a table to the disk that has just failed
	_ = s.shut()           // may fail for the same reason
	if err := s.openAfter(cause); err != nil {
		return fmt.Errorf("store: append commit %d: %w: %w", first, ErrInDoubt, errors.Join(cause, err))
	}
	switch err := s.refused(); {
	case err != nil && s.unsure:
		return fmt.Errorf("store: append commit %d: %w: %w", first, ErrInDoubt, err)
	case err != nil:
		return err
	case s.head == last:
		if s.note != nil {
			s.note.set(last, cs[len(cs)-1].Digest)
		}
		return nil
	}
	return fmt.Errorf("store: append commit %d: %w", first, cause)
}

// openAfter opens the database again after a write has failed: only for reading if the disk accepts no writes.
func (s *embedded) openAfter(cause error) error {
	if cannotWrite(cause) {
		return s.openReadOnly(cause)
	}
	return s.open()
}

// shut closes the database, which is opened again when it is needed.
func (s *embedded) shut() error {
	db := s.kv
	s.mu.Lock()
	s.kv = nil
	s.mu.Unlock()
	s.qs = nil
	return db.Close()
}

func (s *embedded) Key(ctx context.Context, key string) (graph.Seq, error) {
	tx, head, err := s.view()
	if err != nil {
		return 0, err
	}
	n, err := readKey(ctx, tx, key)
	if err := errors.Join(err, tx.Close()); err != nil {
		return 0, fmt.Errorf("store: idempotency key %q: %w", key, err)
	}
	if n > head {
		return 0, nil
	}
	return n, nil
}

// view returns a snapshot of the database, and the number of the last commit in it that counts.
func (s *embedded) view() (*levelRead, graph.Seq, error) {
	if tx, head, err := s.snapshot(); tx != nil || err != nil {
		return tx, head, err
	}
	return s.settled()
}

// settled is like view, but waits for a running append, so that the last commit is the head.
func (s *embedded) settled() (*levelRead, graph.Seq, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.usable(); err != nil {
		return nil, 0, err
	}
	return s.snapshot()
}

// snapshot returns nil if the database must be opened first.
func (s *embedded) snapshot() (*levelRead, graph.Seq, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed || s.kv == nil {
		return nil, 0, nil
	}
	tx, err := s.kv.Tx(false)
	if errors.Is(err, errLate) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("store: %w", err)
	}
	return tx.(*levelRead), s.head, nil
}

func (s *embedded) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return nil
	}
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	var err error
	if s.note != nil {
		err = s.note.close()
	}
	if s.kv != nil {
		err = errors.Join(err, s.shut())
	}
	if err != nil {
		return fmt.Errorf("store: close %s: %w", s.dir, err)
	}
	return nil
}
