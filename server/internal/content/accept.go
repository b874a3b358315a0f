// Package content decides the form of an answer: its media type, from the Accept header, and its
// compression.
//
// Read Memo and Packers first. The package must not know what is in an answer.
package content

import (
	"mime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// The media types of answers.
const (
	JSON     = "application/json"
	Response = "application/graphql-response+json"
	Stream   = "text/event-stream"
	Lines    = "application/x-ndjson"
	CSV      = "text/csv"
)

// Accepted is what an Accept header means.
type Accepted struct {
	Media    string // the result of negotiate
	Streamed bool   // the result of AcceptsStream
}

// Memo caches the meaning of Accept headers: clients send the same few, and parsing one costs as much as a
// small query. It caches a bounded number, and no long ones. The zero value is ready.
type Memo struct {
	known sync.Map // values of type Accepted, by header
	count atomic.Int32
}

const (
	memoHeaders = 256
	memoLength  = 256
)

// Of returns what the Accept headers of a request mean.
func (m *Memo) Of(accept []string) Accepted {
	if len(accept) == 1 {
		if a, ok := m.known.Load(accept[0]); ok {
			return a.(Accepted)
		}
	}
	a := Accepted{negotiate(accept), AcceptsStream(accept)}
	if len(accept) == 1 && len(accept[0]) <= memoLength && m.count.Load() < memoHeaders {
		m.known.Store(accept[0], a)
		m.count.Add(1)
	}
	return a
}

// negotiate returns the media type of the answer for the Accept headers, or "" if none is acceptable. A client
// without a preference gets application/json, which every client reads. Only clients that name text/csv get a
// table.
func negotiate(accept []string) string {
	if strings.TrimSpace(strings.Join(accept, "")) == "" {
		return JSON
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
		for _, media := range []string{JSON, Response, CSV} {
			specific := 0
			switch family, _, _ := strings.Cut(media, "/"); typ {
			case media:
				specific = 3
			case family + "/*":
				specific = 2
			case "*/*":
				specific = 1
			}
			// The most specific media range decides; among equally specific ones, the first.
			if specific > prefs[media].specific {
				prefs[media] = preference{q, specific}
			}
		}
	}
	j, g, c := prefs[JSON], prefs[Response], prefs[CSV]
	switch {
	case c.specific > 1 && (c.q > max(j.q, g.q) || c.q > 0 && c.q == max(j.q, g.q) && c.specific > max(j.specific, g.specific)):
		return CSV
	case j.q <= 0 && g.q <= 0:
		return ""
	case g.q > j.q, g.q == j.q && g.specific == 3:
		return Response
	}
	return JSON
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

// AcceptsStream reports whether the Accept headers name event streams.
func AcceptsStream(accept []string) bool {
	for _, part := range splitList(strings.Join(accept, ",")) {
		typ, params, err := mime.ParseMediaType(part)
		if err != nil || typ != Stream {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		return params["q"] == "" || err == nil && q > 0
	}
	return false
}

// Reports is the media type in which the report of an import is sent; "" if the client accepts none of them.
func Reports(header string) string {
	for _, part := range strings.Split(header, ",") {
		switch media, _, _ := strings.Cut(strings.TrimSpace(part), ";"); strings.ToLower(media) {
		case Stream, Lines:
			return strings.ToLower(media)
		case "", JSON, "application/*", "*/*":
			return JSON
		}
	}
	return ""
}
