package store

import (
	"errors"

	cgraph "github.com/cayleygraph/cayley/graph"
	ckv "github.com/cayleygraph/cayley/graph/kv"
)

// Cayley presents the quads of an open log in a folder as a quad store of Cayley's, as they are now. It refuses
// writes. release must be called before the log is closed.
func Cayley(l Log) (qs cgraph.QuadStore, release func() error, err error) {
	s, ok := l.(*embedded)
	if !ok {
		return nil, nil, errors.New("store: the log is not in a folder")
	}
	tx, _, err := s.settled()
	if err != nil {
		return nil, nil, err
	}
	if qs, err = ckv.New(frozenKV{tx}, cayleyOptions); err != nil {
		return nil, nil, errors.Join(err, tx.Close())
	}
	return qs, func() error { return errors.Join(qs.Close(), tx.Close()) }, nil
}
