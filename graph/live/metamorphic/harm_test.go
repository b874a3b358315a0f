package metamorphic

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapfile"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// names reports whether an error names a file of the folder.
func names(err error, dir string) bool { return strings.Contains(err.Error(), dir) }

// harm does harm to the files of the closed store, and says what may be left:
//
//	snapshot flip=0.3 | cut=0.5 | empty | remove | foreign=N | from=SAVE
//	journal, table, manifest, current, note: flip, cut, zero, empty, remove; note also from=SAVE
//	restore from=SAVE what=quads | log | all
//	verify
//
// Shares are of the file's length. A file that does not exist is left alone.
func (r *run) harm(text string, want *harmed) error {
	args := words(text)
	what := strings.Fields(text)[0]
	switch what {
	case "verify":
		before, err := folderSum(r.dir)
		if err != nil {
			return err
		}
		rep, err := storetest.Verify(context.Background(), r.dir)
		if err != nil {
			return err
		}
		if after, err := folderSum(r.dir); err != nil || after != before {
			return fmt.Errorf("it changed the files: %v", err)
		}
		if n := int(rep.Head) - len(want.entries); !rep.Sound() || n < 0 || n > len(want.doubtful) {
			return fmt.Errorf("head %d, %v", rep.Head, rep.Differences)
		}
		return nil
	case "restore":
		return r.restore(args, want)
	}
	path := r.fileOf(what, share(args["which"]))
	if n, ok := args["foreign"]; ok {
		want.did = true
		return r.foreign(path, max(1, len(r.m.entries)+number(n)))
	}
	if from, ok := args["from"]; ok {
		s, ok := r.saves[from]
		if !ok {
			return nil
		}
		want.did = true
		err := copyFile(path, filepath.Join(s.dir, filepath.Base(path)))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	if path == "" {
		return nil
	}
	want.did = true
	if what != "snapshot" && what != "note" {
		// The note of what was acknowledged may trail by a group.
		want.least = min(want.least, len(want.entries)-r.lastGroup)
	}
	want.rotten = want.rotten || what == "table" && len(want.entries) == len(r.m.entries)
	err := damage(path, args)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// folderSum returns a sum of all files of a folder, their names and what they
// hold.
func folderSum(dir string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		fmt.Fprintf(h, "%s %d %s", path, len(b), b)
		return err
	})
	return string(h.Sum(nil)), err
}

func damage(path string, args map[string]string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	at := func(name string) int64 { return int64(share(args[name]) * float64(info.Size())) }
	for name := range args {
		switch name {
		case "remove":
			return os.Remove(path)
		case "empty":
			return os.Truncate(path, 0)
		case "cut":
			return os.Truncate(path, at(name))
		case "flip", "zero":
			b, err := os.ReadFile(path)
			if err != nil || len(b) == 0 {
				return err
			}
			n := min(at(name), info.Size()-1)
			if name == "flip" {
				b[n] ^= 0x55
			} else {
				clear(b[n:])
			}
			return os.WriteFile(path, b, 0o644)
		}
	}
	return fmt.Errorf("harm %v?", args)
}

// fileOf returns a file of the store, or "" if there is none of the kind.
func (r *run) fileOf(what string, which float64) string {
	pattern := ""
	switch what {
	case "snapshot":
		return filepath.Join(r.dir, "snapshot")
	case "note":
		return filepath.Join(r.dir, "head")
	case "current":
		return filepath.Join(r.dir, "quads", "CURRENT")
	case "journal":
		pattern = "*.log"
	case "table":
		pattern = "*.ldb"
	case "manifest":
		pattern = "MANIFEST-*"
	}
	files, _ := filepath.Glob(filepath.Join(r.dir, "quads", pattern))
	if len(files) == 0 {
		return ""
	}
	return files[min(int(which*float64(len(files))), len(files)-1)]
}

// restore puts back files of an older copy: the database only, all but the
// snapshot, or everything.
func (r *run) restore(args map[string]string, want *harmed) error {
	s, ok := r.saves[args["from"]]
	if !ok {
		return nil
	}
	want.did = true
	want.entries, want.doubtful, want.least = s.entries, s.doubtful, len(s.entries)
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return err
	}
	tmp := r.folder()
	defer os.RemoveAll(tmp)
	if err := copyFolder(tmp, s.dir); err != nil {
		return err
	}
	keep := func(name string) bool {
		return args["what"] == "quads" && name != "quads" || args["what"] == "log" && strings.HasPrefix(name, "snapshot")
	}
	for _, e := range entries {
		if !keep(e.Name()) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(r.dir, e.Name())))
		}
	}
	saved, err2 := os.ReadDir(tmp)
	err = errors.Join(err, err2)
	for _, e := range saved {
		if !keep(e.Name()) {
			err = errors.Join(err, os.Rename(filepath.Join(tmp, e.Name()), filepath.Join(r.dir, e.Name())))
		}
	}
	return err
}

// foreign puts the snapshot file of another store in place: one that has as
// many commits, and other ones.
func (r *run) foreign(path string, commits int) error {
	dir := r.folder()
	defer os.RemoveAll(dir)
	l, err := store.Open(dir, store.Options{NoSync: true, WriteBuffer: 64 << 10})
	if err != nil {
		return err
	}
	g, err := live.Open(context.Background(), l, ontologies[r.ontology](), live.Options{
		Now: r.now, Cache: snapfile.File{Path: filepath.Join(dir, "snapshot")},
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	for i := range commits {
		e := graph.Entity{ID: graph.ID(fmt.Sprintf("f%d", i)), Type: "City"}
		if _, err := g.Commit(context.Background(), &graph.Change{Ops: []graph.Op{{Kind: graph.Declare, Entity: e}}}); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	if err := errors.Join(g.Close(), l.Close()); err != nil {
		return err
	}
	return copyFile(path, filepath.Join(dir, "snapshot"))
}
