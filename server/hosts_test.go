package server

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/server/hosts"
	"github.com/caspian-kg/caspian/server/tokens"
)

// hostCases are Host headers for a service of graph.example.org at 192.0.2.7.
var hostCases = []struct {
	host string
	ok   bool
}{
	{"localhost", true}, {"localhost:8080", true}, {"LOCALHOST:1", true}, {"localhost.", true}, {"localhost.:8080", true}, {"localhost:", true},
	{"127.0.0.1", true}, {"127.0.0.1:8080", true}, {"127.8.9.10:8080", true}, {"[::1]", true}, {"[::1]:8080", true}, {"[::ffff:127.0.0.1]:80", true},
	{"[0:0:0:0:0:0:0:1]:8080", true},
	{"graph.example.org", true}, {"graph.example.org:443", true}, {"Graph.Example.ORG.", true}, {"192.0.2.7:8080", true}, {"192.0.2.7", true},
	{"[::ffff:192.0.2.7]:8080", true},

	{"", false}, {".", false}, {":8080", false}, {"localhost..", false}, {"localhost:8080:80", false}, {"localhost:http", false}, {"localhost:-1", false},
	{"localhost:99999", false}, {"localhost,evil.example", false}, {"localhost evil.example", false}, {"user@localhost", false}, {"localhost@evil.example", false},
	{"localhost/", false}, {"localhost%00.evil.example", false}, {"localhost\x00", false}, {"loсalhost", false}, {"localhost.evil.example", false},
	{"evil.example", false}, {"evil.example:8080", false}, {"graph.example.org.evil.example", false}, {"xgraph.example.org", false}, {"example.org", false},
	{"0x7f.1", false}, {"2130706433", false}, {"127.1", false}, {"0127.0.0.1", false}, {"127.0.0.1.", true}, {"127.0.0.1.nip.io", false}, {"[127.0.0.1]", false},
	{"::1", true}, {"[::1", false}, {"::1]", false}, {"[::1]x", false}, {"[localhost]", false}, {"0.0.0.0:8080", false}, {"[::]:8080", false},
	{"192.0.2.8", false}, {"10.0.0.1:8080", false}, {"[fe80::1%25eth0]:8080", false}, {"[2001:db8::1]", false},
	{`"><script>alert(1)</script>`, false}, {"xn--loclhost-8ya.example", false}, {strings.Repeat("a", 300), false},
}

func TestHosts(t *testing.T) {
	s := started(t, Options{Hosts: []string{"graph.example.org"}})
	at := &net.TCPAddr{IP: net.ParseIP("192.0.2.7"), Port: 8080}
	for range 2 { // the second time some are remembered
		for _, tc := range hostCases {
			for _, path := range []string{"/", "/graphql?query={__typename}", "/graphql/stream?query={__typename}", "/metrics", "/schema.graphql", "/graphiql", "/assets/ontology.json", "/nothing", "/healthz", "/readyz"} {
				r := httptest.NewRequest("GET", path, nil)
				r.Host = tc.host
				r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(at)))
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				probe := path == "/healthz" || path == "/readyz"
				if got := w.Code != http.StatusMisdirectedRequest; got != (tc.ok || probe) {
					t.Errorf("%q at %s: %d", tc.host, path, w.Code)
				}
				if !tc.ok && path == "/readyz" && w.Body.String() != "ready\n" {
					t.Errorf("%q at %s: %s", tc.host, path, w.Body)
				}
				if w.Code == http.StatusMisdirectedRequest && (!strings.Contains(w.Body.String(), "HOST_NOT_ALLOWED") || strings.Contains(w.Body.String(), "<") || len(w.Body.String()) > 1000) {
					t.Errorf("%q at %s: %s", tc.host, path, w.Body)
				}
			}
		}
	}
	// The answer names the flag that allows the host, in the media type of the request.
	w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Host", "evil.example:8080", "Accept", graphqlResponse)
	if !strings.Contains(w.Body.String(), "--host evil.example") || !strings.HasPrefix(w.Header().Get("Content-Type"), graphqlResponse) {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
}

