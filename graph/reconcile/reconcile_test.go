package reconcile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/reconcile"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

const cases = "testdata/requests.txtar"

// service serves the graph at the beginning of the file of cases.
func service(t testing.TB, seed string) *reconcile.Service {
	t.Helper()
	var ch graph.Change
	if err := codec.Seed.Decode(context.Background(), "graph.yaml", strings.NewReader(seed), func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil }); err != nil {
		t.Fatal(err)
	}
	s := snapshot.Empty(schema.MustDefault())
	res, problems := graph.Check(s.Ontology(), s.State(), &ch)
	if problems != nil {
		t.Fatal(problems)
	}
	c := &res.Commit
	c.Seq, c.At = 1, time.Unix(1, 0)
	s, err := s.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return &reconcile.Service{Snapshot: s, Today: graph.DayDate(2026, 1, 15).First(), Base: "http://127.0.0.1:8080", Version: "test"}
}

func readCases(t testing.TB) (*txtar.Archive, *reconcile.Service) {
	t.Helper()
	a, err := txtar.ParseFile(cases)
	if err != nil {
		t.Fatal(err)
	}
	return a, service(t, string(a.Files[0].Data))
}

// answer answers an address below /reconcile.
func answer(t testing.TB, s *reconcile.Service, address string) (*reconcile.Reply, error) {
	t.Helper()
	path, query, _ := strings.Cut(address, "?")
	asked, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return s.Answer(t.Context(), strings.Trim(path, "/"), asked)
}

