// Package postgres keeps commits in PostgreSQL, which any number of processes may read and append to at the same time.
//
// Read Open and AppendGroup first, and migrations/ for the tables: those of Cayley's own PostgreSQL backend, which its
// tools read, and beside them, written in the same transaction, the log that a replay reads.
//
// The package must not know snapshots, views, the ontology or GraphQL.
package postgres

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
)

// Options are how a store is opened. The zero value is right for a service.
type Options struct {
	// ReadOnly changes nothing in the database and accepts no writes.
	ReadOnly bool
	// Wait bounds how long one append, or the opening, waits for the database; 0 is a minute.
	Wait time.Duration
}

// database is the Log in a schema of a database.
type database struct {
	pool *pgxpool.Pool
	opts Options

	writing sync.Mutex // held by an append, and comes before mu

	mu       sync.RWMutex
	identity graph.Identity
	head     graph.Seq // the last commit that is known here; others may have appended more
	closed   bool
	refusal  error // why the last append could not be written, where that may be so again; nil if it could
}

// Open opens the store in the database of an address such as postgres://user@host/name?search_path=schema, and creates
// its tables if there are none. Poolers may be between, also in transaction mode: nothing depends on a session.
func Open(ctx context.Context, address string, o Options) (store.Log, error) {
	if o.Wait == 0 {
		o.Wait = time.Minute
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, graph.Errorf(graph.BadInput, "store: %v", err)
	}
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec // no statement has a name that a pooler must know
	config.MinConns = 1
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	d := &database{pool: pool, opts: o}
	ctx, cancel := context.WithTimeout(ctx, o.Wait)
	defer cancel()
	if !o.ReadOnly {
		err = migrate(ctx, pool)
	}
	if err == nil {
		err = d.begin(ctx)
	}
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("store: open %s: %w", Redacted(address), explain(err))
	}
	return d, nil
}

// Redacted is an address without its password.
func Redacted(address string) string {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return "the database"
	}
	return fmt.Sprintf("postgres://%s@%s:%d/%s", config.User, config.Host, config.Port, config.Database)
}

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. Several processes may try at the same time: a row of a table is their lock.
func migrate(ctx context.Context, pool *pgxpool.Pool) error {
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresTableLocker(lock.WithTableName("caspian_lock"))
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithTableName("caspian_migration"), goose.WithLocker(locker))
	if err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil || !pending {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// begin reads the identity and the head, or makes the identity of a new store.
func (d *database) begin(ctx context.Context) error {
	if !d.opts.ReadOnly {
		id := newIdentity()
		if _, err := d.pool.Exec(ctx, `INSERT INTO caspian_head (store, epoch, seq) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`, id.Store, int64(id.Epoch)); err != nil {
			return err
		}
	}
	var epoch, seq int64
	err := d.pool.QueryRow(ctx, `SELECT store, epoch, seq FROM caspian_head`).Scan(&d.identity.Store, &epoch, &seq)
	if errors.Is(err, pgx.ErrNoRows) || sqlState(err) == undefinedTable {
		return graph.Errorf(graph.BadInput, "there is no store in this database")
	}
	d.identity.Epoch, d.head = uint64(epoch), graph.Seq(seq)
	return err
}

func newIdentity() graph.Identity {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return graph.Identity{Store: hex.EncodeToString(b[:]), Epoch: 1}
}

func (d *database) Identity() graph.Identity { return d.identity }

func (d *database) Head() graph.Seq {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.head
}

// saw remembers that the log has a commit.
func (d *database) saw(seq graph.Seq) {
	d.mu.Lock()
	d.head = max(d.head, seq)
	d.mu.Unlock()
}

// usable returns why the store cannot be used.
func (d *database) usable() error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return graph.Errorf(graph.Unavailable, "the store is closed")
	}
	return nil
}

func (d *database) Close() error {
	d.writing.Lock()
	defer d.writing.Unlock()
	d.mu.Lock()
	closed := d.closed
	d.closed = true
	d.mu.Unlock()
	if !closed {
		d.pool.Close()
	}
	return nil
}
