package api_test

import (
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// TestWritten: what is kept of fields that were read twice does not change an answer.
func TestWritten(t *testing.T) {
	a := seeded(t)
	for _, query := range []string{
		`{countries(first:80){nodes{id name iso2 officialName description fr:name(lang:"fr") capital{id name}}}}`,
		`{entities(first:300){nodes{id name type description aliases ... on Corridor{status} ... on Segment{mode bidirectional name} ... on Pledge{kind}}}}`,
		`{countries(first:20,view:{minConfidence:0.8}){nodes{id name iso2 description}}}`,
		`{countries(first:20,view:{asOf:"1995"}){nodes{name iso2 description id}}}`,
		`{countries(first:20,view:{sources:["general-knowledge"]}){nodes{id name iso2 description}}}`,
	} {
		var first string
		for i := range 4 {
			r := a.Begin().Execute(t.Context(), &api.Request{Query: query})
			if body := string(r.Body); i == 0 {
				if first = body; strings.Contains(body, `"errors"`) {
					t.Errorf("%s: %.500s", query, body)
				}
			} else if body != first {
				t.Errorf("%s, asked again:\n got %.2000s\nwant %.2000s", query, body, first)
			}
			r.Release()
		}
	}
}
