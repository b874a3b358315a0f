package column

import (
	"bytes"
	"cmp"
	"slices"
)

// Index finds numbers by the hash of what they identify. It never changes: With returns another index, which
// shares all buckets except those that get new numbers, so that the cost of adding a number does not depend on
// the size of the index.
//
// The first bits of a hash choose a branch, and the next bits a bucket in it. The bucket stores the last bits
// with each number, so that a search hardly ever compares a wrong number. A full bucket splits in two; the
// branch may then have to distinguish one more bit.
type Index struct {
	root    *[1 << rootBits]*hashBranch
	crowded List[hashed, None] // numbers that did not fit into a full bucket that cannot split
	epoch   uint32             // the number of the last With
}

const (
	rootBits   = 8
	depthMost  = 14  // bits that a branch can distinguish
	tagBits    = 24  // position of the lowest bit of a tag
	bucketMost = 100 // numbers of a bucket, which takes half a kilobyte
	bucketLoad = 88  // numbers per bucket when a branch is created
)

// hashBranch has the buckets for the hashes that begin alike. A bucket that distinguishes fewer bits than its
// branch occurs in it several times.
type hashBranch struct {
	epoch   uint32 // the With that created it
	depth   uint8
	buckets []*bucket
}

type bucket struct {
	epoch   uint32 // the With that created it
	n       uint8
	depth   uint8
	crowded bool // Index.crowded has more numbers of this bucket
	tags    [bucketMost]uint8
	numbers [bucketMost]uint32
}

// hashed is a number with its hash.
type hashed struct {
	hash   uint64
	number uint32
}

var byHash = Order[hashed]{Compare: func(a, b hashed) int {
	return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.number, b.number))
}}

// tag returns bits of a hash that choose neither the branch nor the bucket.
func tag(hash uint64) uint8 { return uint8(hash >> tagBits) }

func (b *hashBranch) at(hash uint64) uint64 { return hash << rootBits >> (64 - b.depth) }

// Find returns the first number with the hash for which same returns true.
func (x *Index) Find(hash uint64, same func(uint32) bool) (uint32, bool) {
	if x.root == nil || x.root[hash>>(64-rootBits)] == nil {
		return 0, false
	}
	branch := x.root[hash>>(64-rootBits)]
	b := branch.buckets[branch.at(hash)]
	for from := 0; ; {
		i := bytes.IndexByte(b.tags[from:b.n], tag(hash))
		if i < 0 {
			break
		}
		from += i
		if n := b.numbers[from]; same(n) {
			return n, true
		}
		from++
	}
	if b.crowded {
		for _, h := range x.crowded.Within(func(h hashed) int { return cmp.Compare(h.hash, hash) }) {
			if same(h.number) {
				return h.number, true
			}
		}
	}
	return 0, false
}

// Touch prefetches what Find reads in the index. It returns a value computed from it, so that the compiler does
// not drop the reads.
func (x *Index) Touch(hash uint64) uint {
	if x.root == nil || x.root[hash>>(64-rootBits)] == nil {
		return 0
	}
	branch := x.root[hash>>(64-rootBits)]
	return uint(branch.buckets[branch.at(hash)].n)
}

// With returns the index with more numbers. hash returns the hash of a number.
func (x Index) With(numbers []uint32, hash func(uint32) uint64) Index {
	return x.with(len(numbers), func(i int) uint32 { return numbers[i] }, hash)
}

// WithRange is With for the numbers from from to to-1.
func (x Index) WithRange(from, to int, hash func(uint32) uint64) Index {
	return x.with(to-from, func(i int) uint32 { return uint32(from + i) }, hash)
}

func (x Index) with(n int, number func(int) uint32, hash func(uint32) uint64) Index {
	if n == 0 {
		return x
	}
	e := indexEdit{root: new([1 << rootBits]*hashBranch), hash: hash, epoch: x.epoch + 1}
	if x.root != nil {
		*e.root = *x.root
	}
	if n < 1<<rootBits {
		for i := range n {
			e.put(hash(number(i)), number(i))
		}
	} else {
		e.putMany(n, number)
	}
	slices.SortFunc(e.crowded, byHash.Compare)
	m := Merger[hashed, None]{Order: byHash}
	return Index{e.root, m.Put(x.crowded, e.crowded), e.epoch}
}

// Numbers returns all numbers in the index.
func (x *Index) Numbers() []uint32 {
	var all []uint32
	if x.root == nil {
		return all
	}
	for _, branch := range x.root {
		for i := 0; branch != nil && i < len(branch.buckets); {
			b := branch.buckets[i]
			all = append(all, b.numbers[:b.n]...)
			i += 1 << (branch.depth - b.depth)
		}
	}
	for h := range x.crowded.All() {
		all = append(all, h.number)
	}
	return all
}

