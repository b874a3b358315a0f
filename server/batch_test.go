package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/gql"
)

func TestBatch(t *testing.T) {
	s := started(t, Options{Batch: 4})
	type answer struct {
		Data       json.RawMessage
		Errors     []struct{ Extensions struct{ Code string } }
		Extensions struct{ Sequence *int }
	}
	list := func(body string, headers ...string) []answer {
		t.Helper()
		w := ask(s, "POST", "/graphql", body, headers...)
		var out []answer
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%d %v: %s", w.Code, err, w.Body)
		}
		if w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("headers %v", w.Header())
		}
		return out
	}
	// Each request has its own answer, in order; a query reads what the mutation before it
	// wrote.
	const sequence = `{"query":"{graph{sequence}}"}`
	write := fmt.Sprintf(declare, "notes")
	got := list(" \n[" + sequence + "," + write + "," + sequence + `,{"query":"{nothing}"}]`)
	if len(got) != 4 || string(got[0].Data) != `{"graph":{"sequence":0}}` || *got[0].Extensions.Sequence != 0 ||
		string(got[2].Data) != `{"graph":{"sequence":1}}` || *got[2].Extensions.Sequence != 1 ||
		len(got[3].Errors) != 1 || got[3].Errors[0].Extensions.Code != "GRAPHQL_VALIDATION_FAILED" {
		t.Errorf("%+v", got)
	}
	got = list(`[` + sequence + `,7,[],{"query":null}]`)
	codes := ""
	for _, a := range got[1:] {
		codes += a.Errors[0].Extensions.Code + " "
	}
	if codes != "BAD_REQUEST BATCHING_NOT_SUPPORTED BAD_REQUEST " {
		t.Errorf("codes %s", codes)
	}
	// A client that may not write may not write in a batch either.
	got = list("["+write+","+sequence+"]", "-", "Authorization")
	if got[0].Errors[0].Extensions.Code != "READ_ONLY" || got[1].Errors != nil {
		t.Errorf("%+v", got)
	}

	for body, want := range map[string]string{
		"[]": "BAD_REQUEST", "[": "BAD_REQUEST", "[" + sequence: "BAD_REQUEST", "[" + sequence + "] x": "BAD_REQUEST", "[\"\xff\"]": "BAD_REQUEST",
		"[" + strings.Repeat(sequence+",", 4) + sequence + "]": "LIMIT_BATCH",
	} {
		for _, accept := range []string{"application/json", graphqlResponse} {
			w := ask(s, "POST", "/graphql", body, "Accept", accept)
			status := http.StatusBadRequest
			if accept == graphqlResponse && json.Valid([]byte(body)) && utf8.ValidString(body) {
				status = http.StatusUnprocessableEntity
			}
			if got := code(t, w); w.Code != status || got != want {
				t.Errorf("%s: %d %q, want %d %s", body, w.Code, got, status, want)
			}
		}
	}
	w := ask(started(t, Options{}), "POST", "/graphql", "["+sequence+"]")
	if code(t, w) != "BATCHING_NOT_SUPPORTED" || w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "--batch") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestBatchIsBounded: the answers of a batch have one limit together, and nothing runs for
// a client that has disconnected.
func TestBatchIsBounded(t *testing.T) {
	ran := 0
	body := `{"data":"` + strings.Repeat("x", 100) + `"}`
	s := faked(t, Options{Batch: 10, MaxAnswer: 150}, func(context.Context) *gql.Response {
		ran++
		return &gql.Response{HasData: true, Operation: "query", Body: []byte(body)}
	})
	w := ask(s, "POST", "/graphql", "["+strings.Repeat(`{"query":"{a}"},`, 9)+`{"query":"{a}"}]`)
	if ran != 2 || strings.Count(w.Body.String(), "LIMIT_OUTPUT") != 8 || !json.Valid(w.Body.Bytes()) {
		t.Errorf("%d ran: %s", ran, w.Body)
	}

	ctx, cancel := context.WithCancel(t.Context())
	ran = 0
	gone := faked(t, Options{Batch: 10}, func(context.Context) *gql.Response {
		ran++
		cancel()
		return &gql.Response{HasData: true, Operation: "query", Body: []byte(body)}
	})
	r, err := http.NewRequestWithContext(ctx, "POST", "/graphql", strings.NewReader(`[{"query":"{a}"},{"query":"{a}"}]`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Host = "localhost"
	gone.ServeHTTP(&sink{h: http.Header{}}, r)
	if ran != 1 {
		t.Errorf("%d ran after the client had gone", ran)
	}
}
