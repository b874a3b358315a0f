// Package gizmo runs Cayley's query language, Gizmo, over the quads of a store. It only reads.
//
// Read Store and names first: names lets queries write KAZ and borders for the addresses that the quads have. The
// package must not know claims beyond the addresses of their quads, nor what a view shows.
package gizmo

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/kv"
	"github.com/cayleygraph/cayley/graph/shape"
	_ "github.com/cayleygraph/cayley/graph/sql/postgres" // Cayley's backend for databases
	"github.com/cayleygraph/cayley/query"
	"github.com/cayleygraph/cayley/query/gizmo"
	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
)

// Store is a store that is open for queries.
type Store struct {
	qs    cgraph.QuadStore
	close func() error
}

// Folder opens the store in a folder, which no service may have open.
func Folder(dir string) (*Store, error) {
	log, err := store.Open(dir, store.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	qs, release, err := store.Cayley(log)
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	return &Store{qs, func() error { return errors.Join(release(), log.Close()) }}, nil
}

// Database opens the store in a database through Cayley's own backend, while others read and write there.
func Database(address string) (*Store, error) {
	qs, err := cgraph.NewQuadStore("postgres", address, nil)
	if err != nil && strings.Contains(err.Error(), "SSL is not enabled") {
		// The driver of Cayley's backend has no mode that tries both, which is the standard of others.
		if plain := withoutSSL(address); plain != "" {
			qs, err = cgraph.NewQuadStore("postgres", plain, nil)
		}
	}
	if err != nil {
		return nil, graph.Errorf(graph.Unavailable, "Cayley cannot open the database: %v", err)
	}
	return &Store{qs, qs.Close}, nil
}

// withoutSSL returns the address with SSL disabled, or "" if the user has chosen a mode.
func withoutSSL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Query().Has("sslmode") || os.Getenv("PGSSLMODE") != "" {
		return ""
	}
	asked := u.Query()
	asked.Set("sslmode", "disable")
	u.RawQuery = asked.Encode()
	return u.String()
}

// Close releases the store.
func (s *Store) Close() error { return s.close() }

// Run runs a query and passes each row of its result, up to most rows, to emit: a value of encoding/json. more reports
// whether there were further rows. A query that runs when the context ends is stopped.
func (s *Store) Run(ctx context.Context, text string, most int, emit func(row any) error) (more bool, err error) {
	defer func() {
		if p := recover(); p != nil { // Cayley's code panics on some queries
			err = graph.Errorf(graph.BadInput, "Cayley cannot run the query: %v", p)
		}
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows, err := gizmo.NewSession(names{s.qs}).Execute(ctx, text, query.Options{Collation: query.JSON, Limit: most + 1})
	if err != nil {
		return false, graph.Errorf(graph.BadInput, "the query cannot be read: %v", err)
	}
	defer rows.Close()
	for n := 0; rows.Next(ctx); {
		row := rows.Result()
		if row == nil { // the value of the last expression, not a row
			continue
		}
		if n++; n > most {
			return true, nil
		}
		if err := emit(row); err != nil {
			return false, err
		}
	}
	switch err := rows.Err(); {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case err != nil:
		return false, graph.Errorf(graph.BadInput, "the query failed: %v", err)
	}
	return false, nil
}

// names gives entities, fields and types their names in queries and results, in place of the addresses of quads. All
// other addresses, such as those of claims, remain as they are.
type names struct{ cgraph.QuadStore }

// typeName is the name of the predicate from an entity to its type.
const typeName = "type"

// ValueOf implements graph.Namer. A text that is the id of an entity means that entity, else the field or the type of
// the name, else the text itself.
func (n names) ValueOf(v quad.Value) cgraph.Ref {
	name := ""
	switch v := v.(type) {
	case quad.String:
		name = string(v)
	case quad.IRI:
		name = string(v)
	}
	if name != "" {
		for _, prefix := range commits.NamedPrefixes {
			// A database gives a reference to what it does not have, too.
			if ref := n.QuadStore.ValueOf(quad.IRI(prefix + name)); ref != nil && n.QuadStore.NameOf(ref) != nil {
				return ref
			}
		}
		if name == typeName {
			return n.QuadStore.ValueOf(quad.IRI(commits.PredType))
		}
	}
	return n.QuadStore.ValueOf(v)
}

// NameOf implements graph.Namer.
func (n names) NameOf(ref cgraph.Ref) quad.Value {
	v := n.QuadStore.NameOf(ref)
	if iri, ok := v.(quad.IRI); ok {
		if iri == commits.PredType {
			return quad.String(typeName)
		}
		for _, prefix := range commits.NamedPrefixes {
			if name, ok := strings.CutPrefix(string(iri), prefix); ok {
				return quad.String(name)
			}
		}
	}
	return v
}

// OptimizeShape lets a store in a folder choose its indexes, as Cayley asks each store. What Cayley's backend for
// databases chooses works only without names around it.
func (n names) OptimizeShape(s shape.Shape) (shape.Shape, bool) {
	if folder, ok := n.QuadStore.(*kv.QuadStore); ok {
		return folder.OptimizeShape(s)
	}
	return s, false
}
