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
	defer tx.Rollback(ctx) // has no effect after the end; after a panic, it unlocks the head
	f := &filling{d: d, tx: tx, w: &written{}, seen: seen{}}
	defer f.wait() // before the transaction ends, also after a panic
	err = f.begin(ctx)
	if err == nil {
		err = feed(func(c *graph.Commit, sealed func() error) error { return f.add(ctx, c, sealed) })
	}
	if err == nil {
		err = f.end(ctx)
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
	w    *written // the commits since the last flush
	last *entry   // the last commit; nil if there is none

	indexes []index // to be built at the end
	seen    seen
	sending chan error // of the one flush that may be under way; nil for none
}

// begin takes the head, and prepares the tables for rows in large numbers.
func (f *filling) begin(ctx context.Context) error {
	err := f.d.lockHead(ctx, f.tx, 1)
	if err != nil {
		return err
	}
	if f.indexes, err = dropIndexes(ctx, f.tx); err == nil {
		_, err = f.tx.Exec(ctx, stageNodes)
	}
	if err != nil {
		return fmt.Errorf("store: fill: %w", explain(err))
	}
	return nil
}

// end writes what is left, and makes the tables as they were. Building the indexes takes as long as it takes.
func (f *filling) end(ctx context.Context) error {
	err := f.flush(ctx)
	if err != nil || f.last == nil {
		return err
	}
	if err := f.wait(); err != nil {
		return err
	}
	_, err = f.tx.Exec(ctx, spacious, pgx.QueryExecModeSimpleProtocol)
	if err == nil {
		err = buildIndexes(ctx, f.tx, f.indexes)
	}
	if err == nil {
		_, err = f.tx.Exec(ctx, mergeNodes)
	}
	if err == nil {
		_, err = f.tx.Exec(ctx, moveHead, int64(f.last.Seq))
	}
	return f.failed(ctx, &written{entries: []entry{*f.last}}, err)
}

// failed returns the error of what was sent last; that of the context if this has ended.
func (f *filling) failed(ctx context.Context, w *written, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return f.d.refuse(w, err)
	}
	return nil
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

// flush begins to write what was added since the last time, when that has been written: the server works while more is
// added.
func (f *filling) flush(ctx context.Context) error {
	if err := f.wait(); err != nil || len(f.w.entries) == 0 {
		return err
	}
	w, sending := f.w, make(chan error, 1)
	f.w, f.sending = &written{}, sending
	go func() {
		bounded, cancel := context.WithTimeout(ctx, f.d.opts.Wait)
		defer cancel()
		sending <- f.failed(ctx, w, w.copy(bounded, f.tx, f.seen))
	}()
	return nil
}

// wait ends the flush that is under way.
func (f *filling) wait() error {
	if f.sending == nil {
		return nil
	}
	err := <-f.sending
	f.sending = nil
	return err
}
