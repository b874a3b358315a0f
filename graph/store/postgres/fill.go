package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
)

// Fill writes the first commits in one transaction.
func (d *database) Fill(ctx context.Context, feed func(add func(c *graph.Commit, sealed func() error) error) error) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	if err := d.writable(); err != nil {
		return err
	}
	tx, err := d.pool.BeginTx(ctx, readCommitted)
	if err != nil {
		return fmt.Errorf("store: fill: %w", explain(err))
	}
	defer tx.Rollback(ctx) // after the end it does nothing; that of a panic gives the head back
	f := &filling{d: d, tx: tx, w: &written{}}
	err = d.lockHead(ctx, tx, 1)
	if err == nil {
		err = feed(func(c *graph.Commit, sealed func() error) error { return f.add(ctx, c, sealed) })
	}
	if err == nil {
		err = f.flush(ctx)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil || f.last == nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, d.opts.Wait)
	defer cancel()
	w := &written{entries: []entry{*f.last}}
	if err = tx.Commit(bounded); err != nil {
		err = d.settle(w, err)
	}
	if err == nil {
		d.wrote(w.end())
	}
	return err
}

// filling is the state of Fill.
type filling struct {
	d    *database
	tx   pgx.Tx
	enc  commits.Encoder
	w    *written // since the last flush
	last *entry   // the last commit; nil for none
}

func (f *filling) add(ctx context.Context, c *graph.Commit, sealed func() error) error {
	due := graph.Seq(1)
	if f.last != nil {
		due = f.last.Seq + 1
	}
	if c.Seq != due {
		return commits.OutOfTurn(c.Seq, due)
	}
	f.enc.Reset()
	if err := f.enc.Content(c); err != nil {
		return fmt.Errorf("store: append %w", err)
	}
	if err := sealed(); err != nil {
		return err
	}
	if err := f.enc.Seal(c); err != nil {
		return fmt.Errorf("store: append %w", err)
	}
	if err := f.w.add(c, f.enc.Quads); err != nil {
		return err
	}
	f.w.quads = append(f.w.quads, f.enc.Quads...)
	if f.last = f.w.last(); len(f.w.quads) >= most {
		return f.flush(ctx)
	}
	return ctx.Err()
}

// flush writes what was added since the last time.
func (f *filling) flush(ctx context.Context) error {
	if len(f.w.entries) == 0 {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, f.d.opts.Wait)
	defer cancel()
	if err := f.w.send(bounded, f.tx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return f.d.refuse(f.w, err)
	}
	f.w = &written{}
	return nil
}
