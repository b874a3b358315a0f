package store

import (
	"strings"

	"github.com/cayleygraph/cayley/graph/proto"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

// WithWriteBuffer opens stores that write their memory to tables after n bytes.
func WithWriteBuffer(n int) Options { return Options{WriteBuffer: n} }

// WithFiles opens stores whose files may fail, and that turn to tables after n bytes.
func WithFiles(n int, f func(storage.Storage) storage.Storage) Options {
	return Options{WriteBuffer: n, Files: f}
}

// testBuffer is enough for most tests, whose time would go into clearing larger ones.
const testBuffer = 1 << 20

// WithBulk opens stores that write groups of n and more quads in bulk, or none if n is
// negative, and whose filter begins with a few values.
func WithBulk(n int) Options {
	return Options{WriteBuffer: testBuffer, bulkLeast: n, filterLeast: 20, NoSync: true}
}

// Dump returns every key and value of the database but its identity, the clock set to 0.
func Dump(l Log) (map[string]string, error) {
	s := l.(*embedded)
	tx, _, err := s.view()
	if err != nil {
		return nil, err
	}
	defer tx.Close()
	all := make(map[string]string)
	it := tx.snap.NewIterator(nil, nil)
	defer it.Release()
	for it.Next() {
		k, v := string(it.Key()), it.Value()
		if k == string(identityKey) {
			continue
		}
		if strings.HasPrefix(k, "log/") {
			var p proto.Primitive
			if err := p.Unmarshal(v); err != nil {
				return nil, err
			}
			p.Timestamp = 0
			if v, err = p.Marshal(); err != nil {
				return nil, err
			}
		}
		all[k] = string(v)
	}
	return all, it.Error()
}

// WithMigration opens stores that migrate an index n bytes at a time.
func WithMigration(n int, f func(storage.Storage) storage.Storage) Options {
	return Options{migrateBatch: n, Files: f}
}

// WithoutBulk opens stores that leave every write to Cayley.
func WithoutBulk() Options { return Options{bulkLeast: -1} }

// WithRuns opens stores that sort n entries of an index in memory when they are filled.
func WithRuns(n int) Options { return Options{WriteBuffer: testBuffer, sortLeast: n, NoSync: true} }

// RankOf and IDOf map ids to numbers in the order of their keys, and back; LogKey returns
// the key of an id.
var (
	RankOf = rankOf
	IDOf   = idOf
)

func LogKey(id uint32) []byte { return flatKey(logKey(uint64(id))) }
