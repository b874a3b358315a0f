package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
)

// TestStatuses compares the status of each kind of answer with GraphQL over HTTP, edition
// of September 2026, in both media types and for every method that can ask for it.
func TestStatuses(t *testing.T) {
	s := started(t, Options{MaxBody: 2000})
	for _, tc := range []struct {
		name, body     string
		status, legacy int // by application/graphql-response+json, and by application/json
		code           string
	}{
		{"data", `{"query":"{graph{sequence}}"}`, 200, 200, ""},
		{"data and errors", `{"query":"{graph{sequence} country{id}}"}`, 294, 200, "BAD_USER_INPUT"},
		{"null data and errors", `{"query":"{country{id} log(sinceSequence:-1){sequence}}"}`, 294, 200, "BAD_USER_INPUT"},
		{"no JSON", `{"query":`, 400, 400, "BAD_REQUEST"},
		{"no UTF-8", "{\"query\":\"{a}\xff\"}", 400, 400, "BAD_REQUEST"},
		{"nothing", ``, 400, 400, "BAD_REQUEST"},
		{"no object", `"{a}"`, 422, 400, "BAD_REQUEST"},
		{"no query", `{"qeury":"{a}"}`, 422, 400, "BAD_REQUEST"},
		{"a query that is not a text", `{"query":7}`, 422, 400, "BAD_REQUEST"},
		{"a member twice", `{"query":"{a}","query":"{b}"}`, 422, 400, "BAD_REQUEST"},
		{"variables that are not an object", `{"query":"{a}","variables":[7]}`, 422, 400, "BAD_REQUEST"},
		{"a list", `[{"query":"{graph{sequence}}"}]`, 422, 400, "BATCHING_NOT_SUPPORTED"},
		{"no document", `{"query":"{"}`, 400, 200, "GRAPHQL_PARSE_FAILED"},
		{"an invalid document", `{"query":"{nothing}"}`, 422, 200, "GRAPHQL_VALIDATION_FAILED"},
		{"beyond a limit", `{"query":"` + strings.Repeat("{a", 200) + `"}`, 422, 200, "LIMIT_NESTING"},
		{"no such operation", `{"query":"query A{__typename}","operationName":"B"}`, 422, 200, "OPERATION_RESOLUTION_FAILURE"},
		{"a variable that does not fit", `{"query":"query($id:ID!){country(id:$id){id}}","variables":{"id":[]}}`, 422, 200, "BAD_USER_INPUT"},
		{"a document that is not known", `{"documentId":"sha256:` + strings.Repeat("0", 64) + `"}`, 422, 200, "PERSISTED_QUERY_NOT_FOUND"},
		{"too long", `{"query":"{a` + strings.Repeat(" ", 2000) + `}"}`, 413, 413, "REQUEST_TOO_LARGE"},
	} {
		for _, method := range []string{"POST", methodQuery} {
			for accept, want := range map[string]int{graphqlResponse: tc.status, jsonType: tc.legacy, "": tc.legacy, graphqlResponse + ", application/json;q=0.9": tc.status} {
				w := ask(s, method, "/graphql", tc.body, "Accept", accept)
				if got := code(t, w); w.Code != want || got != tc.code {
					t.Errorf("%s by %s as %q: %d %q, want %d %q: %s", tc.name, method, accept, w.Code, got, want, tc.code, w.Body)
				}
				if cache := w.Header().Get("Cache-Control"); (cache == "no-store") != (tc.code != "") || (w.Header().Get("ETag") == "") != (tc.code != "") {
					t.Errorf("%s: Cache-Control %q, ETag %q", tc.name, cache, w.Header().Get("ETag"))
				}
			}
		}
	}
}

// TestRefusalsOfTheEngine: a request that the engine refuses has the status of its error code.
func TestRefusalsOfTheEngine(t *testing.T) {
	for code, want := range map[string]int{codes.Timeout: 503, codes.Cancelled: 503, codes.Overloaded: 503, codes.Internal: 500, codes.IntrospectionDisabled: 422, codes.SubscriptionNotSupported: 422} {
		s := faked(t, Options{}, func(context.Context) *gql.Response {
			return &gql.Response{RequestError: true, Code: code, Errors: 1, Body: []byte(`{"errors":[{"message":"x"}]}`)}
		})
		if w := ask(s, "POST", "/graphql", `{"query":"{a}"}`, "Accept", graphqlResponse); w.Code != want {
			t.Errorf("%s: %d, want %d", code, w.Code, want)
		}
	}
}

