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

// Open opens the store in the folder, and creates it if there is none. Either one process
// has it open, or several that only read. The error names the file at fault, and a store
// that cannot be opened stays as it was.
//
// Where the file system accepts no writes (it is full, or read-only) the store
// opens for reading; Writable says why, and the store tries again without a restart.
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

// open opens the database for writing, or for reading where that is all there is.
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
	// The database is opened for reading first, because opening it for writing would discard
	// what a damaged journal still has.
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

// openReadOnly opens the database and changes nothing on the disk. cause is why it
// is not open for writing, or nil if that is wanted.
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
			// What a failed write left can be read, but its sync may be what
			// failed: it counts once the database has been opened for writing,
			// which writes it again.
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

// looked is the state of a database before it is written to.
type looked struct {
	kv       *levelKV // for reading
	head     graph.Seq
	digest   string         // of the head; "" where unknown
	identity graph.Identity // zero where a store made before has none
	note     *noted         // nil where it is missing
}

// smallBuffer is the write buffer of a database that is opened to read it, or to create it: at
// each opening LevelDB clears as much memory as the buffer may take. The journals that a reader
// finds may take more.
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

// settle returns the identity of the store from now on: a store that has none gets
// one, and the epoch is raised where the note of the head was deleted to go on
// without the commits that it named: their numbers will be given to others.
func (s *embedded) settle(is looked) graph.Identity {
	id := is.identity
	switch {
	case s.identity.Store != "": // opened before, and perhaps not written
		return s.identity
	case id.Store == "":
		id = NewIdentity()
	case is.head > 0 && is.note == nil:
		id.Epoch++
	}
	return id
}

// digestAt is the digest of a commit, or "" if it is unknown.
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

// openToWrite opens the database that was looked at.
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

// create makes an empty database under another name and then gives it its own:
// LevelDB refuses a folder that a crash left half made, and Cayley would take
// its version without its indexes for a store of an older Cayley.
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
			err = writeIdentity(db, n.Identity) // it was empty and is so again
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
		err = nil // another process was faster, and may have removed what this one made
	}
	return errors.Join(err, os.RemoveAll(tmp))
}

// replace puts another database in the place of the empty one, and opens it. head is its head.
func (s *embedded) replace(made string, head graph.Seq) error {
	if err := errors.Join(os.Chmod(made, 0o755), syncFolder(made), s.shut()); err != nil {
		return err
	}
	old := made + "-old"
	// The lock of the empty database is held while it is moved away, so that no other
	// process writes to it.
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
	s.head = head // durable, also where the opening fails
	s.mu.Unlock()
	_ = os.RemoveAll(old) // an opening removes what is left
	return s.open()
}
