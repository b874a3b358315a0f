package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/cayleygraph/cayley/graph/proto"
	"github.com/syndtr/goleveldb/leveldb/storage"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/hashes"
	"github.com/caspian-kg/caspian/graph/internal/tables"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
)

// Fill writes the first commits of an empty store. The result is what Cayley would write one by one, but it is
// written in the order of the keys. Keys that come in another order are sorted first, in memory and in
// temporary files next to the database. So each table of the database is written once. The new database
// replaces the empty one at the end; a crash before that leaves the empty one.
func (s *embedded) Fill(ctx context.Context, feed func(add func(c *graph.Commit, sealed func() error) error) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	if err := s.writable(); err != nil {
		return err
	}
	if s.head != 0 {
		return graph.Errorf(graph.SeqMismatch, "store: only an empty store can be filled, and this one is at commit %d", s.head)
	}
	f, err := s.newFilling()
	if err != nil {
		return s.notFilled(err)
	}
	defer f.discard()
	var fed error
	err = feed(func(c *graph.Commit, sealed func() error) error {
		fed = f.add(ctx, c, sealed)
		return fed
	})
	if err != nil && fed == nil {
		return err
	}
	if fed != nil || f.head == 0 {
		return s.notFilled(fed)
	}
	if err := f.finish(ctx); err != nil {
		return s.notFilled(err)
	}
	if err := s.replace(f.dir, f.head); err != nil {
		return err
	}
	s.note.set(f.head, f.digest)
	return nil
}

// notFilled returns the error of a filling that left the empty store unchanged.
func (s *embedded) notFilled(err error) error {
	switch {
	case err == nil:
		return nil
	case cannotWrite(err):
		return graph.Errorf(graph.Unavailable, "the store accepts no writes: %v; nothing was written", reason(err))
	}
	return fmt.Errorf("store: fill: %w", err)
}

// filling is an unfinished database.
type filling struct {
	dir, runs string // the folders of the database and of the runs of its indexes
	files     storage.Storage
	kept      []keyValue // the content of the empty database
	out       *tables.Database
	log       *logTables
	nodes     hashes.Table
	resolver  resolver
	postings  []posting
	enc       commits.Encoder
	keys      map[string]graph.Seq // the idempotency keys
	last      uint64               // the id of the last primitive
	size      uint64               // the number of quads
	head      graph.Seq
	digest    string
}

type keyValue struct{ key, value []byte }

func (s *embedded) newFilling() (_ *filling, err error) {
	f := &filling{keys: map[string]graph.Seq{}}
	defer func() {
		if err != nil {
			f.discard()
		}
	}()
	if f.kept, err = s.everything(); err != nil {
		return nil, err
	}
	for _, dir := range []*string{&f.dir, &f.runs} {
		if *dir, err = os.MkdirTemp(s.dir, quadsDir+newSuffix); err != nil {
			return nil, err
		}
	}
	if f.files, err = storage.OpenFile(f.dir, false); err != nil {
		return nil, err
	}
	if s.opts.Files != nil {
		f.files = s.opts.Files(f.files)
	}
	most := s.opts.sortLeast
	if most == 0 {
		most = sortLeast
	}
	for _, ix := range quadIndexes {
		f.postings = append(f.postings, newPosting(ix, f.runs, most))
	}
	f.out = tables.New(f.files, levelOptions(s.opts))
	f.log = newLogTables(f.out, time.Now().UnixNano())
	return f, nil
}

// everything returns all keys and values of the database. There are few while it is empty.
func (s *embedded) everything() (all []keyValue, err error) {
	it := s.kv.db.NewIterator(nil, nil)
	defer it.Release()
	for it.Next() {
		all = append(all, keyValue{bytes.Clone(it.Key()), bytes.Clone(it.Value())})
	}
	return all, it.Error()
}

// discard releases all resources and removes the unfinished database.
func (f *filling) discard() {
	if f.log != nil {
		_ = f.log.close()
	}
	for i := range f.postings {
		_ = f.postings[i].sorter.Close()
	}
	if f.files != nil {
		_ = f.files.Close()
	}
	for _, dir := range []string{f.dir, f.runs} {
		if dir != "" {
			_ = os.RemoveAll(dir) // the next opening of the store removes what is left
		}
	}
}

