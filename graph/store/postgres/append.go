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

// AppendGroup writes the commits in one transaction. The transaction locks the row of the head from the check of the
// numbers to its end. Another writer waits for the lock, and then finds that the number of its commit is taken.
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

// writable returns the error that prevents appends, or nil.
func (d *database) writable() error {
	if err := d.usable(); err != nil {
		return err
	}
	if d.opts.ReadOnly {
		return commits.ReadOnly()
	}
	return nil
}

// entry is a commit in the form of the log.
type entry struct {
	*graph.Commit
	quads []byte
}

// keyHash returns the hash of the idempotency key, or nil if there is none.
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

// written is a group of commits that is being written.
type written struct {
	entries []entry
	quads   []quad.Quad // the quads of all commits
}

func (w *written) first() graph.Seq { return w.entries[0].Seq }
func (w *written) last() *entry     { return &w.entries[len(w.entries)-1] }
func (w *written) end() sealed      { return sealed{w.last().Seq, w.last().Digest} }

// encode converts commits to rows. The commits must have consecutive numbers.
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

// add adds a commit in the form of the log.
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

// readCommitted are the options of every transaction that writes, whatever the default of the server. A transaction
// that waited for the head must see what other writers wrote meanwhile.
var readCommitted = pgx.TxOptions{IsoLevel: pgx.ReadCommitted}

// write executes the transaction.
func (d *database) write(ctx context.Context, w *written) error {
	complete := false // true when only the end of the transaction is missing
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

// lockHead locks the row of the head. It fails if seq is not the number of the next commit.
func (d *database) lockHead(ctx context.Context, tx pgx.Tx, seq graph.Seq) error {
	head, err := d.look(ctx, tx, takeHead, nil)
	if want := head + 1; err == nil && seq != want {
		err = commits.OutOfTurn(seq, want)
	}
	return err
}

// settle finds out whether a transaction was committed although its end returned an error. It locks the row of
// the head, which that transaction locks until it is decided.
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

// wrote records that the commits up to last are durable.
func (d *database) wrote(last sealed) {
	d.saw(last)
	d.mu.Lock()
	d.refusal = nil
	d.mu.Unlock()
}
