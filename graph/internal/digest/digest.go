// Package digest computes the digest of a graph, a Sum over its entities, merges and claims. The Sum includes the
// details of the claims and whether they are withdrawn, but not when they were recorded.
//
// The package must not know how a graph is stored.
package digest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"

	"github.com/caspian-kg/caspian/graph"
)

// Sum is the sum of the hashes of a graph's entities and claims, modulo 2^256. So it does not depend on the
// order or the grouping in which they were recorded, and updating it costs no more than the change. The zero
// Sum is that of an empty graph.
type Sum [4]uint64

// Entity adds a declared entity.
func (d *Sum) Entity(e graph.Entity) {
	d.add(sha256.Sum256([]byte("entity\x00" + string(e.ID) + "\x00" + e.Type)))
}

// Merge adds a merge.
func (d *Sum) Merge(m graph.Merged) { d.add(hashMerge(m)) }

// Unmerge takes a merge away that was added.
func (d *Sum) Unmerge(m graph.Merged) { d.sub(hashMerge(m)) }

func hashMerge(m graph.Merged) [32]byte {
	return sha256.Sum256([]byte("merged\x00" + string(m.From) + "\x00" + string(m.Into)))
}

// Claim adds a claim with its id. live is false if the claim is withdrawn.
func (d *Sum) Claim(c *graph.Claim, id graph.ClaimID, live bool) { d.add(hash(c, id, live)) }

// Withdraw turns a live claim in the sum into a withdrawn one.
func (d *Sum) Withdraw(c *graph.Claim, id graph.ClaimID) {
	d.sub(hash(c, id, true))
	d.add(hash(c, id, false))
}

// Reinstate turns a withdrawn claim in the sum into a live one.
func (d *Sum) Reinstate(c *graph.Claim, id graph.ClaimID) {
	d.sub(hash(c, id, false))
	d.add(hash(c, id, true))
}

// String returns the sum in hexadecimal.
func (d *Sum) String() string {
	var b [32]byte
	for i, x := range d {
		binary.LittleEndian.PutUint64(b[i*8:], x)
	}
	return hex.EncodeToString(b[:])
}

func (d *Sum) add(h [32]byte) {
	var carry uint64
	for i := range d {
		d[i], carry = bits.Add64(d[i], binary.LittleEndian.Uint64(h[i*8:]), carry)
	}
}

func (d *Sum) sub(h [32]byte) {
	var borrow uint64
	for i := range d {
		d[i], borrow = bits.Sub64(d[i], binary.LittleEndian.Uint64(h[i*8:]), borrow)
	}
}

func hash(c *graph.Claim, id graph.ClaimID, live bool) [32]byte {
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
