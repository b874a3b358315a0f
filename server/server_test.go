package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server/internal/members"
	"github.com/caspian-kg/caspian/server/tokens"
)

// started returns a ready server over an empty graph.
func started(t testing.TB, o Options) *Server {
	t.Helper()
	return limited(t, o, gql.Limits{})
}

// limited is started with limits for the engine.
func limited(t testing.TB, o Options, limits gql.Limits) *Server {
	t.Helper()
	g, err := live.Open(t.Context(), &live.Unkept{}, schema.MustDefault(), live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g, Version: "test", Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	s := New(withKey(o))
	s.Publish(&Backend{Graph: g.Through(nil), SDL: a.SDL(), Begin: func() Session { return a.Begin() }, Plans: a.Engine().CacheStats})
	return s
}

// testToken may write to the servers of the tests.
const testToken = "7hQ2vXk9-the-token-of-tests-Zr41"

// withKey adds testToken if the options have no token.
func withKey(o Options) Options {
	if o.Keys.Writers == nil {
		o.Keys.Writers = []*tokens.Tokens{tokenOf(testToken)}
	}
	return o
}

func tokenOf(token string) *tokens.Tokens {
	t, err := tokens.New(token)
	if err != nil {
		panic(err)
	}
	return t
}

// ask sends one request from this machine; a POST has the token, unless the headers have another
// or take it out.
func ask(s http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.RemoteAddr, r.Host = "127.0.0.1:5555", "127.0.0.1:8080"
	if method == http.MethodPost || method == methodQuery {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+testToken)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		switch headers[i] {
		case "Host":
			r.Host = headers[i+1]
		case "From": // the connection's other end
			r.RemoteAddr = headers[i+1]
		case "-":
			r.Header.Del(headers[i+1])
		default:
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	listed(w)
	return w
}

func code(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var body struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("the answer is not JSON: %v\n%s", err, w.Body)
	}
	if len(body.Errors) == 0 {
		return ""
	}
	if body.Errors[0].Message == "" {
		t.Error("an error without a message")
	}
	return body.Errors[0].Extensions.Code
}

const graphqlResponse = "application/graphql-response+json"

func TestTransport(t *testing.T) {
	s := started(t, Options{MaxBody: 2000})
	q := "/graphql?query=" + url.QueryEscape("{graph{sequence}}")
	for _, tc := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		code                       string
	}{
		{"post", "POST", "/graphql", `{"query":"{graph{sequence}}"}`, nil, 200, ""},
		{"get", "GET", q, "", nil, 200, ""},
		{"head", "HEAD", q, "", nil, 200, ""},
		{"nulls", "POST", "/graphql", `{"query":"{graph{sequence}}","variables":null,"operationName":null,"extensions":null}`, nil, 200, ""},
		{"unknown member", "POST", "/graphql", `{"query":"{graph{sequence}}","id":7}`, nil, 200, ""},
		{"charset", "POST", "/graphql", `{"query":"{graph{sequence}}"}`, []string{"Content-Type", "application/json; charset=UTF-8"}, 200, ""},
		{"variables", "POST", "/graphql", `{"query":"query($id:ID!){country(id:$id){id}}","variables":{"id":"KAZ"}}`, nil, 200, ""},
		{"variables by get", "GET", "/graphql?query=" + url.QueryEscape("query($id:ID!){country(id:$id){id}}") + "&variables=" + url.QueryEscape(`{"id":"KAZ"}`), "", nil, 200, ""},
		{"operation", "GET", "/graphql?operationName=B&query=" + url.QueryEscape("query A{nothing:__typename} query B{__typename}"), "", nil, 200, ""},

		{"no body", "POST", "/graphql", ``, nil, 400, "BAD_REQUEST"},
		{"not JSON", "POST", "/graphql", `{"query":`, nil, 400, "BAD_REQUEST"},
		{"more after it", "POST", "/graphql", `{"query":"{__typename}"} x`, nil, 400, "BAD_REQUEST"},
		{"a list", "POST", "/graphql", `[{"query":"{__typename}"}]`, nil, 400, "BATCHING_NOT_SUPPORTED"},
		{"a string", "POST", "/graphql", `"{__typename}"`, nil, 400, "BAD_REQUEST"},
		{"no query", "POST", "/graphql", `{"qeury":"{__typename}"}`, nil, 400, "BAD_REQUEST"},
		{"other case", "POST", "/graphql", `{"Query":"{__typename}"}`, nil, 400, "BAD_REQUEST"},
		{"query twice", "POST", "/graphql", `{"query":"{__typename}","query":"{x}"}`, nil, 400, "BAD_REQUEST"},
		{"query null", "POST", "/graphql", `{"query":null}`, nil, 400, "BAD_REQUEST"},
		{"query a number", "POST", "/graphql", `{"query":7}`, nil, 400, "BAD_REQUEST"},
		{"variables a list", "POST", "/graphql", `{"query":"{__typename}","variables":[7]}`, nil, 400, "BAD_REQUEST"},
		{"variables a string", "POST", "/graphql", `{"query":"{__typename}","variables":"{}"}`, nil, 400, "BAD_REQUEST"},
		{"operation a number", "POST", "/graphql", `{"query":"{__typename}","operationName":0}`, nil, 400, "BAD_REQUEST"},
		{"extensions a list", "POST", "/graphql", `{"query":"{__typename}","extensions":["x"]}`, nil, 400, "BAD_REQUEST"},
		{"not UTF-8", "POST", "/graphql", "{\"query\":\"{__typename}\xff\"}", nil, 400, "BAD_REQUEST"},
		{"too long", "POST", "/graphql", `{"query":"{__typename}` + strings.Repeat(" ", 2000) + `"}`, nil, 413, "REQUEST_TOO_LARGE"},
		{"no content type", "POST", "/graphql", `{"query":"{__typename}"}`, []string{"-", "Content-Type"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"a form", "POST", "/graphql", `query={__typename}`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"plain text", "POST", "/graphql", `{"query":"{__typename}"}`, []string{"Content-Type", "text/plain"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"other charset", "POST", "/graphql", `{"query":"{__typename}"}`, []string{"Content-Type", "application/json; charset=latin1"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"not compressed as it says", "POST", "/graphql", `{"query":"{__typename}"}`, []string{"Content-Encoding", "gzip"}, 400, "BAD_REQUEST"},
		{"compressed otherwise", "POST", "/graphql", `{"query":"{__typename}"}`, []string{"Content-Encoding", "br"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"compressed twice", "POST", "/graphql", `{"query":"{__typename}"}`, []string{"Content-Encoding", "gzip, gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"put", "PUT", "/graphql", `{"query":"{__typename}"}`, nil, 405, "METHOD_NOT_ALLOWED"},
		{"get without query", "GET", "/graphql", "", nil, 400, "BAD_REQUEST"},
		{"get twice", "GET", q + "&query=x", "", nil, 400, "BAD_REQUEST"},
		{"get of bad variables", "GET", q + "&variables=x", "", nil, 400, "BAD_REQUEST"},
		{"get not UTF-8", "GET", "/graphql?query=%ff", "", nil, 400, "BAD_REQUEST"},
		{"get malformed", "GET", "/graphql?query=%zz", "", nil, 400, "BAD_REQUEST"},
		{"not acceptable", "GET", q, "", []string{"Accept", "text/html"}, 406, "NOT_ACCEPTABLE"},
		{"mutation by get", "GET", "/graphql?query=" + url.QueryEscape("mutation{__typename}"), "", nil, 405, "MUTATION_NOT_ALLOWED"},
		{"mutation by get, graphql", "GET", "/graphql?query=" + url.QueryEscape("mutation{__typename}"), "", []string{"Accept", graphqlResponse}, 405, "MUTATION_NOT_ALLOWED"},

		{"syntax", "POST", "/graphql", `{"query":"{"}`, nil, 200, "GRAPHQL_PARSE_FAILED"},
		{"syntax, graphql", "POST", "/graphql", `{"query":"{"}`, []string{"Accept", graphqlResponse}, 400, "GRAPHQL_PARSE_FAILED"},
		{"invalid", "POST", "/graphql", `{"query":"{nothing}"}`, nil, 200, "GRAPHQL_VALIDATION_FAILED"},
		{"invalid, graphql", "POST", "/graphql", `{"query":"{nothing}"}`, []string{"Accept", graphqlResponse}, 422, "GRAPHQL_VALIDATION_FAILED"},
		{"missing variable, graphql", "POST", "/graphql", `{"query":"query($id:ID!){country(id:$id){id}}"}`, []string{"Accept", graphqlResponse}, 422, "BAD_USER_INPUT"},
		{"no such operation, graphql", "POST", "/graphql", `{"query":"query A{__typename}","operationName":"B"}`, []string{"Accept", graphqlResponse}, 422, "OPERATION_RESOLUTION_FAILURE"},

		{"nowhere", "GET", "/nowhere", "", nil, 404, "NOT_FOUND"},
		{"post to a page", "POST", "/healthz", "", nil, 405, "METHOD_NOT_ALLOWED"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := ask(s, tc.method, tc.target, tc.body, tc.headers...)
			if w.Code != tc.status {
				t.Errorf("status %d, want %d: %s", w.Code, tc.status, w.Body)
			}
			if got := code(t, w); got != tc.code {
				t.Errorf("code %q, want %q: %s", got, tc.code, w.Body)
			}
			if w.Code == http.StatusMethodNotAllowed && w.Header().Get("Allow") == "" {
				t.Error("405 without Allow")
			}
		})
	}
}

func TestMediaType(t *testing.T) {
	s := started(t, Options{})
	w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Accept", graphqlResponse)
	if got := w.Header().Get("Content-Type"); got != graphqlResponse+"; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	if got := w.Header().Get("Vary"); got != "Accept, Accept-Encoding" {
		t.Errorf("Vary %q", got)
	}
}

const declare = `{"query":"mutation{transact(input:{operations:[{declare:{id:\"%s\",type:\"Source\"}}]}){sequence}}"}`

func TestValidators(t *testing.T) {
	s := started(t, Options{})
	q := "/graphql?query=" + url.QueryEscape("{graph{sequence}}")
	first := ask(s, "GET", q, "")
	tag := first.Header().Get("ETag")
	if tag == "" || first.Header().Get(SequenceHeader) != "0" || first.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("headers %v", first.Header())
	}
	for _, match := range []string{tag, "W/" + tag, `"x", ` + tag} {
		w := ask(s, "GET", q, "", "If-None-Match", match)
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") != tag {
			t.Errorf("If-None-Match %s: %d %s", match, w.Code, w.Body)
		}
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"another tag":   ask(s, "GET", q, "", "If-None-Match", `"x"`),
		"another query": ask(s, "GET", "/graphql?query={__typename}", "", "If-None-Match", tag),
		"a post":        ask(s, "POST", "/graphql", `{"query":"{graph{sequence}}"}`, "If-None-Match", tag),
	} {
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	// An answer that waited for a sequence number comes from a later snapshot than the
	// session's.
	waiting := "/graphql?query=" + url.QueryEscape("{graph(view:{minSequence:0}){sequence}}")
	if w := ask(s, "GET", waiting, ""); w.Header().Get("ETag") != "" || w.Code != http.StatusOK {
		t.Errorf("minSequence: %d, ETag %q", w.Code, w.Header().Get("ETag"))
	}
	// Answers with faults must not be cached.
	if w := ask(s, "GET", "/graphql?query={nothing}", ""); w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a refused document has headers %v", w.Header())
	}
	w := ask(s, "POST", "/graphql", fmt.Sprintf(declare, "notes"))
	if code(t, w) != "" || w.Header().Get("ETag") != "" {
		t.Errorf("mutation: %s %v", w.Body, w.Header())
	}
	w = ask(s, "GET", q, "", "If-None-Match", tag)
	if w.Code != http.StatusOK || w.Header().Get(SequenceHeader) != "1" || w.Header().Get("ETag") == tag {
		t.Errorf("after a write: %d %v", w.Code, w.Header())
	}
}

func TestCORS(t *testing.T) {
	q := "/graphql?query={__typename}"
	if w := ask(started(t, Options{}), "GET", q, "", "Origin", "https://example.org"); w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Error("allowed by default")
	}
	s := started(t, Options{Origins: []string{"https://example.org"}})
	if w := ask(s, "GET", q, "", "Origin", "https://example.org"); w.Header().Get("Access-Control-Allow-Origin") != "https://example.org" || w.Code != 200 {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := ask(s, "GET", q, "", "Origin", "https://example.com"); w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Error("another origin is allowed")
	}
	w := ask(s, "OPTIONS", "/graphql", "", "Origin", "https://example.org", "Access-Control-Request-Method", "POST")
	if w.Code != http.StatusNoContent || !strings.HasPrefix(w.Header().Get("Access-Control-Allow-Headers"), "*, Content-Type, ") ||
		!strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "Authorization") || !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), "Retry-After") {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
	if w := ask(s, "OPTIONS", "/graphql", "", "Origin", "https://example.com", "Access-Control-Request-Method", "POST"); w.Header().Get("Access-Control-Allow-Origin") != "" || w.Header().Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("preflight of another origin: %d", w.Code)
	}
	if w := ask(started(t, Options{Origins: []string{"*"}}), "GET", q, "", "Origin", "https://example.com"); w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%v", w.Header())
	}
}

