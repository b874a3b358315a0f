package store

import (
	"cmp"
	"context"
	"encoding/binary"

	ckv "github.com/cayleygraph/cayley/graph/kv"
	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph/internal/runs"
	"github.com/caspian-kg/caspian/graph/internal/tables"
)

// sortLeast is how many entries of an index are sorted in memory, which takes 8 MB.
const sortLeast = 1 << 19

// posting is an unfinished index: the entries of all links, to be sorted.
type posting struct {
	index  ckv.QuadIndex
	sorter *runs.Sorter[postingEntry]
}

// postingEntry is a link under the ranks of up to three ids; in a shorter index the last is 0. The first number
// has two ranks, the second has one and the link.
type postingEntry [2]uint64

func newPosting(index ckv.QuadIndex, dir string, most int) posting {
	return posting{index, runs.New(dir, most, func(a, b postingEntry) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })}
}

func (p *posting) add(l *[4]*bulkNode, link uint64) error {
	var ranks [3]uint64
	for i, d := range p.index.Dirs {
		ranks[i] = uint64(rankOf(uint32(l[d-quad.Subject].id)))
	}
	return p.sorter.Add(postingEntry{ranks[0]<<32 | ranks[1], ranks[2]<<32 | link})
}

// write writes the list of links for each key.
func (p *posting) write(ctx context.Context, t *tables.Database) error {
	out := t.Stretch()
	defer out.Abandon()
	var key, val []byte
	var now postingEntry // the ids of key
	raw := make([]byte, 8*len(p.index.Dirs))
	err := p.sorter.Each(func(e postingEntry) error {
		ids, link := postingEntry{e[0], e[1] >> 32}, e[1]&(1<<32-1)
		if ids != now || len(val) == 0 {
			if len(val) > 0 {
				if err := out.Put(key, val); err != nil {
					return err
				}
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			now, val = ids, val[:0]
			for i, rank := range []uint64{e[0] >> 32, e[0] & (1<<32 - 1), e[1] >> 32}[:len(p.index.Dirs)] {
				binary.BigEndian.PutUint64(raw[8*i:], uint64(idOf(uint32(rank))))
			}
			key = appendKeyPart(append(append(key[:0], indexBucket(p.index)...), keySep), raw)
		}
		val = binary.AppendUvarint(val, link)
		return nil
	})
	if err == nil && len(val) > 0 {
		err = out.Put(key, val)
	}
	if err == nil {
		err = out.End()
	}
	if err == nil {
		err = p.sorter.Close()
	}
	return err
}
