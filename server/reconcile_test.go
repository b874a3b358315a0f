package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// TestReconciling asks for each form of a request over HTTP; graph/reconcile tests the answers.
func TestReconciling(t *testing.T) {
	s := tabled(t)
	const queries = `{"q":{"query":"Oʻzbekiston","type":"Country"}}`
	form := func(values url.Values, path string) *httptest.ResponseRecorder {
		return ask(s, "POST", path, values.Encode(), "Content-Type", formType, "Authorization", "")
	}
	ids, err := json.Marshal(map[string]any{"ids": make([]string, 51), "properties": []any{}})
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"200 \"match\":true": form(url.Values{"queries": {queries}}, "/reconcile"),
		"200 \"rows\":":      form(url.Values{"extend": {`{"ids":["KAZ"],"properties":[{"id":"capital"}]}`}}, "/reconcile"),
		"200 \"id\":\"UZB\"": get(s, "/reconcile?queries=", queries),
		"200 \"service_url\":\"http://127.0.0.1:8080/reconcile\"": get(s, "/reconcile", ""),
		"200 <h1>":                   get(s, "/reconcile/preview?id=", "KAZ"),
		"200 \"notable\":":           get(s, "/reconcile/suggest/entity?prefix=", "astana"),
		"404 NOT_FOUND":              get(s, "/reconcile/preview?id=", "none"),
		"400 BAD_USER_INPUT":         form(url.Values{"queries": {"{"}}, "/reconcile"),
		"422 LIMIT_BATCH":            form(url.Values{"extend": {string(ids)}}, "/reconcile/"),
		"415 UNSUPPORTED_MEDIA_TYPE": ask(s, "POST", "/reconcile", queries),
		"405 METHOD_NOT_ALLOWED":     ask(s, "PUT", "/reconcile", ""),
	} {
		status, want, _ := strings.Cut(name, " ")
		if strconv.Itoa(w.Code) != status || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
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
