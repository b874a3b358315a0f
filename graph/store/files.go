package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	lerrors "github.com/syndtr/goleveldb/leveldb/errors"
	"github.com/syndtr/goleveldb/leveldb/journal"

	"github.com/caspian-kg/caspian/graph"
)

// headFile notes, beside the database, a commit that was there once. LevelDB
// takes a journal that was cut short for a crash and opens without a word; the
// note tells the two apart. It is written when the store is opened and closed,
// so it may be behind the head and never before it.
const headFile = "head"

// checkHead compares the note with the head of the database.
func checkHead(dir string, head graph.Seq) error {
	path := filepath.Join(dir, headFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	noted, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return fmt.Errorf("%s: %q is no number of a commit; delete the file if the rest of the store is sound", path, b)
	}
	if uint64(head) < noted {
		return fmt.Errorf("%s notes commit %d, but %s ends with commit %d: a file of it is missing or was cut short; "+
			"restore it from a backup, or delete the note to go on without the lost commits",
			path, noted, filepath.Join(dir, quadsDir), head)
	}
	return nil
}

// writeHead replaces the note, whole or not at all.
func writeHead(dir string, head graph.Seq) error {
	path := filepath.Join(dir, headFile)
	text := strconv.FormatUint(uint64(head), 10) + "\n"
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return nil
	}
	tmp := path + ".tmp"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncFolder(dir)
}

// nameFiles adds to an error of LevelDB the files it speaks of and does not name.
func nameFiles(err error) error {
	var missing *lerrors.ErrMissingFiles
	var corrupted *lerrors.ErrCorrupted
	switch {
	case errors.As(err, &corrupted) && errors.As(corrupted.Err, &missing):
		return fmt.Errorf("%w: %v; restore the store from a backup", err, missing.Fds)
	case errors.As(err, &corrupted) && corrupted.Fd.Zero():
		return fmt.Errorf("%w: CURRENT, or the MANIFEST file that it names; restore the store from a backup", err)
	case errors.As(err, &corrupted):
		return fmt.Errorf("%w; restore the store from a backup", err)
	}
	return err
}

// isEmpty tells whether a folder is not there or holds nothing.
func isEmpty(path string) bool {
	entries, err := os.ReadDir(path)
	return errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0
}

// syncFolder makes a change of names in a folder durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// removeHalfMade removes the databases that crashes left in the making. The
// lock of the real one is held.
func removeHalfMade(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), quadsDir+newSuffix) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// checkJournals refuses a journal that is damaged before its end. LevelDB
// would drop the damaged record and keep the ones after it, which is a hole in
// the log; a damaged end is what a crash leaves of a commit that nobody was
// told about, and is dropped rightly.
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

// dropped keeps the first fault that a journal reader skips.
type dropped struct{ err error }

func (d *dropped) Drop(err error) {
	if d.err == nil {
		d.err = err
	}
}
