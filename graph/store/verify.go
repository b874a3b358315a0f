package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	cgraph "github.com/cayleygraph/cayley/graph"
	ckv "github.com/cayleygraph/cayley/graph/kv"
	"github.com/cayleygraph/cayley/graph/path"
	"github.com/cayleygraph/quad"
	"github.com/hidal-go/hidalgo/kv"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
)

// Report is the result of Verify.
type Report struct {
	// The results of replaying the log.
	Head                          graph.Seq
	Entities, Claims, Retractions int
	// Quads counts the quads that Cayley listed.
	Quads int
	// Followed counts the claims that were also looked up through Cayley's indexes, from the subject to the
	// value and back: all claims of a small store, a regular sample of a large one.
	Followed int
	// Differing counts the differences. Only the first hundred are described.
	Differing   int
	Differences []string
}

const (
	mostDifferences = 100
	mostFollowed    = 2000
)

// Sound reports whether Cayley has exactly what the log has.
func (r *Report) Sound() bool { return r.Differing == 0 }

// Differ adds a difference.
func (r *Report) Differ(format string, a ...any) {
	if r.Differing++; len(r.Differences) < mostDifferences {
		r.Differences = append(r.Differences, fmt.Sprintf(format, a...))
	}
}

// Verify reads a log from Open twice, as a log and with Cayley's own quad store and iterators, and compares:
// every quad of every commit must exist exactly once with its label, and there must be no others. It reads the
// commits that exist when it begins, and changes nothing. It takes about 50 bytes of memory for each quad. An
// error means that the log could not be read; differences are in the report.
func Verify(ctx context.Context, l Log) (Report, error) {
	s, ok := l.(*embedded)
	if !ok {
		return Report{}, fmt.Errorf("store: a %T cannot be verified", l)
	}
	v := verifier{want: make(map[quadSum]bool)}
	err := v.verify(ctx, s)
	return v.Report, err
}

// verify verifies one state of the database.
func (v *verifier) verify(ctx context.Context, s *embedded) error {
	tx, head, err := s.settled()
	if err != nil {
		return err
	}
	defer tx.Close()
	v.tx, v.Head = tx, head
	err = v.readLog(ctx, v.expect)
	if err == nil {
		err = v.readCayley(ctx)
	}
	if err == nil && len(v.want) > 0 {
		err = v.readLog(ctx, v.describeMissing)
	}
	if err != nil {
		return fmt.Errorf("store: verify %s: %w", s.dir, err)
	}
	return nil
}

type quadSum [16]byte

func sumOf(q quad.Quad) (s quadSum) {
	h := sha256.Sum256([]byte(q.NQuad()))
	copy(s[:], h[:])
	return s
}

type verifier struct {
	Report
	tx     *levelRead
	want   map[quadSum]bool // the quads of the log that Cayley has not listed yet
	sample []quad.Quad      // every stride-th fact, to be followed
	stride int
}

// readLog calls fn with every commit and its quads.
func (v *verifier) readLog(ctx context.Context, fn func(*graph.Commit, []quad.Quad) error) error {
	err := replay(ctx, v.tx, 0, func(c *graph.Commit) error {
		if c.Seq > v.Head {
			return errEnd
		}
		var e commits.Encoder
		if err := e.Commit(c); err != nil {
			return err
		}
		return fn(c, e.Quads)
	})
	if errors.Is(err, errEnd) {
		return nil
	}
	return err
}

func (v *verifier) expect(c *graph.Commit, quads []quad.Quad) error {
	v.Entities += len(c.Entities)
	v.Claims += len(c.Claims)
	v.Retractions += len(c.Retractions)
	for _, q := range quads {
		if sum := sumOf(q); v.want[sum] {
			v.Differ("the log has twice: %s", q.NQuad())
		} else {
			v.want[sum] = true
		}
	}
	facts := 0
	for _, q := range quads {
		if _, err := commits.CutIRI(q.Predicate, commits.FieldPrefix); err != nil {
			continue
		}
		if n := v.Claims - len(c.Claims) + facts; n%max(v.stride, 1) == 0 {
			v.sample = append(v.sample, q)
		}
		facts++
		if len(v.sample) > mostFollowed {
			v.stride = 2 * max(v.stride, 1)
			kept := v.sample[:0]
			for i := 0; i < len(v.sample); i += 2 {
				kept = append(kept, v.sample[i])
			}
			v.sample = kept
		}
	}
	return nil
}

