package server

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/server/documents"
)

func apollo(doc string) string {
	return fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":%q}}`, documents.HashOf(doc))
}

// TestAutomaticPersistedQueries walks Apollo's protocol, and the draft's documentId.
func TestAutomaticPersistedQueries(t *testing.T) {
	const doc, other = "{graph{sequence}}", "{__typename}"
	s := started(t, Options{})
	off := started(t, Options{MaxPersisted: -1})
	byGet := func(params ...string) string {
		v := url.Values{}
		for i := 0; i < len(params); i += 2 {
			v.Set(params[i], params[i+1])
		}
		return "/graphql?" + v.Encode()
	}
	for i, step := range []struct {
		s            *Server
		method, at   string
		body         string
		accept       string
		status       int
		code, answer string
	}{
		{s, "POST", "/graphql", `{"extensions":` + apollo(doc) + `}`, "", 200, "PERSISTED_QUERY_NOT_FOUND", `"message":"PersistedQueryNotFound"`},
		{s, "POST", "/graphql", `{"extensions":` + apollo(doc) + `}`, graphqlResponse, 422, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"},
		{s, "GET", byGet("extensions", apollo(doc)), "", "", 200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"},
		{s, "GET", byGet("documentId", "sha256:"+documents.HashOf(doc)), "", "", 200, "PERSISTED_QUERY_NOT_FOUND", "send it in full as query"},
		{s, "POST", "/graphql", `{"query":"` + doc + `","extensions":` + apollo(other) + `}`, "", 400, "BAD_REQUEST", "is not the SHA-256 of the document"},
		{s, "POST", "/graphql", `{"extensions":` + apollo(other) + `}`, "", 200, "PERSISTED_QUERY_NOT_FOUND", ""},
		{s, "POST", "/graphql", `{"query":"` + doc + `","extensions":` + apollo(doc) + `}`, "", 200, "", `"sequence":0`},
		{s, "POST", "/graphql", `{"extensions":` + apollo(doc) + `}`, "", 200, "", `"sequence":0`},
		{s, "POST", "/graphql", `{"extensions":` + strings.ToUpper(apollo(doc)) + `}`, "", 400, "BAD_REQUEST", "query is missing"},
		{s, "GET", byGet("extensions", apollo(doc)), "", graphqlResponse, 200, "", `"sequence":0`},
		{s, "GET", byGet("documentId", "sha256:"+documents.HashOf(doc)), "", "", 200, "", `"sequence":0`},
		{s, "POST", "/graphql", `{"documentId":"sha256:` + documents.HashOf(doc) + `","variables":{}}`, "", 200, "", `"sequence":0`},
		{s, "GET", byGet("query", other, "documentId", "sha256:"+documents.HashOf(other)), "", "", 200, "", `"Query"`},
		{s, "GET", byGet("documentId", "sha256:"+documents.HashOf(other)), "", "", 200, "", `"Query"`},
		{s, "POST", "/graphql", `{"documentId":"unknown"}`, "", 200, "PERSISTED_QUERY_NOT_FOUND", "list of trusted documents"},
		{s, "POST", "/graphql", `{"documentId":7}`, "", 400, "BAD_REQUEST", "documentId must be a string"},
		{s, "POST", "/graphql", `{"documentId":""}`, "", 400, "BAD_REQUEST", "query is missing"},
		{s, "POST", "/graphql", `{"extensions":{"persistedQuery":{"version":2,"sha256Hash":"` + documents.HashOf(doc) + `"}}}`, "", 400, "BAD_REQUEST", "persistedQuery must be"},
		{s, "POST", "/graphql", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"abc"}}}`, "", 400, "BAD_REQUEST", "persistedQuery must be"},
		{s, "POST", "/graphql", `{"extensions":{"persistedQuery":7}}`, "", 400, "BAD_REQUEST", "persistedQuery must be"},
		{s, "POST", "/graphql", `{"query":"` + doc + `","extensions":{"persistedQuery":null}}`, "", 200, "", `"sequence":0`},
		{off, "POST", "/graphql", `{"query":"` + doc + `","extensions":` + apollo(doc) + `}`, "", 200, "", `"sequence":0`},
		{off, "POST", "/graphql", `{"extensions":` + apollo(doc) + `}`, "", 200, "PERSISTED_QUERY_NOT_SUPPORTED", `"message":"PersistedQueryNotSupported"`},
	} {
		var headers []string
		if step.accept != "" {
			headers = []string{"Accept", step.accept}
		}
		w := ask(step.s, step.method, step.at, step.body, headers...)
		if got := code(t, w); w.Code != step.status || got != step.code || !strings.Contains(w.Body.String(), step.answer) {
			t.Errorf("step %d: %d %q, want %d %q with %s\n%s", i, w.Code, got, step.status, step.code, step.answer, w.Body)
		}
	}
	// A document by hash has the validator of the document.
	full := ask(s, "GET", "/graphql?query="+url.QueryEscape(doc), "")
	hashed := ask(s, "GET", byGet("extensions", apollo(doc)), "")
	if tag := full.Header().Get("ETag"); tag == "" || hashed.Header().Get("ETag") != tag {
		t.Errorf("ETag %q and %q", tag, hashed.Header().Get("ETag"))
	}
}

func TestTrustedDocuments(t *testing.T) {
	const doc, write, other = "query A{graph{sequence}}", "mutation{__typename}", "{__typename}"
	docs, err := documents.Read("d", strings.NewReader(fmt.Sprintf("{%q:%q,\"write\":%q}", documents.HashOf(doc), doc, write)))
	if err != nil {
		t.Fatal(err)
	}
	open, only := started(t, Options{Documents: docs}), started(t, Options{Documents: docs, DocumentsOnly: true, Batch: 5})
	for _, tc := range []struct {
		name   string
		s      *Server
		body   string
		accept string
		status int
		code   string
	}{
		{"by hash", only, `{"extensions":` + apollo(doc) + `}`, "", 200, ""},
		{"by documentId", only, `{"documentId":"sha256:` + documents.HashOf(doc) + `"}`, "", 200, ""},
		{"by own id", only, `{"documentId":"write"}`, "", 200, ""},
		{"by hash of what has an own id", only, `{"extensions":` + apollo(write) + `}`, "", 200, ""},
		{"in full", only, `{"query":"` + doc + `"}`, "", 200, ""},
		{"another", only, `{"query":"` + other + `"}`, "", 200, "DOCUMENT_NOT_TRUSTED"},
		{"another, graphql", only, `{"query":"` + other + `"}`, graphqlResponse, 403, "DOCUMENT_NOT_TRUSTED"},
		{"one blank more", only, `{"query":" ` + doc + `"}`, "", 200, "DOCUMENT_NOT_TRUSTED"},
		{"empty", only, `{"query":""}`, "", 200, "DOCUMENT_NOT_TRUSTED"},
		{"registering", only, `{"query":"` + other + `","extensions":` + apollo(other) + `}`, "", 200, "DOCUMENT_NOT_TRUSTED"},
		{"registered", only, `{"extensions":` + apollo(other) + `}`, "", 200, "PERSISTED_QUERY_NOT_FOUND"},
		{"a trusted id with another text", only, `{"query":"` + other + `","documentId":"write"}`, "", 200, "DOCUMENT_NOT_TRUSTED"},
		{"open: another", open, `{"query":"` + other + `"}`, "", 200, ""},
		{"open: by own id", open, `{"documentId":"write"}`, "", 200, ""},
		{"open: registering", open, `{"query":"` + other + `","extensions":` + apollo(other) + `}`, "", 200, ""},
		{"open: registered", open, `{"extensions":` + apollo(other) + `}`, "", 200, ""},
	} {
		w := ask(tc.s, "POST", "/graphql", tc.body, "Accept", tc.accept)
		if got := code(t, w); w.Code != tc.status || got != tc.code {
			t.Errorf("%s: %d %q, want %d %q: %s", tc.name, w.Code, got, tc.status, tc.code, w.Body)
		}
	}
	if w := ask(only, "GET", "/graphql?documentId=write", ""); w.Code != 405 {
		t.Errorf("a trusted mutation by GET: %d %s", w.Code, w.Body)
	}
	// No way around the list.
	for name, w := range map[string]*httptest.ResponseRecorder{
		"GET":    ask(only, "GET", "/graphql?query="+url.QueryEscape(other), ""),
		"batch":  ask(only, "POST", "/graphql", `[{"query":"`+other+`"}]`),
		"stream": ask(only, "POST", "/graphql/stream", `{"query":"`+other+`"}`, "Accept", "text/event-stream"),
	} {
		if !strings.Contains(w.Body.String(), "DOCUMENT_NOT_TRUSTED") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
