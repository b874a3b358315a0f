package connect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/postgres"
)

// StandardStore is the folder of the store if none is named.
const StandardStore = "data"

// Place is where a store is: in a folder or in a database. A database also has a folder, for what a process
// stores locally: the snapshot file, the token and the owner's socket.
type Place struct{ store, folder string }

// StoreSetting declares --store, and --folder for a database.
func StoreSetting(s *settings.Set) *Place {
	return placeSetting(s, StandardStore, "folder of the store")
}

// SchemaSetting declares the settings of a store whose ontology is printed.
func SchemaSetting(s *settings.Set) *Place {
	return placeSetting(s, "", "print the ontology under which the store of this folder was written")
}

func placeSetting(s *settings.Set, standard, help string) *Place {
	p := &Place{store: StandardStore}
	s.Add("store", "DIR|URL", standard, help+", or postgres://… for one in a database", func(t string) error {
		if p.store = t; strings.Contains(t, "://") && !p.IsDatabase() {
			return fmt.Errorf("%q is neither a folder nor the address of a database, such as postgres://user@host/name", postgres.Redacted(t))
		}
		return nil
	})
	s.Add("folder", "DIR", "", "where a process of this machine keeps its token, its socket and its snapshot file for a store in a database; one under the user's cache by default", func(t string) error {
		p.folder = t
		return nil
	})
	return p
}

// IsDatabase reports whether the store is in a database.
func (p *Place) IsDatabase() bool {
	return strings.HasPrefix(p.store, "postgres://") || strings.HasPrefix(p.store, "postgresql://")
}

// Address returns the address of the database, with its password.
func (p *Place) Address() string { return p.store }

// String names the store, without its password.
func (p *Place) String() string {
	if p.IsDatabase() {
		return postgres.Redacted(p.store)
	}
	return p.store
}

// Folder returns the folder of the store, or the folder for its database.
func (p *Place) Folder() string {
	switch {
	case !p.IsDatabase():
		return p.store
	case p.folder != "":
		return p.folder
	}
	named := p.store
	if u, err := url.Parse(p.store); err == nil {
		u.User = url.User(u.User.Username()) // so that a new password leads to the same folder
		named = u.String()
	}
	sum := sha256.Sum256([]byte(named))
	top, err := os.UserCacheDir()
	if err != nil {
		top = "." // others may write to a folder for temporary files
	}
	return filepath.Join(top, "caspian", hex.EncodeToString(sum[:8]))
}

// Exists returns an error if the folder has no store; it says how to create one. For a database, only opening
// it shows that.
func (p *Place) Exists() error {
	if p.IsDatabase() {
		return nil
	}
	entries, err := os.ReadDir(p.store)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return graph.Errorf(graph.BadInput, "there is no store in %s; 'caspian serve' or 'caspian import' creates one", p.store)
	}
	return err
}

// OpenLog opens the log of the store.
func (p *Place) OpenLog(ctx context.Context, o store.Options) (store.Log, error) {
	if !p.IsDatabase() {
		return store.Open(p.store, o)
	}
	if err := os.MkdirAll(p.Folder(), 0o700); err != nil {
		return nil, fmt.Errorf("the folder for the files beside the database: %w; name another with --folder", err)
	}
	return postgres.Open(ctx, p.store, postgres.Options{ReadOnly: o.ReadOnly})
}
