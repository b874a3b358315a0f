package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	cgraph "github.com/cayleygraph/cayley/graph"
	ckv "github.com/cayleygraph/cayley/graph/kv"
	"github.com/cayleygraph/cayley/graph/proto"
	"github.com/cayleygraph/quad"
	"github.com/hidal-go/hidalgo/kv"
	"github.com/syndtr/goleveldb/leveldb"

	"github.com/caspian-kg/caspian/graph/store/internal/commits"
	"github.com/caspian-kg/caspian/graph/store/internal/terms"
)

// bulk writes a group of commits in half the time of Cayley's ApplyDeltas. It writes the same keys and bytes,
// except for the clock. It uses that the store only grows, remembers nodes that recur, and writes each family
// of keys in order. TestBulkSame compares the two. Only the writer may use it.
type bulk struct {
	kv    *levelKV
	seen  keyFilter // of the keys of values
	lists keyFilter // of the lists of the first index
	known recentNodes
	// The totals of the database; not yet read if horizon is 0.
	horizon, size uint64
	// Both are reused, unless they were large.
	batch    *leveldb.Batch
	resolver *resolver
}

// nodeCount has the id of a node and the number of its places in quads.
type nodeCount struct{ id, refs uint64 }

// errNotPure says that a group has more than new claims: some quad names no new node, and may be in the
// database already. Cayley must write such a group.
var errNotPure = errors.New("a quad of the group may be there already")

// newBulk returns a bulk whose filters have room for at least least keys.
func newBulk(db *levelKV, least int) bulk {
	return bulk{kv: db, seen: keyFilter{of: valueKeys(), least: least}, lists: keyFilter{of: listKeys(quadIndexes[0]), least: least}}
}

// reset discards all state, after somebody else has written.
func (w *bulk) reset() {
	*w = bulk{kv: w.kv, seen: w.seen.emptied(), lists: w.lists.emptied(), batch: w.batch, resolver: w.resolver}
}

// bulkNode is a node in the group.
type bulkNode struct {
	val    quad.Value
	hash   cgraph.ValueHash
	before nodeCount // as in the database; the id of a new node is 0
	id     uint64
	uses   uint64 // its uses in the group
}

// write writes the quads durably, all or none. If it returns errNotPure, it has written nothing.
func (w *bulk) write(ctx context.Context, quads []quad.Quad) error {
	if err := w.readMeta(ctx); err != nil {
		return err
	}
	horizon, large := w.horizon, len(quads) >= largeGroup
	if w.resolver == nil || large {
		w.resolver = new(resolver)
	}
	nodes, links, err := w.resolver.resolve(quads, func(nodes []*bulkNode) error { return w.findAll(nodes, large) })
	if err != nil {
		return err
	}
	// Cayley gives ids to new nodes in the order of their hashes.
	next := horizon
	for _, n := range nodes {
		if n.id = n.before.id; n.id == 0 {
			next++
			n.id = next
		}
	}
	firstLink := next + 1
	if w.batch == nil || large {
		w.batch = new(leveldb.Batch)
	}
	w.batch.Reset()
	out := bulkBatch{batch: w.batch, now: time.Now().UnixNano()}
	if err := out.nodes(nodes); err != nil {
		return err
	}
	if err := out.links(links, firstLink); err != nil {
		return err
	}
	entries := make([]indexEntry, len(links))
	old := make(map[triple][]byte)
	for at, ix := range quadIndexes {
		for i, l := range links {
			entries[i] = indexEntry{link: firstLink + uint64(i)}
			for k, d := range ix.Dirs {
				entries[i].ids[k] = l[d-quad.Subject].id
			}
		}
		slices.SortFunc(entries, compareEntries)
		if at == 0 {
			if err := w.findLists(entries, horizon, large, old); err != nil {
				return err
			}
		}
		out.index(ix, entries, old)
	}
	next, size := next+uint64(len(links)), w.size+uint64(len(links))
	out.put(metaKey("horizon"), binary.LittleEndian.AppendUint64(nil, next))
	out.put(metaKey("size"), binary.LittleEndian.AppendUint64(nil, size))
	if err := w.kv.begin(out.batch); err != nil {
		return err
	}
	w.kv.unflushed = w.kv.unflushed || large
	w.horizon, w.size = next, size
	w.remember(nodes)
	return nil
}

