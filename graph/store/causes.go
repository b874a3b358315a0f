package store

import (
	"sync"

	"github.com/syndtr/goleveldb/leveldb/storage"
)

// causes wraps the files of a database. It records why a file could not be written, because LevelDB converts
// some errors to text, so that a full disk looks like damage.
type causes struct {
	storage.Storage

	mu   sync.Mutex // guards last
	last error      // the last error that means that the file system accepts no writes

	// synced, if not nil, is called after a successful sync of the journal, within the write that needed the
	// sync. Only the writer sets it.
	synced func()
}

func (c *causes) note(err error) error {
	if cannotWrite(err) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.last = err
	}
	return err
}

// explain adds the possible cause to an error from the database.
func (c *causes) explain(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil || c.last == nil || cannotWrite(err) {
		return err
	}
	return &explained{err, c.last}
}

func (c *causes) Create(fd storage.FileDesc) (storage.Writer, error) {
	w, err := c.Storage.Create(fd)
	if err != nil {
		return nil, c.note(err)
	}
	return &causesWriter{w, c, fd.Type == storage.TypeJournal}, nil
}

func (c *causes) SetMeta(fd storage.FileDesc) error      { return c.note(c.Storage.SetMeta(fd)) }
func (c *causes) Remove(fd storage.FileDesc) error       { return c.note(c.Storage.Remove(fd)) }
func (c *causes) Rename(from, to storage.FileDesc) error { return c.note(c.Storage.Rename(from, to)) }

type causesWriter struct {
	storage.Writer
	of      *causes
	journal bool
}

func (w *causesWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	return n, w.of.note(err)
}

func (w *causesWriter) Sync() error {
	err := w.Writer.Sync()
	if err == nil && w.journal && w.of.synced != nil {
		w.of.synced()
	}
	return w.of.note(err)
}

// explained is an error whose text already contains its cause.
type explained struct{ err, cause error }

func (e *explained) Error() string   { return e.err.Error() }
func (e *explained) Unwrap() []error { return []error{e.err, e.cause} }
