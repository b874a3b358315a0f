package export

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// viewParts maps the name of each parameter of a view to the function that reads it.
var viewParts = map[string]func(v *graph.View, text string) error{
	"asOf":   func(v *graph.View, text string) (err error) { v.AsOf, err = graph.ParseDate(text); return err },
	"during": func(v *graph.View, text string) (err error) { v.During, err = graph.ParseSpan(text); return err },
	"sourcesPublishedUntil": func(v *graph.View, text string) (err error) {
		v.PublishedUntil, err = graph.ParseDate(text)
		return err
	},
	"minConfidence": func(v *graph.View, text string) (err error) {
		v.MinConfidence, err = strconv.ParseFloat(text, 64)
		return err
	},
	"knownAt": func(v *graph.View, text string) error {
		t, err := time.Parse(time.RFC3339, text)
		v.KnownAt = &t
		return err
	},
	"mode": func(v *graph.View, text string) error {
		modes := map[string]graph.Mode{"EVER": graph.Ever, "THROUGHOUT": graph.Throughout}
		v.Mode = modes[strings.ToUpper(text)]
		return oneOf(text, modes)
	},
	"holds": func(v *graph.View, text string) error {
		holds := map[string]graph.Holds{"YES": graph.HoldsYes, "POSSIBLY": graph.HoldsPossibly}
		v.Holds = holds[strings.ToUpper(text)]
		return oneOf(text, holds)
	},
	"sources": func(v *graph.View, text string) error { v.Sources = append(v.Sources, graph.ID(text)); return nil },
}

func oneOf[V any](text string, known map[string]V) error {
	if _, ok := known[strings.ToUpper(text)]; !ok {
		return fmt.Errorf("%q is not one of %s", text, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	return nil
}

// Read reads the parameters of an export by their names: format, type, licence, and the members of a view.
func Read(asked map[string][]string) (*Format, Selection, error) {
	sel := Selection{Types: asked["type"], Licences: asked["licence"]}
	var view graph.View
	for name, values := range asked {
		read := viewParts[name]
		if read == nil && name != "format" && name != "type" && name != "licence" {
			return nil, sel, graph.Errorf(graph.BadInput, "an export has no parameter %q; it has format, type, licence, %s", graph.Clip(name), strings.Join(slices.Sorted(maps.Keys(viewParts)), ", "))
		}
		for _, text := range values {
			if read == nil {
				continue
			}
			sel.View = &view
			if err := read(&view, text); err != nil {
				return nil, sel, graph.Errorf(graph.BadInput, "%s: %v", name, err)
			}
		}
	}
	name := "jsonl"
	if list := asked["format"]; len(list) > 0 {
		name = list[0]
	}
	f, err := ByName(name)
	return f, sel, err
}

// Parameters converts a view, in the form of the API, to the parameters that Read reads.
func Parameters(view map[string]any) map[string][]string {
	asked := map[string][]string{}
	for name, v := range view {
		list, ok := v.([]string)
		if !ok {
			list = []string{fmt.Sprint(v)}
		}
		asked[name] = list
	}
	return asked
}