func (v *verifier) describeMissing(_ *graph.Commit, quads []quad.Quad) error {
	for _, q := range quads {
		if v.want[sumOf(q)] {
			v.Differ("Cayley lacks, or its label is false: %s", q.NQuad())
		}
	}
	return nil
}

// readCayley reads the database through Cayley. Cayley's own "leveldb" backend would write to the database when
// it opens it; TestStockCayley checks that both read the same.
func (v *verifier) readCayley(ctx context.Context) error {
	qs, err := ckv.New(frozenKV{v.tx}, cayleyOptions)
	if err != nil {
		return fmt.Errorf("open with Cayley: %w", err)
	}

	names := nameCache{qs: qs, known: make(map[any]quad.Value)}
	it := qs.QuadsAllIterator()
	defer it.Close()
	for it.Next(ctx) {
		q, err := names.quad(ctx, it.Result())
		if err != nil {
			return err
		}
		v.Quads++
		sum := sumOf(q)
		if !v.want[sum] {
			v.Differ("Cayley has this quad twice, or with a wrong label: %s", q.NQuad())
		}
		delete(v.want, sum)
	}
	if err := errors.Join(it.Err(), ctx.Err()); err != nil {
		return fmt.Errorf("list the quads: %w", err)
	}
	if v.Quads == 0 {
		return nil // Cayley makes its counts with the first quads
	}
	stats, err := qs.Stats(ctx, false)
	if err != nil {
		return fmt.Errorf("count the quads: %w", err)
	}
	if stats.Quads.Size != int64(v.Quads) {
		v.Differ("Cayley counts %d quads and lists %d", stats.Quads.Size, v.Quads)
	}
	for _, q := range v.sample {
		if err := v.follow(ctx, qs, q); err != nil {
			return err
		}
	}
	return nil
}

// follow looks up a fact from its subject to its value and back.
func (v *verifier) follow(ctx context.Context, qs cgraph.QuadStore, q quad.Quad) error {
	v.Followed++
	out := path.StartPath(qs, q.Subject).LabelContext(q.Label).Out(q.Predicate)
	in := path.StartPath(qs, q.Object).LabelContext(q.Label).In(q.Predicate)
	for _, way := range []struct {
		name string
		path *path.Path
		end  quad.Value
	}{{"forwards", out, q.Object}, {"backwards", in, q.Subject}} {
		got, err := way.path.Iterate(ctx).AllValues(qs)
		if err != nil {
			return fmt.Errorf("follow %s: %w", q.NQuad(), err)
		}
		if len(got) != 1 || got[0] != way.end {
			v.Differ("followed %s, Cayley finds %v: %s", way.name, got, q.NQuad())
		}
	}
	return nil
}

// frozenKV presents one state of the database as Cayley's key-value store.
type frozenKV struct{ tx *levelRead }

func (f frozenKV) Type() string { return "leveldb" }
func (f frozenKV) Close() error { return nil }
func (f frozenKV) Tx(rw bool) (kv.Tx, error) {
	if rw {
		return nil, kv.ErrReadOnly
	}
	return frozenTx{f.tx}, nil
}

// frozenTx is a transaction that remains open when Cayley closes it.
type frozenTx struct{ *levelRead }

func (frozenTx) Commit(context.Context) error { return nil }
func (frozenTx) Close() error                 { return nil }

// nameCache saves most of the four reads that Cayley makes for each quad.
type nameCache struct {
	qs    cgraph.QuadStore
	known map[any]quad.Value
}

func (c *nameCache) quad(ctx context.Context, ref cgraph.Ref) (q quad.Quad, err error) {
	for _, dir := range quad.Directions {
		node := c.qs.QuadDirection(ref, dir)
		if node == nil {
			continue
		}
		v, ok := c.known[node.Key()]
		if !ok {
			vals, err := c.qs.(cgraph.BatchQuadStore).ValuesOf(ctx, []cgraph.Ref{node})
			if err != nil {
				return q, fmt.Errorf("read a value: %w", err)
			}
			if v = vals[0]; v == nil {
				return q, fmt.Errorf("the store is damaged: node %v of a quad is missing", node.Key())
			}
			if len(c.known) > generation {
				clear(c.known)
			}
			c.known[node.Key()] = v
		}
		q.Set(dir, v)
	}
	return q, nil
}
