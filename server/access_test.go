package server

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/server/tokens"
	"github.com/caspian-kg/caspian/server/tracing"
)

const (
	writerToken = "4Kq0bB1m-a-writer-wYt8Lz"
	readerToken = "o9Xc53Pd-a-reader-2uHfSg"
)

// TestWhoMayWrite: callers without the right to write may read, except with a wrong token.
func TestWhoMayWrite(t *testing.T) {
	keys := Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}}
	shut := started(t, Options{Keys: keys, Origins: []string{"https://example.org"}, Hosts: []string{"example.org"}})
	open := started(t, Options{Keys: keys, Origins: []string{"https://example.org"}, Hosts: []string{"example.org"}, OpenWrites: true})
	readOnly := started(t, Options{Keys: keys, ReadOnly: true})
	for i, tc := range []struct {
		name    string
		s       *Server
		headers []string
		status  int
		want    string
	}{
		{"this machine", shut, nil, 200, "READ_ONLY"},
		{"another machine", shut, []string{"From", "192.0.2.1:99"}, 200, "READ_ONLY"},
		{"our own page", shut, []string{"Origin", "http://127.0.0.1:8080"}, 200, "READ_ONLY"},
		{"a token", shut, []string{"Authorization", "Bearer " + writerToken, "From", "192.0.2.1:99", "Host", "example.org"}, 200, ""},
		{"a token, other case", shut, []string{"Authorization", "bearer " + writerToken}, 200, ""},
		{"a token through a proxy", shut, []string{"Authorization", "Bearer " + writerToken, "X-Forwarded-For", "192.0.2.1"}, 200, ""},
		{"a token from a site that may read", shut, []string{"Authorization", "Bearer " + writerToken, "Origin", "https://example.org"}, 200, ""},
		{"wrong token", shut, []string{"Authorization", "Bearer " + strings.ToLower(writerToken)}, 401, "UNAUTHENTICATED"},
		{"empty token", shut, []string{"Authorization", "Bearer "}, 401, "UNAUTHENTICATED"},
		{"a proxy's own password", shut, []string{"Authorization", "Basic " + writerToken}, 200, "READ_ONLY"},

		{"open: this machine", open, nil, 200, ""},
		{"open: localhost", open, []string{"Host", "localhost:8080"}, 200, ""},
		{"open: IPv6", open, []string{"Host", "[::1]:8080", "From", "[::1]:99"}, 200, ""},
		{"open: our own page", open, []string{"Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin"}, 200, ""},
		{"open: another machine", open, []string{"From", "192.0.2.1:99"}, 200, "READ_ONLY"},
		{"open: an allowed name", open, []string{"Host", "example.org"}, 200, "READ_ONLY"},
		{"open: another site's page", open, []string{"Origin", "https://example.com"}, 200, "READ_ONLY"},
		{"open: a site that may read", open, []string{"Origin", "https://example.org"}, 200, "READ_ONLY"},
		{"open: a page of no site", open, []string{"Origin", "null"}, 200, "READ_ONLY"},
		{"open: an empty origin", open, []string{"Origin", ""}, 200, "READ_ONLY"},
		{"open: another port's page", open, []string{"Origin", "http://127.0.0.1:9000"}, 200, "READ_ONLY"},
		{"open: another site, by its browser", open, []string{"Sec-Fetch-Site", "cross-site"}, 200, "READ_ONLY"},
		{"open: a proxy", open, []string{"X-Forwarded-For", "192.0.2.1"}, 200, "READ_ONLY"},
		{"open: a proxy with an empty header", open, []string{"X-Forwarded-For", ""}, 200, "READ_ONLY"},
		{"open: another proxy", open, []string{"Forwarded", "for=192.0.2.1"}, 200, "READ_ONLY"},
		{"open: a wrong token", open, []string{"Authorization", "Bearer 0123"}, 401, "UNAUTHENTICATED"},

		{"read-only", readOnly, nil, 200, "READ_ONLY"},
		{"read-only, token", readOnly, []string{"Authorization", "Bearer " + writerToken}, 200, "READ_ONLY"},
	} {
		headers := append([]string{"-", "Authorization"}, tc.headers...)
		w := ask(tc.s, "POST", "/graphql", fmt.Sprintf(declare, fmt.Sprint("s", i)), headers...)
		if got := code(t, w); w.Code != tc.status || got != tc.want {
			t.Errorf("%s: %d %q, want %d %q: %s", tc.name, w.Code, got, tc.status, tc.want, w.Body)
		}
		w = ask(tc.s, "POST", "/graphql", `{"query":"{__typename}"}`, headers...)
		if got := code(t, w); w.Code != tc.status || tc.status == 200 && got != "" {
			t.Errorf("%s: reading: %d %q", tc.name, w.Code, got)
		}
	}
}

