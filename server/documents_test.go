package server

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestReadDocuments(t *testing.T) {
	const doc = "{__typename}"
	good := fmt.Sprintf("{%q: %q, \"sha256:%s\": \"{graph{sequence}}\", \"front-page.v2\": \"{a:__typename}\"}", hashOf(doc), doc, hashOf("{graph{sequence}}"))
	d, err := ReadDocuments("docs.json", strings.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{hashOf(doc): doc, hashOf("{graph{sequence}}"): "{graph{sequence}}", "front-page.v2": "{a:__typename}", hashOf("{a:__typename}"): "{a:__typename}"} {
		if d.byID[id] != want || !d.text[want] {
			t.Errorf("%s is %q", id, d.byID[id])
		}
	}
	seen := 0
	err = d.Check(func(doc string) error {
		seen++
		if strings.HasPrefix(doc, "{a") {
			return errors.New("no a")
		}
		return nil
	})
	if seen != 3 || err == nil || err.Error() != "document front-page.v2: no a" {
		t.Errorf("%d documents checked: %v", seen, err)
	}
	for text, want := range map[string]string{
		``:              "docs.json:1: EOF; the file must be one JSON object",
		`[]`:            "docs.json:1: this is not an object",
		`{}`:            "docs.json:1: the file has no document",
		"{\n\"a\": 1,":  "docs.json:2: a: the document must be a string, not a number",
		`{"a":"x"} {}`:  "there is more after the object",
		`{"a":"x",`:     "the file must be one JSON object",
		`{"a b":"x"}`:   `"a b" is not an id`,
		`{"":"x"}`:      `"" is not an id`,
		`{"ä":"x"}`:     `"ä" is not an id`,
		`{"a":["x"]}`:   "the document must be a string, not a list",
		`{"a":"\ud8"}`:  "invalid character",
		"{\"a\":\"\xff": "unexpected EOF",
		"{\"a\":\"x\",\n\"a\":\"y\",\n\"b\":null}":             "docs.json:2: a is given twice\ndocs.json:3: b: the document must be a string, not null",
		fmt.Sprintf("{%q:\"{x}\"}", hashOf(doc)):               "is not the SHA-256 of its document, which is " + hashOf("{x}"),
		fmt.Sprintf("{\"sha256:%s\":\"{x}\"}", hashOf(doc)):    "is not the SHA-256 of its document",
		fmt.Sprintf("{\"\\u0061\":\"x\", \"a\": %q}", "{x:y}"): "a is given twice",
	} {
		if _, err := ReadDocuments("docs.json", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func FuzzReadDocuments(f *testing.F) {
	for _, s := range []string{`{"a":"{b}"}`, `{"a":1}`, `{"a":"x","a":"y"}`, `[`, `{"sha256:a":"b"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ReadDocuments("f", strings.NewReader(text))
		if (d == nil) == (err == nil) {
			t.Fatal(d, err)
		}
	})
}

func apollo(doc string) string {
	return fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":%q}}`, hashOf(doc))
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
		{s, "GET", byGet("documentId", "sha256:"+hashOf(doc)), "", "", 200, "PERSISTED_QUERY_NOT_FOUND", "send it in full as query"},
		{s, "POST", "/graphql", `{"query":"` + doc + `","extensions":` + apollo(other) + `}`, "", 400, "BAD_REQUEST", "is not the SHA-256 of the document"},
		{s, "POST", "/graphql", `{"extensions":` + apollo(other) + `}`, "", 200, "PERSISTED_QUERY_NOT_FOUND", ""},
		{s, "POST", "/graphql", `{"query":"` + doc + `","extensions":` + apollo(doc) + `}`, "", 200, "", `"sequence":0`},
		{s, "POST", "/graphql", `{"extensions":` + apollo(doc) + `}`, "", 200, "", `"sequence":0`},
		{s, "POST", "/graphql", `{"extensions":` + strings.ToUpper(apollo(doc)) + `}`, "", 400, "BAD_REQUEST", "query is missing"},
		{s, "GET", byGet("extensions", apollo(doc)), "", graphqlResponse, 200, "", `"sequence":0`},
		{s, "GET", byGet("documentId", "sha256:"+hashOf(doc)), "", "", 200, "", `"sequence":0`},
		{s, "POST", "/graphql", `{"documentId":"sha256:` + hashOf(doc) + `","variables":{}}`, "", 200, "", `"sequence":0`},
		{s, "GET", byGet("query", other, "documentId", "sha256:"+hashOf(other)), "", "", 200, "", `"Query"`},
		{s, "GET", byGet("documentId", "sha256:"+hashOf(other)), "", "", 200, "", `"Query"`},
		{s, "POST", "/graphql", `{"documentId":"unknown"}`, "", 200, "PERSISTED_QUERY_NOT_FOUND", "list of trusted documents"},
		{s, "POST", "/graphql", `{"documentId":7}`, "", 400, "BAD_REQUEST", "documentId must be a string"},
		{s, "POST", "/graphql", `{"documentId":""}`, "", 400, "BAD_REQUEST", "query is missing"},
		{s, "POST", "/graphql", `{"extensions":{"persistedQuery":{"version":2,"sha256Hash":"` + hashOf(doc) + `"}}}`, "", 400, "BAD_REQUEST", "persistedQuery must be"},
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
	docs, err := ReadDocuments("d", strings.NewReader(fmt.Sprintf("{%q:%q,\"write\":%q}", hashOf(doc), doc, write)))
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
		{"by documentId", only, `{"documentId":"sha256:` + hashOf(doc) + `"}`, "", 200, ""},
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

// TestPersistedModel compares the documents that are kept with a list: the last used come
// first, and as many as fit stay.
func TestPersistedModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(0, 5*keptOverhead).Draw(t, "limit")
		p := newPersisted(nil, false, limit)
		var model []string
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			doc := strings.Repeat(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "letter"), rapid.IntRange(1, 400).Draw(t, "length"))
			at := slices.Index(model, doc)
			if at >= 0 {
				model = append([]string{doc}, slices.Delete(slices.Clone(model), at, at+1)...)
			}
			if rapid.Bool().Draw(t, "keep") {
				p.keep(hashOf(doc), doc)
				if at < 0 && len(doc)+keptOverhead <= limit {
					model = append([]string{doc}, model...)
					size := 0
					for i, d := range model {
						if size += len(d) + keptOverhead; size > limit {
							model = model[:i]
							break
						}
					}
				}
			} else if got, ok := p.get(hashOf(doc)); ok != (at >= 0) || ok && got != doc {
				t.Fatalf("%.5s… of %d: %t, want %t", doc, len(doc), ok, at >= 0)
			}
			documents, bytes, _, _ := p.stats()
			if documents != len(model) || bytes > limit {
				t.Fatalf("%d documents in %d bytes, want %d in at most %d", documents, bytes, len(model), limit)
			}
		}
	})
}
