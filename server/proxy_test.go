package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/caspian-kg/caspian/server/tokens"
)

// proxies are the programs that people put in front of the service, with the names of the
// entrances in their configurations under testdata.
var proxies = []struct {
	program, config string
	args            func(config, dir string) []string
	entrances       []string
}{
	{"nginx", "nginx.conf", func(config, dir string) []string { return []string{"-p", dir, "-c", config, "-g", "daemon off;"} },
		[]string{"plain", "sockets", "forward", "emptied"}},
	{"haproxy", "haproxy.cfg", func(config, _ string) []string { return []string{"-db", "-f", config} },
		[]string{"plain", "renamed", "forward", "tunnel"}},
}

// serveOn serves on a free port until the test ends.
func serveOn(t *testing.T, o Options) (s *Server, port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s = started(t, o)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() { stop(); <-ended })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return s, port
}

// proxied starts a proxy before the service of a port, and returns where its entrances are.
func proxied(t *testing.T, program, config string, args func(config, dir string) []string, entrances []string, port string) map[string]string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		path = "/usr/sbin/" + program // which is not on every user's path
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not there; .ci/run installs it", program)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "proxies", config))
	if err != nil {
		t.Fatal(err)
	}
	dir, at := t.TempDir(), map[string]string{}
	var held []net.Listener
	filled := strings.NewReplacer("@BACKEND@", port, "@DIR@", dir).Replace(string(text))
	for _, name := range entrances {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, l) // so that each has another
		at[name] = l.Addr().String()
		_, own, _ := net.SplitHostPort(at[name])
		filled = strings.ReplaceAll(filled, "@"+name+"@", own)
	}
	file := filepath.Join(dir, config)
	if err := os.WriteFile(file, []byte(filled), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, l := range held {
		_ = l.Close()
	}
	var said bytes.Buffer
	cmd := exec.Command(path, args(file, dir)...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", program, &said)
		}
	})
	for _, name := range entrances {
		within(t, 20*time.Second, program+" answers", func() bool {
			res, err := http.Get("http://" + at[name] + "/healthz")
			if err != nil {
				return false
			}
			defer res.Body.Close()
			return res.StatusCode == http.StatusOK
		})
	}
	return at
}

// stranger returns the bytes of a request that a stranger sends to a proxy.
type stranger struct {
	name    string
	request func(at string) string
}

const strangersWrite = `{"query":"mutation{transact(input:{operations:[{declare:{id:\"stranger\",type:\"Source\"}}]}){sequence}}"}`

