package content

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
)

const graphqlResponse = "application/graphql-response+json"

func TestNegotiation(t *testing.T) {
	const both = graphqlResponse + ", application/json"
	for accept, want := range map[string]string{
		"":                                     JSON,
		"*/*":                                  JSON,
		"application/*":                        JSON,
		"application/json":                     JSON,
		graphqlResponse:                        Response,
		both:                                   Response,
		"application/json, " + graphqlResponse: Response,
		graphqlResponse + "; charset=utf-8, application/json; charset=utf-8": Response,
		graphqlResponse + ", application/json;q=0.9":                         Response,
		graphqlResponse + ";q=0.5, application/json;q=0.9":                   JSON,
		graphqlResponse + ";q=0, */*":                                        JSON,
		"application/json;q=0, */*":                                          Response,
		"text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8": JSON,
		"text/html":                                "",
		"text/csv":                                 CSV,
		"text/*":                                   CSV,
		"text/csv, */*":                            CSV,
		"text/csv, application/json;q=0.9":         CSV,
		"text/csv;q=0.9, application/json":         JSON,
		"text/csv, application/json":               JSON,
		"text/csv;q=0":                             "",
		"application/json;q=0":                     "",
		"application/json; charset=latin1":         "",
		"nonsense":                                 "",
		`text/x;a="x, application/json"`:           "",
		"application/json;q=2, " + graphqlResponse: Response,
		"APPLICATION/JSON":                         JSON,
	} {
		var headers []string
		if accept != "" {
			headers = []string{accept}
		}
		if got := negotiate(headers); got != want {
			t.Errorf("Accept: %s: got %q, want %q", accept, got, want)
		}
	}
	var memo Memo
	for i := range 3 * memoHeaders {
		for _, accept := range []string{graphqlResponse, "text/html", fmt.Sprintf("application/json;v=%d", i)} {
			if got := memo.Of([]string{accept}).Media; got != negotiate([]string{accept}) {
				t.Errorf("Accept: %s: remembered as %q", accept, got)
			}
		}
	}
	if n := memo.count.Load(); n > memoHeaders {
		t.Errorf("%d headers are remembered", n)
	}
}

// TestPackerIsLeft checks that compression stops when the client has gone, and that the
// packer then serves the next one.
func TestPackerIsLeft(t *testing.T) {
	p := NewPackers(4)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	body := []byte(strings.Repeat("x", 1<<20))
	out := p.Pack(ctx, body)
	if got := unpacked(t, out.Bytes()); got != "" {
		t.Errorf("%d bytes were packed for nobody", len(got))
	}
	p.Give(out)
	for range 3 * cap(p.free) {
		out := p.Pack(t.Context(), body)
		if unpacked(t, out.Bytes()) != string(body) {
			t.Fatal("not what was packed")
		}
		p.Give(out)
	}
	if len(p.free) != cap(p.free) {
		t.Errorf("%d of %d packers came back", len(p.free), cap(p.free))
	}
}

func unpacked(t *testing.T, b []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
