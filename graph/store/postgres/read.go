package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
	"github.com/caspian-kg/caspian/graph/store/internal/terms"
)

// The constants bound a page of a replay. A page has at most this many commits, and at most this many bytes
// unless it has a single commit.
const (
	pageCommits = 4096
	pageBytes   = 16 << 20
)

func (d *database) Replay(ctx context.Context, after graph.Seq, fn func(*graph.Commit) error) error {
	head, err := d.Refresh(ctx)
	if err == nil && after > head {
		err = commits.Missing(after)
	}
	if err != nil {
		return fmt.Errorf("store: replay after commit %d: %w", after, err)
	}
	dec := commits.Decoder{Next: after + 1}
	// No connection is in use between two pages, so fn may append.
	for after < head {
		page, err := d.page(ctx, after, head)
		if err == nil && len(page) == 0 {
			err = fmt.Errorf("commit %d is missing", after+1)
		}
		if err != nil {
			return fmt.Errorf("store: replay after commit %d: %w", after, explain(err))
		}
		for _, quads := range page {
			c, err := decode(&dec, quads)
			if err != nil {
				return fmt.Errorf("store: replay after commit %d: the store is damaged: %w; restore it from a backup", after, err)
			}
			if err := fn(c); err != nil {
				return err
			}
			if after++; ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return nil
}

// page returns the quads of the commits after the given one, up to a page.
func (d *database) page(ctx context.Context, after, head graph.Seq) ([][]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, d.opts.Wait)
	defer cancel()
	last, err := d.pageEnd(ctx, after, head)
	if err != nil {
		return nil, err
	}
	found, err := d.pool.Query(ctx, `SELECT quads FROM caspian_commit WHERE seq > $1 AND seq <= $2 ORDER BY seq`, int64(after), int64(last))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, pgx.RowTo[[]byte])
}

// pageEnd returns the last commit of the page that begins after the given one.
func (d *database) pageEnd(ctx context.Context, after, head graph.Seq) (graph.Seq, error) {
	found, err := d.pool.Query(ctx, `SELECT octet_length(quads) FROM caspian_commit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3`, int64(after), int64(head), pageCommits)
	if err != nil {
		return 0, err
	}
	sizes, err := pgx.CollectRows(found, pgx.RowTo[int64])
	if err != nil {
		return 0, err
	}
	last, total := after, int64(0)
	for _, size := range sizes {
		if total += size; total > pageBytes && last > after {
			break
		}
		last++
	}
	return last, nil
}

// decode decodes the quads of one commit.
func decode(dec *commits.Decoder, quads []byte) (*graph.Commit, error) {
	for len(quads) > 0 {
		q, rest, err := terms.ReadQuad(quads)
		if err != nil {
			return nil, err
		}
		c, err := dec.Add(q)
		if err != nil {
			return nil, err
		}
		if quads = rest; c != nil && len(quads) > 0 {
			return nil, fmt.Errorf("quads follow the seal of commit %d", c.Seq)
		}
		if c != nil {
			return c, nil
		}
	}
	return nil, fmt.Errorf("commit %d is incomplete: it has no seal", dec.Next)
}

// Refresh reads the head of the log, because other processes may have appended commits. The live graph then
// applies them.
func (d *database) Refresh(ctx context.Context) (graph.Seq, error) {
	if err := d.usable(); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.opts.Wait)
	defer cancel()
	var last sealed
	var err error
	if last.seq, err = d.look(ctx, d.pool, readHead, &last.digest); err != nil {
		return 0, explain(err)
	}
	d.saw(last)
	return last.seq, nil
}

func (d *database) Seal(ctx context.Context, seq graph.Seq) (at time.Time, digest string, err error) {
	if err := d.usable(); err != nil {
		return time.Time{}, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, d.opts.Wait)
	defer cancel()
	var micro int64
	err = d.pool.QueryRow(ctx, `SELECT at, digest FROM caspian_commit WHERE seq = $1`, int64(seq)).Scan(&micro, &digest)
	if errors.Is(err, pgx.ErrNoRows) {
		err = commits.Missing(seq)
	}
	if err != nil {
		return time.Time{}, "", fmt.Errorf("store: read the seal of commit %d: %w", seq, explain(err))
	}
	return time.UnixMicro(micro).UTC(), digest, nil
}

func (d *database) Key(ctx context.Context, key string) (graph.Seq, error) {
	if err := d.usable(); err != nil {
		return 0, err
	}
	if key == "" {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, d.opts.Wait)
	defer cancel()
	var seq int64
	err := d.pool.QueryRow(ctx, `SELECT seq FROM caspian_commit WHERE key_hash = $1`, hashOfKey(key)).Scan(&seq)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("store: idempotency key %q: %w", key, explain(err))
	}
	return graph.Seq(seq), nil
}
