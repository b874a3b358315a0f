package store

import (
	"encoding/binary"
	"math"
	"math/bits"

	ckv "github.com/cayleygraph/cayley/graph/kv"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/util"
)

// keyFilter is a Bloom filter of the database's keys of one kind. Most keys that a bulk looks up are new, and
// the filter saves the search for them. It is built by reading all these keys, once the searches that it saves
// cost more than building it. When it is full, it is built again, twice as large.
type keyFilter struct {
	of      keyKind
	bits    []uint64
	room    int // how many more keys fit
	lookups uint64
	least   int // the least number of keys to have room for; 0 means minFilter
}

// keyKind is the kind of keys in a filter: the keys with a prefix. From the last part of a key, hash computes
// 16 random bytes or more.
type keyKind struct {
	prefix string
	hash   func(part []byte) []byte
}

// valueKeys returns the kind of the keys of values, whose last part is a hash already.
func valueKeys() keyKind {
	return keyKind{"v", func(part []byte) []byte { return part }}
}

// listKeys returns the kind of the keys of an index's lists, whose last part is three numbers.
func listKeys(ix ckv.QuadIndex) keyKind {
	var sum [16]byte
	return keyKind{indexBucket(ix) + string(keySep), func(part []byte) []byte {
		var a, b uint64
		for ; len(part) >= 8; part = part[8:] {
			id := binary.BigEndian.Uint64(part)
			a = (a ^ id) * 0x9e3779b97f4a7c15
			a ^= a >> 29
			b = (b + id) * 0xbf58476d1ce4e5b9
			b ^= b >> 32
		}
		binary.LittleEndian.PutUint64(sum[:], a*0x94d049bb133111eb)
		binary.LittleEndian.PutUint64(sum[8:], b*0xd6e8feb86659fd93)
		return sum[:]
	}}
}

const (
	filterProbes = 7
	filterBits   = 10           // bits for each key; one new key in a hundred is searched although it is new
	maxFilter    = 64 << 20 / 8 // in words; if more keys are added, the filter only becomes less effective
	minFilter    = 64 << 10
	// filterSearch is the number of primitives whose keys can be read for the filter in the time of one search.
	filterSearch = 32
)

// absent reports whether a key is certainly not in the database, which has horizon primitives. part is the last
// part of the key. Only a large group may build the filter, because a small one would wait too long for it.
func (f *keyFilter) absent(db *leveldb.DB, part []byte, horizon uint64, large bool) (bool, error) {
	if f.lookups++; f.bits == nil || f.room < 0 {
		if !large || f.lookups < horizon/filterSearch {
			return false, nil
		}
		if err := f.fill(db, horizon); err != nil {
			return false, err
		}
	}
	return !f.has(part), nil
}

// add adds the last part of a key that the database has or will have.
func (f *keyFilter) add(part []byte) {
	if f.bits == nil {
		return
	}
	f.room--
	hash := f.of.hash(part)
	for i := range filterProbes {
		word, bit := f.probe(hash, i)
		f.bits[word] |= bit
	}
}

func (f *keyFilter) has(part []byte) bool {
	hash := f.of.hash(part)
	for i := range filterProbes {
		if word, bit := f.probe(hash, i); f.bits[word]&bit == 0 {
			return false
		}
	}
	return true
}

// probe derives a bit from a hash, which is random already.
func (f *keyFilter) probe(hash []byte, i int) (word, bit uint64) {
	h := binary.LittleEndian.Uint64(hash) + uint64(i)*(binary.LittleEndian.Uint64(hash[8:])|1)
	word, _ = bits.Mul64(h, uint64(len(f.bits)))
	return word, 1 << (h % 64)
}

// emptied returns the filter in its state before the first use.
func (f *keyFilter) emptied() keyFilter { return keyFilter{of: f.of, least: f.least} }

func (f *keyFilter) fill(db *leveldb.DB, horizon uint64) error {
	keys := max(f.least, 2*int(horizon))
	if f.least == 0 {
		keys = max(minFilter, keys)
	}
	f.bits = make([]uint64, min(maxFilter, keys*filterBits/64+1))
	f.room = keys
	if len(f.bits) == maxFilter {
		f.room = math.MaxInt
	}
	it := db.NewIterator(util.BytesPrefix([]byte(f.of.prefix)), &opt.ReadOptions{DontFillCache: true})
	defer it.Release()
	var part []byte
	for it.Next() {
		if part = lastPart(part[:0], it.Key()); len(part) >= 16 {
			f.add(part)
		}
	}
	if err := it.Error(); err != nil {
		*f = f.emptied() // half a filter would miss existing keys
		return err
	}
	return nil
}

// lastPart appends the last part of a key, without its escapes.
func lastPart(b, key []byte) []byte {
	start := len(b)
	for i := 0; i < len(key); i++ {
		switch c := key[i]; {
		case c == keySep:
			b = b[:start]
			continue
		case c == keyEsc && i+1 < len(key):
			i++
		}
		b = append(b, key[i])
	}
	return b
}
