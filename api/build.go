package api

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/analyses"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/schema"
)

// builder makes the types of the API from an ontology.
type builder struct {
	*output.Types
	analyses *analyses.Builder
	entities map[string]graphql.Output // the types of the ontology, by name
}

func newBuilder(o *schema.Ontology) *builder {
	b := &builder{
		Types: output.New(o, &gql.Meta{
			Description: "Caspian: sourced claims about nations, leaders, resources and corridors, with the time they hold, the time they were recorded, and their confidence.",
			Defaults:    map[string]string{}, Interfaces: map[string][]string{},
			Directives: []gql.Directive{{Name: liveDirective, Locations: []string{"QUERY"},
				Description: "Over an event stream or a WebSocket, the query is answered again whenever its answer changes, at most twice a second. Elsewhere it is answered once."}},
		}),
		entities: map[string]graphql.Output{},
	}
	b.analyses = analyses.New(b.Types, analyses.Answers{Entity: b.entityType(o.Type(schema.EntityType)), Source: b.entityType(o.Type(schema.SourceType)), Claim: b.claimType()})
	return b
}

// analysisFields returns the root fields that have a workload each.
func (b *builder) analysisFields() []output.Field {
	return append(b.analyses.Root(), b.log(), b.imports())
}

// allTypes returns all types of the schema, including those that no field refers to.
func (b *builder) allTypes() []graphql.Type {
	var ts []graphql.Type
	for _, t := range b.Ontology.Types {
		ts = append(ts, b.entityType(t).(graphql.Type))
	}
	return ts
}
