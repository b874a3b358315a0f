package analysis

import (
	"context"
	"sync"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Networks keeps the networks compiled last, so that questions that share a
// view share them. The zero value is ready; it is safe for concurrent use.
type Networks struct {
	// mu guards kept. It is not held while compiling, so that a large network
	// stops nobody; two questions at once may compile the same.
	mu   sync.Mutex
	kept []keptNetwork // the one used last in front
}

type keptNetwork struct {
	snapshot *snapshot.Snapshot
	lens     string
	network  *Network
}

// maxKept bounds the memory: a network has about 400 bytes a leg.
const maxKept = 8

// Of returns the network of a kind in a view, compiled at most now.
func (k *Networks) Of(ctx context.Context, v *snapshot.View, kind NetworkKind) (*Network, error) {
	lens := kind.String() + " " + v.Lens()
	if n := k.find(v.Snapshot(), lens); n != nil {
		return n, nil
	}
	n, err := Compile(ctx, v, kind)
	if err != nil {
		return nil, err
	}
	k.keep(keptNetwork{v.Snapshot(), lens, n})
	return n, nil
}

func (k *Networks) find(s *snapshot.Snapshot, lens string) *Network {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, x := range k.kept {
		if x.snapshot == s && x.lens == lens {
			copy(k.kept[1:i+1], k.kept[:i])
			k.kept[0] = x
			return x.network
		}
	}
	return nil
}

// keep puts a network in front. Those of an older snapshot go at once: nobody
// will ask for them again but requests that run already.
func (k *Networks) keep(n keptNetwork) {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := []keptNetwork{n}
	for _, x := range k.kept {
		if x.snapshot.Seq() >= n.snapshot.Seq() && len(list) < maxKept && (x.snapshot != n.snapshot || x.lens != n.lens) {
			list = append(list, x)
		}
	}
	k.kept = list
}
