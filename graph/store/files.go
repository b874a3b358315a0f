package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	lerrors "github.com/syndtr/goleveldb/leveldb/errors"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

// nameFiles adds the names of files to an error of LevelDB that mentions them only by number.
func nameFiles(err error) error {
	var missing *lerrors.ErrMissingFiles
	var corrupted *lerrors.ErrCorrupted
	var file *storage.ErrCorrupted
	switch {
	case errors.As(err, &corrupted) && errors.As(corrupted.Err, &missing):
		return fmt.Errorf("%w: %v; restore the store from a backup", err, missing.Fds)
	case errors.As(err, &corrupted) && corrupted.Fd.Zero():
		return fmt.Errorf("%w: CURRENT, or the MANIFEST file that it names; restore the store from a backup", err)
	case errors.As(err, &corrupted), errors.As(err, &file):
		return fmt.Errorf("%w; restore the store from a backup", err)
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%w: a file of the database is missing; restore the store from a backup", err)
	}
	return err
}

// isEmpty reports whether a folder does not exist or is empty.
func isEmpty(path string) bool {
	entries, err := os.ReadDir(path)
	return errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0
}

// syncFolder makes changes of the names in a folder durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// removeHalfMade removes what crashes left: unfinished databases, and files from testing for room. The caller
// must hold the lock of the real database. Another process that failed to create the database first may still
// be writing to its own, which then cannot be removed; that process removes it itself.
func removeHalfMade(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), quadsDir+newSuffix) || strings.HasPrefix(e.Name(), probePrefix) {
			if failed := os.RemoveAll(filepath.Join(dir, e.Name())); !errors.Is(failed, syscall.ENOTEMPTY) {
				err = errors.Join(err, failed)
			}
		}
	}
	return err
}