func (w *bulk) readMeta(ctx context.Context) error {
	if w.horizon > 0 {
		return nil
	}
	tx, err := w.kv.Tx(false)
	if err != nil {
		return err
	}
	defer tx.Close()
	if w.horizon, err = readHorizon(ctx, tx); err != nil {
		return err
	}
	b, err := tx.Get(ctx, metaKey("size"))
	switch {
	case errors.Is(err, kv.ErrNotFound):
		return nil
	case err == nil && len(b) != 8:
		err = fmt.Errorf("meta/size has %d bytes", len(b))
	case err == nil:
		w.size = binary.LittleEndian.Uint64(b)
	}
	return err
}

// resolver finds the nodes of quads, each once. A result is valid until the next use, because the memory is
// reused.
type resolver struct {
	byValue map[quad.Value]*bulkNode
	nodes   []*bulkNode
	room    []bulkNode // memory for the next nodes
	made    int        // the highest number of nodes so far
	links   [][4]*bulkNode
}

// resolve returns the nodes of the quads, in the order of their hashes. find sets what the database has of
// them.
func (r *resolver) resolve(quads []quad.Quad, find func([]*bulkNode) error) ([]*bulkNode, [][4]*bulkNode, error) {
	if r.byValue == nil {
		r.byValue = make(map[quad.Value]*bulkNode, 3*len(quads)/2)
	}
	clear(r.byValue)
	r.nodes, r.links = r.nodes[:0], slices.Grow(r.links[:0], len(quads))[:len(quads)]
	for i, q := range quads {
		for d, v := range [4]quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
			n := r.near(i, d, v)
			if n == nil {
				n = r.byValue[v]
			}
			if n == nil {
				n = r.node(v)
				r.byValue[v] = n
			}
			n.uses++
			r.links[i][d] = n
		}
	}
	slices.SortFunc(r.nodes, func(a, b *bulkNode) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	if err := find(r.nodes); err != nil {
		return nil, nil, err
	}
	for _, l := range r.links {
		if l[0].before.id != 0 && l[1].before.id != 0 && l[2].before.id != 0 && l[3].before.id != 0 {
			return nil, nil, errNotPure
		}
	}
	return r.nodes, r.links, nil
}

// near returns the node of a value if one of the two links before link i has it, else nil. It looks at position
// d of both links and, for a subject, at the label of the previous link: consecutive links of one claim or
// entity repeat values there.
func (r *resolver) near(i, d int, v quad.Value) *bulkNode {
	if i >= 1 {
		last := &r.links[i-1]
		if last[d].val == v {
			return last[d]
		}
		if d == 0 && last[3].val == v {
			return last[3]
		}
	}
	if i >= 2 && r.links[i-2][d].val == v {
		return r.links[i-2][d]
	}
	return nil
}

// node returns a node with a value, in the memory of an earlier node if there is any.
func (r *resolver) node(v quad.Value) *bulkNode {
	i := len(r.nodes)
	if i == r.made {
		if len(r.room) == 0 {
			r.room = make([]bulkNode, min(max(i, 16), 1024))
		}
		r.nodes, r.room = append(r.nodes, &r.room[0]), r.room[1:]
		r.made++
	}
	r.nodes = r.nodes[:i+1]
	*r.nodes[i] = bulkNode{val: v, hash: terms.Hash(v)}
	return r.nodes[i]
}

