package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/cayleygraph/cayley/graph/proto"
	"github.com/cayleygraph/quad"
	"github.com/syndtr/goleveldb/leveldb/iterator"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/util"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
	"github.com/caspian-kg/caspian/graph/store/internal/terms"
)

func (s *embedded) Replay(ctx context.Context, after graph.Seq, fn func(*graph.Commit) error) error {
	tx, head, err := s.view()
	if err != nil {
		return err
	}
	defer tx.Close()
	// An error of fn is returned unchanged; an error of the store is wrapped with its position.
	var failed error
	err = replay(ctx, tx, after, func(c *graph.Commit) error {
		if c.Seq > head {
			return errEnd
		}
		failed = fn(c)
		return failed
	})
	if errors.Is(err, errEnd) {
		return nil
	}
	if err != nil && failed == nil {
		return fmt.Errorf("store: replay %s after commit %d: %w", s.dir, after, err)
	}
	return failed
}

// errEnd ends a replay before a commit that does not count yet.
var errEnd = errors.New("the end")

func replay(ctx context.Context, tx *levelRead, after graph.Seq, fn func(*graph.Commit) error) error {
	horizon, err := readHorizon(ctx, tx)
	if err != nil {
		return err
	}
	first := uint64(1)
	if after > 0 && horizon > 0 {
		seal, err := findSeal(ctx, tx, after)
		if err != nil {
			return err
		}
		if seal == nil {
			return commits.Missing(after)
		}
		first = seal.ID + 1
	}
	nodes := nodeTable{tx: tx}
	dec := commits.Decoder{Next: after + 1}
	var p proto.Primitive
	return scanLog(tx, first, horizon, func(id uint64, raw []byte) error {
		if id&0xff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p.Reset()
		if err := p.Unmarshal(raw); err != nil {
			return damaged(id, err)
		}
		if p.IsNode() {
			return nodes.put(id, p.Value)
		}
		if p.Deleted {
			return damaged(id, errors.New("another program has deleted its quad"))
		}
		q, err := nodes.quad(ctx, &p)
		if err != nil {
			return err
		}
		c, err := dec.Add(q)
		if err != nil {
			return damaged(id, err)
		}
		if c == nil {
			return nil
		}
		if err := fn(c); err != nil {
			return err
		}
		return ctx.Err()
	})
}

// nodeTable finds the values of nodes. Most are needed only by the transaction that created them: those are in
// a slice, because their ids are consecutive. Other nodes that were read recently are cached, and the rest is
// read from the log.
type nodeTable struct {
	tx           *levelRead
	first        uint64       // the id of nodes[0]
	nodes        []quad.Value // the nodes of the transaction being scanned
	young, old   map[uint64]quad.Value
	passingLinks bool
}

const generation = 1 << 16

func (t *nodeTable) put(id uint64, raw []byte) error {
	v, err := terms.Read(raw)
	if err != nil {
		return damaged(id, err)
	}
	// The first node after a link begins a transaction.
	if t.passingLinks || id != t.first+uint64(len(t.nodes)) {
		for i, v := range t.nodes {
			if iri, ok := v.(quad.IRI); ok && !strings.HasPrefix(string(iri), commits.ClaimPrefix) {
				t.remember(t.first+uint64(i), v)
			}
		}
		t.first, t.passingLinks = id, false
		clear(t.nodes)
		t.nodes = t.nodes[:0]
	}
	t.nodes = append(t.nodes, v)
	return nil
}

func (t *nodeTable) remember(id uint64, v quad.Value) {
	if t.young == nil || len(t.young) >= generation {
		t.old, t.young = t.young, make(map[uint64]quad.Value)
	}
	t.young[id] = v
}

func (t *nodeTable) get(ctx context.Context, id uint64) (quad.Value, error) {
	if i := id - t.first; i < uint64(len(t.nodes)) {
		return t.nodes[i], nil
	}
	v, ok := t.young[id]
	if ok {
		return v, nil
	}
	if v, ok = t.old[id]; !ok {
		var err error
		if v, err = readNode(ctx, t.tx, id); err != nil {
			return nil, err
		}
	}
	t.remember(id, v)
	return v, nil
}

func (t *nodeTable) quad(ctx context.Context, p *proto.Primitive) (q quad.Quad, err error) {
	t.passingLinks = true
	if q.Subject, err = t.get(ctx, p.Subject); err != nil {
		return q, err
	}
	if q.Predicate, err = t.get(ctx, p.Predicate); err != nil {
		return q, err
	}
	if q.Object, err = t.get(ctx, p.Object); err != nil {
		return q, err
	}
	q.Label, err = t.get(ctx, p.Label)
	return q, err
}

// scanLog calls fn with the primitives from first to last in the order of their ids. The escapes in keys move
// some ids out of order, but only among ids that differ in the same byte. So the scan reads the ids in blocks of
// 256 and sorts each block. If the iterator is not at the next block then, the scan looks that block up. raw is
// valid until fn returns.
func scanLog(tx *levelRead, first, last uint64, fn func(id uint64, raw []byte) error) error {
	it := tx.snap.NewIterator(util.BytesPrefix([]byte("log/")), &opt.ReadOptions{DontFillCache: true})
	defer it.Release()
	var block logBlock
	for b := first >> 8; first <= last; b++ {
		if err := block.read(it, b); err != nil {
			return err
		}
		for ; first <= last && first>>8 == b; first++ {
			raw := block.at[byte(first)]
			if raw.end == 0 {
				return damaged(first, errors.New("it is missing"))
			}
			if err := fn(first, block.data[raw.start:raw.end]); err != nil {
				return err
			}
		}
	}
	return nil
}

// logBlock has the primitives whose ids differ only in the last byte.
type logBlock struct {
	at     [256]struct{ start, end int }
	data   []byte
	prefix []byte
}

func (b *logBlock) read(it iterator.Iterator, number uint64) error {
	var high [8]byte
	binary.BigEndian.PutUint64(high[:], number<<8)
	b.prefix = appendKeyPart(append(b.prefix[:0], "log/"...), high[:7])
	b.data = b.data[:0]
	clear(b.at[:])
	// suffix returns what follows the prefix: one byte, or an escape and a byte.
	suffix := func() (byte, bool) {
		k := it.Key()
		if len(k) <= len(b.prefix) || string(k[:len(b.prefix)]) != string(b.prefix) {
			return 0, false
		}
		k = k[len(b.prefix):]
		return k[len(k)-1], len(k) == 1 || len(k) == 2 && k[0] == keyEsc
	}
	ok := it.Valid()
	if ok {
		_, ok = suffix()
	}
	if !ok {
		ok = it.Seek(b.prefix)
	}
	for ; ok; ok = it.Next() {
		low, mine := suffix()
		if !mine {
			break
		}
		start := len(b.data)
		b.data = append(b.data, it.Value()...)
		b.at[low].start, b.at[low].end = start, len(b.data)
	}
	return it.Error()
}
