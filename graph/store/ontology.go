package store

import (
	"errors"
	"fmt"

	"github.com/hidal-go/hidalgo/kv"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/util"

	"github.com/caspian-kg/caspian/graph/store/internal/commits"
)

// The texts of the ontologies are in the database next to the identity, so that a copy of the quads can always
// be interpreted. The key without a hash has the hash of the last accepted ontology.
func ontologyKey(hash string) []byte {
	return flatKey(kv.Key{[]byte("caspian"), []byte("ontology"), []byte(hash)})
}

func (s *embedded) Ontology(hash string) (string, error) {
	tx, _, err := s.view()
	if err != nil {
		return "", err
	}
	defer tx.Close()
	if hash == "" {
		b, err := tx.snap.Get(ontologyKey(""), nil)
		if errors.Is(err, leveldb.ErrNotFound) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("store: the ontology accepted last: %w", err)
		}
		hash = string(b)
	}
	text, err := tx.snap.Get(ontologyKey(hash), nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("store: the ontology %s: %w", hash, err)
	}
	return string(text), nil
}

func (s *embedded) Ontologies() (texts map[string]string, accepted string, err error) {
	tx, _, err := s.view()
	if err != nil {
		return nil, "", err
	}
	defer tx.Close()
	texts = map[string]string{}
	last := ontologyKey("")
	it := tx.snap.NewIterator(util.BytesPrefix(last), nil)
	defer it.Release()
	for it.Next() {
		if hash := string(it.Key()[len(last):]); hash != "" { // a hash is hexadecimal, so the key has no escapes
			texts[hash] = string(it.Value())
		} else {
			accepted = string(it.Value())
		}
	}
	if err := it.Error(); err != nil {
		return nil, "", fmt.Errorf("store: the ontologies: %w", err)
	}
	return texts, accepted, nil
}

func (s *embedded) AcceptOntology(hash, text string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := commits.CheckHash(hash); err != nil {
		return err
	}
	if err := s.usable(); err != nil {
		return err
	}
	if err := s.writable(); err != nil {
		return err
	}
	batch := new(leveldb.Batch)
	batch.Put(ontologyKey(hash), []byte(text))
	batch.Put(ontologyKey(""), []byte(hash))
	if err := s.kv.write(batch); err != nil {
		// As after a failed append, half a record may hide later ones.
		s.kv.unflushed = false
		_ = s.shut()
		return errors.Join(fmt.Errorf("store: keep the ontology: %w", err), s.openAfter(err))
	}
	return nil
}
