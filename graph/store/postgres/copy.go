package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
)

// copyFrom is the least number of quads that are written by COPY. COPY writes rows several times faster than INSERT,
// but first needs a temporary table for nodes that the store may already have, because only their uses are counted.
const copyFrom = 2 * most / 5

const (
	// The copied rows may be nodes that the store already has. The table is dropped at the end of the transaction.
	stageNodes = `CREATE TEMPORARY TABLE caspian_nodes (LIKE nodes) ON COMMIT DROP`
	copyStaged = `COPY pg_temp.caspian_nodes` + nodeColumns + `FROM STDIN BINARY`
	copyNodes  = `COPY nodes` + nodeColumns + `FROM STDIN BINARY`
	copyQuads  = `COPY quads` + quadColumns + `FROM STDIN BINARY`
	copyLog    = `COPY caspian_commit (seq, at, digest, key_hash, quads) FROM STDIN BINARY`
	// Nodes are inserted in the order of their index, which then grows only at its end.
	mergeNodes = `INSERT INTO nodes` + nodeColumns + `
SELECT hash, sum(refs)::int, value_string, iri, datatype, value_int, value_float, value_bool FROM pg_temp.caspian_nodes
GROUP BY hash, value_string, iri, datatype, value_int, value_float, value_bool ORDER BY hash` + countUses
)

// seen has a part of the hash of each node that a table may have. A new node with the same part is merged although it
// need not be, which does no harm.
type seen map[uint64]struct{}

// add reports whether a node is certainly new. A nil seen knows of none.
func (s seen) add(hash []byte) bool {
	part := binary.LittleEndian.Uint64(hash)
	_, had := s[part]
	if s != nil {
		s[part] = struct{}{}
	}
	return s != nil && !had
}

// copy writes the commits, but not the head. It writes certainly new nodes. The other nodes go into the table of
// stageNodes, from which mergeNodes inserts them.
func (w *written) copy(ctx context.Context, tx pgx.Tx, s seen) error {
	for rest := w.quads; len(rest) > 0; rest = rest[min(most, len(rest)):] {
		r, err := rowsOf(rest[:min(most, len(rest))])
		if err != nil {
			return err
		}
		nodes, staged, quads := newCopied(), newCopied(), newCopied()
		for i, hash := range r.hash {
			if s.add(hash) {
				r.copyNode(nodes, i)
			} else {
				r.copyNode(staged, i)
			}
		}
		r.copyQuads(quads, w.last().At)
		for _, c := range []struct {
			rows      *copied
			statement string
		}{{nodes, copyNodes}, {staged, copyStaged}, {quads, copyQuads}} {
			if err := c.rows.send(ctx, tx, c.statement); err != nil {
				return err
			}
		}
	}
	log := newCopied()
	for i := range w.entries {
		e := &w.entries[i]
		log.row(5)
		log.int8(int64(e.Seq))
		log.int8(e.At.UnixMicro())
		log.text(e.Digest)
		log.bytes(e.keyHash())
		log.bytes(e.quads)
	}
	return log.send(ctx, tx, copyLog)
}

// copyNode writes the row of a node.
func (r *rows) copyNode(to *copied, i int) {
	to.row(8)
	to.bytes(r.hash[i])
	to.int4(r.refs[i])
	optional(to, r.text[i], to.text)
	optional(to, r.iri[i], to.bool)
	optional(to, r.kind[i], to.text)
	optional(to, r.ints[i], to.int8)
	optional(to, r.nums[i], func(x float64) { to.int8(int64(math.Float64bits(x))) })
	optional(to, r.bits[i], to.bool)
}

func (r *rows) copyQuads(to *copied, at time.Time) {
	for i := range r.quads[0] {
		to.row(5)
		for _, column := range r.quads {
			to.bytes(column[i])
		}
		to.int8(at.Sub(epoch).Microseconds())
	}
}

// epoch is from when PostgreSQL counts.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// copied are rows in the binary form of COPY: for each, the number of its values, and each value after its length.
type copied struct{ b []byte }

// header is that of COPY, without flags and extensions.
const header = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"

func newCopied() *copied { return &copied{append(make([]byte, 0, 1<<20), header...)} }

func (c *copied) row(values int16) { c.b = binary.BigEndian.AppendUint16(c.b, uint16(values)) }

func (c *copied) size(n int) { c.b = binary.BigEndian.AppendUint32(c.b, uint32(int32(n))) }

func (c *copied) null() { c.size(-1) }

// bytes adds a value; nil is NULL.
func (c *copied) bytes(b []byte) {
	if b == nil {
		c.null()
		return
	}
	c.size(len(b))
	c.b = append(c.b, b...)
}

func (c *copied) text(s string) {
	c.size(len(s))
	c.b = append(c.b, s...)
}

func (c *copied) int4(n int32) {
	c.size(4)
	c.b = binary.BigEndian.AppendUint32(c.b, uint32(n))
}

func (c *copied) int8(n int64) {
	c.size(8)
	c.b = binary.BigEndian.AppendUint64(c.b, uint64(n))
}

func (c *copied) bool(yes bool) {
	c.size(1)
	if yes {
		c.b = append(c.b, 1)
	} else {
		c.b = append(c.b, 0)
	}
}

func optional[T any](c *copied, v *T, add func(T)) {
	if v == nil {
		c.null()
		return
	}
	add(*v)
}

func (c *copied) send(ctx context.Context, tx pgx.Tx, statement string) error {
	if len(c.b) == len(header) {
		return nil
	}
	c.row(-1)
	_, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(c.b), statement)
	return err
}

// index is one that is dropped while an empty store is filled, and built afterwards, from all rows at once.
type index struct{ name, drop, build string }

// indexesOf finds the indexes of quads and nodes with the statements that drop and build them, where the role may do so.
const indexesOf = `SELECT i.indexrelid::regclass::text,
	CASE WHEN n.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
	ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, n.conname) END,
	CASE WHEN n.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
	ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, n.conname, pg_get_constraintdef(n.oid)) END
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid LEFT JOIN pg_constraint n ON n.conindid = i.indexrelid AND n.contype IN ('p', 'u', 'x')
WHERE i.indrelid IN ('quads'::regclass, 'nodes'::regclass) AND pg_has_role(c.relowner, 'USAGE')`

// dropIndexes drops the indexes of the tables of Cayley, if the role owns them: others fill the tables with them.
func dropIndexes(ctx context.Context, tx pgx.Tx) ([]index, error) {
	found, err := tx.Query(ctx, indexesOf)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(found, func(row pgx.CollectableRow) (x index, err error) {
		err = row.Scan(&x.name, &x.drop, &x.build)
		return x, err
	})
	for i := 0; err == nil && i < len(all); i++ {
		_, err = tx.Exec(ctx, all[i].drop)
	}
	return all, err
}

// spacious lets the server use more memory than by default to build indexes: enough for those of a million claims.
const spacious = `SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '256MB'`

func buildIndexes(ctx context.Context, tx pgx.Tx, all []index) error {
	for _, x := range all {
		if _, err := tx.Exec(ctx, x.build); err != nil {
			return fmt.Errorf("building the index %s: %w", x.name, err)
		}
	}
	return nil
}
