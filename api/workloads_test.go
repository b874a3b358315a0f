package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// TestWorkloads executes a request of each workload, with its cost.
func TestWorkloads(t *testing.T) {
	a := seeded(t)
	for query, want := range map[string]string{
		`{country(id:"KAZ"){name}}`:                                                       "",
		`{country(id:"KAZ"){capital{name}}}`:                                              "",
		`{countries(first:2){nodes{id}}}`:                                                 "connection",
		`{country(id:"KAZ"){borders{nodes{id}}}}`:                                         "connection",
		`{claims(first:2){nodes{id}}}`:                                                    "connection",
		`{countries{aggregate{count}}}`:                                                   "aggregate",
		`{country(id:"KAZ"){borders{totalCount aggregate{sum{lengthKm}}}}}`:               "aggregate",
		`{search(text:"kaz",first:1){nodes{id}}}`:                                         "search",
		`{routes(from:"KAZ",to:"TUR",network:BORDERS){routes{nodes{claims{nodes{id}}}}}}`: "routes",
		`{connections(from:"KAZ",to:"JPN",first:1){length}}`:                              "connections",
		`{conflicts(first:1){nodes{reason}}}`:                                             "conflicts",
		`{log(sinceSequence:0,first:1){sequence}}`:                                        "log",
		`{timeline(entity:"KAZ",first:1){nodes{start}}}`:                                  "timeline",
		`{__schema{queryType{name}}}`:                                                     "introspection",
		`{graph{sequence}}`:                                                               "",
	} {
		r := a.Begin().Execute(t.Context(), &api.Request{Query: query, Cost: true, Trace: true})
		if r.Timing == nil || len(r.Timing.Fields) != 1 || r.Timing.Fields[0].Workload != want {
			t.Errorf("%s: %+v, want %q: %.200s", query, r.Timing, want, r.Body)
		}
		var body struct {
			Extensions struct {
				Sequence *int
				Cost     struct{ Estimate, Fields int }
				Trace    struct {
					Execute int
					Fields  []struct{ Class string }
				}
			}
		}
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Fatal(err)
		}
		if x := body.Extensions; x.Sequence == nil || x.Cost.Estimate != r.Cost || x.Cost.Fields < 1 || x.Trace.Execute <= 0 || x.Trace.Fields[0].Class != want {
			t.Errorf("%s: %+v", query, x)
		}
		r.Release()
	}
	r := a.Begin().Execute(t.Context(), &api.Request{Query: `{graph{sequence}}`})
	if body := string(r.Body); strings.Contains(body, "cost") || strings.Contains(body, "trace") {
		t.Errorf("not requested: %s", body)
	}
	// A refused request reports what it would have cost.
	r = a.Begin().Execute(t.Context(), &api.Request{Query: `{countries(first:1000){nodes{borders(first:1000){nodes{borders(first:1000){nodes{id}}}}}}}`, Cost: true})
	if body := string(r.Body); !strings.Contains(body, "LIMIT_COST") || !strings.Contains(body, `"extensions":{"cost":{"estimate":`) {
		t.Errorf("%s", body)
	}
}