func TestPages(t *testing.T) {
	s := started(t, Options{Version: "1.2.3"})
	for path, want := range map[string]string{
		"/": "<html", "/graphiql": "<html", "/assets/ontology.json": `"fields":`,
		"/schema.graphql": "type Query", "/healthz": "ok", "/readyz": "ready at sequence 0",
		"/metrics": `version="1.2.3"} 1`,
	} {
		w := ask(s, "GET", path, "")
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, wants %q: %s", path, w.Code, want, w.Body)
		}
		// Pages load nothing from elsewhere.
		if strings.Contains(w.Body.String(), "<html") {
			for _, far := range []string{`src="http`, `href="http`, "url(http", "@import"} {
				if strings.Contains(w.Body.String(), far) {
					t.Errorf("%s loads from elsewhere: %s", path, far)
				}
			}
			if !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%s has no policy", path)
			}
		}
	}
	for _, path := range []string{"/assets/shell.html", "/assets/", "/assets/x.js", "/assets/../.vite/manifest.json", "/assets/../server.go", "/e/", "/x"} {
		if w := ask(s, "GET", path, ""); w.Code == 200 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// fake is a session that a test controls.
type fake struct {
	execute func(ctx context.Context) *gql.Response
}

func (fake) Seq() graph.Seq                                { return 7 }
func (fake) Bookmark() graph.Bookmark                      { return graph.Bookmark{} }
func (fake) ETag(string, string, []byte) string            { return `"fake"` }
func (fake) Pinned() bool                                  { return false }
func (fake) Live(*operation.Request) (bool, *gql.Response) { return false, nil }
func (f fake) Execute(ctx context.Context, _ *operation.Request) *gql.Response {
	return f.execute(ctx)
}
func (f fake) Subscribe(ctx context.Context, _ *operation.Request, _ operation.Follow) (operation.Subscription, *gql.Response) {
	return nil, f.execute(ctx)
}

func faked(t *testing.T, o Options, execute func(ctx context.Context) *gql.Response) *Server {
	o.ResponseCache = -1 // so that each request is executed
	s := started(t, o)
	b := *s.backend.Load()
	b.Begin = func() Session { return fake{execute} }
	s.Publish(&b)
	return s
}

func TestPanicIsAnswered(t *testing.T) {
	s := faked(t, Options{}, func(context.Context) *gql.Response { panic("a secret") })
	w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`)
	if w.Code != 500 || code(t, w) != "INTERNAL" || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTimeout(t *testing.T) {
	s := faked(t, Options{Timeout: time.Millisecond}, func(ctx context.Context) *gql.Response {
		<-ctx.Done()
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Error(ctx.Err())
		}
		return &gql.Response{RequestError: true, Code: codes.Timeout, Errors: 1, Body: []byte(`{"errors":[{"message":"late"}]}`)}
	})
	if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Accept", graphqlResponse); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestLife follows a server over real connections: not ready, ready, draining.
func TestLife(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, release := make(chan bool), make(chan bool)
	s := New(Options{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	get := func(path string) (int, string) {
		res, err := http.Get("http://" + l.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/graphql?query={__typename}": 503, "/": 503, "/metrics": 200, "/schema.graphql": 503} {
		if got, body := get(path); got != want {
			t.Errorf("before: %s: %d, want %d: %s", path, got, want, body)
		}
	}
	s.Publish(faked(t, Options{}, func(context.Context) *gql.Response {
		entered <- true
		<-release
		return &gql.Response{HasData: true, Operation: "query", Body: []byte(`{"data":{}}`)}
	}).backend.Load())
	if got, _ := get("/readyz"); got != 200 {
		t.Errorf("ready: %d", got)
	}
	answered := make(chan string)
	go func() {
		_, body := get("/graphql?query={__typename}")
		answered <- body
	}()
	<-entered
	stop()
	within(t, 5*time.Second, "the server stops", s.draining.Load)
	if w := ask(s, "GET", "/readyz", ""); w.Code != 503 {
		t.Errorf("draining: %d", w.Code)
	}
	release <- true
	if body := <-answered; body != `{"data":{}}` {
		t.Errorf("the request under way got %q", body)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestBodyMessages checks that the error says where a body is not JSON.
func TestBodyMessages(t *testing.T) {
	s := New(Options{})
	for body, want := range map[string]string{
		`{"query":`:                       "the body is not well-formed JSON: it ends too soon",
		`{"query":"{a}"`:                  "the body is not well-formed JSON: it ends too soon",
		" {\"query\":{a}}":                "the body is not well-formed JSON at byte 12: invalid character 'a' at start of string (expecting '\"')",
		`{"query":"{a}",}`:                "the body is not well-formed JSON at byte 15: invalid character ',' at start of value",
		`{"query":"{a}"} {}`:              "there is more in the body after the JSON object",
		`{"query":"{a}"}x`:                "there is more in the body after the JSON object",
		`{"query":"{a}","query":""}`:      `the body has "query" twice`,
		`{"query":"{a}","qu\u0065ry":""}`: `the body has "query" twice`,
		`{"\ud800":1}`:                    `a member's name is not a JSON string: half of a character (\ud800, a surrogate without the other) at byte 2`,
		`{"query":7}`:                     "query must be a string, not a number",
	} {
		if _, bad := s.parseBody([]byte(body)); bad == nil || bad.message != want {
			t.Errorf("%s: %v", body, bad)
		}
	}
}

func FuzzParseBody(f *testing.F) {
	for _, s := range []string{`{"query":"{a}"}`, `{"query":"x","variables":{"a":[1,{}]},"operationName":"b"}`, `[1]`, `{"query":"\ud800"}`, ``, ` { "query" : "\"}{" , "variables" : { "a" : [ "]" , 1e5 ] } , "x":-1,"extensions":null} `, `{"query":"a","extensions":{"cost":true,"trace":false,"operationId":"\u0031"}}`, `{"a":{},"query":true}`} {
		f.Add([]byte(s))
	}
	s := New(Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		req, bad := s.parseBody(body)
		if (req == nil) == (bad == nil) {
			t.Fatalf("%v %v", req, bad)
		}
		if req != nil && len(req.Variables) > 0 && !json.Valid(req.Variables) {
			t.Errorf("variables %s", req.Variables)
		}
		if req != nil {
			var given struct {
				Cost, Trace bool
				OperationID string
			}
			var members, extensions map[string]json.RawMessage
			if json.Unmarshal(body, &members) == nil && json.Unmarshal(members["extensions"], &extensions) == nil {
				_ = json.Unmarshal(extensions["cost"], &given.Cost)
				_ = json.Unmarshal(extensions["trace"], &given.Trace)
				_ = json.Unmarshal(extensions["operationId"], &given.OperationID)
			}
			id, bad := operationID(body)
			if req.Cost != given.Cost || req.Trace != given.Trace || bad == nil && id != given.OperationID {
				t.Errorf("%q: %t %t %q %v, want %+v", body, req.Cost, req.Trace, id, bad, given)
			}
		}
		// The model is encoding/json, which takes the last member if a name occurs twice.
		var model map[string]json.RawMessage
		if json.Unmarshal(body, &model) != nil || model == nil {
			if req != nil {
				t.Errorf("%q is taken for an object", body)
			}
			return
		}
		var m members.Members
		if bad := m.Read(body); bad != nil {
			return // twice
		}
		for _, name := range []string{"query", "documentId", "operationName", "variables", "extensions"} {
			if got := *m.Named(name); utf8.Valid(body) && string(got) != string(model[name]) {
				t.Errorf("%q: %s is %q, want %q", body, name, got, model[name])
			}
		}
	})
}
