package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/caspian-kg/caspian/server/documents"
)

// agent connects a client of the official SDK to the tools of a service.
func agent(t *testing.T, url, token string) (*mcp.ClientSession, error) {
	t.Helper()
	c := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	s, err := c.Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: url + "/mcp", DisableStandaloneSSE: true, MaxRetries: -1,
		HTTPClient: &http.Client{Transport: bearerOf(token)}}, nil)
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

// bearerOf is a transport that sends a token.
type bearerOf string

func (b bearerOf) RoundTrip(r *http.Request) (*http.Response, error) {
	if b != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+string(b))
	}
	return http.DefaultTransport.RoundTrip(r)
}

// call calls a tool and returns its text.
func call(t *testing.T, s *mcp.ClientSession, name, arguments string) (text string, failed bool) {
	t.Helper()
	got, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: json.RawMessage(arguments)})
	if err != nil {
		t.Fatalf("%s %s: %v", name, arguments, err)
	}
	for _, c := range got.Content {
		if part, ok := c.(*mcp.TextContent); ok {
			text += part.Text
		}
	}
	return text, got.IsError
}

// TestAgents asks each tool a question about the seeds.
func TestAgents(t *testing.T) {
	ts := seededServer(t)
	s, err := agent(t, ts.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, c := range []struct{ name, arguments, want string }{
		{"search", `{"text":"capital of Kazakhstan","first":1}`, `"id":"astana"`},
		{"search", `{"text":"zzqqxx"}`, `"edges":[]`},
		{"entity", `{"id":"astana","predicates":["name"],"view":{"asOf":"2020"}}`, `"value":"Nur-Sultan"`},
		{"entity", `{"id":"KAZ","predicates":["capital"]}`, `"locator":`},
		{"entity", `{"id":"astana","predicates":["capital"],"mentions":true}`, `"subject":{"id":"KAZ"`},
		{"entity", `{"id":"nowhere"}`, `"entity":null`},
		{"routes", `{"from":"KAZ","to":"eu","avoid":["RUS"],"first":1}`, `"waters":[{"id":"caspian-sea"`},
		{"dependency", `{"of":"JPN","resource":"uranium"}`, `"partner":{"id":"`},
		{"conflicts", `{"subject":"JPN","predicate":"importsFrom","first":1}`, `"reason":"`},
		{"why_connected", `{"from":"JPN","to":"KAZ","first":1}`, `"steps":[`},
		{"changes", `{"subject":"astana","from":{"asOf":"2018"},"to":{"asOf":"2020"}}`, `"value":"Nur-Sultan"`},
		{"query", `{"query":"query($id:ID!){country(id:$id){name}}","variables":{"id":"KAZ"}}`, `{"country":{"name":"Kazakhstan"}}`},
		{"schema", `{}`, `"Country  # `},
		{"schema", `{"type":"Query","contains":"routes"}`, `routes(avoid: [ID!]`},
		{"schema", `{"type":"Mode"}`, `"FERRY`},
	} {
		text, failed := call(t, s, c.name, c.arguments)
		if failed || !strings.Contains(text, c.want) {
			t.Errorf("%s %s: want %s in %.1500s", c.name, c.arguments, c.want, text)
		}
		asked[c.name] = true
	}
	listed, err := s.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range listed.Tools {
		if !asked[tool.Name] {
			t.Errorf("the tool %s has no question here", tool.Name)
		}
		if !tool.Annotations.ReadOnlyHint || tool.Description == "" {
			t.Errorf("the tool %s is described as %+v", tool.Name, tool)
		}
	}
	for _, c := range []struct{ name, arguments, want string }{
		{"query", `{"query":"mutation{transact(input:{operations:[]}){sequence}}"}`, "The tools only read"},
		{"query", `{"query":"subscription{changes{sequence}}"}`, "Subscriptions"},
		{"query", `{"query":"{country(id:\"KAZ\"){nam}}"}`, "the tool schema describes"},
		{"query", `{"query":"{"}`, "Syntax Error"},
		{"search", `{}`, "text"},
		{"routes", `{"from":"KAZ","to":"nowhere"}`, `there is no entity "nowhere"`},
		{"routes", `{"from":"KAZ","to":"DEU","view":{"asOf":"soon"}}`, `"soon"`},
		{"schema", `{"type":"Ship"}`, `no type "Ship"`},
	} {
		if text, failed := call(t, s, c.name, c.arguments); !failed || !strings.Contains(text, c.want) {
			t.Errorf("%s %s: want the error %q, got %v %.500s", c.name, c.arguments, c.want, failed, text)
		}
	}
}

// TestAgentsAreAdmitted: the rules for reading hold for agents, too.
func TestAgentsAreAdmitted(t *testing.T) {
	const token = "a-token-of-readers-only-Ab12cD34"
	closed := httptest.NewServer(started(t, Options{Keys: Keys{Readers: tokenOf(token)}}))
	t.Cleanup(closed.Close)
	if _, err := agent(t, closed.URL, ""); err == nil {
		t.Error("an agent without a token is served")
	}
	s, err := agent(t, closed.URL, token)
	if err != nil {
		t.Fatal(err)
	}
	if text, failed := call(t, s, "query", `{"query":"{country(id:\"KAZ\"){name}}"}`); failed {
		t.Error(text)
	}
	few := httptest.NewServer(started(t, Options{DocumentsOnly: true, Documents: &documents.List{}}))
	t.Cleanup(few.Close)
	if s, err = agent(t, few.URL, ""); err != nil {
		t.Fatal(err)
	}
	if text, failed := call(t, s, "search", `{"text":"Astana"}`); !failed || !strings.Contains(text, "trusted") {
		t.Errorf("with trusted documents only: %v %s", failed, text)
	}
	open := started(t, Options{})
	for _, c := range []struct {
		method, path, want string
		header             []string
		status             int
	}{
		{method: "GET", status: http.StatusMethodNotAllowed, want: "/mcp takes POST, OPTIONS, not GET"},
		{method: "POST", status: http.StatusMisdirectedRequest, header: []string{"Host", "evil.example"}},
	} {
		if w := ask(open, c.method, "/mcp", "", c.header...); w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s %v: %d %s", c.method, c.header, w.Code, w.Body)
		}
	}
}
