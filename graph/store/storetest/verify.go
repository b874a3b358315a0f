package storetest

import (
	"context"
	"errors"

	"github.com/caspian-kg/caspian/graph/store"
)

// Verify verifies the store in a folder that no process writes to.
func Verify(ctx context.Context, dir string) (store.Report, error) {
	l, err := store.Open(dir, store.Options{ReadOnly: true})
	if err != nil {
		return store.Report{}, err
	}
	r, err := store.Verify(ctx, l)
	return r, errors.Join(err, l.Close())
}
