package store_test

import (
	"testing"

	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

func openStore(t *testing.T, dir string) store.Log {
	t.Helper()
	l, err := store.Open(dir, store.WithWriteBuffer(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestConformance(t *testing.T) { storetest.Run(t, openStore) }
