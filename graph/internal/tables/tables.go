// Package tables creates a LevelDB database from sorted keys. It writes them directly into tables of one level,
// without journal, memory table or compaction. The formats of table files and of the manifest are LevelDB's own
// (its doc/table_format.md and doc/impl.md) and do not change. goleveldb exports a writer of table files; this
// package writes the manifest itself.
//
// Read Database and Stretch. The package must not know what keys and values are.
package tables

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"sync"

	"github.com/syndtr/goleveldb/leveldb/comparer"
	"github.com/syndtr/goleveldb/leveldb/filter"
	"github.com/syndtr/goleveldb/leveldb/journal"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
	"github.com/syndtr/goleveldb/leveldb/table"
)

// Database is a database under construction. Its stretches may be written concurrently.
type Database struct {
	files storage.Storage
	opts  opt.Options

	mu   sync.Mutex // guards the following
	last int64      // the number of the last file
	made []madeTable
}

// madeTable is a finished table with its least and its greatest key.
type madeTable struct {
	num, size int64
	min, max  []byte
}

// level is the level of all tables. It is deep enough that later writes, which may be anywhere in the key
// space, do not rewrite the tables at each compaction.
const level = 2

// New returns a database in empty files. The options must be those with which it will be opened.
func New(files storage.Storage, o *opt.Options) *Database {
	t := &Database{files: files, opts: *o}
	t.opts.Comparer = internalKeys{comparer.DefaultComparer}
	t.opts.Filter = internalFilter{o.Filter}
	return t
}

func (t *Database) number() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	return t.last
}

// Stretch writes consecutive keys as one or more tables. No other stretch may have a key between its first and
// its last key.
type Stretch struct {
	of   *Database
	file storage.Writer // nil between two tables
	buf  *bufio.Writer
	w    *table.Writer
	made madeTable
	key  []byte
}

// Stretch begins a stretch.
func (t *Database) Stretch() *Stretch { return &Stretch{of: t} }

// keyKind ends the key of every entry. It has a sequence number, which is the same for all entries because no
// key occurs twice, and the mark of an entry with a value.
var keyKind = binary.LittleEndian.AppendUint64(nil, 1<<8|1)

// Put adds a key that comes after the previous one. It copies key and value.
func (s *Stretch) Put(key, value []byte) error {
	s.key = append(append(s.key[:0], key...), keyKind...)
	if s.file == nil {
		if err := s.begin(); err != nil {
			return err
		}
	}
	if err := s.w.Append(s.key, value); err != nil {
		return err
	}
	if s.w.BytesLen() >= s.of.opts.CompactionTableSize {
		return s.End()
	}
	return nil
}

func (s *Stretch) begin() (err error) {
	s.made = madeTable{num: s.of.number(), min: bytes.Clone(s.key)}
	if s.file, err = s.of.files.Create(storage.FileDesc{Type: storage.TypeTable, Num: s.made.num}); err != nil {
		return err
	}
	s.buf = bufio.NewWriterSize(s.file, 256<<10)
	s.w = table.NewWriter(s.buf, &s.of.opts, nil, 2*s.of.opts.GetBlockSize())
	return nil
}

// End finishes the current table; another key may follow.
func (s *Stretch) End() error {
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.w.Close(), s.buf.Flush())
	if err == nil && !s.of.opts.NoSync {
		err = s.file.Sync()
	}
	err = errors.Join(err, s.file.Close())
	s.file = nil
	if err != nil {
		return err
	}
	s.made.size, s.made.max = int64(s.w.BytesLen()), bytes.Clone(s.key)
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	s.of.made = append(s.of.made, s.made)
	return nil
}

// Abandon closes a table that an error left unfinished.
func (s *Stretch) Abandon() {
	if s.file != nil {
		_ = s.file.Close() // the file will be removed
		s.file = nil
	}
}

// The fields of a manifest.
const (
	manifestComparer = 1
	manifestJournal  = 2 // the number of the oldest journal needed
	manifestNext     = 3 // the number of the next file
	manifestSequence = 4
	manifestTable    = 7
)

// Finish writes the manifest, which makes the tables a database. All stretches must have ended.
func (t *Database) Finish() error {
	fd := storage.FileDesc{Type: storage.TypeManifest, Num: t.number()}
	next := uint64(t.number())
	var b []byte
	text := func(s []byte) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	number := func(ns ...uint64) {
		for _, n := range ns {
			b = binary.AppendUvarint(b, n)
		}
	}
	number(manifestComparer)
	text([]byte(t.opts.Comparer.Name()))
	number(manifestJournal, next, manifestNext, next, manifestSequence, 1)
	for _, m := range t.made {
		number(manifestTable, level, uint64(m.num), uint64(m.size))
		text(m.min)
		text(m.max)
	}
	w, err := t.files.Create(fd)
	if err != nil {
		return err
	}
	records := journal.NewWriter(w)
	record, err := records.Next()
	if err == nil {
		_, err = record.Write(b)
	}
	err = errors.Join(err, records.Close())
	if err == nil && !t.opts.NoSync {
		err = w.Sync()
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	return t.files.SetMeta(fd)
}

// internalKeys orders keys with the 8 bytes of keyKind at their end.
type internalKeys struct{ comparer.Comparer }

func withoutKind(key []byte) []byte { return key[:len(key)-8] }

func (c internalKeys) Compare(a, b []byte) int {
	return bytes.Compare(withoutKind(a), withoutKind(b))
}

// lastKind sorts before every entry of a key.
var lastKind = binary.LittleEndian.AppendUint64(nil, (1<<56-1)<<8|1)

func (c internalKeys) Separator(dst, a, b []byte) []byte {
	return shortened(c.Comparer.Separator(dst, withoutKind(a), withoutKind(b)), withoutKind(a))
}

func (c internalKeys) Successor(dst, b []byte) []byte {
	return shortened(c.Comparer.Successor(dst, withoutKind(b)), withoutKind(b))
}

// shortened returns a key from the text short, which must come after key. It returns nil if there is none.
func shortened(short, key []byte) []byte {
	if short == nil || len(short) >= len(key) || bytes.Compare(key, short) >= 0 {
		return nil
	}
	return append(short, lastKind...)
}

// internalFilter removes keyKind from keys before they are filtered, as reading does.
type internalFilter struct{ filter.Filter }

func (f internalFilter) NewGenerator() filter.FilterGenerator {
	return internalGenerator{f.Filter.NewGenerator()}
}

type internalGenerator struct{ filter.FilterGenerator }

func (g internalGenerator) Add(key []byte) { g.FilterGenerator.Add(withoutKind(key)) }