// TestRequests compares answers with those in testdata, and their shapes with what the specification requires.
func TestRequests(t *testing.T) {
	a, s := readCases(t)
	for i := 1; i < len(a.Files); i++ {
		f := &a.Files[i]
		address, _, _ := strings.Cut(string(f.Data), "\n")
		text := ""
		r, err := answer(t, s, strings.NewReplacer("{", "%7B", "}", "%7D", `"`, "%22", " ", "+").Replace(address))
		switch {
		case err != nil:
			text = "error: " + err.Error() + "\n"
		case r.HTML:
			text = string(r.Body)
		default:
			shaped(t, f.Name, r.Body)
			var out bytes.Buffer
			if err := json.Indent(&out, r.Body, "", "  "); err != nil {
				t.Fatal(err)
			}
			text = out.String() + "\n"
		}
		got := address + "\n" + text
		if *update {
			f.Data = []byte(got)
		} else if got != string(f.Data) {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", f.Name, got, f.Data)
		}
	}
	if *update {
		if err := os.WriteFile(cases, txtar.Format(a), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestManifest: the service describes itself, with the types of the ontology.
func TestManifest(t *testing.T) {
	_, s := readCases(t)
	r, err := answer(t, s, "")
	if err != nil {
		t.Fatal(err)
	}
	shaped(t, "manifest", r.Body)
	for _, want := range []string{`"versions":["0.1","0.2"]`, `"url":"http://127.0.0.1:8080/e/{{id}}"`, `{"id":"City","name":"City"`} {
		if !strings.Contains(string(r.Body), want) {
			t.Errorf("the manifest has no %s:\n%s", want, r.Body)
		}
	}
}

// shape is what an answer must have: the type of a value, by its path. A star stands for every item or member.
type shape map[string]string

// The shapes of the specification, by the member that tells the answers apart.
var shapes = map[string]shape{
	"versions": {"versions": "list", "versions.*": "string", "name": "string", "identifierSpace": "string", "schemaSpace": "string", "view.url": "template",
		"preview.url": "template", "preview.width": "number", "preview.height": "number", "suggest.*.service_url": "string", "suggest.*.service_path": "string",
		"defaultTypes.*.id": "string", "defaultTypes.*.name": "string", "batchSize": "number",
		"extend.propose_properties.service_url": "string", "extend.propose_properties.service_path": "string",
		"extend.property_settings.*.name": "string", "extend.property_settings.*.label": "string", "extend.property_settings.*.type": "string"},
	"result":     {"result": "list", "result.*.id": "string", "result.*.name": "string"},
	"properties": {"type": "string", "properties": "list", "properties.*.id": "string", "properties.*.name": "string", "limit": "number"},
	"rows":       {"meta": "list", "meta.*.id": "string", "meta.*.name": "string", "rows": "object", "rows.*": "object", "rows.*.*": "list", "rows.*.*.*": "cell"},
	// A batch has its own keys.
	"": {"*.result": "list", "*.result.*.id": "string", "*.result.*.name": "string", "*.result.*.score": "number", "*.result.*.match": "boolean", "*.result.*.type": "list",
		"*.result.*.type.*.id": "string", "*.result.*.features.*.id": "string", "*.result.*.features.*.value": "number or boolean"},
}

func shaped(t *testing.T, name string, body []byte) {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	kind := ""
	for member := range shapes {
		if _, has := v[member]; has {
			kind = member
		}
	}
	for path, want := range shapes[kind] {
		check(t, name+" "+path, v, strings.Split(path, "."), want)
	}
}

var dateTime = regexp.MustCompile(`^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)

func check(t *testing.T, name string, v any, path []string, want string) {
	t.Helper()
	if len(path) > 0 {
		m, _ := v.(map[string]any)
		list, _ := v.([]any)
		if path[0] != "*" {
			check(t, name, m[path[0]], path[1:], want)
			return
		}
		for _, x := range m {
			list = append(list, x)
		}
		for _, x := range list {
			check(t, name, x, path[1:], want)
		}
		return
	}
	text, isText := v.(string)
	_, isNumber := v.(float64)
	_, isBool := v.(bool)
	_, isList := v.([]any)
	m, isObject := v.(map[string]any)
	ok := map[string]bool{"string": isText && text != "", "template": strings.Contains(text, "{{id}}"), "number": isNumber, "boolean": isBool,
		"number or boolean": isNumber || isBool, "list": isList, "object": isObject, "cell": isObject && isCell(m)}[want]
	if !ok {
		t.Errorf("%s: %v is not a %s", name, v, want)
	}
}

// isCell reports whether a value of a data extension has one of the forms of the specification.
func isCell(m map[string]any) bool {
	for key, v := range m {
		text, isText := v.(string)
		f, isNumber := v.(float64)
		switch {
		case key == "id" || key == "name" || key == "str":
			if !isText || key != "str" && len(m) != 2 {
				return false
			}
		case key == "float" && isNumber, key == "int" && isNumber && f == float64(int64(f)), key == "date" && dateTime.MatchString(text):
		default:
			return false
		}
	}
	return len(m) < 2 || m["id"] != nil
}

// TestBatches: as many queries as the manifest says are answered, and no more.
func TestBatches(t *testing.T) {
	_, s := readCases(t)
	for n, ok := range map[int]bool{reconcile.MaxBatch: true, reconcile.MaxBatch + 1: false} {
		queries := map[string]any{}
		for i := range n {
			queries[string(rune('a'+i))] = map[string]string{"query": "KAZ"}
		}
		text, err := json.Marshal(queries)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Answer(t.Context(), "", url.Values{"queries": {string(text)}})
		var known *graph.Error
		if ok && (err != nil || strings.Count(string(r.Body), `"KAZ"`) != n) || !ok && (!errors.As(err, &known) || known.Code != graph.LimitWork) {
			t.Errorf("%d queries: %v", n, err)
		}
	}
}

// TestBounds: what is too long or too much is refused, whatever asks for it.
func TestBounds(t *testing.T) {
	_, s := readCases(t)
	long := strings.Repeat("a", reconcile.MaxText+1)
	many := strings.Repeat(`"a",`, reconcile.MaxBatch) + `"a"`
	for _, c := range []struct {
		path  string
		asked url.Values
	}{
		{"suggest/entity", url.Values{"prefix": {long}}},
		{"suggest/type", url.Values{"prefix": {long}}},
		{"suggest/property", url.Values{"prefix": {long}}},
		{"", url.Values{"queries": {`{"q":{"query":"` + long + `"}}`}}},
		{"", url.Values{"queries": {`{"q":{"query":"KAZ","properties":[{"pid":"iso2","v":[` + many + `]}]}}`}}},
		{"", url.Values{"queries": {`{"q":{"query":"KAZ","properties":[` + strings.ReplaceAll(many, `"a"`, `{"pid":"iso2","v":"KZ"}`) + `]}}`}}},
		{"", url.Values{"extend": {`{"ids":["KAZ"],"properties":[` + strings.ReplaceAll(many, `"a"`, `{"id":"iso2"}`) + `]}`}}},
	} {
		_, err := s.Answer(t.Context(), c.path, c.asked)
		var known *graph.Error
		if !errors.As(err, &known) || known.Code != graph.BadInput && known.Code != graph.LimitWork {
			t.Errorf("%s %.80v: %v", c.path, c.asked, err)
		}
	}
}

// TestOneBadQuery: a query that cannot be answered says why, and the others of its batch are answered.
func TestOneBadQuery(t *testing.T) {
	_, s := readCases(t)
	r, err := s.Answer(t.Context(), "", url.Values{"queries": {`{"bad":{"limit":3},"good":{"query":"KAZ"}}`}})
	if err != nil || !strings.Contains(string(r.Body), `"bad":{"result":[],"error":"it needs query or properties"}`) || !strings.Contains(string(r.Body), `"good":{"result":[{"id":"KAZ"`) {
		t.Errorf("%v: %s", err, r.Body)
	}
}

// TestEnded: a request that has ended has no answer.
func TestEnded(t *testing.T) {
	_, s := readCases(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, address := range []string{`queries={"a":{"query":"Kazakhstan"}}`, `extend={"ids":["KAZ"],"properties":[{"id":"borders"}]}`} {
		asked, _ := url.ParseQuery(address)
		_, err := s.Answer(ctx, "", asked)
		var known *graph.Error
		if err != nil && (!errors.As(err, &known) || known.Code != graph.Unavailable) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// FuzzAnswer: no request makes the service fail.
func FuzzAnswer(f *testing.F) {
	a, s := readCases(f)
	for _, c := range a.Files[1:] {
		address, _, _ := strings.Cut(string(c.Data), "\n")
		path, query, _ := strings.Cut(address, "?")
		name, value, _ := strings.Cut(query, "=")
		f.Add(strings.Trim(path, "/"), name, value)
	}
	names := []string{"queries", "extend", "prefix", "cursor", "type", "limit", "id"}
	f.Fuzz(func(t *testing.T, path, name, value string) {
		if !slices.Contains(names, name) {
			t.Skip()
		}
		r, err := s.Answer(t.Context(), path, url.Values{name: {value}})
		var known *graph.Error
		if err != nil && (!errors.As(err, &known) || known.Code == graph.Internal) {
			t.Fatal(err)
		}
		if err == nil && !r.HTML && !json.Valid(r.Body) {
			t.Fatalf("%s", r.Body)
		}
	})
}
