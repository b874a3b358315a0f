package server

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/caspian-kg/caspian/gql"
)

const (
	jsonType     = "application/json"
	responseType = "application/graphql-response+json"
)

// accepted is what an Accept header comes to.
type accepted struct {
	media    string // of negotiate
	streamed bool   // of acceptsStream
}

// acceptMemo remembers what headers come to: clients send the same few, and taking them
// apart costs as much as a small query. It holds only so many, and no long ones.
type acceptMemo struct {
	known sync.Map // of accepted, by header
	count atomic.Int32
}

const (
	memoHeaders = 256
	memoLength  = 256
)

func (m *acceptMemo) of(accept []string) accepted {
	if len(accept) == 1 {
		if a, ok := m.known.Load(accept[0]); ok {
			return a.(accepted)
		}
	}
	a := accepted{negotiate(accept), acceptsStream(accept)}
	if len(accept) == 1 && len(accept[0]) <= memoLength && m.count.Load() < memoHeaders {
		m.known.Store(accept[0], a)
		m.count.Add(1)
	}
	return a
}

// negotiate chooses the media type of the answer from the Accept headers, ""
// where none is acceptable. What prefers neither gets application/json, which
// every client reads.
func negotiate(accept []string) string {
	if strings.TrimSpace(strings.Join(accept, "")) == "" {
		return jsonType
	}
	type preference struct {
		q        float64
		specific int
	}
	prefs := map[string]preference{}
	for _, part := range splitList(strings.Join(accept, ",")) {
		typ, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
			continue
		}
		q := 1.0
		if text, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil || !(q >= 0 && q <= 1) {
				continue
			}
		}
		for _, media := range []string{jsonType, responseType} {
			specific := 0
			switch typ {
			case media:
				specific = 3
			case "application/*":
				specific = 2
			case "*/*":
				specific = 1
			}
			// The most specific range decides; of equal ones, the first.
			if specific > prefs[media].specific {
				prefs[media] = preference{q, specific}
			}
		}
	}
	j, g := prefs[jsonType], prefs[responseType]
	switch {
	case j.q <= 0 && g.q <= 0:
		return ""
	case g.q > j.q, g.q == j.q && g.specific == 3:
		return responseType
	}
	return jsonType
}

// splitList splits a header at the commas outside quoted strings.
func splitList(s string) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// errorBody is an answer of one GraphQL error and no data.
func errorBody(code, message string) []byte {
	body := gql.AppendString([]byte(`{"errors":[{"message":`), message)
	body = append(gql.AppendString(append(body, `,"extensions":{"code":`...), code), "}}]}"...)
	return body
}

// writeError answers with one GraphQL error and no data.
func writeError(w http.ResponseWriter, status int, media, code, message string) {
	body := errorBody(code, message)
	if t, ok := w.(*tally); ok {
		t.refusal = code
	}
	h := w.Header()
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone needs no answer
}
