package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/syndtr/goleveldb/leveldb/journal"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

// checkJournals refuses a journal that is damaged before its end. LevelDB would drop the damaged record but
// keep later ones, which leaves a hole in the log. A damaged end is different: it is a commit that a crash
// interrupted before it was acknowledged, and may be dropped.
func checkJournals(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".log" {
			continue
		}
		if err := checkJournal(filepath.Join(path, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func checkJournal(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var d dropped
	r := journal.NewReader(f, &d, false, true)
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			_, err = io.Copy(io.Discard, rec)
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err == nil && d.err != nil {
			return fmt.Errorf("%s is damaged before its end (%w); restore the store from a backup", name, d.err)
		}
	}
}

// dropped records the first fault that a journal reader skips.
type dropped struct{ err error }

func (d *dropped) Drop(err error) {
	if d.err == nil {
		d.err = err
	}
}

// oneJournal presents the journals of a database as one. A crash while a table is written leaves several.
// LevelDB reads several only when it opens for writing; when it opens for reading, it takes the end of the
// first for an error. Batches that are already in tables have numbers below the manifest's, and are skipped.
type oneJournal struct{ storage.Storage }

const journalBlock = 32 << 10

func (s oneJournal) List(types storage.FileType) ([]storage.FileDesc, error) {
	fds, err := s.Storage.List(types)
	if err != nil {
		return nil, err
	}
	var last storage.FileDesc
	fds = slices.DeleteFunc(fds, func(fd storage.FileDesc) bool {
		if fd.Type == storage.TypeJournal && fd.Num > last.Num {
			last = fd
		}
		return fd.Type == storage.TypeJournal
	})
	if !last.Zero() {
		fds = append(fds, last)
	}
	return fds, nil
}

func (s oneJournal) Open(fd storage.FileDesc) (storage.Reader, error) {
	if fd.Type != storage.TypeJournal {
		return s.Storage.Open(fd)
	}
	fds, err := s.Storage.List(storage.TypeJournal)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(fds, func(a, b storage.FileDesc) int { return int(a.Num - b.Num) })
	joined := &journals{}
	var parts []io.Reader
	for _, fd := range fds {
		r, err := s.Storage.Open(fd)
		if err != nil {
			return nil, errors.Join(err, joined.Close())
		}
		joined.open = append(joined.open, r)
		parts = append(parts, &padded{r: r})
	}
	joined.Reader = io.MultiReader(parts...)
	return joined, nil
}

// journals reads several files one after the other.
type journals struct {
	io.Reader
	open []storage.Reader
}

func (*journals) ReadAt([]byte, int64) (int, error) { return 0, errors.ErrUnsupported }
func (*journals) Seek(int64, int) (int64, error)    { return 0, errors.ErrUnsupported }

func (j *journals) Close() (err error) {
	for _, r := range j.open {
		err = errors.Join(err, r.Close())
	}
	return err
}

// padded reads a file followed by zeros up to the end of its last block; a reader of journals skips the zeros.
type padded struct {
	r    io.Reader
	size int
	done bool
}

func (p *padded) Read(b []byte) (int, error) {
	if !p.done {
		n, err := p.r.Read(b)
		p.size += n
		if err != io.EOF {
			return n, err
		}
		p.done = true
		if n > 0 {
			return n, nil
		}
	}
	if p.size%journalBlock == 0 {
		return 0, io.EOF
	}
	n := min(len(b), journalBlock-p.size%journalBlock)
	clear(b[:n])
	p.size += n
	return n, nil
}
