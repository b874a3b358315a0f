package api

import (
	"context"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/scenario"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// suppose returns the snapshot with what a view supposes, and notes the scenarios for the extensions of the answer.
func (s *Session) suppose(ctx context.Context, a input.View) (*snapshot.Snapshot, error) {
	if a.View.KnownAt != nil {
		return nil, errNow()
	}
	f, err := s.api.forks.Fork(ctx, s.snapshot, a.Supposed)
	if err != nil {
		return nil, err
	}
	s.note(a.Supposed)
	return f, nil
}

func errNow() error {
	return graph.Errorf(graph.BadInput, "view.scenario: a scenario is over what is known now; leave out knownAt")
}

// note adds the scenarios that a view reads to those of the request.
func (s *Session) note(a scenario.Asked) {
	names := slices.Clone(a.Names)
	if len(a.Ops) > 0 {
		names = append(names, scenario.Inline)
	}
	for _, name := range names {
		if !slices.Contains(s.supposed, name) {
			s.supposed = append(s.supposed, name)
		}
	}
}

// Forks returns what the cache of forks has and has done, for metrics.
func (a *API) Forks() scenario.Stats { return a.forks.Stats() }

func (b *builder) scenarios() output.Field {
	return output.Field{Name: "scenarios", Type: output.List(b.scenarioType()),
		About: "The scenarios that are saved, by name: what view.scenario can name.",
		Args: graphql.FieldConfigArgument{
			"name": {Type: graphql.ID, Description: "Only the scenario with this name."},
		},
		Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				name, given := args["name"].(string)
				return &scenariosArgs{name, given}, nil
			},
			List: func(c *gql.Call, _ gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				v, err := c.Request.(*Session).Resolve(c.Ctx, input.View{Plain: true})
				if err != nil {
					return nil, false, err
				}
				a := c.Args.(*scenariosArgs)
				for _, sc := range v.Snapshot().Scenarios() {
					if !a.one || sc.Name == a.name {
						dst = append(dst, gql.Ref{Obj: &sc})
					}
				}
				return dst, true, nil
			},
		}}
}

// scenariosArgs are the prepared arguments of scenarios.
type scenariosArgs struct {
	name string
	one  bool
}

func (b *builder) scenarioType() *graphql.Object {
	leaf := output.LeafOf[graph.Scenario]
	return b.Object("Scenario", "A named list of hypothetical operations.", func() []output.Field {
		return []output.Field{
			{Name: "name", Type: output.Must(graphql.ID), About: "Its name, for view.scenario.", Read: leaf(func(sc *graph.Scenario, dst []byte) []byte { return gql.AppendString(dst, sc.Name) })},
			{Name: "title", Type: output.Must(graphql.String), About: "In a few words what it supposes.", Read: leaf(func(sc *graph.Scenario, dst []byte) []byte { return gql.AppendString(dst, sc.Title) })},
			output.Number("operations", "How many operations it has.", func(sc *graph.Scenario) int { return strings.Count(sc.Lines, "\n") }),
			{Name: "lines", Type: output.Must(graphql.String), About: "The operations as JSON lines, in the form in which files have them.", Read: leaf(func(sc *graph.Scenario, dst []byte) []byte { return gql.AppendString(dst, sc.Lines) })},
		}
	})
}

// appendTexts appends a list of texts.
func appendTexts(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = gql.AppendString(dst, s)
	}
	return append(dst, ']')
}