func TestTokensFile(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "has no token",
		"# nothing\n":                    "has no token",
		"short\n":                        "tokens:1: the token has 5 characters",
		writerToken + "\na b\nx\n":       "tokens:2: a token has no blanks, and only ASCII characters; write one token per line\ntokens:3: the token has 1 characters",
		"passwordpassword\n":             "tokens:1: the token is easy to guess",
		"# ours\n\n  aaaaaaaaaaaaaaaa\n": "tokens:3: the token is easy to guess",
		"schlüssel-zum-haus-4711\n":      "only ASCII characters",
	} {
		_, err := tokens.Read("tokens", strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	got, err := tokens.Read("tokens", strings.NewReader("# ours\n\n"+writerToken+"\n"+readerToken+"\n"))
	if err != nil || got.Find(writerToken) != 0 || got.Find(readerToken) != 1 || got.Find("x") != -1 {
		t.Errorf("%v %v", got, err)
	}
}

// TestWhoMayRead: with --read-token nothing but the probes is open.
func TestWhoMayRead(t *testing.T) {
	s := started(t, Options{Keys: Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}, Readers: tokenOf(readerToken)}, OpenWrites: true})
	ways := []string{"/", "/graphiql", "/metrics", "/schema.graphql", "/search", "/assets/ontology.json", "/graphql?query={__typename}", "/graphql/stream?query={__typename}", "/nothing"}
	for _, path := range ways {
		for name, headers := range map[string][]string{
			"nobody":       {"From", "192.0.2.1:99"},
			"another name": {"Authorization", "Basic x", "From", "192.0.2.1:99"},
			"a cookie":     {"Cookie", "caspian-8080=x", "From", "192.0.2.1:99"},
			"an upgrade":   {"Upgrade", "websocket", "Connection", "Upgrade", "From", "192.0.2.1:99"},
		} {
			if name == "an upgrade" && strings.HasPrefix(path, "/graphql?") {
				continue // a socket's first message may bring the token
			}
			w := ask(s, "GET", path, "", headers...)
			if w.Code != 401 || w.Header().Get("WWW-Authenticate") != "Bearer" || !strings.Contains(w.Body.String(), "reading needs a token") {
				t.Errorf("%s by %s: %d %v %s", path, name, w.Code, w.Header(), w.Body)
			}
		}
		for _, token := range []string{readerToken, writerToken} {
			if w := ask(s, "GET", path, "", "Authorization", "Bearer "+token); w.Code != 200 && path != "/nothing" {
				t.Errorf("%s with %s: %d", path, token, w.Code)
			}
		}
	}
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if w := ask(s, "GET", path, "", "From", "192.0.2.1:99"); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %q", path, w.Code, w.Body)
		}
	}
	write := fmt.Sprintf(declare, "src")
	if w := ask(s, "POST", "/graphql", write, "Authorization", "Bearer "+readerToken); code(t, w) != "READ_ONLY" {
		t.Errorf("a reader writes: %s", w.Body)
	}
	if w := ask(s, "PUT", "/graphql/stream", "", "From", "192.0.2.1:99"); w.Code != 401 {
		t.Errorf("a stranger reserves a stream: %d", w.Code)
	}
	if w := ask(s, "GET", "/", "", "Accept", "text/html", "From", "192.0.2.1:99"); w.Code != 401 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("a page: %d %v", w.Code, w.Header())
	}

	// After the tokens were replaced, a removed one opens nothing.
	s.SetKeys(Keys{Writers: []*tokens.Tokens{tokenOf(testToken)}, Readers: tokenOf(writerToken)})
	if w := ask(s, "GET", "/metrics", "", "Authorization", "Bearer "+readerToken); w.Code != 401 {
		t.Errorf("a token that was taken back: %d", w.Code)
	}
	if w := ask(s, "POST", "/graphql", write, "Authorization", "Bearer "+writerToken); code(t, w) != "READ_ONLY" {
		t.Errorf("a writer that became a reader writes: %s", w.Body)
	}
	if w := ask(s, "POST", "/graphql", write); code(t, w) != "" {
		t.Errorf("the new writer: %s", w.Body)
	}
}

