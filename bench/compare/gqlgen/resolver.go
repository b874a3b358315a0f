// Package gqlgen answers the compared documents with gqlgen over plain structs. Read Resolver first; go
// generate creates package generated from ../schema.graphql. The package must not know the snapshot.
package gqlgen

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/bench/compare/gqlgen/generated"
	"github.com/caspian-kg/caspian/bench/compare/gqlgen/model"
	"github.com/caspian-kg/caspian/bench/compare/plain"
)

// Handler returns a handler of POST requests, which caches parsed documents.
func Handler(g *plain.Graph) http.Handler {
	s := handler.New(Schema(g))
	s.AddTransport(transport.POST{})
	s.SetQueryCache(lru.New[*ast.QueryDocument](100))
	return s
}

// Schema returns the executable schema of the graph.
func Schema(g *plain.Graph) graphql.ExecutableSchema {
	return generated.NewExecutableSchema(generated.Config{Resolvers: &Resolver{g}})
}

// Resolver resolves the root fields.
type Resolver struct{ g *plain.Graph }

// Query implements ResolverRoot.
func (r *Resolver) Query() generated.QueryResolver { return r }

// Country implements QueryResolver.
func (r *Resolver) Country(_ context.Context, id string) (*model.Country, error) {
	return (*model.Country)(r.g.ByID[id]), nil
}

// Countries implements QueryResolver.
func (r *Resolver) Countries(_ context.Context, first *int) (*model.CountryList, error) {
	return model.Countries(plain.Cut(r.g.Countries, first)), nil
}

// Cities implements QueryResolver.
func (r *Resolver) Cities(_ context.Context, first *int) (*model.CityList, error) {
	return &model.CityList{Nodes: plain.Cut(r.g.Cities, first)}, nil
}
