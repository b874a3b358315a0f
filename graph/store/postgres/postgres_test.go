package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/postgres/pgtest"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// schemaFor returns the address of a schema for a name, which it creates.
func schemaFor(t testing.TB, name string) string {
	t.Helper()
	s := pgtest.Get(t)
	sum := sha256.Sum256([]byte(name))
	schema := "t" + hex.EncodeToString(sum[:8])
	db, err := pgx.Connect(context.Background(), s.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	if _, err := db.Exec(context.Background(), "CREATE SCHEMA IF NOT EXISTS "+schema); err != nil {
		t.Fatal(err)
	}
	return s.Address + "&search_path=" + schema
}

func openAt(t testing.TB, name string) store.Log {
	t.Helper()
	return openURL(t, schemaFor(t, name))
}

func openURL(t testing.TB, address string) store.Log {
	t.Helper()
	l, err := Open(context.Background(), address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// The live graph follows a log that has Refresh.
var _ live.Shared = (*database)(nil)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, dir string) store.Log { return openAt(t, dir) })
}
