package postgres

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// TestTables: the tables and their indexes are the same whether commits were appended in small groups, in a large one, or
// filled an empty store.
func TestTables(t *testing.T) {
	ctx := context.Background()
	var all []*graph.Commit
	for i := range 8 { // more quads than are sent at once
		all = append(all, storetest.Sample(graph.Seq(i)+1, 1400))
	}
	const tables = `SELECT coalesce(md5(string_agg(line, ',' ORDER BY line)), '') FROM (
	SELECT format('%s %s %s %s %s %s %s %s', hash, refs, value_string, iri, datatype, value_int, value_float, value_bool) AS line FROM nodes
	UNION ALL SELECT format('%s %s %s %s', subject_hash, predicate_hash, object_hash, label_hash) FROM quads
	UNION ALL SELECT format('%s %s %s %s %s', seq, at, digest, key_hash, md5(quads)) FROM caspian_commit) t`
	const indexes = `SELECT string_agg(d, ';' ORDER BY d) FROM (
	SELECT replace(indexdef, current_schema(), '') AS d FROM pg_indexes WHERE schemaname = current_schema()
	UNION ALL SELECT conname || contype::text || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace) t`
	var want [2]string
	for i, c := range []struct {
		how   string
		write func(l store.Log) error
	}{
		{"small groups", func(l store.Log) error {
			for _, c := range all {
				if err := l.Append(ctx, c); err != nil {
					return err
				}
			}
			return nil
		}},
		{"a large group", func(l store.Log) error { return l.AppendGroup(ctx, all) }},
		{"a filling", func(l store.Log) error { return storetest.Fill(l, all...) }},
	} {
		l := openAt(t, t.Name()+c.how).(*database)
		if err := c.write(l); err != nil {
			t.Fatal(err)
		}
		for j, query := range []string{tables, indexes} {
			var got string
			if err := l.pool.QueryRow(ctx, query, pgx.QueryExecModeSimpleProtocol).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				want[j] = got
			}
			if got != want[j] || got == "" {
				t.Errorf("%s: %s, want %s", c.how, got, want[j])
			}
		}
		if err := l.Append(ctx, storetest.Sample(9, 2)); err != nil {
			t.Errorf("%s: an append afterwards: %v", c.how, err)
		}
	}
}
