// Package postgres stores commits in PostgreSQL. Any number of processes may read and append at the same time.
//
// Read Open and AppendGroup first, and migrations/ for the tables. Some tables are those of Cayley's own PostgreSQL
// backend, so that its tools can read the data. The others are the log that a replay reads. One transaction writes
// both.
//
// The package must not know snapshots, views, the ontology or GraphQL.
package postgres

import (
	"context"
	"embed"
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
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
)

// Options configures how a store is opened. The zero value is for a service.
type Options struct {
	// ReadOnly means that nothing in the database changes, and that no writes are accepted.
	ReadOnly bool
	// Wait bounds how long opening, an append or a read waits for the database; 0 means a minute. Fill waits
	// without a bound for other processes that fill the store.
	Wait time.Duration
}

// database is the log in one schema of a database. It implements store.Log.
type database struct {
	pool *pgxpool.Pool
	opts Options

	writing sync.Mutex // locked during an append; locked before mu

	mu       sync.RWMutex
	identity graph.Identity
	last     sealed // the last commit that this process knows; others may have appended more
	closed   bool
	refusal  error // why the last append failed, if the next may fail for the same reason; else nil
}

// sealed is a commit with the digest of the graph after it.
type sealed struct {
	seq    graph.Seq
	digest string
}

// Open opens the store in the database with an address such as postgres://user@host/name?search_path=schema, and
// creates its tables if there are none. The connection may pass through a pooler, even one in transaction mode,
// because nothing depends on a session.
func Open(ctx context.Context, address string, o Options) (store.Log, error) {
	if o.Wait == 0 {
		o.Wait = time.Minute
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, graph.Errorf(graph.BadInput, "store: %v", err)
	}
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec // no prepared statement has a name, which a pooler would have to know
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

// Redacted returns an address without its password.
func Redacted(address string) string {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return "the database"
	}
	return fmt.Sprintf("postgres://%s@%s:%d/%s", config.User, config.Host, config.Port, config.Database)
}

//go:embed migrations/*.sql
var migrations embed.FS

// migrate updates the tables. Several processes may call it at the same time, because a row of a table serves as a
// lock.
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

// begin reads the identity and the head of the store. For a new store, it creates the identity.
func (d *database) begin(ctx context.Context) error {
	if !d.opts.ReadOnly {
		id := store.NewIdentity()
		if err := pgx.BeginTxFunc(ctx, d.pool, readCommitted, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO caspian_head (store, epoch, seq) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`, id.Store, int64(id.Epoch))
			return err
		}); err != nil {
			return err
		}
	}
	var epoch, seq int64
	err := d.pool.QueryRow(ctx, readHead, int64(0)).Scan(&d.identity.Store, &epoch, &seq, nil, &d.last.digest)
	if errors.Is(err, pgx.ErrNoRows) || sqlState(err) == undefinedTable {
		return graph.Errorf(graph.BadInput, "there is no store in this database")
	}
	d.identity.Epoch, d.last.seq = uint64(epoch), graph.Seq(seq)
	return err
}

// Both queries return the identity of the store, the last commit, and the digest of the commit $1, which is "" if
// that commit does not exist. readHead also returns the digest of the last commit.
const (
	headOf   = `SELECT store, epoch, seq, coalesce((SELECT digest FROM caspian_commit WHERE seq = $1), ''), `
	readHead = headOf + `coalesce((SELECT digest FROM caspian_commit c WHERE c.seq = h.seq), '') FROM caspian_head h`
	// An acknowledged commit is durable, even if the server is configured to acknowledge earlier.
	takeHead = headOf + `set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)
FROM caspian_head FOR UPDATE`
)

// look runs one of the queries of the head, and scans the last column into more. It returns an error if the
// database was replaced by one that lacks commits of this process: a new commit may depend on these, so it must
// not be appended there.
func (d *database) look(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, query string, more any) (graph.Seq, error) {
	d.mu.RLock()
	known := d.last
	d.mu.RUnlock()
	var id graph.Identity
	var epoch, seq int64
	var digest string
	err := q.QueryRow(ctx, query, int64(known.seq)).Scan(&id.Store, &epoch, &seq, &digest, more)
	id.Epoch = uint64(epoch)
	switch {
	case err != nil:
		return 0, err
	case id != d.identity:
		return 0, graph.Errorf(graph.Unavailable, "the database was replaced: it has the store %q of epoch %d, and not %q of epoch %d; start again", id.Store, id.Epoch, d.identity.Store, d.identity.Epoch)
	case graph.Seq(seq) < known.seq || digest != known.digest:
		return 0, graph.Errorf(graph.Unavailable, "the database was replaced: it has lost commit %d, which was read from it; start again", known.seq)
	}
	return graph.Seq(seq), nil
}

func (d *database) Identity() graph.Identity { return d.identity }

func (d *database) Head() graph.Seq {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.last.seq
}

// saw records that the log has a commit.
func (d *database) saw(last sealed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if last.seq > d.last.seq {
		d.last = last
	}
}

// usable returns an error if the store cannot be used.
func (d *database) usable() error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return commits.Closed()
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
