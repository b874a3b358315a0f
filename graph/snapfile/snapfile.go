// Package snapfile stores a snapshot in one file: File.
//
// The file is a cache: the log has all of its content, so an unusable file is rebuilt. The package must not
// know what the bytes mean: graph/snapshot encodes and decodes them.
package snapfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// File is the snapshot file at a path.
type File struct{ Path string }

// Clean removes what a process left that ended in the middle of a Save. No other process may be saving: the
// lock of the store next to the file ensures that.
func (f File) Clean() error {
	dir, prefix := filepath.Dir(f.Path), f.temporary()
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), prefix)
		if ok && number != "" && strings.Trim(number, "0123456789") == "" && e.Type().IsRegular() {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// temporary returns the prefix of the names of unfinished snapshot files; a number follows.
func (f File) temporary() string { return filepath.Base(f.Path) + "." }

// Save writes the snapshot of a store to the file, as a whole or not at all. The snapshot may be advanced at
// the same time.
func (f File) Save(s *snapshot.Snapshot, of graph.Identity) error {
	return f.replace(func(to *os.File) error {
		if err := s.Encode(to, of); err != nil {
			return err
		}
		return to.Sync() // otherwise a crash could leave neither this file nor the previous one
	})
}

// Fetch replaces the file by what write writes, as a whole or not at all. A crash of the machine may damage the file,
// which Load detects.
func (f File) Fetch(write func(to io.Writer) error) error {
	return f.replace(func(to *os.File) error { return write(to) })
}

func (f File) replace(write func(to *os.File) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(f.Path), f.temporary()+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tmp.Close(), os.Remove(tmp.Name()))
		}
	}()
	if err := write(tmp); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), f.Path)
}

// Load reads the snapshot, and the identity of the store for which it was written. The error is from
// snapshot.Decode or the file system.
func (f File) Load(o *schema.Ontology) (*snapshot.Snapshot, graph.Identity, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, graph.Identity{}, err
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		return nil, graph.Identity{}, err
	}
	s, of, err := snapshot.Decode(file, st.Size(), o)
	if err != nil {
		return nil, of, fmt.Errorf("%s: %w", f.Path, err)
	}
	return s, of, nil
}
