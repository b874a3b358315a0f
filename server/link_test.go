package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/caspian-kg/caspian/server/tokens"
)

// opened follows the printed link and returns the cookie, as it is sent back.
func opened(t *testing.T, s *Server, host, token string) string {
	t.Helper()
	w := ask(s, "GET", "/?token="+token+"&id=KAZ", "", "Host", host)
	cookies := w.Result().Cookies()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/?id=KAZ" || len(cookies) != 1 {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	c := cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || strings.Contains(w.Header().Get("Set-Cookie"), token) {
		t.Errorf("%v", w.Header())
	}
	if h := w.Header(); h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", h)
	}
	return c.Name + "=" + c.Value
}

// TestLink checks that a browser that opened the link may write from our own pages, and that
// no other page may write in its name.
func TestLink(t *testing.T) {
	s := started(t, Options{Keys: Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}, Readers: tokenOf(readerToken)}, Origins: []string{"https://example.org", "http://127.0.0.1:9000"}})
	const host, self = "127.0.0.1:8080", "http://127.0.0.1:8080"
	cookie, reader := opened(t, s, host, writerToken), opened(t, s, host, readerToken)
	elsewhere := opened(t, s, "127.0.0.1:9000", writerToken)
	if named := strings.SplitN(elsewhere, "=", 2)[0]; named == strings.SplitN(cookie, "=", 2)[0] {
		t.Errorf("two ports share the cookie %s", named)
	}
	for _, wrong := range []string{"x", writerToken + "x", strings.ToLower(writerToken)} {
		if w := ask(s, "GET", "/?token="+wrong, ""); w.Code != 401 || w.Header().Get("Set-Cookie") != "" || strings.Contains(w.Body.String(), wrong+" ") {
			t.Errorf("%s: %d %v", wrong, w.Code, w.Header())
		}
	}
	for i, tc := range []struct {
		name    string
		headers []string
		want    string // the code: writes where it is empty
		reads   bool
	}{
		{"our page", []string{"Cookie", cookie, "Origin", self, "Sec-Fetch-Site", "same-origin"}, "", true},
		{"our page in an old browser", []string{"Cookie", cookie, "Origin", self}, "", true},
		{"among other cookies", []string{"Cookie", "a=b; " + cookie + "; c=d", "Origin", self}, "", true},
		{"after another port's cookie", []string{"Cookie", "caspian-8080=x; " + cookie, "Origin", self}, "", true},
		{"a reader", []string{"Cookie", reader, "Origin", self}, "READ_ONLY", true},
		{"no origin", []string{"Cookie", cookie}, "UNAUTHENTICATED", false},
		{"another site", []string{"Cookie", cookie, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, "UNAUTHENTICATED", false},
		{"a site that may read", []string{"Cookie", cookie, "Origin", "https://example.org"}, "UNAUTHENTICATED", false},
		{"another port", []string{"Cookie", cookie, "Origin", "http://127.0.0.1:9000", "Sec-Fetch-Site", "same-site"}, "UNAUTHENTICATED", false},
		{"another port, without its origin", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site"}, "UNAUTHENTICATED", false},
		{"no site", []string{"Cookie", cookie, "Origin", "null"}, "UNAUTHENTICATED", false},
		{"the browser says otherwise", []string{"Cookie", cookie, "Origin", self, "Sec-Fetch-Site", "cross-site"}, "UNAUTHENTICATED", false},
		{"another port's cookie under this port's name", []string{"Cookie", "caspian-8080=" + strings.SplitN(elsewhere, "=", 2)[1], "Origin", self}, "UNAUTHENTICATED", false},
		{"the token as a cookie", []string{"Cookie", "caspian-8080=" + writerToken, "Origin", self}, "UNAUTHENTICATED", false},
		{"an empty cookie", []string{"Cookie", "caspian-8080=", "Origin", self}, "UNAUTHENTICATED", false},
	} {
		headers := append([]string{"-", "Authorization", "Accept", graphqlResponse}, tc.headers...)
		w := ask(s, "POST", "/graphql", fmt.Sprintf(declare, fmt.Sprint("s", i)), headers...)
		if got := code(t, w); got != tc.want {
			t.Errorf("%s: %d %s, want %q", tc.name, w.Code, w.Body, tc.want)
		}
		if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, headers...); (w.Code == 200) != tc.reads {
			t.Errorf("%s reads: %d", tc.name, w.Code)
		}
	}
	// The headers that a browser sends for a link and for parts of a page. Scripts and
	// images of a page at another port are refused although they send the cookie.
	for _, tc := range []struct {
		site, mode string
		ok         bool
	}{{"none", "navigate", true}, {"same-origin", "cors", true}, {"same-site", "navigate", true}, {"same-site", "no-cors", false}, {"cross-site", "no-cors", false}, {"same-site", "cors", false}} {
		w := ask(s, "GET", "/graphql?query={__typename}", "", "Cookie", cookie, "Sec-Fetch-Site", tc.site, "Sec-Fetch-Mode", tc.mode)
		if (w.Code == 200) != tc.ok {
			t.Errorf("%v: %d", tc, w.Code)
		}
	}
	// After the token was removed, its cookie opens nothing.
	s.SetKeys(Keys{Writers: []*tokens.Tokens{tokenOf(testToken)}, Readers: tokenOf(readerToken)})
	if w := ask(s, "GET", "/graphql?query={__typename}", "", "Cookie", cookie); w.Code != 401 {
		t.Errorf("a cookie of a token that was taken back: %d", w.Code)
	}
}

