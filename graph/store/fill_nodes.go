package store

import (
	"bytes"
	"errors"
	"math"
	"slices"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph/internal/hashes"
)

// ranks gives each byte its position in the order of keys, where a slash and a backslash come after an escape.
// bytesByRank is the inverse.
var ranks, bytesByRank = func() (ranks, back [256]byte) {
	order := make([]int, 256)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return bytes.Compare(appendKeyPart(nil, []byte{byte(a)}), appendKeyPart(nil, []byte{byte(b)}))
	})
	for place, b := range order {
		ranks[b], back[place] = byte(place), byte(b)
	}
	return ranks, back
}()

// rankOf returns a number that orders ids like their keys.
func rankOf(id uint32) uint32 {
	return uint32(ranks[id>>24])<<24 | uint32(ranks[id>>16&255])<<16 | uint32(ranks[id>>8&255])<<8 | uint32(ranks[id&255])
}

// idOf returns the id with a rank.
func idOf(rank uint32) uint32 {
	return uint32(bytesByRank[rank>>24])<<24 | uint32(bytesByRank[rank>>16&255])<<16 | uint32(bytesByRank[rank>>8&255])<<8 | uint32(bytesByRank[rank&255])
}

func ranked(h cgraph.ValueHash) cgraph.ValueHash {
	for i, b := range h {
		h[i] = ranks[b]
	}
	return h
}

func unranked(h cgraph.ValueHash) cgraph.ValueHash {
	for i, b := range h {
		h[i] = bytesByRank[b]
	}
	return h
}

// errTooLarge ends a filling with ids too large for its sort entries.
var errTooLarge = errors.New("too many claims for one import into an empty store; import a part of the files first")

// number finds the nodes of a commit's quads, and gives ids to the new nodes in the order of their hashes, like
// Cayley. It returns the links and the new nodes.
func (r *resolver) number(t *hashes.Table, quads []quad.Quad, last uint64) (links [][4]*bulkNode, new []*bulkNode, err error) {
	nodes, links, err := r.resolve(quads, func(nodes []*bulkNode) error {
		for _, n := range nodes {
			hash := [20]byte(ranked(n.hash))
			if have := t.Find(&hash); have != nil {
				n.before.id = uint64(have.ID)
				n.id = n.before.id
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	new = slices.DeleteFunc(slices.Clone(nodes), func(n *bulkNode) bool { return n.id != 0 })
	for _, n := range new {
		last++
		n.id = last
	}
	if last+uint64(len(quads)) > math.MaxUint32 {
		return nil, nil, errTooLarge
	}
	for _, n := range nodes {
		hash := [20]byte(ranked(n.hash))
		if n.before.id != 0 {
			t.Find(&hash).Uses += uint32(n.uses)
		} else {
			t.Add(hashes.Node{Hash: hash, ID: uint32(n.id), Uses: uint32(n.uses)})
		}
	}
	return links, new, nil
}
