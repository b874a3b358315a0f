package store

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"github.com/hidal-go/hidalgo/kv"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/iterator"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
	"github.com/syndtr/goleveldb/leveldb/util"
)

// levelKV is LevelDB as Cayley's key-value store. Its keys are those of hidalgo's kv/flat, so that Cayley's
// stock "leveldb" opens the same files. The stock backend writes each transaction as a separate table, which
// makes small commits slow and the tables many. levelKV collects a transaction's writes in memory and commits
// them as one batch of the journal with one sync.
type levelKV struct {
	db    *leveldb.DB
	files storage.Storage // the files to close with it; nil if db owns them
	sync  bool
	// unflushed is true after a large group was written. Only the writer sets it.
	unflushed bool
	// stuck is true while a batch is being written, and remains true if that panicked: LevelDB then never
	// releases its writer's lock, and everything that needs the lock waits.
	stuck bool
	// rest receives the outcome of the last write that begin started; nil if the outcome is known. Like stuck,
	// it belongs to the writer or, during a write, to the goroutine of begin.
	rest chan error

	// memory is locked from the time when a batch is durable until readers can find it in the database.
	memory sync.RWMutex
	late   error // the error of a write that failed after its batch was durable; guarded by memory
}

// errLate is the error of a transaction on a database in whose memory a durable batch is missing, until it is
// opened again.
var errLate = errors.New("store: a durable write is not in memory")

// begin writes a batch and returns when the batch is durable. LevelDB then inserts the keys into its memory
// table, some thirty for a commit of one claim, which takes longer than encoding them. Until land has returned,
// the batch must not change, nothing else may be written, and reads must use transactions.
func (s *levelKV) begin(b *leveldb.Batch) error {
	files, ok := s.files.(*causes)
	if !ok || !s.sync {
		return s.write(b)
	}
	durable, over := make(chan struct{}), make(chan error, 1)
	go func() {
		synced := false
		files.synced = func() {
			files.synced, synced = nil, true
			s.memory.Lock()
			close(durable)
			runtime.Gosched() // lets waiting goroutines run first, even on a single core
		}
		err := s.tryWrite(b)
		files.synced = nil
		if synced {
			s.late = err
			s.memory.Unlock()
		}
		over <- err
	}()
	select {
	case <-durable:
		s.rest = over
		return nil
	case err := <-over:
		return err
	}
}

// tryWrite is write with panics converted to errors.
func (s *levelKV) tryWrite(b *leveldb.Batch) (err error) {
	defer caught(&err)
	return s.write(b)
}

// land waits until the write that begin started has ended. An error means that the database must be opened
// again, so that it reads from the journal what is durable but not in memory.
func (s *levelKV) land() error {
	if s.rest == nil {
		return nil
	}
	err := <-s.rest
	s.rest = nil
	return err
}

// write writes a batch, unless an earlier write panicked.
func (s *levelKV) write(b *leveldb.Batch) error {
	if s.stuck {
		return errors.New("store: an earlier write has panicked")
	}
	s.stuck = true
	err := s.db.Write(b, &opt.WriteOptions{Sync: s.sync})
	s.stuck = false
	if c, ok := s.files.(*causes); ok {
		err = c.explain(err)
	}
	return err
}

// A slash joins the parts of a key. A slash or backslash within a part is escaped.
const (
	keySep = '/'
	keyEsc = '\\'
)

func appendKeyPart(b, part []byte) []byte {
	for _, c := range part {
		if c == keySep || c == keyEsc {
			b = append(b, keyEsc)
		}
		b = append(b, c)
	}
	return b
}

func flatKey(k kv.Key) []byte {
	n := len(k) + 2
	for _, p := range k {
		n += len(p)
	}
	b := make([]byte, 0, n)
	for i, p := range k {
		if i > 0 {
			b = append(b, keySep)
		}
		b = appendKeyPart(b, p)
	}
	return b
}

func splitKey(b []byte) kv.Key {
	k := kv.Key{nil}
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == keySep:
			k = append(k, nil)
			continue
		case c == keyEsc && i+1 < len(b):
			i++
		}
		last := len(k) - 1
		k[last] = append(k[last], b[i])
	}
	return k
}

// Close closes the database. After a large group it first writes LevelDB's memory as a table; otherwise the
// next start would replay a long journal. If that fails, the journal still has everything.
func (s *levelKV) Close() error {
	_ = s.land() // the journal has the data
	if s.stuck && s.files != nil {
		return s.files.Close() // closing the database would wait for its lock
	}
	if s.unflushed {
		key := flatKey(metaKey("horizon"))
		_ = s.db.CompactRange(util.Range{Start: key, Limit: append(slices.Clip(key), 0)})
	}
	err := s.db.Close()
	if s.files != nil {
		err = errors.Join(err, s.files.Close())
	}
	return err
}

func (s *levelKV) Tx(rw bool) (kv.Tx, error) {
	if rw {
		return &levelWrite{kv: s, puts: make(map[string][]byte)}, nil
	}
	s.memory.RLock()
	defer s.memory.RUnlock()
	if s.late != nil {
		return nil, errLate
	}
	snap, err := s.db.GetSnapshot()
	if err != nil {
		return nil, err
	}
	return &levelRead{snap}, nil
}

