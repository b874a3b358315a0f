package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	ckv "github.com/cayleygraph/cayley/graph/kv"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/storage"

	"github.com/caspian-kg/caspian/graph"
)

// Open opens the store in the folder, and creates it if there is none. A store may be open in one process, or
// in several that only read. An error names the file at fault; a store that cannot be opened is not changed.
//
// If the file system accepts no writes (it is full, or read-only), the store opens for reading. Writable then
// says why, and the store tries again without a restart.
func Open(dir string, o Options) (Log, error) {
	s := &embedded{dir: dir, opts: o}
	if !o.ReadOnly {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	return s, nil
}

// open opens the database for writing or, if that is impossible, for reading.
func (s *embedded) open() error {
	if s.opts.ReadOnly {
		return s.openReadOnly(nil)
	}
	path := filepath.Join(s.dir, quadsDir)
	if isEmpty(path) {
		if err := create(s.dir, path, s.opts); err != nil {
			return fmt.Errorf("store: make %s: %w", path, err)
		}
	}
	// The database is first opened for reading, because opening it for writing would discard what a damaged
	// journal still has.
	var is looked
	err := s.openFiles(true, func(files storage.Storage, path string) (err error) {
		if is, err = s.look(files, path); err != nil {
			return err
		}
		return errors.Join(is.kv.db.Close(), files.Close())
	})
	if err != nil {
		return err
	}
	err = s.openFiles(false, func(files storage.Storage, path string) error { return s.openToWrite(files, is) })
	if cannotWrite(err) {
		if err := s.openReadOnly(err); err == nil {
			return nil
		}
	}
	return err
}

// openReadOnly opens the database without changing the disk. cause is the reason why it is not opened for
// writing, or nil if the options ask for that.
func (s *embedded) openReadOnly(cause error) error {
	path := filepath.Join(s.dir, quadsDir)
	if isEmpty(path) {
		return fmt.Errorf("store: there is no store in %s", s.dir)
	}
	err := s.openFiles(true, func(files storage.Storage, path string) error {
		is, err := s.look(files, path)
		if err != nil {
			return err
		}
		is.kv.files = files
		head := is.head
		if s.wrote {
			// What a failed write left can be read, but it may not be durable: it counts only after the
			// database was opened for writing, which writes it again.
			head = min(head, s.head)
		}
		s.unsure = head < is.head
		s.opened(is.kv, head, s.settle(is))
		return nil
	})
	if err == nil {
		s.refuse(cause)
	}
	return err
}

// openFiles locks the files of the database and passes them to open.
func (s *embedded) openFiles(readOnly bool, open func(files storage.Storage, path string) error) error {
	path := filepath.Join(s.dir, quadsDir)
	under, err := storage.OpenFile(path, readOnly)
	if errors.Is(err, syscall.EAGAIN) {
		return graph.Errorf(graph.Unavailable, "store: %s is in use by another process; stop that one or use another folder", path)
	}
	if err != nil {
		return fmt.Errorf("store: open %s: %w", path, err)
	}
	if s.opts.Files != nil {
		under = s.opts.Files(under)
	}
	files := &causes{Storage: under}
	if err := open(files, path); err != nil {
		return errors.Join(fmt.Errorf("store: open %s: %w", path, files.explain(err)), files.Close())
	}
	return nil
}

// looked is the state of a database as read before it is written to.
type looked struct {
	kv       *levelKV // open for reading
	head     graph.Seq
	digest   string         // of head; "" if unknown
	identity graph.Identity // zero in a store of an earlier version, which has none
	note     *noted         // nil if the file is missing
}

// smallBuffer is the write buffer of a database that is opened for reading or just created, because LevelDB
// clears as much memory as the buffer may take at each opening. The journals that a reader finds may take more.
const smallBuffer = 1 << 20

// look opens the database for reading and compares it with the note.
func (s *embedded) look(files storage.Storage, path string) (is looked, err error) {
	if err := checkJournals(path); err != nil {
		return is, err
	}
	opts := levelOptions(s.opts)
	opts.ReadOnly, opts.WriteBuffer = true, smallBuffer
	db, err := leveldb.Open(oneJournal{files}, opts)
	if err != nil {
		return is, nameFiles(err)
	}
	is.kv = &levelKV{db: db}
	if _, err = ckv.New(is.kv, cayleyOptions); err == nil {
		is.head, err = readHead(context.Background(), is.kv)
	}
	if err == nil {
		is.identity, err = readIdentity(db)
	}
	if err == nil {
		is.digest, err = digestAt(is.kv, is.head)
	}
	if err == nil {
		is.note, err = readNote(s.dir)
	}
	if err == nil {
		err = checkNote(s.dir, is)
	}
	if err != nil {
		return is, errors.Join(nameFiles(err), db.Close())
	}
	return is, nil
}

// settle returns the identity that the store has from now on. A store without an identity gets one. If the note
// was deleted in order to continue without the commits that it named, the epoch increases, because other
// commits will get their numbers.
func (s *embedded) settle(is looked) graph.Identity {
	id := is.identity
	switch {
	case s.identity.Store != "": // the identity was settled at an earlier opening, and perhaps not written
		return s.identity
	case id.Store == "":
		id = NewIdentity()
	case is.head > 0 && is.note == nil:
		id.Epoch++
	}
	return id
}

// digestAt returns the digest of a commit, or "" if it is unknown.
func digestAt(db *levelKV, seq graph.Seq) (string, error) {
	tx, err := db.Tx(false)
	if err != nil {
		return "", err
	}
	seal, err := readSeal(context.Background(), tx, seq)
	if err := errors.Join(err, tx.Close()); err != nil || seal == nil {
		return "", err
	}
	return seal.Digest, nil
}

// openToWrite opens for writing the database that look has read.
func (s *embedded) openToWrite(files storage.Storage, is looked) error {
	db, err := leveldb.Open(files, levelOptions(s.opts))
	if err != nil {
		return nameFiles(err)
	}
	kv := &levelKV{db: db, files: files, sync: !s.opts.NoSync}
	if err := migrateIndexes(kv, s.opts); err != nil {
		return errors.Join(err, db.Close())
	}
	qs, err := ckv.New(kv, cayleyOptions)
	var head graph.Seq
	if err == nil {
		head, err = readHead(context.Background(), kv)
	}
	if err == nil && head != is.head {
		err = graph.Errorf(graph.Unavailable, "another process has written to it just now; try again")
	}
	id := s.settle(is)
	if err == nil && id != is.identity {
		err = writeIdentity(db, id)
	}
	if err == nil && s.note == nil {
		s.note, err = openNote(s.dir, is.note, noted{Identity: id, seq: is.head, digest: is.digest}, !s.opts.NoSync)
	}
	if err == nil {
		err = removeHalfMade(s.dir)
	}
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s.opened(kv, head, id)
	s.wrote, s.unsure = true, false
	s.qs = qs
	s.bulk = newBulk(kv, s.opts.filterLeast)
	return nil
}

func (s *embedded) opened(kv *levelKV, head graph.Seq, id graph.Identity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kv, s.head, s.identity, s.refusal = kv, head, id, nil
}

// create makes an empty database under another name and then renames it. LevelDB refuses a folder that a crash
// left half created, and Cayley would take a database that has its version but no indexes for one of an older
// Cayley.
func create(dir, path string, o Options) error {
	n, err := readNote(dir)
	if err == nil && n != nil && n.seq > 0 {
		err = checkNote(dir, looked{note: n, identity: n.Identity})
	}
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(dir, quadsDir+newSuffix)
	if err != nil {
		return err
	}
	opts := levelOptions(o)
	opts.WriteBuffer = smallBuffer
	db, err := leveldb.OpenFile(tmp, opts)
	if err == nil {
		kv := &levelKV{db: db, sync: !o.NoSync}
		err = ckv.Init(kv, cayleyOptions)
		if err == nil {
			err = chooseIndexes(kv)
		}
		if err == nil && n != nil && n.Store != "" {
			err = writeIdentity(db, n.Identity) // it was empty and is empty again
		}
		err = errors.Join(err, db.Close(), os.Chmod(tmp, 0o755))
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err == nil {
		return syncFolder(dir)
	}
	if !isEmpty(path) {
		err = nil // another process created it first, and may have removed this one's
	}
	return errors.Join(err, os.RemoveAll(tmp))
}

// replace replaces the empty database by another, whose last commit is head, and opens it.
func (s *embedded) replace(made string, head graph.Seq) error {
	if err := errors.Join(os.Chmod(made, 0o755), syncFolder(made), s.shut()); err != nil {
		return err
	}
	old := made + "-old"
	// The lock of the empty database is held while it is renamed, so that no other process writes to it.
	err := s.openFiles(false, func(files storage.Storage, path string) error {
		is, err := s.look(files, path)
		if err != nil {
			return err
		}
		if err := is.kv.db.Close(); err != nil {
			return err
		}
		if is.head != 0 {
			return graph.Errorf(graph.Unavailable, "another process has written to it just now; try again")
		}
		return errors.Join(os.Rename(path, old), os.Rename(made, path), files.Close())
	})
	if err != nil {
		return errors.Join(err, s.open())
	}
	if err := syncFolder(s.dir); err != nil {
		return errors.Join(fmt.Errorf("%w: %w", ErrInDoubt, err), s.open())
	}
	s.mu.Lock()
	s.head = head // durable even if the opening fails
	s.mu.Unlock()
	_ = os.RemoveAll(old) // the next opening removes what is left
	return s.open()
}
