package gizmo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/postgres"
	"github.com/caspian-kg/caspian/graph/store/postgres/pgtest"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// rows runs a query and returns the ids of its rows, sorted.
func rows(t *testing.T, s *Store, query string) []string {
	t.Helper()
	out := []string{}
	_, err := s.Run(t.Context(), query, 10_000, func(row any) error {
		if tags, ok := row.(map[string]any); ok {
			row = tags["id"]
		}
		out = append(out, fmt.Sprint(row))
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	slices.Sort(out)
	return out
}

func literal(t *testing.T, text string) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(quoted)
}

// follows compares each relation between entities with what the query finds, in both directions.
func follows(t *testing.T, s *Store, all []*graph.Commit) {
	t.Helper()
	type end struct{ from, predicate string }
	out, in, types := map[end][]string{}, map[end][]string{}, map[string]string{}
	for _, c := range all {
		for _, e := range c.Entities {
			types[string(e.ID)] = e.Type
		}
		for _, claim := range c.Claims {
			if claim.Value.Kind() != graph.EntityKind {
				continue
			}
			subject, object := string(claim.Subject), string(claim.Value.Entity())
			out[end{subject, claim.Predicate}] = append(out[end{subject, claim.Predicate}], object)
			in[end{object, claim.Predicate}] = append(in[end{object, claim.Predicate}], subject)
		}
	}
	if len(out) == 0 || len(types) == 0 {
		t.Fatal("the sample has no relations")
	}
	for way, ends := range map[string]map[end][]string{"Out": out, "In": in} {
		for e, want := range ends {
			slices.Sort(want)
			query := fmt.Sprintf("g.V(%s).%s(%s).All()", literal(t, e.from), way, literal(t, e.predicate))
			if got := rows(t, s, query); !slices.Equal(slices.Compact(got), slices.Compact(want)) {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
	}
	for id, name := range types {
		if got := rows(t, s, fmt.Sprintf("g.V(%s).Out(\"type\").All()", literal(t, id))); !slices.Contains(got, name) {
			t.Errorf("the type of %s: %q, want %s", id, got, name)
		}
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	log, err := store.Open(dir, store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	all := storetest.Commits(5).Example(1)
	for _, c := range all {
		if err := log.Append(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Folder(dir); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a store that is in use: %v", err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	follows(t, s, all)
	bounded(t, s)
}

// bounded: a query ends at its limits, and a bad one is an error.
func bounded(t *testing.T, s *Store) {
	t.Helper()
	n := 0
	more, err := s.Run(t.Context(), "g.V().All()", 3, func(any) error { n++; return nil })
	if err != nil || !more || n != 3 {
		t.Errorf("three rows: %d, more %v, %v", n, more, err)
	}
	late := errors.New("too late")
	for _, endless := range []string{"while (true) {}", "while (true) { g.V().All() }", "function f() { f() }; while (true) { try { f() } catch (e) {} }"} {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, late)
		begun := time.Now()
		_, err := s.Run(ctx, endless, 1e9, func(any) error { return nil })
		cancel()
		if !errors.Is(err, late) || time.Since(begun) > 20*time.Second {
			t.Errorf("%s: %v after %v", endless, err, time.Since(begun))
		}
	}
	var known *graph.Error
	for _, bad := range []string{"g.V(", "nothing()", "g.V().Sideways()", "throw 1", "g.V({}).All()", "g.V(null).Out(3).All()"} {
		if _, err := s.Run(t.Context(), bad, 1, func(any) error { return nil }); err != nil && !errors.As(err, &known) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := s.Run(t.Context(), "g.V(", 1, nil); !errors.As(err, &known) || !strings.Contains(known.Message, "the query cannot be read") {
		t.Errorf("half a query: %v", err)
	}
}

func TestDatabase(t *testing.T) {
	server, stop, err := pgtest.Find()
	if err != nil {
		t.Skip(err)
	}
	defer stop()
	log, err := postgres.Open(t.Context(), server.Address, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	all := storetest.Commits(3).Example(2)
	if err := log.AppendGroup(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	s, err := Database(server.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	follows(t, s, all)
}