// levelRead is a read transaction: a snapshot of the database.
type levelRead struct{ snap *leveldb.Snapshot }

func (tx *levelRead) Commit(context.Context) error { return tx.Close() }
func (tx *levelRead) Close() error                 { tx.snap.Release(); return nil }
func (tx *levelRead) Put(kv.Key, kv.Value) error   { return kv.ErrReadOnly }
func (tx *levelRead) Del(kv.Key) error             { return kv.ErrReadOnly }

func (tx *levelRead) Get(_ context.Context, k kv.Key) (kv.Value, error) {
	v, err := tx.snap.Get(flatKey(k), nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		err = kv.ErrNotFound
	}
	return v, err
}

func (tx *levelRead) GetBatch(ctx context.Context, keys []kv.Key) ([]kv.Value, error) {
	return kv.GetBatch(ctx, tx, keys)
}

func (tx *levelRead) Scan(pref kv.Key) kv.Iterator {
	return &levelIter{Iterator: tx.snap.NewIterator(util.BytesPrefix(flatKey(pref)), nil)}
}

// levelIter adapts LevelDB's iterator to Cayley's interface.
type levelIter struct{ iterator.Iterator }

func (it *levelIter) Next(ctx context.Context) bool { return ctx.Err() == nil && it.Iterator.Next() }
func (it *levelIter) Key() kv.Key                   { return splitKey(it.Iterator.Key()) }
func (it *levelIter) Val() kv.Value                 { return it.Iterator.Value() }
func (it *levelIter) Err() error                    { return it.Iterator.Error() }
func (it *levelIter) Close() error                  { it.Iterator.Release(); return it.Iterator.Error() }

// levelWrite is a write transaction. Cayley's writer lock ensures that there is only one at a time, so the
// database does not change below it.
type levelWrite struct {
	kv   *levelKV
	puts map[string][]byte // nil for a deleted key
	done bool
}

func (tx *levelWrite) Close() error { tx.puts, tx.done = nil, true; return nil }

func (tx *levelWrite) Commit(context.Context) error {
	if tx.done {
		return errors.New("store: the transaction is over")
	}
	size := 0
	for k, v := range tx.puts {
		size += len(k) + len(v) + 8
	}
	batch := leveldb.MakeBatch(size)
	for k, v := range tx.puts {
		if v == nil {
			batch.Delete([]byte(k))
		} else {
			batch.Put([]byte(k), v)
		}
	}
	tx.puts, tx.done = nil, true
	return tx.kv.write(batch)
}

func (tx *levelWrite) Put(k kv.Key, v kv.Value) error {
	if v == nil {
		v = kv.Value{}
	}
	tx.puts[string(flatKey(k))] = v
	return nil
}

func (tx *levelWrite) Del(k kv.Key) error {
	tx.puts[string(flatKey(k))] = nil
	return nil
}

func (tx *levelWrite) Get(_ context.Context, k kv.Key) (kv.Value, error) {
	key := flatKey(k)
	if v, ok := tx.puts[string(key)]; ok {
		if v == nil {
			return nil, kv.ErrNotFound
		}
		return v, nil
	}
	v, err := tx.kv.db.Get(key, nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		err = kv.ErrNotFound
	}
	return v, err
}

func (tx *levelWrite) GetBatch(ctx context.Context, keys []kv.Key) ([]kv.Value, error) {
	return kv.GetBatch(ctx, tx, keys)
}

// Scan copies the whole result before it returns. The cost does not matter, because Cayley does not scan in a write.
func (tx *levelWrite) Scan(pref kv.Key) kv.Iterator {
	prefix := flatKey(pref)
	all := make(map[string][]byte)
	it := tx.kv.db.NewIterator(util.BytesPrefix(prefix), nil)
	defer it.Release()
	for it.Next() {
		all[string(it.Key())] = bytes.Clone(it.Value())
	}
	for k, v := range tx.puts {
		if bytes.HasPrefix([]byte(k), prefix) {
			all[k] = v
		}
	}
	out := &sliceIter{err: it.Error(), at: -1}
	for k, v := range all {
		if v != nil {
			out.pairs = append(out.pairs, kv.Pair{Key: kv.Key{[]byte(k)}, Val: v})
		}
	}
	slices.SortFunc(out.pairs, func(a, b kv.Pair) int { return bytes.Compare(a.Key[0], b.Key[0]) })
	return out
}

// sliceIter iterates over pairs whose keys are still flat.
type sliceIter struct {
	pairs []kv.Pair
	at    int
	err   error
}

func (it *sliceIter) Next(context.Context) bool {
	it.at++
	return it.err == nil && it.at < len(it.pairs)
}
func (it *sliceIter) Key() kv.Key   { return splitKey(it.pairs[it.at].Key[0]) }
func (it *sliceIter) Val() kv.Value { return it.pairs[it.at].Val }
func (it *sliceIter) Err() error    { return it.err }
func (it *sliceIter) Close() error  { it.pairs = nil; return it.err }
