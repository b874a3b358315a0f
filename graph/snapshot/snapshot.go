// Package snapshot is the immutable graph at one sequence number: what every request reads.
//
// Read Snapshot, View and List first. A Snapshot never changes: Apply returns the next one, which shares what did
// not change. A View shows a snapshot to one request: it decides which claims are visible (visibility.go) and which
// of them a field shows. Lists of entities, edges and claims are filtered, ordered and cut by Run.
//
// Package graph/internal/memory, which knows no views, stores a snapshot in memory, builds it, and
// writes it to a file. The package must not know how claims are stored on disk, nor GraphQL.
package snapshot

import (
	"io"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// None is the number that no entity and no claim has.
const None = memory.None

// Imported is an import with the counts of what it changed.
type Imported = memory.Imported

// Snapshot is the graph at one sequence number. It never changes, and any number of goroutines may
// read it. Only this package may use its fields.
type Snapshot struct{ *memory.Graph }

// Empty returns the snapshot of an empty store.
func Empty(o *schema.Ontology) *Snapshot { return &Snapshot{memory.Empty(o)} }

// Apply returns the snapshot after one more commit. It shares everything unchanged with s; its cost is proportional
// to the commit. Only the newest snapshot may be advanced, by one goroutine at a time.
func (s *Snapshot) Apply(c *graph.Commit) (*Snapshot, error) { return s.next(s.Graph.Apply(c)) }

// Replay returns the snapshot after the commits that feed adds in their order, or s if feed adds
// none. It is faster for many commits than calling Apply for each. feed must return the error of
// Add. After any error, s remains the newest snapshot.
func (s *Snapshot) Replay(feed func(g graph.Growth) error) (*Snapshot, error) {
	return s.next(s.Graph.Replay(feed))
}

func (s *Snapshot) next(g *memory.Graph, err error) (*Snapshot, error) {
	switch {
	case err != nil:
		return nil, err
	case g == s.Graph:
		return s, nil
	}
	return &Snapshot{g}, nil
}

// Decode reads a snapshot that Encode wrote in size bytes, and the identity of the store for which
// it was written. The error says why the snapshot cannot be used. It wraps errors.ErrUnsupported if
// the data is sound, but from another version of the program or for another ontology.
func Decode(from io.Reader, size int64, o *schema.Ontology) (*Snapshot, graph.Identity, error) {
	g, of, err := memory.Decode(from, size, o)
	if err != nil {
		return nil, of, err
	}
	return &Snapshot{g}, of, nil
}

// Differences describes the differences between a snapshot read from a file and one built from the
// log up to the same commit. It compares everything that the file has, including lists and indexes.
func Differences(file, log *Snapshot) []string { return memory.Differences(file.Graph, log.Graph) }
