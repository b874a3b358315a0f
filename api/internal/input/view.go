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
	return ts.object("View", "Which claims a query sees: by valid time, record time, confidence and source.", func() []inputField {
		return []inputField{
			{"asOf", "The date in the world for which claims must hold; today by default. A month or a year means all its days.", Date},
			{"knownAt", "The record time: the graph as the store knew it at that instant; now by default. Claims withdrawn later are shown as they were.", DateTime},
			{"minConfidence", "Hides claims of a lower confidence; from 0 to 1, 0 by default.", graphql.Float},
			{"sources", "The ids of the only sources whose claims are shown; the claims that describe a source itself are always shown. All sources by default.", graphql.NewList(must(graphql.ID))},
			{"minSequence", "Waits briefly until the store has reached this sequence number, such as the one that transact returned, so that a client reads what it wrote. UNAVAILABLE if that takes too long.", graphql.Int},
		}
	})
}

// WithView adds the argument view to those of a root field.
func (ts *Types) WithView(args graphql.FieldConfigArgument) graphql.FieldConfigArgument {
	args["view"] = &graphql.ArgumentConfig{Type: ts.ViewType(), Description: "Which claims this field, and everything selected below it, sees."}
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
