package server

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/server/documents"
)

// TestMaxBodies stops long bodies in the middle: other long ones are refused until
// there is room, also those that are long when unpacked; short ones are answered, and the room
// is free when the connection ends.
func TestMaxBodies(t *testing.T) {
	s := started(t, Options{MaxBody: 300 << 10, MaxBodies: 400 << 10})
	addr := listening(t, s)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 300000\r\n\r\n"+strings.Repeat(" ", 250<<10)); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "what was sent is counted", func() bool { return s.admission.Bodies() == 250<<10 })
	long := strings.Repeat(" ", 200<<10) + `{"query":"{__typename}"}`
	for name, w := range map[string]interface {
		Result() *http.Response
	}{
		"plain":  ask(s, "POST", "/graphql", long),
		"packed": ask(s, "POST", "/graphql", packed(t, long), "Content-Encoding", "gzip"),
		"stream": ask(s, "POST", "/graphql/stream", long),
	} {
		res := w.Result()
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), `"OVERLOADED"`) || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %v %s", name, res.StatusCode, res.Header, body)
		}
	}
	if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`); w.Code != http.StatusOK {
		t.Errorf("a short one: %d %s", w.Code, w.Body)
	}
	conn.Close()
	within(t, 20*time.Second, "nothing is held", func() bool { return s.admission.Bodies() == 0 })
	if w := ask(s, "POST", "/graphql", long); w.Code != http.StatusOK {
		t.Errorf("the next: %d %s", w.Code, w.Body)
	}
	if n := s.admission.Bodies(); n != 0 {
		t.Errorf("%d bytes are held after the last", n)
	}
}

// TestLongSubscription checks that a subscription with a long body is refused, because its
// body would be held for as long as its client likes.
func TestLongSubscription(t *testing.T) {
	s := started(t, Options{})
	ids, err := json.Marshal(strings.Repeat("x", 70<<10))
	if err != nil {
		t.Fatal(err)
	}
	w := ask(s, "POST", "/graphql/stream", `{"query":"subscription($s:String){changes(where:{predicate:{eq:$s}}){sequence}}","variables":{"s":`+string(ids)+`}}`)
	if body := w.Body.String(); !strings.Contains(body, `"LIMIT_SUBSCRIPTION"`) || !strings.Contains(body, `"limit":65536`) {
		t.Errorf("%d %.300s", w.Code, body)
	}
}

// TestSocketBodies checks that the operations of a socket count among the bodies until they
// end.
func TestSocketBodies(t *testing.T) {
	s := started(t, Options{MaxBody: 300 << 10, MaxBodies: 300 << 10})
	ts := httptest.NewServer(s)
	defer ts.Close()
	d := begun(t, ts)
	other := s.admission.BodyQuota()
	other.Add(200 << 10)
	long := `{"id":"1","type":"subscribe","payload":{"query":"{__typename}","variables":{"a":"` + strings.Repeat("x", 200<<10) + `"}}}`
	d.say(long)
	if text, err := d.listen(); err != nil || !strings.Contains(text, `"OVERLOADED"`) || !strings.Contains(text, `"type":"error"`) {
		t.Errorf("%v %s", err, text)
	}
	other.GiveBack()
	d.say(long)
	d.hear(`{"id":"1","type":"next","payload":{"data":{"__typename":"Query"},"extensions":{"sequence":0}}}`)
	d.hear(`{"type":"complete","id":"1"}`)
	within(t, 20*time.Second, "nothing is held", func() bool { return s.admission.Bodies() == 0 })
}

// TestRefusalsAreCounted checks that refusals sent in messages and events are counted too.
func TestRefusalsAreCounted(t *testing.T) {
	s := started(t, Options{DocumentsOnly: true, Documents: &documents.List{}})
	ts := httptest.NewServer(s)
	defer ts.Close()
	const body = `{"query":"{__typename}"}`
	ask(s, "POST", "/graphql", body)
	ask(s, "POST", "/graphql/stream", body)
	d := begun(t, ts)
	d.say(`{"id":"1","type":"subscribe","payload":` + body + `}`)
	if text, err := d.listen(); err != nil || !strings.Contains(text, "DOCUMENT_NOT_TRUSTED") {
		t.Errorf("%v %s", err, text)
	}
	if n := value(s.metrics.Refusals("DOCUMENT_NOT_TRUSTED")); n != 3 {
		t.Errorf("%d refusals are counted, not 3", n)
	}
}
