package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// TestReconciling asks for each form of a request over HTTP; graph/reconcile tests the answers.
func TestReconciling(t *testing.T) {
	s := tabled(t)
	const queries = `{"q":{"query":"Oʻzbekiston","type":"Country"}}`
	form := func(values url.Values, path string, headers ...string) (int, string) {
		w := ask(s, "POST", path, values.Encode(), append([]string{"Content-Type", formType, "Authorization", ""}, headers...)...)
		return w.Code, w.Body.String()
	}
	for name, got := range map[string]func() (int, string){
		"200 \"match\":true": func() (int, string) { return form(url.Values{"queries": {queries}}, "/reconcile") },
		"200 \"rows\":": func() (int, string) {
			return form(url.Values{"extend": {`{"ids":["KAZ"],"properties":[{"id":"capital"}]}`}}, "/reconcile")
		},
		"200 \"id\":\"UZB\"": func() (int, string) {
			w := get(s, "/reconcile?queries=", queries)
			return w.Code, w.Body.String()
		},
		"200 \"service_url\":\"http://127.0.0.1:8080/reconcile\"": func() (int, string) {
			w := get(s, "/reconcile", "")
			return w.Code, w.Body.String()
		},
		"200 <h1>": func() (int, string) { w := get(s, "/reconcile/preview?id=", "KAZ"); return w.Code, w.Body.String() },
		"200 \"notable\":": func() (int, string) {
			w := get(s, "/reconcile/suggest/entity?prefix=", "astana")
			return w.Code, w.Body.String()
		},
		"404 NOT_FOUND":      func() (int, string) { w := get(s, "/reconcile/preview?id=", "none"); return w.Code, w.Body.String() },
		"400 BAD_USER_INPUT": func() (int, string) { return form(url.Values{"queries": {"{"}}, "/reconcile") },
		"413 REQUEST_TOO_LARGE": func() (int, string) {
			ids, _ := json.Marshal(map[string]any{"ids": make([]string, 51), "properties": []any{}})
			return form(url.Values{"extend": {string(ids)}}, "/reconcile/")
		},
		"415 UNSUPPORTED_MEDIA_TYPE": func() (int, string) {
			w := ask(s, "POST", "/reconcile", queries)
			return w.Code, w.Body.String()
		},
		"405 METHOD_NOT_ALLOWED": func() (int, string) { w := ask(s, "PUT", "/reconcile", ""); return w.Code, w.Body.String() },
	} {
		code, body := got()
		status, want, _ := strings.Cut(name, " ")
		if strconv.Itoa(code) != status || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
}

// TestReconcilingIsReading: the rules of other reads hold.
func TestReconcilingIsReading(t *testing.T) {
	s := started(t, Options{Origins: []string{"http://127.0.0.1:3333"}})
	w := ask(s, "GET", "/reconcile", "", "Origin", "http://127.0.0.1:3333")
	if w.Code != 200 || w.Header().Get("Access-Control-Allow-Origin") != "http://127.0.0.1:3333" {
		t.Errorf("a page of OpenRefine gets %d %v", w.Code, w.Header())
	}
	if w := ask(s, "OPTIONS", "/reconcile", ""); w.Header().Get("Allow") != reconcileMethods {
		t.Errorf("OPTIONS: %v", w.Header())
	}
	if w := ask(s, "GET", "/reconcile", "", "Host", "evil.example"); w.Code != http.StatusMisdirectedRequest {
		t.Errorf("a foreign host gets %d", w.Code)
	}
	closed := started(t, Options{Keys: Keys{Readers: tokenOf("a-token-of-readers-only-Ab12cD34")}})
	if w := ask(closed, "GET", "/reconcile", ""); w.Code != http.StatusUnauthorized {
		t.Errorf("without a token: %d", w.Code)
	}
	if w := ask(started(t, Options{DocumentsOnly: true}), "GET", "/reconcile", ""); w.Code != http.StatusForbidden {
		t.Errorf("with trusted documents only: %d", w.Code)
	}
	starting := New(withKey(Options{}))
	if w := ask(starting, "GET", "/reconcile", ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("while starting: %d", w.Code)
	}
}
