package input

import (
	"slices"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/scenario"
	"github.com/caspian-kg/caspian/schema"
)

// View is the value of the argument view of a root field.
type View struct {
	View graph.View
	// MinSeq is the sequence number that the snapshot must have reached; 0 means that nothing
	// waits.
	MinSeq graph.Seq
	// Bookmark names a commit that the store must have reached; the zero value does not wait.
	Bookmark graph.Bookmark
	// Supposed is what the view supposes besides the facts.
	Supposed scenario.Asked
	// Plain is true if View has its zero value, so that the shared view of the day can be used.
	Plain bool
}

// ViewType returns the input object of a view.
func (ts *Types) ViewType() *graphql.InputObject {
	return ts.object("View", "Which claims a query sees: by valid time, record time, confidence and source.", func() []inputField {
		return []inputField{
			{"asOf", "The date in the world for which claims must hold; today by default. A month or a year means all its days.", Date},
			{"during", "A span of days in the world, in place of asOf: claims must hold on some of them, or on each, as mode says. Both dates are given: 2010/2020.", DateInterval},
			{"mode", "On which of the days of during a claim must hold; EVER by default. It needs during.", ts.spanModeType()},
			{"holds", "YES hides what only possibly holds, in lists, counts and analyses as well; POSSIBLY, the default, shows it. NO is refused.", ts.HoldsType()},
			{"knownAt", "The record time: the graph as the store knew it at that instant; now by default. Claims withdrawn later are shown as they were.", DateTime},
			{"minConfidence", "Hides claims of a lower confidence; from 0 to 1, 0 by default.", graphql.Float},
			{"sources", "The ids of the only sources whose claims are shown; the claims that describe a source itself are always shown. All sources by default.", graphql.NewList(must(graphql.ID))},
			{"sourcesPublishedUntil", "Hides the claims of sources that were published later, or of which no date is known. A month or a year includes all its days. By default it hides none.", Date},
			{"scenario", "The names of scenarios, whose hypothetical claims are shown over the facts, those of later scenarios over those of earlier ones. The field scenarios lists them.", graphql.NewList(must(graphql.ID))},
			{"suppose", "Operations of a scenario for this view only, over those that scenario names: declare, assert, override, remove and retract. At most 200.", graphql.NewList(must(ts.operationType()))},
			{"minSequence", "Waits briefly until the store has reached this sequence number, such as the one that transact returned, so that a client reads what it wrote. UNAVAILABLE if that takes too long.", graphql.Int},
			{"bookmark", "Waits as minSequence does, for the commit that a bookmark names, such as the one that transact returned. HISTORY_REPLACED if the store has another history, since it was restored or rewound.", graphql.String},
		}
	})
}

// spanModeType returns the enum of the ways in which a claim must hold in a span of days.
func (ts *Types) spanModeType() *graphql.Enum {
	return ts.Enum("SpanMode", "On which days of a span a claim must hold.",
		schema.EnumMember{Name: graph.Ever.String(), Description: "On at least one day: who ever held an office."},
		schema.EnumMember{Name: graph.Throughout.String(), Description: "On every day: who was a member all the time."})
}

// WithView adds the argument view to the arguments of a root field.
func (ts *Types) WithView(args graphql.FieldConfigArgument) graphql.FieldConfigArgument {
	args["view"] = &graphql.ArgumentConfig{Type: ts.ViewType(), Description: "Which claims this field, and everything selected below it, sees."}
	return args
}

// ReadView reads the argument view.
func ReadView(args map[string]any) (View, error) { return ReadViewOf(args, "view") }

// ReadViewOf reads an argument of type View with any name.
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
		case "during":
			a.View.During, a.Plain = val.(graph.Interval), false
		case "mode":
			a.View.Mode, a.Plain = graph.Mode(slices.Index(graph.ModeNames[:], val.(string))), false
		case "holds":
			switch val {
			case graph.HoldsYes.String():
				a.View.Holds, a.Plain = graph.HoldsYes, false
			case graph.HoldsNo.String():
				return a, &gql.ArgumentError{Argument: argument, Err: graph.Errorf(graph.BadInput,
					"view.holds: no view shows what does not hold; give YES for what surely holds, or POSSIBLY for what may hold as well")}
			}
		case "sourcesPublishedUntil":
			a.View.PublishedUntil, a.Plain = val.(graph.Date), false
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
		case "scenario":
			for _, x := range val.([]any) {
				a.Supposed.Names, a.Plain = append(a.Supposed.Names, x.(string)), false
			}
		case "suppose":
			var err error
			if a.Supposed.Ops, err = operations(argument+".suppose", val.([]any), scenario.MostInline); err != nil {
				return a, &gql.ArgumentError{Argument: argument, Err: err}
			}
			a.Plain = a.Plain && len(a.Supposed.Ops) == 0
		case "minSequence":
			n := val.(int)
			if n < 0 {
				return a, &gql.ArgumentError{Argument: argument, Err: graph.Errorf(graph.BadInput, "view.minSequence: %d is below 0", n)}
			}
			a.MinSeq = max(a.MinSeq, graph.Seq(n))
		case "bookmark":
			b, err := graph.ParseBookmark(val.(string))
			if err != nil {
				return a, &gql.ArgumentError{Argument: argument, Err: graph.Errorf(graph.BadInput, "view.bookmark: %v", err)}
			}
			a.Bookmark, a.MinSeq = b, max(a.MinSeq, b.Seq)
		}
	}
	return a, nil
}
