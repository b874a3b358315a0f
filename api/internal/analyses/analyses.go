// Package analyses has the API's fields that call the packages analysis and routes. A field reads
// its arguments, calls the analysis, and binds the types of the answer to its parts.
//
// Read Builder first; each other file has one field. The package must not know how entities and
// claims are shown, because its user passes their types as Answers, or how requests get their
// views.
package analyses

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/routes"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Builder builds the fields of the analyses.
type Builder struct {
	*output.Types
	Answers
	networks *routes.Networks
}

// Answers has the API's types to which the answers of analyses refer.
type Answers struct {
	Entity graphql.Output // the type of any entity
	Source graphql.Output
	Claim  *graphql.Object
}

// New returns a builder that adds the types of its fields to ts. The types in answers may still be
// without fields until the schema is built.
func New(ts *output.Types, answers Answers) *Builder {
	return &Builder{ts, answers, new(routes.Networks)}
}

// Root returns a root field for each analysis. The Ref of an entity or claim is as everywhere in
// the API: its Obj is a view, and its Index a number.
func (b *Builder) Root() []output.Field {
	return []output.Field{
		b.routes(),
		b.connections(),
		b.neighbourhood(),
		b.between(),
		b.importance(),
		b.chokepoints(),
		b.dependency(),
		b.exposure(),
		b.conflicts(),
		b.changes(),
		b.timeline(),
		b.history(),
	}
}

// Request is the request for which a field is read. gql passes it to each reader.
type Request interface {
	// Resolve returns the view for an argument. All views of a request read one snapshot.
	Resolve(ctx context.Context, v input.View) (*snapshot.View, error)
	// ResolveBoth returns the views for two arguments, of one snapshot even if they suppose different scenarios.
	ResolveBoth(ctx context.Context, a, b input.View) (from, to *snapshot.View, err error)
}

// inView returns a reader of an object: the answer to the prepared arguments, computed in the view
// that they choose.
func inView[A, R any](view func(*A) input.View, answer func(context.Context, *snapshot.View, *A) (*R, error)) func(*gql.Call, gql.Ref) (gql.Ref, bool, error) {
	return func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
		a := c.Args.(*A)
		v, err := resolve(c, view(a))
		if err != nil {
			return gql.Ref{}, false, err
		}
		r, err := answer(c.Ctx, v, a)
		return gql.Ref{Obj: r}, err == nil, err
	}
}

func resolve(c *gql.Call, v input.View) (*snapshot.View, error) {
	return c.Request.(Request).Resolve(c.Ctx, v)
}
