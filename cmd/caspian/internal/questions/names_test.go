package questions

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

// TestNamesBecomeIDs checks which of the entities found for a text is taken, and when a hint
// is returned instead.
func TestNamesBecomeIDs(t *testing.T) {
	edge := func(kind, matched, id, typ, name string) string {
		raw, err := json.Marshal(map[string]any{"kind": kind, "matched": matched, "node": map[string]string{"id": id, "type": typ, "name": name}})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	country := edge("EXACT", "Georgia", "GEO", "Country", "Georgia")
	state := edge("EXACT", "Georgia", "georgia-us", "Region", "Georgia")
	alias := edge("EXACT", "Georgia", "gruzia", "Polity", "Gruzia")
	alias2 := edge("EXACT", "Georgia", "sakartvelo", "Polity", "Sakartvelo")
	title := edge("PREFIX", "Georgia and the sea", "paper", "Source", "Georgia and the sea")
	port := edge("WORD", "Port of Georgia", "port", "City", "Port of Georgia")
	for name, c := range map[string]struct {
		known string
		found []string
		types []string
		want  string // an id or a hint
	}{
		"an id":                      {known: `"node":{"id":"GEO"},"now":null`, found: []string{alias}, want: "GEO"},
		"an id of today":             {known: `"node":null,"now":{"id":"GEO"}`, found: []string{alias}, want: "GEO"},
		"an id in another case":      {found: []string{alias, edge("ID", "GEORGIA", "GEORGIA", "City", "Nowhere")}, want: "GEORGIA"},
		"an id by its name's match":  {found: []string{state, edge("EXACT", "Georgia", "georgia", "City", "Georgia")}, want: "georgia"},
		"a name before aliases":      {found: []string{alias, country, alias2}, want: "GEO"},
		"an alias":                   {found: []string{alias, port}, want: "gruzia"},
		"a name of two":              {found: []string{country, state}, want: `several entities are called "Georgia": give the id of one of GEO (Georgia, Country) and georgia-us (Georgia, Region)`},
		"an alias of two":            {found: []string{alias, alias2}, want: `several entities are called "Georgia": give the id of one of gruzia (Gruzia, Polity) and sakartvelo (Sakartvelo, Polity)`},
		"no name":                    {found: []string{title, port}, want: `nothing in view has the id or the name "Georgia"; did you mean port (Port of Georgia, City)?`},
		"no name of a source":        {found: []string{title}, types: []string{"Source"}, want: `nothing in view of the type Source has the id or the name "Georgia"; did you mean paper (Georgia and the sea, Source)?`},
		"nothing that is like it":    {want: `nothing in view has the id or the name "Georgia"; 'caspian search' finds ids by parts of names`},
		"nothing but a title of one": {found: []string{title}, want: `nothing in view has the id or the name "Georgia"; 'caspian search' finds ids by parts of names`},
	} {
		backend := &Backend{Answer: func(_ context.Context, query string, _ json.RawMessage) ([]byte, error) {
			if query == lookupDocument {
				return []byte(`{"data":{"search":{"edges":[` + strings.Join(c.found, ",") + `]}}}`), nil
			}
			if c.known == "" {
				return []byte(`{"data":{"node":null,"now":null}}`), nil
			}
			return []byte(`{"data":{` + c.known + `}}`), nil
		}}
		found, hint, err := lookUp(t.Context(), backend, nil, nil, "Georgia", c.types)
		if err != nil {
			t.Fatal(err)
		}
		got := hint
		if found != nil {
			got = found.ID + hint
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
