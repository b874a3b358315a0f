package store

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/util"
)

// valueFilter is a Bloom filter of the hashes of all values in the database: most values
// that a bulk writes are new, and it spares the search for them. It is built, by reading the
// keys of all values, when the searches that it saves cost more than building it, and built
// again, twice as large, when it is full.
type valueFilter struct {
	bits    []uint64
	room    int // how many more values it is large enough for
	lookups uint64
	least   int // the least number of values to make it for; 0 is minFilter
}

const (
	filterProbes = 7
	filterBits   = 10           // for each value: one new value in a hundred is searched all the same
	maxFilter    = 64 << 20 / 8 // words; beyond it the filter only gets worse
	minFilter    = 64 << 10
)

// absent reports whether a value is certainly not in the database, which has horizon
// primitives. Only a large group may build the filter; a small one would wait too long for
// it.
func (f *valueFilter) absent(db *leveldb.DB, hash []byte, horizon uint64, large bool) (bool, error) {
	// Building the filter costs about as much as one search for every eight values.
	if f.lookups++; f.bits == nil || f.room < 0 {
		if !large || f.lookups < horizon/8 {
			return false, nil
		}
		if err := f.fill(db, horizon); err != nil {
			return false, err
		}
	}
	return !f.has(hash), nil
}

// add takes in a value that the database has, or is about to have.
func (f *valueFilter) add(hash []byte) {
	if f.bits == nil {
		return
	}
	f.room--
	for i := range filterProbes {
		word, bit := f.probe(hash, i)
		f.bits[word] |= bit
	}
}

func (f *valueFilter) has(hash []byte) bool {
	for i := range filterProbes {
		if word, bit := f.probe(hash, i); f.bits[word]&bit == 0 {
			return false
		}
	}
	return true
}

// probe derives a bit from a hash that is random already.
func (f *valueFilter) probe(hash []byte, i int) (word, bit uint64) {
	h := binary.LittleEndian.Uint64(hash) + uint64(i)*(binary.LittleEndian.Uint64(hash[8:])|1)
	word, _ = bits.Mul64(h, uint64(len(f.bits)))
	return word, 1 << (h % 64)
}

func (f *valueFilter) fill(db *leveldb.DB, horizon uint64) error {
	values := max(f.least, 2*int(horizon))
	if f.least == 0 {
		values = max(minFilter, values)
	}
	f.bits = make([]uint64, min(maxFilter, values*filterBits/64+1))
	f.room = values
	if len(f.bits) == maxFilter {
		f.room = math.MaxInt
	}
	it := db.NewIterator(util.BytesPrefix([]byte("v")), &opt.ReadOptions{DontFillCache: true})
	defer it.Release()
	for it.Next() {
		if k := splitKey(it.Key()); len(k) == 2 && len(k[1]) >= 16 {
			f.add(k[1])
		}
	}
	if err := it.Error(); err != nil {
		*f = valueFilter{least: f.least} // half a filter would deny what is there
		return err
	}
	return nil
}
