package ingest

import (
	"context"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/foreign"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Finder finds what rows and documents name.
type Finder interface {
	foreign.Graph
	// Candidates returns the entities that a text may name, the best first.
	Candidates(ctx context.Context, q match.Question) ([]match.Candidate, error)
}

// In returns a Finder for the entities of a snapshot, on any date. An import uses the snapshot from before it began, so that
// names mean the same however it is divided into batches.
func In(s *snapshot.Snapshot) Finder { return in{s} }

type in struct{ s *snapshot.Snapshot }

func (f in) Candidates(_ context.Context, q match.Question) ([]match.Candidate, error) {
	v, err := match.Always(f.s)
	if err != nil {
		return nil, err
	}
	return match.Find(v, q)
}

func (f in) Key(_ context.Context, key, value string) (found graph.ID, _ error) {
	f.s.Keyed(key, value, func(claim uint32) {
		if found == "" && f.s.Live(claim) {
			found = f.s.ID(f.s.Subject(claim))
		}
	})
	return found, nil
}

func (f in) TypeOf(_ context.Context, id graph.ID) (string, error) {
	name, _ := f.s.State().TypeOf(id)
	return name, nil
}

func (f in) Ontology() *schema.Ontology { return f.s.Ontology() }
