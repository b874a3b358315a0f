package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	ckv "github.com/cayleygraph/cayley/graph/kv"
	"github.com/cayleygraph/quad"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/util"

	"github.com/caspian-kg/caspian/graph"
)

// quadIndexes are the indexes of links. A key has the ids of nodes, and its value is the list of links with
// these nodes. A write reads, extends and rewrites one list of each index, so no list may grow with the graph;
// therefore a key names both ends of a claim. decision-indexes.md has the measurements.
var quadIndexes = []ckv.QuadIndex{
	{Dirs: []quad.Direction{quad.Subject, quad.Predicate, quad.Object}},
	{Dirs: []quad.Direction{quad.Object, quad.Predicate, quad.Subject}},
}

// oldIndex replaces the first index in stores of earlier versions. It has one list for all claims of a subject
// and a predicate.
var oldIndex = ckv.QuadIndex{Dirs: []quad.Direction{quad.Subject, quad.Predicate}}

// indexBucket returns the first part of the keys of an index.
func indexBucket(ix ckv.QuadIndex) string {
	b := make([]byte, len(ix.Dirs))
	for i, d := range ix.Dirs {
		b[i] = d.Prefix()
	}
	return string(b)
}

// indexMark returns the key that Cayley creates for an index without lists.
func indexMark(ix ckv.QuadIndex) []byte { return append([]byte(indexBucket(ix)), keySep) }

// chooseIndexes sets the indexes of this version in a database that Cayley has just created.
func chooseIndexes(db *levelKV) error {
	names, err := json.Marshal(quadIndexes)
	if err != nil {
		return err
	}
	b := new(leveldb.Batch)
	for _, ix := range ckv.DefaultQuadIndexes {
		b.Delete(indexMark(ix))
	}
	for _, ix := range quadIndexes {
		b.Put(indexMark(ix), nil)
	}
	b.Put(flatKey(metaKey("indexes")), names)
	return db.write(b)
}

// hasOldIndex reports whether a database has the indexes of an earlier version. Unknown indexes are an error,
// because a write would leave them incomplete.
func hasOldIndex(db *levelKV) (bool, error) {
	raw, err := db.db.Get(flatKey(metaKey("indexes")), nil)
	if err != nil {
		return false, fmt.Errorf("reading the database's list of Cayley's indexes: %w", err)
	}
	var has []ckv.QuadIndex
	if err := json.Unmarshal(raw, &has); err != nil {
		return false, fmt.Errorf("the database's list of Cayley's indexes is damaged: %w; restore the store from a backup", err)
	}
	same := func(a, b ckv.QuadIndex) bool { return slices.Equal(a.Dirs, b.Dirs) && a.Unique == b.Unique }
	switch {
	case slices.EqualFunc(has, quadIndexes, same):
		return false, nil
	case slices.EqualFunc(has, []ckv.QuadIndex{oldIndex, quadIndexes[1]}, same):
		return true, nil
	}
	return false, graph.Errorf(graph.BadInput, "Cayley's indexes are %s, which this version does not keep; load its quads into a new store", raw)
}

// migrateIndexes converts a store of an earlier version to the indexes of this version. If it is interrupted,
// the store has all lists of the indexes that it names, and the next opening continues.
func migrateIndexes(db *levelKV, o Options) error {
	old, err := hasOldIndex(db)
	if err != nil {
		return err
	}
	most := o.migrateBatch
	if most == 0 {
		most = migrateBatch
	}
	if old {
		if o.Say != nil {
			o.Say("the store is of an earlier version: one of its indexes is derived again, once, which takes about a minute for a million claims")
		}
		if err := buildIndex(db, most); err != nil {
			return fmt.Errorf("making an index again: %w", err)
		}
		if err := chooseIndexes(db); err != nil {
			return err
		}
	}
	return dropIndex(db, oldIndex, most)
}

// migrateBatch bounds the bytes written with one sync.
const migrateBatch = 4 << 20

// buildIndex writes the lists of quadIndexes[0]. It reads oldIndex, which has the order of the new keys, and
// finds the objects in the log.
func buildIndex(db *levelKV, most int) error {
	kvtx, err := db.Tx(false)
	if err != nil {
		return err
	}
	tx := kvtx.(*levelRead)
	defer tx.Close()
	it := tx.snap.NewIterator(util.BytesPrefix(indexMark(oldIndex)), &opt.ReadOptions{DontFillCache: true})
	defer it.Release()
	out := bulkBatch{batch: new(leveldb.Batch)}
	var entries []indexEntry
	for it.Next() {
		key := splitKey(it.Key())
		if len(key) != 2 || len(key[1]) != 16 {
			continue // the mark of the index
		}
		s, p := binary.BigEndian.Uint64(key[1]), binary.BigEndian.Uint64(key[1][8:])
		if entries, err = withObjects(tx, entries[:0], s, p, it.Value()); err != nil {
			return err
		}
		// All lists are new: any existing ones are from an interrupted migration.
		slices.SortFunc(entries, compareEntries)
		out.index(quadIndexes[0], entries, nil)
		if len(out.batch.Dump()) >= most {
			if err := db.write(out.batch); err != nil {
				return err
			}
			out.batch.Reset()
		}
	}
	return errors.Join(it.Error(), db.write(out.batch))
}

// withObjects appends an entry for each link in a list of oldIndex.
func withObjects(tx *levelRead, entries []indexEntry, s, p uint64, list []byte) ([]indexEntry, error) {
	for len(list) > 0 {
		link, n := binary.Uvarint(list)
		if n <= 0 {
			return nil, fmt.Errorf("the list of %d and %d: %w", s, p, io.ErrUnexpectedEOF)
		}
		list = list[n:]
		prim, err := readPrimitive(context.Background(), tx, link)
		if err != nil {
			return nil, err
		}
		entries = append(entries, indexEntry{[3]uint64{s, p, prim.Object}, link})
	}
	return entries, nil
}

// dropIndex removes the lists of an index that the store no longer names.
func dropIndex(db *levelKV, ix ckv.QuadIndex, most int) error {
	it := db.db.NewIterator(util.BytesPrefix(indexMark(ix)), &opt.ReadOptions{DontFillCache: true})
	defer it.Release()
	b := new(leveldb.Batch)
	for it.Next() {
		b.Delete(bytes.Clone(it.Key()))
		if len(b.Dump()) >= most {
			if err := db.write(b); err != nil {
				return err
			}
			b.Reset()
		}
	}
	if err := it.Error(); err != nil || b.Len() == 0 {
		return err
	}
	db.unflushed = true
	return db.write(b)
}
