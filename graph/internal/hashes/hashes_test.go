package hashes

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"testing"
)

// TestTable compares with a map, with random hashes and with some that are alike at
// their beginnings.
func TestTable(t *testing.T) {
	for _, same := range []int{0, 1, 4} {
		var table Table
		want := map[[20]byte]Node{}
		for id := uint32(1); id <= 20_000; id++ {
			hash := sha1.Sum(binary.BigEndian.AppendUint32(nil, id))
			clear(hash[:same])
			if same == 4 && id > 300 {
				break
			}
			if table.Find(&hash) != nil {
				t.Fatalf("a hash is found before it is added")
			}
			n := Node{hash, id, 1}
			table.Add(n)
			want[hash] = n
		}
		for hash, n := range want {
			have := table.Find(&hash)
			if have == nil || *have != n {
				t.Fatalf("%v, want %v", have, n)
			}
			have.Uses += n.ID
		}
		var last Node
		n := 0
		if err := table.Each(func(node *Node) error {
			if bytes.Compare(last.Hash[:], node.Hash[:]) >= 0 || node.Uses != 1+node.ID || want[node.Hash].ID != node.ID {
				t.Fatalf("%v follows %v", node, last)
			}
			last, n = *node, n+1
			return nil
		}); err != nil || n != len(want) {
			t.Errorf("%d nodes of %d, %v", n, len(want), err)
		}
		stop := errors.New("stop")
		table.Add(last)
		if err := table.Each(func(*Node) error { return stop }); err != stop {
			t.Error(err)
		}
	}
}