func TestCheckHost(t *testing.T) {
	for name, want := range map[string]string{
		"graph.example.org": "graph.example.org", "Graph.Example.org.": "graph.example.org", "192.0.2.7": "192.0.2.7", "2001:DB8::1": "2001:db8::1", "[2001:db8::1]": "2001:db8::1",
		"": "", "*": "", "http://x": "", "x:80": "", "[::1]:80": "", "a b": "", "bücher.example": "", "x/y": "",
	} {
		if got, err := hosts.Check(name); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", name, got, err)
		}
	}
}

// TestHostOnTheWire sends requests that Go's client would not send, as bytes. net/http
// refuses some of them before our code sees them.
func TestHostOnTheWire(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- started(t, Options{}).Serve(ctx, l) }()
	defer func() { stop(); <-ended }()
	at := l.Addr().String()
	for _, tc := range []struct {
		name, request string
		status        int
	}{
		{"fine", "GET /schema.graphql HTTP/1.1\r\nHost: " + at + "\r\n", 200},
		{"another name", "GET /schema.graphql HTTP/1.1\r\nHost: evil.example\r\n", 421},
		{"HTTP/1.0 without a host", "GET /schema.graphql HTTP/1.0\r\n", 421},
		{"HTTP/1.0, another name", "GET /schema.graphql HTTP/1.0\r\nHost: evil.example\r\n", 421},
		{"HTTP/1.0 and a probe", "GET /healthz HTTP/1.0\r\n", 200},
		{"HTTP/1.1 without a host", "GET /schema.graphql HTTP/1.1\r\n", 400},
		{"an empty host", "GET /schema.graphql HTTP/1.1\r\nHost: \r\n", 421},
		{"two hosts", "GET /schema.graphql HTTP/1.1\r\nHost: " + at + "\r\nHost: evil.example\r\n", 400},
		{"two hosts, ours second", "GET /schema.graphql HTTP/1.1\r\nHost: evil.example\r\nHost: " + at + "\r\n", 400},
		{"a folded host", "GET /schema.graphql HTTP/1.1\r\nHost: evil.example\r\n " + at + "\r\n", 400},
		{"a blank before the colon", "GET /schema.graphql HTTP/1.1\r\nHost : " + at + "\r\n", 400},
		{"another name in the target", "GET http://evil.example/schema.graphql HTTP/1.1\r\nHost: " + at + "\r\n", 421},
		{"ours in the target", "GET http://" + at + "/schema.graphql HTTP/1.1\r\nHost: " + at + "\r\n", 200},
		{"a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: " + at + "\r\n", 421},
		{"a forwarded host", "GET /schema.graphql HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost\r\nForwarded: host=localhost\r\n", 421},
		{"HTTP/2 in the clear, by upgrade", "GET /schema.graphql HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n", 421},
		{"HTTP/2 in the clear, known before", "PRI * HTTP/2.0\r\n\r\nSM\r\n", 421},
		{"a long header", "GET /schema.graphql HTTP/1.1\r\nHost: " + at + "\r\nX: " + strings.Repeat("x", 300<<10) + "\r\n", 431},
		{"a long host", "GET /schema.graphql HTTP/1.1\r\nHost: " + strings.Repeat("x", 200<<10) + "\r\n", 421},
	} {
		conn := knock(t, l.Addr(), tc.request+"\r\n")
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if res.StatusCode != tc.status {
			t.Errorf("%s: %s, want %d", tc.name, res.Status, tc.status)
		}
		_ = conn.Close()
	}
}