// TestQueryMethod sends queries with the method of RFC 10008, which has a body like POST and
// is safe like GET.
func TestQueryMethod(t *testing.T) {
	s := started(t, Options{Batch: 3, Origins: []string{"https://example.org"}})
	const sequence = `{"query":"{graph{sequence}}"}`
	first := ask(s, methodQuery, "/graphql", sequence)
	tag := first.Header().Get("ETag")
	if first.Code != 200 || tag == "" || first.Header().Get("Cache-Control") != "no-cache" || first.Header().Get("Accept-Query") != `"application/json"` {
		t.Fatalf("%d %v", first.Code, first.Header())
	}
	if get := ask(s, "GET", "/graphql?query="+url.QueryEscape("{graph{sequence}}"), ""); get.Header().Get("ETag") != tag {
		t.Errorf("the same request by GET has the validator %s, by QUERY %s", get.Header().Get("ETag"), tag)
	}
	if w := ask(s, methodQuery, "/graphql", sequence, "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("conditional: %d %s", w.Code, w.Body)
	}
	if w := ask(s, methodQuery, "/graphql", `{"query":"{graph{version}}"}`, "If-None-Match", tag); w.Code != 200 {
		t.Errorf("another body with that validator: %d", w.Code)
	}
	mutation := `{"query":"mutation{transact(input:{operations:[{declare:{id:\"s\",type:\"Source\"}}]}){sequence}}"}`
	for _, accept := range []string{jsonType, graphqlResponse} {
		w := ask(s, methodQuery, "/graphql", mutation, "Accept", accept)
		if w.Code != 405 || code(t, w) != codes.MutationNotAllowed || w.Header().Get("Allow") != "POST" {
			t.Errorf("a mutation: %d %v %s", w.Code, w.Header(), w.Body)
		}
	}
	w := ask(s, methodQuery, "/graphql", "["+sequence+","+mutation+"]")
	if w.Code != 200 || !strings.Contains(w.Body.String(), codes.MutationNotAllowed) || !strings.Contains(w.Body.String(), `"sequence":0`) {
		t.Errorf("a mutation in a batch: %d %s", w.Code, w.Body)
	}
	if now := ask(s, methodQuery, "/graphql", sequence); !strings.Contains(now.Body.String(), `"sequence":0`) {
		t.Errorf("QUERY has written: %s", now.Body)
	}
	if w := ask(s, methodQuery, "/graphql/stream", sequence); w.Code != 200 || !strings.Contains(w.Body.String(), "event: next\ndata: {\"data\":{\"graph\":{\"sequence\":0}}") {
		t.Errorf("as a stream: %d %s", w.Code, w.Body)
	}
	for _, bad := range [][]string{{"-", "Content-Type"}, {"Content-Type", "text/plain"}, {"Content-Type", "application/x-www-form-urlencoded"}} {
		// A page of another site cannot send it without a preflight: the method alone
		// requires one.
		if w := ask(s, methodQuery, "/graphql", sequence, bad...); w.Code != 415 || w.Header().Get("Accept-Query") == "" {
			t.Errorf("%v: %d %v", bad, w.Code, w.Header())
		}
	}
	w = ask(s, "OPTIONS", "/graphql", "", "Origin", "https://example.org", "Access-Control-Request-Method", methodQuery)
	if !strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), methodQuery) {
		t.Errorf("preflight: %v", w.Header())
	}
}

// TestAllow: OPTIONS and every 405 name the methods that the address accepts, and it accepts
// each of them.
func TestAllow(t *testing.T) {
	s := started(t, Options{})
	for _, path := range []string{"/graphql", "/graphql/stream", "/healthz", "/readyz", "/metrics", "/schema.graphql", "/graphiql", "/"} {
		w := ask(s, "OPTIONS", path, "")
		allowed := w.Header().Get("Allow")
		if w.Code != http.StatusNoContent || allowed == "" || strings.Contains(allowed, methodQuery) != (w.Header().Get("Accept-Query") != "") {
			t.Errorf("OPTIONS %s: %d %v", path, w.Code, w.Header())
		}
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", methodQuery, "SEARCH", "OPTIONS"} {
			listed := strings.Contains(", "+allowed+",", ", "+method+",")
			target, body := path, ""
			switch method {
			case "POST", methodQuery:
				body = `{"query":"{graph{sequence}}"}`
			case "GET", "HEAD":
				if strings.HasPrefix(path, "/graphql") {
					target += "?query=" + url.QueryEscape("{graph{sequence}}")
				}
			case "DELETE":
				target += "?token=x"
			}
			w := ask(s, method, target, body)
			if (w.Code != http.StatusMethodNotAllowed) != listed {
				t.Errorf("%s %s: %d, and OPTIONS lists %s", method, path, w.Code, allowed)
			}
			if w.Code == http.StatusMethodNotAllowed && w.Header().Get("Allow") != allowed {
				t.Errorf("%s %s: 405 allows %q, OPTIONS %q", method, path, w.Header().Get("Allow"), allowed)
			}
		}
	}
}

// TestQueryOverTheWire asks with QUERY through Go's own server and client.
func TestQueryOverTheWire(t *testing.T) {
	ts := httptest.NewServer(started(t, Options{}))
	defer ts.Close()
	r, err := http.NewRequestWithContext(t.Context(), methodQuery, ts.URL+"/graphql", strings.NewReader(`{"query":"{graph{sequence}}"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", jsonType)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct{ Data json.RawMessage }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || string(answer.Data) != `{"graph":{"sequence":0}}` {
		t.Errorf("%v %s", err, answer.Data)
	}
}

// listed panics where an answer has a status that package codes does not list with its code.
func listed(w *httptest.ResponseRecorder) {
	var body struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	media := w.Header().Get("Content-Type")
	if json.Unmarshal(w.Body.Bytes(), &body) != nil || len(body.Errors) == 0 || strings.HasPrefix(media, jsonType) && w.Code == http.StatusOK {
		return
	}
	e, ok := codes.Find(body.Errors[0].Extensions.Code)
	if !ok && body.Errors[0].Extensions.Code == "" {
		return // a test's own answer
	}
	given := w.Code
	if strings.HasPrefix(media, jsonType) && given == http.StatusBadRequest && e.Status[0] == http.StatusUnprocessableEntity {
		given = http.StatusUnprocessableEntity
	}
	if given == http.StatusUnprocessableEntity && slices.Contains(e.Status, codes.Partial) {
		return // where a table was asked for
	}
	if !slices.Contains(e.Status, given) {
		panic(fmt.Sprintf("status %d with %s, which is listed with %v", w.Code, body.Errors[0].Extensions.Code, e.Status))
	}
}