// indexEdit is an index that With is creating.
type indexEdit struct {
	root    *[1 << rootBits]*hashBranch
	hash    func(uint32) uint64
	epoch   uint32 // marks what it has created
	crowded []hashed
}

// putMany adds numbers. It first sorts them by branch, so that it writes to a small part of memory at a time,
// and creates new branches at their final size.
func (e *indexEdit) putMany(n int, number func(int) uint32) {
	var ends [1 << rootBits]int
	hashes := make([]uint64, n)
	for i := range hashes {
		hashes[i] = e.hash(number(i))
		ends[hashes[i]>>(64-rootBits)]++
	}
	total := 0
	for k := range ends {
		total, ends[k] = total+ends[k], total
	}
	sorted := make([]uint64, n) // the bits that choose bucket and tag, followed by the number
	for i, h := range hashes {
		at := &ends[h>>(64-rootBits)]
		sorted[*at] = h>>tagBits<<32 | uint64(number(i))
		*at++
	}
	from := 0
	for k, to := range ends {
		if e.root[k] == nil && to > from {
			e.root[k] = e.branch(to - from)
		}
		for _, x := range sorted[from:to] {
			e.put(uint64(k)<<(64-rootBits)|x>>32<<tagBits, uint32(x))
		}
		from = to
	}
}

// branch returns a new branch with room for n numbers.
func (e *indexEdit) branch(n int) *hashBranch {
	b := &hashBranch{epoch: e.epoch}
	for b.depth < depthMost && n > bucketLoad<<b.depth {
		b.depth++
	}
	b.buckets = make([]*bucket, 1<<b.depth)
	for i := range b.buckets {
		b.buckets[i] = &bucket{epoch: e.epoch, depth: b.depth}
	}
	return b
}

// put adds a number. The last bits of hash may be missing.
func (e *indexEdit) put(hash uint64, number uint32) {
	at := &e.root[hash>>(64-rootBits)]
	switch {
	case *at == nil:
		*at = e.branch(1)
	case (*at).epoch != e.epoch:
		*at = &hashBranch{epoch: e.epoch, depth: (*at).depth, buckets: slices.Clone((*at).buckets)}
	}
	branch := *at
	for {
		b := branch.buckets[branch.at(hash)]
		if b.epoch != e.epoch {
			c := *b
			c.epoch = e.epoch
			b = &c
			branch.set(hash, b)
		}
		switch {
		case b.n < bucketMost:
			b.add(hash, number)
			return
		case b.depth < depthMost && e.differ(b, number):
			e.split(branch, b, hash)
		default:
			b.crowded = true
			e.crowded = append(e.crowded, hashed{e.hash(number), number})
			return
		}
	}
}

func (b *bucket) add(hash uint64, number uint32) {
	b.tags[b.n], b.numbers[b.n] = tag(hash), number
	b.n++
}

// differ reports whether some number in a bucket has a different hash than the given number.
func (e *indexEdit) differ(b *bucket, number uint32) bool {
	hash := e.hash(number)
	return slices.ContainsFunc(b.numbers[:b.n], func(n uint32) bool { return e.hash(n) != hash })
}

// set replaces the branch's bucket for the hash.
func (b *hashBranch) set(hash uint64, to *bucket) {
	wide := uint64(1) << (b.depth - to.depth)
	first := b.at(hash) &^ (wide - 1)
	for i := range wide {
		b.buckets[first+i] = to
	}
}

// split divides the bucket for the hash in two by the next bit.
func (e *indexEdit) split(branch *hashBranch, b *bucket, hash uint64) {
	if b.depth == branch.depth {
		twice := make([]*bucket, 2*len(branch.buckets))
		for i := range twice {
			twice[i] = branch.buckets[i/2]
		}
		branch.depth, branch.buckets = branch.depth+1, twice
	}
	bit := uint64(1) << (63 - rootBits - b.depth)
	halves := [2]*bucket{}
	for i := range halves {
		// Numbers in Index.crowded may belong to either half.
		halves[i] = &bucket{epoch: e.epoch, depth: b.depth + 1, crowded: b.crowded}
	}
	for _, n := range b.numbers[:b.n] {
		h, half := e.hash(n), halves[0]
		if h&bit != 0 {
			half = halves[1]
		}
		half.add(h, n)
	}
	branch.set(hash&^bit, halves[0])
	branch.set(hash|bit, halves[1])
}