// findAll reads what the database has of nodes, in the order of their keys. So the filter and the index of a
// table, which are large and may not stay in the cache, are read once for a group instead of for each node.
func (w *bulk) findAll(nodes []*bulkNode, large bool) error {
	var counted []*bulkNode // nodes whose ids are read, but whose counts are not
	for _, n := range nodes {
		if isCommit(n.val) {
			continue // new in this group
		}
		var ok bool
		if n.before, ok = w.known.find(n.val); ok {
			continue
		}
		absent, err := w.seen.absent(w.kv.db, n.hash[:], w.horizon, large)
		if err == nil && !absent {
			n.before.id, err = w.number('v', n.hash)
		}
		if err != nil {
			return err
		}
		if n.before.id != 0 {
			counted = append(counted, n)
		}
	}
	for _, n := range counted {
		var err error
		if n.before.refs, err = w.number('n', n.hash); err != nil {
			return err
		}
	}
	return nil
}

// isCommit reports whether a value is the address of a commit. Commits never name earlier ones.
func isCommit(v quad.Value) bool {
	iri, ok := v.(quad.IRI)
	return ok && strings.HasPrefix(string(iri), commits.CommitPrefix)
}

func (w *bulk) number(bucket byte, h cgraph.ValueHash) (uint64, error) {
	b, err := w.kv.db.Get(hashKey(nil, bucket, h), nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	x, size := binary.Uvarint(b)
	if size <= 0 {
		return 0, fmt.Errorf("the store is damaged: the key %q has no number", hashKey(nil, bucket, h))
	}
	return x, nil
}

// remember caches the nodes that are likely to recur, after they were written.
func (w *bulk) remember(nodes []*bulkNode) {
	for _, n := range nodes {
		if n.before.id == 0 {
			w.seen.add(n.hash[:])
		}
		iri, named := n.val.(quad.IRI)
		named = named && !strings.HasPrefix(string(iri), commits.ClaimPrefix) && !isCommit(iri)
		if named || n.before.id != 0 {
			w.known.keep(n.val, nodeCount{n.id, n.before.refs + n.uses})
		}
	}
}

// recentNodes caches what the database has of recently used nodes: at least the last maxKnown, and at most
// twice as many.
type recentNodes struct{ newer, older map[quad.Value]nodeCount }

const maxKnown = 1 << 17

func (r *recentNodes) find(v quad.Value) (nodeCount, bool) {
	n, ok := r.newer[v]
	if !ok {
		n, ok = r.older[v]
	}
	return n, ok
}

func (r *recentNodes) keep(v quad.Value, n nodeCount) {
	if r.newer == nil || len(r.newer) >= maxKnown {
		r.newer, r.older = make(map[quad.Value]nodeCount), r.newer
	}
	r.newer[v] = n
}

// bulkBatch is the batch of one group, with its buffers.
type bulkBatch struct {
	batch    *leveldb.Batch
	now      int64
	key, val []byte
	node     []byte
}

func (b *bulkBatch) put(k kv.Key, v []byte) { b.batch.Put(flatKey(k), v) }

func hashKey(b []byte, bucket byte, h cgraph.ValueHash) []byte {
	b = appendKeyPart(append(b, bucket), h[:2])
	return appendKeyPart(append(b, keySep), h[:])
}

func (b *bulkBatch) primitive(p *proto.Primitive) error {
	p.Timestamp = b.now
	b.val = slices.Grow(b.val[:0], p.ProtoSize())[:p.ProtoSize()]
	n, err := p.MarshalTo(b.val)
	if err != nil {
		return err
	}
	var id [8]byte
	binary.BigEndian.PutUint64(id[:], p.ID)
	b.key = appendKeyPart(append(b.key[:0], "log/"...), id[:])
	b.batch.Put(b.key, b.val[:n])
	return nil
}

// nodes puts the new nodes, and the counts of all nodes, which must be in the order of their hashes.
func (b *bulkBatch) nodes(nodes []*bulkNode) error {
	for _, n := range nodes {
		if n.before.id != 0 {
			continue
		}
		var err error
		if b.node, err = terms.Append(b.node[:0], n.val); err != nil {
			return err
		}
		if err := b.primitive(&proto.Primitive{ID: n.id, Value: b.node}); err != nil {
			return err
		}
	}
	for _, n := range nodes {
		b.key = hashKey(b.key[:0], 'n', n.hash)
		b.val = binary.AppendUvarint(b.val[:0], n.before.refs+n.uses)
		b.batch.Put(b.key, b.val)
	}
	for _, n := range nodes {
		if n.before.id == 0 {
			b.key = hashKey(b.key[:0], 'v', n.hash)
			b.val = binary.AppendUvarint(b.val[:0], n.id)
			b.batch.Put(b.key, b.val)
		}
	}
	return nil
}

func (b *bulkBatch) links(links [][4]*bulkNode, first uint64) error {
	for i, l := range links {
		if err := b.primitive(&proto.Primitive{
			ID: first + uint64(i), Subject: l[0].id, Predicate: l[1].id, Object: l[2].id, Label: l[3].id,
		}); err != nil {
			return err
		}
	}
	return nil
}

// indexEntry is a link under the ids of an index. In a shorter index the last id is 0.
type indexEntry struct {
	ids  [3]uint64
	link uint64
}

// triple has the ids of a subject, a predicate and an object.
type triple [3]uint64

func compareEntries(x, y indexEntry) int {
	if c := slices.Compare(x.ids[:], y.ids[:]); c != 0 {
		return c
	}
	return int(int64(x.link - y.link))
}

// findLists reads the database's lists for entries of the first index, which must be sorted. All indexes have
// the same lists, because they have the same three directions. A list whose key names a new node is new.
func (w *bulk) findLists(entries []indexEntry, horizon uint64, large bool, old map[triple][]byte) error {
	var key []byte
	for i, e := range entries {
		if i > 0 && e.ids == entries[i-1].ids {
			continue
		}
		raw := rawIDs(e.ids)
		if max(e.ids[0], e.ids[1], e.ids[2]) <= horizon {
			absent, err := w.lists.absent(w.kv.db, raw[:], horizon, large)
			if err == nil && !absent {
				key = appendKeyPart(append(key[:0], w.lists.of.prefix...), raw[:])
				if old[e.ids], err = w.kv.db.Get(key, nil); errors.Is(err, leveldb.ErrNotFound) {
					err = nil
				}
			}
			if err != nil {
				return err
			}
		}
		w.lists.add(raw[:])
	}
	return nil
}

func rawIDs(ids [3]uint64) (raw [24]byte) {
	for i, id := range ids {
		binary.BigEndian.PutUint64(raw[8*i:], id)
	}
	return raw
}

// index adds the links to the lists of an index. old has the lists before.
func (b *bulkBatch) index(ix ckv.QuadIndex, entries []indexEntry, old map[triple][]byte) {
	prefix := append([]byte(indexBucket(ix)), keySep)
	for start := 0; start < len(entries); {
		ids := entries[start].ids
		var t triple
		for i, d := range ix.Dirs {
			t[d-quad.Subject] = ids[i]
		}
		raw := rawIDs(ids)
		b.key = appendKeyPart(append(b.key[:0], prefix...), raw[:])
		b.val = append(b.val[:0], old[t]...)
		for ; start < len(entries) && entries[start].ids == ids; start++ {
			b.val = binary.AppendUvarint(b.val, entries[start].link)
		}
		b.batch.Put(b.key, b.val)
	}
}

// apply writes the quads of a group: in bulk, or through Cayley if some may be there already.
func (s *embedded) apply(ctx context.Context, quads []quad.Quad) (err error) {
	// A panic of Cayley or LevelDB leaves caches and locks in an undefined state, like a failed write: recover
	// opens the database again.
	defer caught(&err)
	if least := s.opts.bulkLeast; least >= 0 && len(quads) >= least {
		if err := s.bulk.write(ctx, quads); !errors.Is(err, errNotPure) {
			return err
		}
	}
	s.bulk.reset()
	deltas := make([]cgraph.Delta, len(quads))
	for i, q := range quads {
		deltas[i] = cgraph.Delta{Quad: q, Action: cgraph.Add}
	}
	return s.qs.ApplyDeltas(deltas, cgraph.IgnoreOpts{})
}

// caught, if deferred, turns a panic into an error.
func caught(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("it panicked: %v\n%s", v, debug.Stack())
	}
}

// largeGroup is the number of quads from which a group counts as part of an import.
const largeGroup = 256