// add adds the next commit, which has its digest after sealed returns.
func (f *filling) add(ctx context.Context, c *graph.Commit, sealed func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.Seq != f.head+1 {
		return commits.OutOfTurn(c.Seq, f.head+1)
	}
	if n := f.keys[c.Key]; c.Key != "" && n != 0 {
		return commits.KeyReused(c.Key, n)
	} else if c.Key != "" {
		f.keys[c.Key] = c.Seq
	}
	f.enc.Reset()
	if err := f.enc.Content(c); err != nil {
		return err
	}
	if err := sealed(); err != nil {
		return err
	}
	if err := f.enc.Seal(c); err != nil {
		return err
	}
	links, nodes, err := f.resolver.number(&f.nodes, f.enc.Quads, f.last)
	if errors.Is(err, errNotPure) {
		return graph.Errorf(graph.Duplicate, "commit %d states a claim that is in the store already", c.Seq)
	}
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if err := f.log.node(n); err != nil {
			return err
		}
	}
	f.last += uint64(len(nodes))
	for _, l := range links {
		f.last++
		if err := f.log.add(&proto.Primitive{ID: f.last, Subject: l[0].id, Predicate: l[1].id, Object: l[2].id, Label: l[3].id}); err != nil {
			return err
		}
		for i := range f.postings {
			if err := f.postings[i].add(&l, f.last); err != nil {
				return err
			}
		}
	}
	f.size += uint64(len(links))
	f.head, f.digest = c.Seq, c.Digest
	return nil
}

// finish writes the rest of the database, in as many goroutines as there are processors.
func (f *filling) finish(ctx context.Context) error {
	err := f.log.close()
	f.log = nil
	jobs := []func() error{f.writeRest, func() error { return f.writeNodes(ctx) }}
	for i := range f.postings {
		jobs = append(jobs, func() error { return f.postings[i].write(ctx, f.out) })
	}
	errs := make([]error, len(jobs))
	var wg sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range jobs {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			defer caught(&errs[i])
			errs[i] = jobs[i]()
		})
	}
	wg.Wait()
	if err = errors.Join(err, errors.Join(errs...)); err == nil {
		err = f.out.Finish()
	}
	err = errors.Join(err, f.files.Close())
	f.files = nil
	return err
}

// writeRest writes everything except log and indexes: what the empty database had, and the counts of the full
// one.
func (f *filling) writeRest() error {
	rest := slices.Clone(f.kept)
	for name, n := range map[string]uint64{"horizon": f.last, "size": f.size} {
		rest = append(rest, keyValue{flatKey(metaKey(name)), binary.LittleEndian.AppendUint64(nil, n)})
	}
	slices.SortFunc(rest, func(a, b keyValue) int { return bytes.Compare(a.key, b.key) })
	out := f.out.Stretch()
	defer out.Abandon()
	for i, kv := range rest {
		if i > 0 && parted(rest[i-1].key, kv.key) {
			if err := out.End(); err != nil {
				return err
			}
		}
		if err := out.Put(kv.key, kv.value); err != nil {
			return err
		}
	}
	return out.End()
}

// parted reports whether the log or an index has keys between two keys of the rest. One of the two may be the
// mark of a bucket, which precedes all keys in the bucket.
func parted(a, b []byte) bool {
	buckets := []string{"log/", "n", "v"}
	for _, ix := range quadIndexes {
		buckets = append(buckets, indexBucket(ix)+string(keySep))
	}
	return slices.ContainsFunc(buckets, func(bucket string) bool { return string(a) <= bucket && bucket < string(b) })
}

// writeNodes writes the ids and the counts of all nodes.
func (f *filling) writeNodes(ctx context.Context) error {
	ids, counts := f.out.Stretch(), f.out.Stretch()
	defer ids.Abandon()
	defer counts.Abandon()
	var key, val []byte
	err := f.nodes.Each(func(n *hashes.Node) error {
		hash := unranked(n.Hash)
		key, val = hashKey(key[:0], 'n', hash), binary.AppendUvarint(val[:0], uint64(n.Uses))
		if err := counts.Put(key, val); err != nil {
			return err
		}
		key, val = hashKey(key[:0], 'v', hash), binary.AppendUvarint(val[:0], uint64(n.ID))
		return errors.Join(ids.Put(key, val), ctx.Err())
	})
	return errors.Join(err, counts.End(), ids.End())
}
