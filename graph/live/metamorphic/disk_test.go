package metamorphic

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/syndtr/goleveldb/leveldb/storage"
)

// disk is between the database and its files. It knows what has been synced, fails on
// request, and keeps an image of the folder as a kill or a power failure leaves it. Nothing
// is truly synced: the images decide what is lost.
type disk struct {
	dir string // the store's folder

	// mu is held through every change of a file, so that an image shows one moment.
	mu    sync.Mutex
	files map[string]*fileState
	fault *diskFault
	death *death
	hits  int  // faults since reset
	hurt  bool // any since it was opened
}

type fileState struct{ written, synced int64 }

// diskFault fails some calls: write, half (of a write), sync or create.
type diskFault struct {
	kind         string
	after, times int
}

// death is a kill in the midst of a write: at the call of that number, the
// folder's image is taken.
type death struct {
	calls int
	keep  float64 // of what was not synced
	image string
	err   error
	done  bool
}

func (d *disk) wrap(s storage.Storage) storage.Storage {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files == nil {
		d.files = map[string]*fileState{}
	}
	return diskFiles{s, d}
}

// full reports whether the call is to fail. mu is held.
func (d *disk) full(kind string) bool {
	f := d.fault
	if f == nil || f.kind != kind {
		return false
	}
	if f.after--; f.after >= 0 {
		return false
	}
	if f.times--; f.times < 0 {
		d.fault = nil
		return false
	}
	d.hits++
	d.hurt = true
	return true
}

// dies takes the image, if this is the call at which it all ends. mu is held.
func (d *disk) dies() bool {
	if d.death == nil || d.death.done {
		return false
	}
	if d.death.calls--; d.death.calls > 0 {
		return false
	}
	d.death.done = true
	return true
}

type diskFiles struct {
	storage.Storage
	d *disk
}

func (s diskFiles) Create(fd storage.FileDesc) (storage.Writer, error) {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if s.d.full("create") {
		return nil, errFull
	}
	w, err := s.Storage.Create(fd)
	if err != nil {
		return nil, err
	}
	st := &fileState{}
	s.d.files[fd.String()] = st
	return diskWriter{w, s.d, st}, nil
}

func (s diskFiles) Remove(fd storage.FileDesc) error {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	delete(s.d.files, fd.String())
	return s.Storage.Remove(fd)
}

func (s diskFiles) Rename(from, to storage.FileDesc) error {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if st := s.d.files[from.String()]; st != nil {
		delete(s.d.files, from.String())
		s.d.files[to.String()] = st
	}
	return s.Storage.Rename(from, to)
}

func (s diskFiles) SetMeta(fd storage.FileDesc) error {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	return s.Storage.SetMeta(fd)
}

type diskWriter struct {
	storage.Writer
	d  *disk
	st *fileState
}

var errFull = fmt.Errorf("writing: %w", syscall.ENOSPC)

func (w diskWriter) Write(p []byte) (int, error) {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	if w.d.full("write") {
		return 0, errFull
	}
	short := w.d.full("half")
	if dies := w.d.dies(); dies || short {
		n, err := w.Writer.Write(p[:len(p)/2])
		w.st.written += int64(n)
		if dies {
			w.d.death.err = w.d.image(w.d.death.image, w.d.death.keep)
		}
		if short || err != nil {
			return n, errors.Join(errFull, err)
		}
		more, err := w.Writer.Write(p[n:])
		w.st.written += int64(more)
		return n + more, err
	}
	n, err := w.Writer.Write(p)
	w.st.written += int64(n)
	return n, err
}

func (w diskWriter) Sync() error {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	if w.d.full("sync") {
		return errFull
	}
	if w.d.dies() {
		w.d.death.err = w.d.image(w.d.death.image, w.d.death.keep)
	}
	w.st.synced = w.st.written
	return nil
}

// image copies the folder as it is left when everything stops now, and keeps a
// share of what was not synced. mu is held.
func (d *disk) image(to string, keep float64) error {
	if err := copyFolder(to, d.dir); err != nil {
		return err
	}
	for name, st := range d.files {
		if st.written == st.synced {
			continue
		}
		err := os.Truncate(filepath.Join(to, "quads", name), st.synced+int64(keep*float64(st.written-st.synced)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// copyFolder copies a folder that others may be changing: what vanishes
// meanwhile is left out.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		}
		err = copyFile(filepath.Join(to, name), path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