// strangers try to write in every way that a proxy may pass on.
var strangers = func() []stranger {
	post := func(headers string) func(string) string {
		return func(at string) string {
			return fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s", at, len(strangersWrite), headers, strangersWrite)
		}
	}
	hidden := fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(strangersWrite), strangersWrite)
	smuggle := func(headers, body string) func(string) string {
		return func(at string) string {
			return "POST /graphql HTTP/1.1\r\nHost: " + at + "\r\nContent-Type: application/json\r\n" + headers + "\r\n" + body
		}
	}
	chunk := func(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }
	read := `{"query":"{__typename}"}`
	return []stranger{
		{"a plain write", post("")},
		{"an empty X-Forwarded-For", post("X-Forwarded-For: \r\n")},
		{"X-Forwarded-For of loopback", post("X-Forwarded-For: 127.0.0.1\r\n")},
		{"headers that the connection takes out", post("Connection: X-Forwarded-For, X-Real-IP, Forwarded, Via, Authorization, close\r\n")},
		{"loopback as host", func(string) string { return hidden }},
		{"a foreign host", func(at string) string { return post("")("evil.example") }},
		{"loopback in the target", func(at string) string {
			return strings.Replace(post("")(at), "POST /graphql", "POST http://localhost/graphql", 1)
		}},
		{"HTTP/1.0", func(at string) string { return strings.Replace(post("")(at), "HTTP/1.1", "HTTP/1.0", 1) }},
		{"its own origin", func(at string) string {
			return post("Origin: http://" + at + "\r\nSec-Fetch-Site: same-origin\r\n")(at)
		}},
		{"loopback as origin", post("Origin: http://127.0.0.1\r\n")},
		{"a form", func(at string) string { return strings.Replace(post("")(at), "application/json", "text/plain", 1) }},
		{"another cookie", post("Cookie: caspian-80=x; caspian-8080=x; caspian-standard=x\r\n")},
		{"an empty token", post("Authorization: Bearer \r\n")},
		{"a long header", post("X: " + strings.Repeat("x", 100<<10) + "\r\n")},
		{"HTTP/2 by upgrade", post("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n")},
		{"a second request under the first's length", smuggle(fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n", len(chunk(read))+5), chunk(read)+"0\r\n\r\n"+hidden)},
		{"a second request after two lengths", smuggle(fmt.Sprintf("Content-Length: %d\r\nContent-Length: %d\r\n", len(read), len(read)+len(hidden)), read+hidden)},
		{"a coding that is none", smuggle(fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: xchunked\r\n", len(read)+len(hidden)), read+hidden)},
		{"a coding with a blank", smuggle(fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding : chunked\r\n", len(chunk(read))+5), chunk(read)+"0\r\n\r\n"+hidden)},
		{"a chunk's length beyond 64 bits", smuggle("Transfer-Encoding: chunked\r\n", "10000000000000018\r\n"+read+"\r\n0\r\n\r\n"+hidden)},
		{"a line end in a header", post("X: y\rX-Forwarded-For: 127.0.0.1\r\n")},
		{"two in a row", func(at string) string {
			return "GET /healthz HTTP/1.1\r\nHost: " + at + "\r\n\r\n" + hidden
		}},
	}
}()

// TestProxies sends what a stranger may through real proxies: none of it writes, while a client
// with the token writes through each of them, and so does a page of the service with its cookie
// where the proxy passes the host on.
func TestProxies(t *testing.T) {
	for _, p := range proxies {
		t.Run(p.program, func(t *testing.T) {
			s, port := serveOn(t, Options{Keys: Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}}})
			at := proxied(t, p.program, p.config, p.args, p.entrances, port)
			for _, entrance := range p.entrances {
				for _, x := range strangers {
					if answer := sendRaw(t, at[entrance], x.request(at[entrance])); strings.Contains(answer, `"transact":{`) {
						t.Errorf("%s, %s: %s", entrance, x.name, answer)
					}
					if seq := s.backend.Load().Graph.Snapshot().Seq(); seq != 0 {
						t.Fatalf("%s, %s: it wrote", entrance, x.name)
					}
				}
				// Over a socket, if the proxy passes sockets on.
				conn, _, err := websocket.Dial(t.Context(), "http://"+at[entrance]+"/graphql", &websocket.DialOptions{Subprotocols: []string{socketProtocol}})
				if passes := entrance == "sockets" || p.program == "haproxy"; (err == nil) != passes {
					t.Errorf("%s: a socket: %v", entrance, err)
				}
				if err == nil {
					d := &dialed{t, conn}
					d.say(`{"type":"connection_init"}`)
					d.hear(`{"type":"connection_ack"}`)
					d.say(subscribing("1", `mutation{transact(input:{operations:[{declare:{id:"stranger",type:"Source"}}]}){sequence}}`))
					if got, err := d.listen(); err != nil || !strings.Contains(got, "READ_ONLY") {
						t.Errorf("%s: by a socket: %s %v", entrance, got, err)
					}
					_ = conn.CloseNow()
				}
			}
			if seq := s.backend.Load().Graph.Snapshot().Seq(); seq != 0 {
				t.Fatal("a stranger wrote")
			}
			readThrough(t, at)
			for i, entrance := range p.entrances {
				body := fmt.Sprintf(declare, fmt.Sprint("s", i))
				got := sendRaw(t, at[entrance], fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", writerToken, len(body), body))
				if !strings.Contains(got, fmt.Sprintf(`"transact":{"sequence":%d}`, i+1)) {
					t.Errorf("%s: with the token: %s", entrance, got)
				}
			}
		})
	}
}

// readThrough sends a foreign Host header: if the proxy passes it on, the service refuses
// the request. Under an allowed host, a page of the service writes with its cookie.
func readThrough(t *testing.T, at map[string]string) {
	t.Helper()
	keeps := map[string]bool{"forward": at["emptied"] != "", "plain": at["emptied"] == "", "tunnel": true} // nginx has emptied
	for entrance, addr := range at {
		got := sendRaw(t, addr, "GET /schema.graphql HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
		if strings.HasPrefix(got, "421 ") != keeps[entrance] {
			t.Errorf("%s: a foreign host: %.100s", entrance, got)
		}
		if !keeps[entrance] {
			continue
		}
		c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := c.Get("http://" + addr + "/?token=" + writerToken)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if len(res.Cookies()) != 1 || res.Header.Get("Location") != "/" {
			t.Errorf("%s: the link: %s %v", entrance, res.Status, res.Header)
			continue
		}
		cookie := res.Cookies()[0]
		for origin, want := range map[string]bool{"http://" + addr: true, "http://127.0.0.1:1": false, "http://evil.example": false} {
			body := `{"query":"mutation{transact(input:{operations:[],dryRun:true}){sequence}}"}`
			got := sendRaw(t, addr, fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nOrigin: %s\r\nCookie: %s=%s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s",
				addr, origin, cookie.Name, cookie.Value, len(body), body))
			if strings.Contains(got, "READ_ONLY") == want {
				t.Errorf("%s: a page of %s: %s", entrance, origin, got)
			}
		}
	}
}

// TestProxiesAndOpenWrites shows what the help of --open-writes warns of: through a plain proxy
// of the same machine a stranger's write looks like one of the machine.
func TestProxiesAndOpenWrites(t *testing.T) {
	written := false
	for _, p := range proxies {
		t.Run(p.program, func(t *testing.T) {
			_, port := serveOn(t, Options{OpenWrites: true})
			at := proxied(t, p.program, p.config, p.args, p.entrances, port)
			for _, entrance := range p.entrances {
				for _, x := range strangers[:2] {
					got := strings.Contains(sendRaw(t, at[entrance], x.request(at[entrance])), `"transact":{`)
					t.Logf("%s, %s: written %t", entrance, x.name, got)
					if got && entrance == "forward" {
						t.Errorf("%s: it wrote, although a header names the proxy", x.name)
					}
					written = written || got
				}
			}
		})
	}
	if !written && !t.Skipped() {
		t.Log("no proxy is here to write through")
	}
}

// sendRaw sends bytes and returns what comes back until the other side is silent or has closed.
func sendRaw(t *testing.T, at, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		return err.Error() // closed by then
	}
	answers, r := "", bufio.NewReader(conn)
	for {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return answers
		}
		body, err := io.ReadAll(res.Body)
		answers += res.Status + " " + string(body) + "\n"
		if err != nil || res.Close {
			return answers
		}
		// A second answer may follow, if the same bytes were read as two requests.
		if err := conn.SetReadDeadline(time.Now().Add(30 * time.Millisecond)); err != nil {
			return answers
		}
	}
}
