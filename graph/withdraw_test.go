package graph_test

import (
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

const misfitAgain = "the claim caaaaaaaaaaaaaaaaaaaaaaaaaa does not fit the ontology any more: Country has no field anthem"

// TestReinstateMisfit: a claim of which the ontology lost the field stays withdrawn, unless the change takes
// what does not fit as it is.
func TestReinstateMisfit(t *testing.T) {
	st := newState()
	st.types["KAZ"], st.types["s"] = "Country", schema.SourceType
	c := graph.Claim{Subject: "KAZ", Predicate: "anthem", Value: graph.StringValue("x"), Source: "s", Confidence: 1}
	st.claims = append(st.claims, &naiveClaim{c, false})
	st.byID[c.ID()] = st.claims[0]
	ch := &graph.Change{Ops: []graph.Op{{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Claim: c.ID()}}}}
	_, problems := graph.Check(schema.MustDefault(), st, ch)
	if _, want, _ := strings.Cut(misfitAgain, " does"); len(problems) != 1 || !strings.HasSuffix(problems[0].Message, want) {
		t.Errorf("got %v, want %s", problems, misfitAgain)
	}
	ch.AsIs = true
	if res, problems := graph.Check(schema.MustDefault(), st, ch); problems != nil || len(res.Commit.Reinstatements) != 1 {
		t.Errorf("as it is: got %v, %v", res, problems)
	}
}
