package server

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// TestPublicClients lets graphql-ws and graphql-sse ask, follow, and follow on
// after the service was stopped and started again.
func TestPublicClients(t *testing.T) {
	for _, transport := range []string{"ws", "sse", "single"} {
		t.Run(transport, func(t *testing.T) {
			node, dir := nodeModules(t, "graphql-"+strings.Replace(transport, "single", "sse", 1))
			s := started(t, Options{})
			var now atomic.Pointer[Server]
			now.Store(s)
			ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { now.Load().ServeHTTP(w, r) }))
			defer ts.Close()
			defer func() { now.Load().streams.End() }()
			for range 3 {
				learn(t, s)
			}
			cmd := exec.CommandContext(t.Context(), node, "clients.mjs", transport, ts.URL, "7")
			cmd.Dir = dir
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var heard []string
			for sc := bufio.NewScanner(stdout); sc.Scan(); {
				heard = append(heard, sc.Text())
				switch sc.Text() {
				case `{"event":3}`:
					learn(t, s)
				case `{"event":4}`:
					// Another process over the same store takes over.
					next := New(Options{})
					next.Publish(s.backend.Load())
					now.Store(next)
					s.streams.End()
					s.streams.Wait(t.Context())
					for range 3 {
						learn(t, s)
					}
				}
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v\n%s", err, stderr.Bytes())
			}
			want := linesOfClient(transport)
			for i, line := range want {
				if i >= len(heard) || line != "" && heard[i] != line {
					t.Fatalf("heard\n%s\nwant line %d to be %s\n%s", strings.Join(heard, "\n"), i, line, stderr.Bytes())
				}
			}
			if len(heard) != len(want) || !strings.Contains(heard[2], `"code":"`) {
				t.Errorf("heard\n%s", strings.Join(heard, "\n"))
			}
		})
	}
}

// linesOfClient are what the client of a transport prints; "" may be any line.
func linesOfClient(transport string) []string {
	unknown := `{"errors":[{"message":"Cannot query field \"nothing\" on type \"Query\".","locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`
	want := []string{
		`{"heard":[{"data":{"graph":{"sequence":3}},"extensions":{"sequence":3}}]}`,
		`{"heard":[` + unknown + `]}`, "",
	}
	switch transport {
	case "ws":
		want[1] = `{"error":["GRAPHQL_VALIDATION_FAILED"]}`
	case "single": // the client says so of every answer but 202
		want[1] = `{"error":"NetworkError: Server responded with 400: Bad Request"}`
	}
	for n := 1; n <= 7; n++ {
		want = append(want, fmt.Sprintf(`{"event":%d}`, n))
	}
	want = append(want, `{"done":true}`)
	return want
}