// TestNoSchema: without introspection the schema's address shows nothing either.
func TestNoSchema(t *testing.T) {
	s := started(t, Options{})
	b := *s.backend.Load()
	b.SDL = ""
	s.Publish(&b)
	if w := ask(s, "GET", "/schema.graphql", ""); w.Code != 403 || code(t, w) != "INTROSPECTION_DISABLED" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestTokensAreNotNoted sends tokens in every way and looks for them in logs, traces and answers.
func TestTokensAreNotNoted(t *testing.T) {
	var notes bytes.Buffer
	c := newTraceCollector(t)
	tracer := newTracer(t, tracing.Options{Endpoint: c.URL})
	s := started(t, Options{Keys: Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}, Readers: tokenOf(readerToken)}, Slow: 1,
		Tracer: tracer, Logger: slog.New(slog.NewTextHandler(&notes, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	answers := ""
	for _, target := range []string{"/?token=%s", "/graphiql?token=%s", "/graphql?query={__typename}&token=%s", "/graphql/stream?query={__typename}&token=%s", "/metrics?token=%s", "/x?token=%s"} {
		for _, token := range []string{writerToken, "wrong-" + writerToken} {
			for _, headers := range [][]string{{"-", "Authorization"}, {"Authorization", "Bearer " + token}, {"Cookie", "caspian-8080=" + token}} {
				w := ask(s, "GET", fmt.Sprintf(target, token), "", headers...)
				answers += fmt.Sprintln(w.Header(), w.Body)
			}
		}
	}
	for range 20 {
		ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Authorization", "Bearer wrong-"+writerToken)
	}
	if !strings.Contains(notes.String(), "tokens_guessed") {
		t.Errorf("guesses are not noted: %s", &notes)
	}
	tracer.Close()
	if len(c.spans) == 0 {
		t.Error("there are no spans")
	}
	for what, text := range map[string]string{"the log": notes.String(), "the traces": fmt.Sprint(c.batches), "the answers": answers} {
		if strings.Contains(text, writerToken) {
			t.Errorf("a token is in %s", what)
		}
	}
}

// TestSocketGuesses checks that guessing tokens over sockets is throttled as over HTTP.
func TestSocketGuesses(t *testing.T) {
	_, ts := overHTTP(t, Options{Keys: Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}}})
	slowed := 0
	for i := range 3 * tokens.Burst {
		d := dial(t, ts)
		d.say(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":"Bearer wrong-%d"}}`, i))
		if code, reason := d.closed(); code != 4403 {
			t.Errorf("%d %s", code, reason)
		} else if strings.Contains(reason, "too many") {
			slowed++
		}
	}
	if slowed != 2*tokens.Burst {
		t.Errorf("%d of %d had to wait", slowed, 3*tokens.Burst)
	}
	d := dial(t, ts)
	d.say(`{"type":"connection_init","payload":{"Authorization":"Bearer ` + writerToken + `"}}`)
	d.hear(`{"type":"connection_ack"}`)
}
