package snapshot

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"

	"github.com/caspian-kg/caspian/graph"
)

// digest is the sum of the hashes of what a graph holds, modulo 2^256: it does
// not depend on the order or the grouping in which the store learned things,
// and a change costs no more than the change.
type digest [4]uint64

func (d *digest) add(h [32]byte) {
	var carry uint64
	for i := range d {
		d[i], carry = bits.Add64(d[i], binary.LittleEndian.Uint64(h[i*8:]), carry)
	}
}

func (d *digest) sub(h [32]byte) {
	var borrow uint64
	for i := range d {
		d[i], borrow = bits.Sub64(d[i], binary.LittleEndian.Uint64(h[i*8:]), borrow)
	}
}

// Digest identifies what the graph holds: entities, claims, how they are held
// and whether they are withdrawn; not when it learned them.
func (s *Snapshot) Digest() string {
	var b [32]byte
	for i, x := range s.sum {
		binary.LittleEndian.PutUint64(b[i*8:], x)
	}
	return hex.EncodeToString(b[:])
}

func entityHash(e graph.Entity) [32]byte {
	return sha256.Sum256([]byte("entity\x00" + string(e.ID) + "\x00" + e.Type))
}

func claimHash(c *graph.Claim, id graph.ClaimID, live bool) [32]byte {
	b := append([]byte("claim\x00"), id[:]...)
	b = binary.LittleEndian.AppendUint16(b, uint16(c.Confidence*1e4+0.5))
	b = append(b, byte(c.Rank), byte(c.Attribution), 0)
	if live {
		b[len(b)-1] = 1
	}
	for _, t := range []string{c.AttributedTo, c.Original, c.Conflict, c.Note} {
		b = binary.AppendUvarint(b, uint64(len(t)))
		b = append(b, t...)
	}
	for _, old := range c.Supersedes {
		b = append(b, old[:]...)
	}
	return sha256.Sum256(b)
}
