package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/cayleygraph/quad"
	"github.com/jackc/pgx/v5"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
	"github.com/caspian-kg/caspian/graph/store/internal/terms"
)

func (d *database) Append(ctx context.Context, c *graph.Commit) error {
	return d.AppendGroup(ctx, []*graph.Commit{c})
}

// AppendGroup writes the commits in one transaction, which holds the row of the head from the check of their numbers
// to its end: another writer waits for it, and then finds that it was overtaken.
func (d *database) AppendGroup(ctx context.Context, cs []*graph.Commit) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	if err := d.writable(); err != nil {
		return err
	}
	if len(cs) == 0 {
		return nil
	}
	w, err := encode(ctx, cs)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, d.opts.Wait)
	defer cancel()
	err = d.write(ctx, w)
	if err == nil {
		d.wrote(w.end())
	}
	return err
}

// writable returns why no append can be made.
func (d *database) writable() error {
	if err := d.usable(); err != nil {
		return err
	}
	if d.opts.ReadOnly {
		return commits.ReadOnly()
	}
	return nil
}

// entry is a commit as the log has it.
type entry struct {
	*graph.Commit
	quads []byte
}

// keyHash is the hash of the idempotency key; nil for none.
func (e *entry) keyHash() []byte {
	if e.Key == "" {
		return nil
	}
	return hashOfKey(e.Key)
}

func hashOfKey(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// written is a group of commits in the making.
type written struct {
	entries []entry
	quads   []quad.Quad // of all of them
}

func (w *written) first() graph.Seq { return w.entries[0].Seq }
func (w *written) last() *entry     { return &w.entries[len(w.entries)-1] }
func (w *written) end() sealed      { return sealed{w.last().Seq, w.last().Digest} }

// encode makes the rows of commits, which must be numbered one after the other.
func encode(ctx context.Context, cs []*graph.Commit) (*written, error) {
	w := &written{}
	var enc commits.Encoder
	keys := map[string]graph.Seq{}
	for i, c := range cs {
		if want := cs[0].Seq + graph.Seq(i); c.Seq != want {
			return nil, commits.OutOfTurn(c.Seq, want)
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("store: append commit %d: %w", c.Seq, err)
		}
		if n := keys[c.Key]; n != 0 {
			return nil, fmt.Errorf("store: append: %w", commits.KeyReused(c.Key, n))
		}
		if c.Key != "" {
			keys[c.Key] = c.Seq
		}
		before := len(enc.Quads)
		if err := enc.Commit(c); err != nil {
			return nil, fmt.Errorf("store: append %w", err)
		}
		if err := w.add(c, enc.Quads[before:]); err != nil {
			return nil, err
		}
	}
	w.quads = enc.Quads
	return w, nil
}

// add takes a commit, as the log has it.
func (w *written) add(c *graph.Commit, quads []quad.Quad) error {
	e := entry{Commit: c}
	for _, q := range quads {
		var err error
		if e.quads, err = terms.AppendQuad(e.quads, q); err != nil {
			return fmt.Errorf("store: append commit %d: %w", c.Seq, err)
		}
	}
	w.entries = append(w.entries, e)
	return nil
}

// readCommitted is how transactions that write are begun, whatever the server does by default: one that waited for the head
// must read what the others wrote meanwhile.
var readCommitted = pgx.TxOptions{IsoLevel: pgx.ReadCommitted}

// write makes the transaction.
func (d *database) write(ctx context.Context, w *written) error {
	complete := false // true once only the end of the transaction is missing
	err := pgx.BeginTxFunc(ctx, d.pool, readCommitted, func(tx pgx.Tx) error {
		err := d.lockHead(ctx, tx, w.first())
		if err == nil {
			err = w.send(ctx, tx)
		}
		complete = err == nil
		return err
	})
	switch {
	case err == nil:
		return nil
	case complete:
		return d.settle(w, err)
	}
	return d.refuse(w, err)
}

// send writes the commits, and the head that they make.
func (w *written) send(ctx context.Context, tx pgx.Tx) error {
	if len(w.quads) >= copyFrom {
		return w.sendLarge(ctx, tx)
	}
	r, err := rowsOf(w.quads)
	if err != nil {
		return err
	}
	var b pgx.Batch
	b.Queue(insertNodes, r.hash, r.refs, r.text, r.iri, r.kind, r.ints, r.nums, r.bits)
	b.Queue(insertQuads, r.quads[0], r.quads[1], r.quads[2], r.quads[3], w.last().At)
	var seqs, at []int64
	var digests []string
	var keys, quads [][]byte
	for i := range w.entries {
		e := &w.entries[i]
		seqs, at, digests = append(seqs, int64(e.Seq)), append(at, e.At.UnixMicro()), append(digests, e.Digest)
		keys, quads = append(keys, e.keyHash()), append(quads, e.quads)
	}
	b.Queue(insertLog, seqs, at, digests, keys, quads)
	b.Queue(moveHead, int64(w.last().Seq))
	return tx.SendBatch(ctx, &b).Close()
}

func (w *written) sendLarge(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, stageNodes); err != nil {
		return err
	}
	if err := w.copy(ctx, tx, nil); err != nil {
		return err
	}
	var b pgx.Batch
	b.Queue(mergeNodes)
	b.Queue(moveHead, int64(w.last().Seq))
	return tx.SendBatch(ctx, &b).Close()
}

const (
	insertLog = `INSERT INTO caspian_commit (seq, at, digest, key_hash, quads)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[], $5::bytea[])`
	moveHead = `UPDATE caspian_head SET seq = $1`
)

// lockHead takes the turn of this writer, if the commit with the number is due.
func (d *database) lockHead(ctx context.Context, tx pgx.Tx, seq graph.Seq) error {
	head, err := d.look(ctx, tx, takeHead, nil)
	if want := head + 1; err == nil && seq != want {
		err = commits.OutOfTurn(seq, want)
	}
	return err
}

// settle finds out whether a transaction was made whose end failed. It takes the row of the head, which the
// transaction holds as long as it is not decided.
func (d *database) settle(w *written, cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), d.opts.Wait)
	defer cancel()
	made := false
	err := pgx.BeginTxFunc(ctx, d.pool, readCommitted, func(tx pgx.Tx) error {
		if _, err := d.look(ctx, tx, takeHead, nil); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM caspian_commit WHERE seq = $1 AND quads = $2)`, int64(w.last().Seq), w.last().quads).Scan(&made)
	})
	switch {
	case err != nil:
		return fmt.Errorf("store: append commit %d: %w: %w", w.first(), store.ErrInDoubt, errors.Join(explain(cause), explain(err)))
	case made:
		return nil
	}
	return d.refuse(w, cause)
}

// wrote remembers that the commits up to one are durable.
func (d *database) wrote(last sealed) {
	d.saw(last)
	d.mu.Lock()
	d.refusal = nil
	d.mu.Unlock()
}
