package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	ckv "github.com/cayleygraph/cayley/graph/kv"
	"github.com/cayleygraph/cayley/graph/proto"
	"github.com/cayleygraph/quad"
	"github.com/hidal-go/hidalgo/kv"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
	"github.com/caspian-kg/caspian/graph/store/internal/terms"
)

// The part of Cayley's key-value layout that this package reads directly (Cayley's package graph/kv writes it,
// data version 2):
//
//	meta/horizon         the id of the last primitive
//	log/<id>             a primitive: a node with its value, or a link of four node ids
//	v<h0><h1>/<hash>     the id of the node whose value has that hash
//	spo/<ids of nodes>   the ids of the links with that subject, predicate and object
//	ops/<ids of nodes>   the same in the other direction
//
// Ids are numbered from 1 without gaps. In a transaction the new nodes come first, then the links in the order
// of the quads.
func metaKey(name string) kv.Key { return kv.Key{[]byte("meta"), []byte(name)} }

func logKey(id uint64) kv.Key {
	return kv.Key{[]byte("log"), binary.BigEndian.AppendUint64(nil, id)}
}

func readHorizon(ctx context.Context, tx kv.Tx) (uint64, error) {
	b, err := tx.Get(ctx, metaKey("horizon"))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err == nil && len(b) != 8 {
		err = fmt.Errorf("meta/horizon has %d bytes", len(b))
	}
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b), nil
}

func readPrimitive(ctx context.Context, tx kv.Tx, id uint64) (*proto.Primitive, error) {
	b, err := tx.Get(ctx, logKey(id))
	if err != nil {
		return nil, damaged(id, err)
	}
	var p proto.Primitive
	if err := p.Unmarshal(b); err != nil {
		return nil, damaged(id, err)
	}
	return &p, nil
}

// damaged returns the error for a primitive that is missing or cannot be read.
func damaged(id uint64, err error) error {
	return fmt.Errorf("the store is damaged at primitive %d: %w; restore it from a backup", id, err)
}

func readNode(ctx context.Context, tx kv.Tx, id uint64) (quad.Value, error) {
	p, err := readPrimitive(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	v, err := terms.Read(p.Value)
	if err != nil {
		return nil, damaged(id, err)
	}
	return v, nil
}

// nodeID returns the node of a value, or 0 if there is none.
func nodeID(ctx context.Context, tx kv.Tx, v quad.Value) (uint64, error) {
	h := terms.Hash(v)
	b, err := tx.Get(ctx, kv.Key{{'v', h[0], h[1]}, h[:]})
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	id, _ := binary.Uvarint(b)
	return id, nil
}

// findLink returns the single link with the subject and predicate, or nil if there is none.
func findLink(ctx context.Context, tx kv.Tx, subject, predicate quad.IRI) (*proto.Primitive, error) {
	s, err := nodeID(ctx, tx, subject)
	if err != nil || s == 0 {
		return nil, err
	}
	p, err := nodeID(ctx, tx, predicate)
	if err != nil || p == 0 {
		return nil, err
	}
	key := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, s), p)
	var id uint64
	for _, ix := range []ckv.QuadIndex{quadIndexes[0], oldIndex} {
		it := tx.Scan(kv.Key{[]byte(indexBucket(ix)), key})
		for it.Next(ctx) {
			link, n := binary.Uvarint(it.Val())
			if n <= 0 || n != len(it.Val()) || id != 0 && id != link {
				return nil, errors.Join(fmt.Errorf("the store is damaged: %s %s is stored more than once", subject, predicate), it.Close())
			}
			id = link
		}
		if err := errors.Join(it.Err(), it.Close()); err != nil {
			return nil, err
		}
		if id != 0 {
			return readPrimitive(ctx, tx, id)
		}
	}
	return nil, ctx.Err()
}

// findSeal returns the seal of a commit, or nil if there is none.
func findSeal(ctx context.Context, tx kv.Tx, n graph.Seq) (*proto.Primitive, error) {
	seal, err := findLink(ctx, tx, commits.CommitIRI(n), commits.PredSeal)
	if seal != nil || err != nil {
		return seal, err
	}
	return findLink(ctx, tx, commits.CommitIRI(n), commits.PredSeal1)
}

// readSeal reads the seal of a commit. It returns nil if there is no such commit.
func readSeal(ctx context.Context, tx kv.Tx, n graph.Seq) (*commits.Seal, error) {
	link, err := findSeal(ctx, tx, n)
	if err != nil || link == nil {
		return nil, err
	}
	v, err := readNode(ctx, tx, link.Object)
	if err != nil {
		return nil, err
	}
	text, _ := v.(quad.String)
	s, err := commits.ReadSeal(string(text))
	return &s, err
}

func (s *embedded) Seal(ctx context.Context, seq graph.Seq) (at time.Time, digest string, err error) {
	tx, head, err := s.view()
	if err != nil {
		return time.Time{}, "", err
	}
	defer tx.Close()
	var seal *commits.Seal
	if seq <= head {
		seal, err = readSeal(ctx, tx, seq)
	}
	if err == nil && seal == nil {
		err = commits.Missing(seq)
	}
	if err != nil {
		return time.Time{}, "", fmt.Errorf("store: read the seal of commit %d: %w", seq, err)
	}
	return time.UnixMicro(seal.At).UTC(), seal.Digest, nil
}

// readHead reads the number of the last commit from the commit's seal, which is the last primitive in the
// database.
func readHead(ctx context.Context, db kv.KV) (graph.Seq, error) {
	tx, err := db.Tx(false)
	if err != nil {
		return 0, err
	}
	defer tx.Close()
	horizon, err := readHorizon(ctx, tx)
	if err != nil || horizon == 0 {
		return 0, err
	}
	last, err := readPrimitive(ctx, tx, horizon)
	if err != nil {
		return 0, err
	}
	pred, err := readNode(ctx, tx, last.Predicate)
	if err != nil {
		return 0, err
	}
	if pred != quad.IRI(commits.PredSeal) && pred != quad.IRI(commits.PredSeal1) {
		return 0, fmt.Errorf("the last quad is not the seal of a commit; another program has written to this store, or it is damaged")
	}
	subject, err := readNode(ctx, tx, last.Subject)
	if err != nil {
		return 0, err
	}
	return commits.SeqOf(subject)
}

// readKey returns the commit of an idempotency key, or 0 if there is none.
func readKey(ctx context.Context, tx kv.Tx, key string) (graph.Seq, error) {
	link, err := findLink(ctx, tx, commits.KeyIRI(key), commits.PredKey)
	if err != nil || link == nil {
		return 0, err
	}
	v, err := readNode(ctx, tx, link.Object)
	if err != nil {
		return 0, err
	}
	return commits.SeqOf(v)
}
