package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/bench"
	"github.com/caspian-kg/caspian/graph"
)

// TestCancel: a client that goes away takes its work along, also work inside
// one field: each of these would take seconds, or longer.
func TestCancel(t *testing.T) {
	a, g, _ := small(t)
	if err := bench.Synthetic(60_000, 10_000, func(ch *graph.Change) error {
		_, err := g.Commit(t.Context(), ch)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	// Each city through its country to every other city there, and so on.
	deep := `{name: {matches: "^y$"}}`
	for range 4 {
		deep = `{country: {some: {node: {cities: {some: {node: ` + deep + `}}}}}}`
	}
	for _, query := range []string{
		`{ cities(where: ` + deep + `) { totalCount } }`,
		`{ cities(where: ` + deep + `, orderBy: [{name: ASC}], first: 3) { nodes { id } } }`,
		`{ cities(where: ` + deep + `) { aggregate { count } } }`,
		`{ claims(where: {not: {or: [` + strings.Repeat(`{note: {matches: "(a|b)*c"}},`, 2000) + `]}}) { totalCount } }`,
	} {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(50*time.Millisecond, cancel)
		r := a.Begin().Execute(ctx, &api.Request{Query: query})
		if took := time.Since(start); took > 500*time.Millisecond {
			// 100 ms is the promise; a loaded machine gets some more.
			t.Errorf("it went on for %v", took)
		}
		if r.Errors == 0 || !strings.Contains(string(r.Body), "errors") {
			t.Errorf("an answer came all the same: %.200s", r.Body)
		}
		cancel()
	}
}
