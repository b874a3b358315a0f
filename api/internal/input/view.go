package input

import (
	"time"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// View is the argument view of a root field.
type View struct {
	View graph.View
	// MinSeq is the sequence number that the store must have reached; 0 waits for nothing.
	MinSeq graph.Seq
	// Plain is true where View has its zero value, so that the day's shared view serves.
	Plain bool
}

// ViewType is the input object of a view.
func (ts *Types) ViewType() *graphql.InputObject {
	return ts.object("View", "The lens of a query: what is true on a date, as known at a time, by whom, how surely.", func() []inputField {
		return []inputField{
			{"asOf", "The date in the world; today where it is absent. A month or a year stands for all its days.", Date},
			{"knownAt", "The record time; now where it is absent. Claims withdrawn since show as they stood.", DateTime},
			{"minConfidence", "Hides the claims below it; 0 where it is absent.", graphql.Float},
			{"sources", "Hides the claims of all other sources; a source's own description stays.", graphql.NewList(must(graphql.ID))},
			{"minSequence", "Waits, briefly, until the store has reached this sequence number, to read what one wrote.", graphql.Int},
		}
	})
}

// WithView adds the argument view to those of a root field.
func (ts *Types) WithView(args graphql.FieldConfigArgument) graphql.FieldConfigArgument {
	args["view"] = &graphql.ArgumentConfig{Type: ts.ViewType(), Description: "The lens for all that is selected below."}
	return args
}

// ReadView reads the argument view.
func ReadView(args map[string]any) (View, error) { return ReadViewOf(args, "view") }

// ReadViewOf reads an argument of type View that may have another name.
func ReadViewOf(args map[string]any, argument string) (View, error) {
	m, _ := args[argument].(map[string]any)
	a := View{Plain: true}
	for key, val := range m {
		if val == nil {
			continue
		}
		switch key {
		case "asOf":
			a.View.AsOf, a.Plain = val.(graph.Date), false
		case "knownAt":
			t := val.(time.Time)
			a.View.KnownAt, a.Plain = &t, false
		case "minConfidence":
			a.View.MinConfidence, a.Plain = val.(float64), false
		case "sources":
			a.View.Sources, a.Plain = []graph.ID{}, false
			for _, x := range val.([]any) {
				a.View.Sources = append(a.View.Sources, graph.ID(x.(string)))
			}
		case "minSequence":
			n := val.(int)
			if n < 0 {
				return a, &gql.ArgumentError{Argument: argument, Err: graph.Errorf(graph.BadInput, "view.minSequence: %d is below 0", n)}
			}
			a.MinSeq = graph.Seq(n)
		}
	}
	return a, nil
}
