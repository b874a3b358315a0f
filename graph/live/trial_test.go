package live_test

import (
	"reflect"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
)

// TestTrialLeaves: a trial changes nothing, and other changes go on meanwhile.
func TestTrialLeaves(t *testing.T) {
	log, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	g, err := live.Open(t.Context(), log, schema.MustDefault(), live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	change := func(ids ...graph.ID) *graph.Change {
		ch := &graph.Change{}
		for _, id := range ids {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: "City"}})
		}
		return ch
	}
	trial := g.Trial()
	for i, want := range []live.Counts{{Entities: 2}, {Entities: 1, Known: 1}} {
		got, err := trial.Commit(t.Context(), change([][]graph.ID{{"a", "b"}, {"b", "c"}}[i]...))
		if err != nil || !reflect.DeepEqual(got.Counts, want) || got.Seq != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if got, err := g.Commit(t.Context(), change("a")); err != nil || got.Seq != 1 || got.Entities != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