// FuzzHost: a host is allowed only where a plain reading of the header names it.
func FuzzHost(f *testing.F) {
	for _, tc := range hostCases {
		f.Add(tc.host)
	}
	var h hosts.List
	h.Set([]string{"graph.example.org"})
	f.Fuzz(func(t *testing.T, header string) {
		if !h.Allow(&http.Request{Host: header}) {
			return
		}
		plain := strings.ToLower(header)
		if host, port, err := net.SplitHostPort(plain); err == nil && strings.Trim(port, "0123456789") == "" {
			plain = host
		}
		plain = strings.TrimSuffix(strings.Trim(plain, "[]"), ".")
		if ip := net.ParseIP(plain); plain != "localhost" && plain != "graph.example.org" && (ip == nil || !ip.IsLoopback()) {
			t.Errorf("%q is allowed", header)
		}
	})
}

func TestSameOrigin(t *testing.T) {
	for _, tc := range []struct {
		origin, host string
		ok           bool
	}{
		{"http://localhost:8080", "localhost:8080", true}, {"http://LOCALHOST:8080", "localhost:8080", true}, {"https://graph.example.org", "graph.example.org", true},
		{"https://graph.example.org", "graph.example.org:443", true}, {"http://graph.example.org", "graph.example.org:80", true},
		{"http://localhost:9000", "localhost:8080", false}, {"http://127.0.0.1:8080", "localhost:8080", false}, {"null", "localhost:8080", false}, {"", "localhost:8080", false},
		{"file://", "localhost:8080", false}, {"http://localhost:8080.evil.example", "localhost:8080", false}, {"http://evil.example", "localhost:8080", false},
		{"localhost:8080", "localhost:8080", false}, {"http://localhost", "localhost:8080", false}, {"http://user@localhost:8080", "localhost:8080", true},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = tc.host
		r.Header.Set("Origin", tc.origin)
		if got := hosts.SameOrigin(r); got != tc.ok {
			t.Errorf("%s for %s: %t", tc.origin, tc.host, got)
		}
	}
}

// TestGuesses checks that wrong tokens are throttled, by address and in total, and that the
// right token never is.
func TestGuesses(t *testing.T) {
	s := started(t, Options{Keys: Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}}})
	guess := func(n int, from string) (status int, retry string) {
		w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Authorization", fmt.Sprintf("Bearer wrong-%d", n), "From", from)
		return w.Code, w.Header().Get("Retry-After")
	}
	count := map[int]int{}
	for i := range 50 {
		status, retry := guess(i, "192.0.2.1:99")
		if count[status]++; (status == 429) != (retry != "") {
			t.Fatalf("%d with Retry-After %q", status, retry)
		}
	}
	if count[401] != tokens.Burst || count[429] != 50-tokens.Burst {
		t.Errorf("%v", count)
	}
	if status, _ := guess(0, "192.0.2.2:99"); status != 401 {
		t.Errorf("another address: %d", status)
	}
	for _, from := range []string{"192.0.2.1:99", "[2001:db8::1]:99"} {
		if w := ask(s, "POST", "/graphql", fmt.Sprintf(declare, "src"), "Authorization", "Bearer "+writerToken, "From", from); w.Code != 200 || code(t, w) != "" {
			t.Errorf("the right token after wrong ones: %d %s", w.Code, w.Body)
		}
	}
	// Many addresses of one network, and addresses of many networks.
	count = map[int]int{}
	for i := range 2 * tokens.Addresses {
		status, _ := guess(i, fmt.Sprintf("[2001:db8::%x]:99", i+1))
		count[status]++
	}
	if count[401] != tokens.Burst {
		t.Errorf("one network: %v", count)
	}
	for i := range 2 * tokens.Addresses {
		status, _ := guess(i, fmt.Sprintf("[2001:db8:%x::1]:99", i+1))
		count[status]++
	}
	if count[401] > tokens.BurstAll {
		t.Errorf("many networks: %v", count)
	}
	if n := s.guesses.Len(); n > tokens.Addresses {
		t.Errorf("%d addresses are remembered", n)
	}
	if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Authorization", "Bearer "+writerToken); w.Code != 200 {
		t.Errorf("the right token after all: %d", w.Code)
	}
}
