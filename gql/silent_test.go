package gql

import (
	"strings"
	"testing"
)

// TestNoSuggestions asks with names that are nearly right: without introspection no answer
// tells what would be.
func TestNoSuggestions(t *testing.T) {
	told, silent := worldEngine(t, true, Limits{}), worldEngine(t, true, Limits{NoIntrospection: true})
	for _, doc := range suggesting {
		if got := answer(t, told, doc.query, doc.vars); !strings.Contains(got, "Did you mean") {
			t.Errorf("%s: nothing is suggested at all: %s", doc.query, got)
		}
		if got := answer(t, silent, doc.query, doc.vars); strings.Contains(got, "id you mean") || !strings.Contains(got, `"errors"`) {
			t.Errorf("%s: %s", doc.query, got)
		}
	}
}

// suggesting are documents of each kind that is answered with a suggestion.
var suggesting = []struct{ query, vars string }{
	{`{colr}`, ""},
	{`{thing{name}}`, ""},
	{`{node(id:"x"){name}}`, ""},
	{`{... on Contry{name}}`, ""},
	{`{city(idd:"c"){id}}`, ""},
	{`{country{id @skip(iff:true)}}`, ""},
	{`{color(v:REDD)}`, ""},
	{`{filter(v:{nam:"x"})}`, ""},
	{`query($v:Colour){color(v:$v)}`, ""},
	{`query($v:Color){color(v:$v)}`, `{"v":"REDD"}`},
	{`query($v:Filter){filter(v:$v)}`, `{"v":{"nam":"x"}}`},
	{`query($v:Filter){filter(v:$v)}`, `{"v":{"color":"GREN"}}`},
	{`query($v:Color=REDD){color(v:$v)}`, ""},
}
