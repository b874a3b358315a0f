package reconcile_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// TestLostType: an entity whose type the ontology lost is answered about like others, as far as anything is known.
func TestLostType(t *testing.T) {
	_, s := readCases(t)
	next, err := s.Snapshot.Apply(&graph.Commit{
		Seq: s.Snapshot.Seq() + 1, At: time.Unix(2, 0), Entities: []graph.Entity{{ID: "ghost", Type: "Ghost"}},
		Claims: []graph.Claim{{Subject: "ghost", Predicate: "name", Value: graph.StringValue("Ghost Town"), Source: "list", Confidence: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Snapshot = next
	for _, address := range []string{
		"?queries=" + url.QueryEscape(`{"a": {"query": "Ghost Town", "properties": [{"pid": "population", "v": 3}]}, "b": {"query": "ghost"}}`),
		"?extend=" + url.QueryEscape(`{"ids": ["ghost"], "properties": [{"id": "population"}]}`),
		"suggest/entity?prefix=ghost", "preview?id=ghost",
	} {
		if r, err := answer(t, s, address); err == nil && len(r.Body) == 0 {
			t.Errorf("%s has an empty answer", address)
		}
	}
}
