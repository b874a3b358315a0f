// Package snapfile keeps a snapshot in one file: File.
//
// The file is a cache. The log has all that is in it, so that a file that cannot
// be used is rebuilt. The package must not know what the bytes mean:
// graph/snapshot encodes and decodes them.
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

// File is the file of a path.
type File struct{ Path string }

// Clean removes what a process that ended in the middle of a Save left. Nobody
// else may be saving: the lock of the store next to the file ensures that.
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

// temporary returns the prefix of the names of files that become the snapshot file; a number
// follows.
func (f File) temporary() string { return filepath.Base(f.Path) + "." }

// Save writes the snapshot of a store to the file, whole or not at all. The
// snapshot may be advanced meanwhile.
func (f File) Save(s *snapshot.Snapshot, of graph.Identity) error {
	return f.replace(func(to *os.File) error {
		if err := s.Encode(to, of); err != nil {
			return err
		}
		return to.Sync() // or a crash could leave neither this file nor the one before
	})
}

// Fetch makes what a function writes the file, whole or not at all. It may be damaged by a crash of the machine, which Load finds.
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

// Load reads the snapshot and the store that it was written for. The error is
// that of snapshot.Decode, or of the file system.
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
