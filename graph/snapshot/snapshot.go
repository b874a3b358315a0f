// Package snapshot is the immutable graph at one sequence number: what every request
// reads.
//
// Read Snapshot, View and List first. A Snapshot never changes: Apply makes the next
// one, sharing all that is the same. A View is one request's lens on a snapshot: it
// decides which claims are shown (visibility.go) and which of them a field shows.
// Lists of entities, edges and claims are filtered, ordered and cut by Run.
//
// How a snapshot is stored in memory, how it is built and written to a file is the
// subject of graph/internal/memory, which knows no views. The package must not know how
// claims are stored on disk, nor GraphQL.
package snapshot

import (
	"io"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// None is the number of no entity and no claim.
const None = memory.None

// Imported is an import with how much it did.
type Imported = memory.Imported

// Snapshot is the graph at one sequence number. It never changes and may be
// read by any number of goroutines. Its fields are for this package alone.
type Snapshot struct{ *memory.Graph }

// Empty returns the snapshot of an empty store.
func Empty(o *schema.Ontology) *Snapshot { return &Snapshot{memory.Empty(o)} }

// Apply returns the snapshot after one more commit. It shares with s all that
// stays the same and costs about as much as the commit is large. Only the
// newest snapshot of a line can be advanced, by one goroutine at a time.
func (s *Snapshot) Apply(c *graph.Commit) (*Snapshot, error) { return s.next(s.Graph.Apply(c)) }

// Replay returns the snapshot after the commits that feed adds, in their order; it
// takes many of them faster than Apply would one by one. If feed adds none, that
// is s. feed returns the error of Add; after any error s is still the newest of
// its line.
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

// Decode reads a snapshot that Encode wrote in size bytes, and the store that it
// was written for. The error says why the snapshot cannot be used; it wraps
// errors.ErrUnsupported if the data is sound, but of another version of the
// program or of another ontology.
func Decode(from io.Reader, size int64, o *schema.Ontology) (*Snapshot, graph.Identity, error) {
	g, of, err := memory.Decode(from, size, o)
	if err != nil {
		return nil, of, err
	}
	return &Snapshot{g}, of, nil
}

// Differences compares a snapshot that was read from a file with one that was
// built from the log up to the same commit, and describes what differs. It looks
// at everything that the file has, the lists and indexes included.
func Differences(file, log *Snapshot) []string { return memory.Differences(file.Graph, log.Graph) }
