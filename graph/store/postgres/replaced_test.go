package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// TestReplaced: a process that has read what the database lost neither reads on nor writes, even if the database has other commits since.
func TestReplaced(t *testing.T) {
	sample := func(seq graph.Seq, digest string) *graph.Commit {
		c := storetest.Sample(seq, 1)
		c.Digest = digest
		return c
	}
	const lose = `TRUNCATE nodes, quads; DELETE FROM caspian_commit WHERE seq > 1; UPDATE caspian_head SET seq = 1`
	for name, c := range map[string]struct {
		sql  string
		then []*graph.Commit
	}{
		"another store":  {`UPDATE caspian_head SET store = 'another'`, nil},
		"another epoch":  {`UPDATE caspian_head SET epoch = 2`, nil},
		"fewer commits":  {lose, nil},
		"others as many": {lose, []*graph.Commit{sample(2, "bb")}},
		"others, more":   {lose, []*graph.Commit{sample(2, "bb"), sample(3, "cc")}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			l := openAt(t, t.Name()).(*database)
			if err := l.AppendGroup(ctx, []*graph.Commit{sample(1, "aa"), sample(2, "ab")}); err != nil {
				t.Fatal(err)
			}
			if _, err := l.pool.Exec(ctx, c.sql, pgx.QueryExecModeSimpleProtocol); err != nil {
				t.Fatal(err)
			}
			other := openAt(t, t.Name())
			if err := other.AppendGroup(ctx, c.then); err != nil {
				t.Fatal(err)
			}
			head := other.Head()
			_, refresh := l.Refresh(ctx)
			for call, err := range map[string]error{
				"Refresh":        refresh,
				"Replay":         l.Replay(ctx, 0, func(*graph.Commit) error { return nil }),
				"Append":         l.Append(ctx, sample(head+1, "dd")),
				"AcceptOntology": l.AcceptOntology("ee", "text"),
			} {
				var ge *graph.Error
				if !errors.As(err, &ge) || ge.Code != graph.Unavailable || !strings.Contains(err.Error(), "replaced") {
					t.Errorf("%s: %v", call, err)
				}
			}
			if all := storetest.All(t, other, 0); graph.Seq(len(all)) != head {
				t.Errorf("%d commits, want %d", len(all), head)
			}
			if text, err := other.Ontology(""); text != "" || err != nil {
				t.Errorf("the ontology is %q, %v", text, err)
			}
		})
	}
}
