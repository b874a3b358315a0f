package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	cgraph "github.com/cayleygraph/cayley/graph"
	ckv "github.com/cayleygraph/cayley/graph/kv"
	"github.com/hidal-go/hidalgo/kv"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/filter"
	"github.com/syndtr/goleveldb/leveldb/opt"

	"github.com/caspian-kg/caspian/graph"
)

// quadsDir is the folder of the database inside the store's folder; the rest
// of the folder belongs to others (the snapshot file).
const quadsDir = "quads"

// embedded is the Log in a folder: Cayley over LevelDB.
type embedded struct {
	dir  string
	opts Options

	// mu guards all below: held for reading to take a view of the database,
	// for writing to append and to close.
	mu     sync.RWMutex
	kv     *levelKV
	qs     cgraph.QuadStore
	head   graph.Seq
	closed bool
	broken error // why the database could not be opened again after a failed write
}

// cayleyOptions: Cayley's Bloom filters would hold 75 MB and read the whole
// log at every start.
var cayleyOptions = cgraph.Options{ckv.OptNoBloom: true}

// levelOptions: a batch above the write buffer becomes tables at once, without
// a way through the journal; the filter spares most reads of new values.
func levelOptions(o Options) *opt.Options {
	return &opt.Options{
		NoSync: o.NoSync, WriteBuffer: 16 << 20, BlockCacheCapacity: 32 << 20, Filter: filter.NewBloomFilter(10),
		CompactionTableSize: 8 << 20, CompactionTotalSize: 64 << 20,
	}
}

// Open opens the store in the folder and makes it where there is none. One
// process at a time can hold it. The error names the file at fault.
func Open(dir string, o Options) (Log, error) {
	s := &embedded{dir: dir, opts: o}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *embedded) open() error {
	path := filepath.Join(s.dir, quadsDir)
	db, err := leveldb.OpenFile(path, levelOptions(s.opts))
	if errors.Is(err, syscall.EAGAIN) {
		return graph.Errorf(graph.Unavailable, "store: %s is in use by another process; stop that one or use another folder", path)
	}
	if err != nil {
		return fmt.Errorf("store: open %s: %w", path, err)
	}
	s.kv = &levelKV{db: db, sync: !s.opts.NoSync}
	s.qs, err = openCayley(s.kv)
	if err == nil {
		s.head, err = readHead(context.Background(), s.kv)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("store: open %s: %w", path, err), db.Close())
	}
	return nil
}

// openCayley opens Cayley's quad store on the database, which it makes ready
// where it is new.
func openCayley(db kv.KV) (cgraph.QuadStore, error) {
	ctx := context.Background()
	// Init writes its version before its indexes. A process that died between
	// would leave a store with the indexes of an older Cayley, so the version
	// without the indexes is taken back.
	err := kv.Update(ctx, db, func(tx kv.Tx) error {
		if _, err := tx.Get(ctx, metaKey("indexes")); !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		if horizon, err := readHorizon(ctx, tx); err != nil || horizon > 0 {
			return err
		}
		return tx.Del(metaKey("version"))
	})
	if err != nil {
		return nil, err
	}
	if err := ckv.Init(db, cayleyOptions); err != nil && !errors.Is(err, cgraph.ErrDatabaseExists) {
		return nil, err
	}
	return ckv.New(db, cayleyOptions)
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
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	var e encoder
	for i, c := range cs {
		if want := s.head + graph.Seq(i) + 1; c.Seq != want {
			return graph.Errorf(graph.SeqMismatch, "store: commit %d cannot follow commit %d; it must be %d", c.Seq, want-1, want)
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("store: append commit %d: %w", c.Seq, err)
		}
		if err := e.commit(c); err != nil {
			return fmt.Errorf("store: append %w", err)
		}
	}
	if len(cs) == 0 {
		return nil
	}
	if err := s.checkKeys(ctx, cs); err != nil {
		return fmt.Errorf("store: append: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: append commit %d: %w", cs[0].Seq, err)
	}
	deltas := make([]cgraph.Delta, len(e.quads))
	for i, q := range e.quads {
		deltas[i] = cgraph.Delta{Quad: q, Action: cgraph.Add}
	}
	if err := s.qs.ApplyDeltas(deltas, cgraph.IgnoreOpts{}); err != nil {
		return s.recover(err, cs)
	}
	s.head += graph.Seq(len(cs))
	return nil
}

func (s *embedded) usable() error {
	switch {
	case s.closed:
		return graph.Errorf(graph.Unavailable, "store: %s is closed", s.dir)
	case s.broken != nil:
		return graph.Errorf(graph.Unavailable, "store: %v", s.broken)
	}
	return nil
}

// checkKeys refuses an idempotency key that has made a commit before.
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
			return graph.Errorf(graph.KeyReused, "the idempotency key %q made commit %d already", c.Key, n)
		}
		seen[c.Key] = c.Seq
	}
	return nil
}

// recover puts the store right after a failed transaction. Cayley's caches
// hold what was not written, and a failed write may leave half a record at the
// end of the journal, which would hide the next ones: so the database is
// opened again. That also tells whether the transaction is there after all.
func (s *embedded) recover(cause error, cs []*graph.Commit) error {
	first := cs[0].Seq
	var delta *cgraph.DeltaError
	if errors.As(cause, &delta) {
		// Refused before anything was written: new caches are enough.
		qs, err := ckv.New(s.kv, cayleyOptions)
		if err != nil {
			s.broken = err
			return fmt.Errorf("store: append commit %d: %w", first, errors.Join(cause, err))
		}
		s.qs = qs
		if errors.Is(delta.Err, cgraph.ErrQuadExists) {
			id, _ := cutIRI(delta.Delta.Quad.Label, claimPrefix)
			return graph.Errorf(graph.Duplicate, "store: append commit %d: claim %s is in the store already", first, id)
		}
		return fmt.Errorf("store: append commit %d: %w", first, cause)
	}
	_ = s.kv.Close() // it may well fail for the same reason
	if err := s.open(); err != nil {
		s.broken = err
		return fmt.Errorf("store: append commit %d: %w", first, errors.Join(cause, err))
	}
	if s.head == cs[len(cs)-1].Seq {
		return nil
	}
	return fmt.Errorf("store: append commit %d: %w", first, cause)
}

func (s *embedded) Key(ctx context.Context, key string) (graph.Seq, error) {
	tx, err := s.view()
	if err != nil {
		return 0, err
	}
	n, err := readKey(ctx, tx, key)
	if err := errors.Join(err, tx.Close()); err != nil {
		return 0, fmt.Errorf("store: idempotency key %q: %w", key, err)
	}
	return n, nil
}

// view takes a snapshot of the database.
func (s *embedded) view() (*levelRead, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(); err != nil {
		return nil, err
	}
	tx, err := s.kv.Tx(false)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return tx.(*levelRead), nil
}

func (s *embedded) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.broken != nil {
		s.closed = true
		return nil
	}
	s.closed = true
	if err := s.kv.Close(); err != nil {
		return fmt.Errorf("store: close %s: %w", s.dir, err)
	}
	return nil
}
