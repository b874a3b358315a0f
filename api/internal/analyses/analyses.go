// Package analyses is the fields of the API that ask the packages analysis and routes: each reads
// its arguments, asks, and says how the parts of the answer are read.
//
// Read Builder first; each other file has one field. The package must not know how entities and
// claims are shown, which its user gives it as Answers, or how requests come by their views.
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

// Builder makes the fields of the analyses.
type Builder struct {
	*output.Types
	Answers
	networks *routes.Networks
}

// Answers are types of the API that answers refer to.
type Answers struct {
	Entity graphql.Output // any entity
	Source graphql.Output
	Claim  *graphql.Object
}

// New returns a builder of fields that adds their types to ts. The types of answers need no fields
// before the schema is built.
func New(ts *output.Types, answers Answers) *Builder {
	return &Builder{ts, answers, new(routes.Networks)}
}

// Root returns a root field for each analysis. Entities, claims and views are read as in all of the
// API: a Ref to a view, with a number as its index.
func (b *Builder) Root() []output.Field {
	return []output.Field{
		b.routes(),
		b.connections(),
		b.chokepoints(),
		b.dependency(),
		b.conflicts(),
		b.changes(),
		b.timeline(),
	}
}

// Request is the request that a field is read for: gql passes it to each reader.
type Request interface {
	// Resolve returns the view of an argument. All views of a request are of one snapshot.
	Resolve(ctx context.Context, v input.View) (*snapshot.View, error)
}

// inView reads an object that is the answer to the arguments in their view.
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