// TestSocketCookie checks that only our own pages open sockets with the cookie.
func TestSocketCookie(t *testing.T) {
	keys := Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}, Readers: tokenOf(readerToken)}
	s, ts := overHTTP(t, Options{Keys: keys, Origins: []string{"https://example.org"}})
	host := ts.Listener.Addr().String()
	cookie := opened(t, s, host, writerToken)
	for _, tc := range []struct {
		name   string
		origin string
		status int // of the handshake where it is refused
		init   bool
	}{
		{"our page", "http://" + host, 0, true},
		{"another site", "https://evil.example", 403, false},
		{"another port", "http://127.0.0.1:1", 403, false},
		{"a site that may open sockets, but has no cookie of ours", "https://example.org", 0, false},
		{"a program", "", 0, false},
	} {
		h := http.Header{"Cookie": {cookie}}
		if tc.origin != "" {
			h.Set("Origin", tc.origin)
		}
		conn, res, err := websocket.Dial(t.Context(), ts.URL+"/graphql", &websocket.DialOptions{Subprotocols: []string{socketProtocol}, HTTPHeader: h})
		if (err != nil) != (tc.status != 0) || err != nil && res.StatusCode != tc.status {
			t.Errorf("%s: %v", tc.name, err)
		}
		if err != nil {
			continue
		}
		d := &dialed{t, conn}
		d.say(`{"type":"connection_init"}`)
		if got, err := d.listen(); (err == nil) != tc.init {
			t.Errorf("%s: %s %v", tc.name, got, err)
		}
		_ = conn.CloseNow()
	}
}

// TestSocketTokenTakenBack checks that an open socket ends when its token is removed, and that the token opens no
// other.
func TestSocketTokenTakenBack(t *testing.T) {
	s, ts := overHTTP(t, Options{Keys: Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}, Readers: tokenOf(readerToken)}})
	d := begun(t, ts, "Authorization", "Bearer "+readerToken)
	d.say(subscribing("1", "{__typename}"))
	d.hear(`{"id":"1","type":"next","payload":{"data":{"__typename":"Query"},"extensions":{"sequence":0}}}`)
	d.hear(`{"type":"complete","id":"1"}`)
	s.SetKeys(Keys{Writers: []*tokens.Tokens{tokenOf(testToken)}, Readers: tokenOf(testToken)})
	if code, _ := d.closed(); code != 1001 {
		t.Errorf("closed with %d", code)
	}
	if w := ask(s, "GET", "/graphql?query={__typename}", "", "Authorization", "Bearer "+readerToken); w.Code != 401 {
		t.Errorf("the removed token got %d", w.Code)
	}
}
