package server

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

const plainQuery = `{graph{sequence} __typename}`

// withExtensions returns a body with the query.
func withExtensions(extensions string) string {
	return `{"query":"` + plainQuery + `","extensions":` + extensions + `}`
}

// costAndTrace reports which of the two an answer to the query has, and checks them.
func costAndTrace(t *testing.T, text string) (cost, trace bool) {
	t.Helper()
	var a struct {
		Extensions struct {
			Sequence *int
			Cost     *struct{ Estimate, Limit, Fields, Bytes int }
			Trace    *struct {
				Execute int
				Fields  []struct{ Key string }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	x := a.Extensions
	if x.Sequence == nil {
		t.Errorf("no sequence: %s", text)
	}
	if x.Cost != nil && (x.Cost.Estimate != 3 || x.Cost.Fields != 3 || x.Cost.Limit < 1000 || x.Cost.Bytes < 50) {
		t.Errorf("the cost: %s", text)
	}
	if x.Trace != nil && (x.Trace.Execute <= 0 || len(x.Trace.Fields) != 2 || x.Trace.Fields[0].Key != "graph") {
		t.Errorf("the trace: %s", text)
	}
	return x.Cost != nil, x.Trace != nil
}

// TestCostAndTrace requests them on every transport.
func TestCostAndTrace(t *testing.T) {
	s, ts := overHTTP(t, Options{Batch: 2})
	learn(t, s)
	body := withExtensions
	for extensions, want := range map[string][2]bool{
		`{}`: {}, `{"cost":false,"trace":null,"other":{"x":1}}`: {}, `{"Cost":true}`: {}, `null`: {},
		`{"cost":true}`: {true, false}, `{"trace":true}`: {false, true}, `{"trace":true,"cost":true}`: {true, true},
	} {
		for _, transport := range []string{"POST", "GET", "batch"} {
			var text, tag string
			switch transport {
			case "POST":
				w := ask(s, "POST", "/graphql", body(extensions))
				text, tag = w.Body.String(), w.Header().Get("ETag")
			case "GET":
				w := ask(s, "GET", "/graphql?query="+url.QueryEscape(plainQuery)+"&extensions="+url.QueryEscape(extensions), "")
				text, tag = w.Body.String(), w.Header().Get("ETag")
			case "batch":
				text = strings.Trim(ask(s, "POST", "/graphql", "["+body(extensions)+"]").Body.String(), "[]\n")
			}
			if cost, trace := costAndTrace(t, text); cost != want[0] || trace != want[1] {
				t.Errorf("%s by %s: %s", extensions, transport, text)
			}
			if requested := want[0] || want[1]; requested && tag != "" || !requested && tag == "" && transport != "batch" {
				t.Errorf("%s by %s: the ETag is %q", extensions, transport, tag)
			}
		}
	}
	es := openBody(t, ts, "/graphql/stream", `{"query":"subscription{changes(sinceSequence:0){sequence}}","extensions":{"cost":true,"trace":true}}`)
	if e := es.next(); !strings.Contains(e.data, `"cost":{"estimate":2,`) || !strings.Contains(e.data, `"class":"subscription"`) {
		t.Errorf("an event: %s", e.data)
	}
	d := begun(t, ts)
	d.say(`{"id":"1","type":"subscribe","payload":` + body(`{"cost":true}`) + `}`)
	if text, err := d.listen(); err != nil || !strings.Contains(text, `"cost":{"estimate":3,`) {
		t.Errorf("%v: %s", err, text)
	}
}

// TestCostAndTraceNotFromCopies checks that a request for cost or trace is not answered by
// 304, and that a switch that is not a boolean is refused.
func TestCostAndTraceNotFromCopies(t *testing.T) {
	s := started(t, Options{})
	plain := "/graphql?query=" + url.QueryEscape(plainQuery)
	tag := ask(s, "GET", plain, "").Header().Get("ETag")
	if w := ask(s, "GET", plain, "", "If-None-Match", tag); w.Code != 304 {
		t.Errorf("%d", w.Code)
	}
	if w := ask(s, "GET", plain+"&extensions="+url.QueryEscape(`{"cost":true}`), "", "If-None-Match", tag); w.Code != 200 {
		t.Errorf("%d", w.Code)
	}
	for extensions, want := range map[string]string{
		`{"cost":1}`: "extensions.cost must be true or false, not a number", `{"trace":"yes"}`: "extensions.trace must be true or false, not a string",
	} {
		if w := ask(s, "POST", "/graphql", withExtensions(extensions)); w.Code != 400 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", extensions, w.Code, w.Body)
		}
	}
}
