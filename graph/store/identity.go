package store

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hidal-go/hidalgo/kv"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"

	"github.com/caspian-kg/caspian/graph"
)

// The store's identity is in the database, under a key that Cayley does not use, so that it is always copied
// together with the quads.
var identityKey = flatKey(kv.Key{[]byte("caspian"), []byte("identity")})

// readIdentity returns the zero value for a store of an earlier version, which has no identity.
func readIdentity(db *leveldb.DB) (graph.Identity, error) {
	b, err := db.Get(identityKey, nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		return graph.Identity{}, nil
	}
	var id graph.Identity
	if err == nil {
		err = json.Unmarshal(b, &id)
	}
	if err != nil {
		return id, fmt.Errorf("the identity of the store: %w", err)
	}
	return id, nil
}

func writeIdentity(db *leveldb.DB, id graph.Identity) error {
	b, err := json.Marshal(id)
	if err != nil {
		return err
	}
	return db.Put(identityKey, b, &opt.WriteOptions{Sync: true})
}

// NewIdentity returns a random identity for a new store.
func NewIdentity() graph.Identity {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return graph.Identity{Store: hex.EncodeToString(b[:]), Epoch: 1}
}
