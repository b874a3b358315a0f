package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

// tabled serves three countries, one with a name that a spreadsheet would compute.
func tabled(t *testing.T) *Server {
	t.Helper()
	s := started(t, Options{Batch: 2})
	body, err := json.Marshal(map[string]string{"query": `mutation { transact(input: {operations: [
		{declare: {id: "src", type: "Source"}} {declare: {id: "KAZ", type: "Country"}} {declare: {id: "UZB", type: "Country"}} {declare: {id: "XXA", type: "Country"}} {declare: {id: "astana", type: "City"}}
		{assert: {subject: "KAZ", predicate: "name", value: "Kazakhstan, \"Republic\"", source: "src"}}
		{assert: {subject: "XXA", predicate: "name", value: "=HYPERLINK(1)", source: "src"}}
		{assert: {subject: "UZB", predicate: "name", value: "Oʻzbekiston", source: "src"}}
		{assert: {subject: "astana", predicate: "name", value: "Astana", source: "src"}}
		{assert: {subject: "KAZ", predicate: "capital", object: "astana", source: "src"}}
		{assert: {subject: "KAZ", predicate: "borders", object: "UZB", source: "src", qualifiers: [{name: "lengthKm", value: "2330"}]}}
		{assert: {subject: "KAZ", predicate: "aliases", value: "Qazaqstan", source: "src"}}
		{assert: {subject: "KAZ", predicate: "aliases", value: "QZ", source: "src"}}
	]}) { sequence } }`})
	if err != nil {
		t.Fatal(err)
	}
	if w := ask(s, "POST", "/graphql", string(body)); !strings.Contains(w.Body.String(), `"sequence":1`) {
		t.Fatal(w.Body)
	}
	return s
}

const someCountries = `{countries{totalCount nodes{id name capital{name} aliases}}}`

const theirTable = "countries.totalCount,id,name,capital.name,aliases\r\n" +
	"3,KAZ,\"Kazakhstan, \"\"Republic\"\"\",Astana,Qazaqstan|QZ\r\n" +
	"3,UZB,Oʻzbekiston,,\"\"\r\n" +
	"3,XXA,'=HYPERLINK(1),,\"\"\r\n"

func get(s http.Handler, path, query string, headers ...string) *httptest.ResponseRecorder {
	return ask(s, "GET", path+url.QueryEscape(query), "", headers...)
}

// TestTables asks for tables in each way, and for what is none.
func TestTables(t *testing.T) {
	s := tabled(t)
	for _, c := range []struct {
		name, path, query string
		headers           []string
		status            int
		media, want       string
	}{
		{"accept", "/graphql?query=", someCountries, []string{"Accept", "text/csv"}, 200, "text/csv", theirTable},
		{"path", "/graphql.csv?query=", someCountries, nil, 200, "text/csv", theirTable},
		{"format", "/graphql?format=csv&query=", someCountries, []string{"Accept", "text/html, */*"}, 200, "text/csv", theirTable},
		{"raw", "/graphql?format=csv-raw&query=", someCountries, nil, 200, "text/csv", strings.ReplaceAll(theirTable, "'=", "=")},
		{"json", "/graphql.csv?format=json&query=", `{country(id:"UZB"){id}}`, []string{"Accept", "text/csv"}, 200, "application/graphql-response+json", `{"data":{"country":{"id":"UZB"}}`},
		{"unknown format", "/graphql?format=xml&query=", `{graph{sequence}}`, nil, 422, "application/graphql-response+json", `format must be json, csv or csv-raw, not \"xml\"`},
		{"one row", "/graphql.csv?query=", `{country(id:"KAZ"){id capital{id}}}`, nil, 200, "text/csv", "country.id,country.capital.id\r\nKAZ,astana\r\n"},
		{"fragments", "/graphql.csv?query=", `{entities{nodes{id ...on Country{capital{id}} ...on City{name}}}}`, nil, 200, "text/csv",
			"id,name,capital.id\r\nKAZ,,astana\r\nUZB,,\r\nXXA,,\r\nastana,Astana,\r\nsrc,,\r\n"},
		{"edges", "/graphql.csv?query=", `{country(id:"KAZ"){borders{edges{lengthKm node{id}}}}}`, nil, 200, "text/csv", "lengthKm,node.id\r\n2330,UZB\r\n"},
		{"empty", "/graphql.csv?query=", `{cities(where:{name:{eq:"none"}}){nodes{id}}}`, nil, 200, "text/csv", "id\r\n"},
		{"two lists", "/graphql.csv?query=", `{countries{nodes{id}} cities{nodes{id}}}`, nil, 422, "application/graphql-response+json", `the answer has countries.nodes and cities.nodes: select one of them`},
		{"error", "/graphql.csv?query=", `{country(id:"KAZ"){nothing}}`, nil, 422, "application/graphql-response+json", `Cannot query field`},
		{"error in the data", "/graphql.csv?query=", `{dependency(of:"none",resource:"none"){hhi{low}}}`, nil, 422, "application/graphql-response+json", `UNKNOWN_ID`},
		{"mutation", "/graphql.csv?query=", `mutation{transact(input:{operations:[]}){sequence}}`, nil, 405, "application/graphql-response+json", `MUTATION_NOT_ALLOWED`},
	} {
		w := get(s, c.path, c.query, c.headers...)
		media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
		body := w.Body.String()
		if w.Code != c.status || c.headers != nil && media != c.media || media == "text/csv" && body != c.want || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d %s\n%s", c.name, w.Code, media, body)
		}
	}
}

// TestTableHeaders: a table has a name, its validator is another than that of the JSON, and POST asks for tables of
// queries only.
func TestTableHeaders(t *testing.T) {
	s := tabled(t)
	w := get(s, "/graphql.csv?query=", `query TheCountries {countries{nodes{id}}}`)
	if h := w.Header(); h.Get("Content-Disposition") != `attachment; filename="TheCountries.csv"` || h.Get("Caspian-Sequence") != "1" || !strings.Contains(h.Get("Vary"), "Accept") {
		t.Error(h)
	}
	tag := get(s, "/graphql?query=", someCountries).Header().Get("ETag")
	if w := get(s, "/graphql?query=", someCountries, "Accept", "text/csv", "If-None-Match", tag); w.Code != 200 {
		t.Errorf("the validator of the JSON answers %d", w.Code)
	}
	tag = get(s, "/graphql.csv?query=", someCountries).Header().Get("ETag")
	if w := get(s, "/graphql.csv?query=", someCountries, "If-None-Match", tag); w.Code != 304 || tag == "" {
		t.Errorf("the validator %s answers %d", tag, w.Code)
	}
	if w := ask(s, "HEAD", "/graphql.csv?query="+url.QueryEscape(someCountries), ""); w.Code != 200 || w.Body.Len() > 0 {
		t.Errorf("HEAD: %d %s", w.Code, w.Body)
	}
	if w := ask(s, "POST", "/graphql", `{"query":"{countries{nodes{id}}}"}`, "Accept", "text/csv"); w.Body.String() != "id\r\nKAZ\r\nUZB\r\nXXA\r\n" {
		t.Errorf("POST: %d %s", w.Code, w.Body)
	}
	if w := ask(s, "POST", "/graphql", `{"query":"mutation{transact(input:{operations:[{declare:{id:\"a\",type:\"City\"}}]}){sequence}}"}`, "Accept", "text/csv"); w.Code != 406 {
		t.Errorf("a mutation: %d %s", w.Code, w.Body)
	}
	if w := ask(s, "POST", "/graphql", `[{"query":"{graph{sequence}}"}]`, "Accept", "text/csv"); w.Code != 406 {
		t.Errorf("a batch: %d %s", w.Code, w.Body)
	}
}

// TestTablesInPython reads a table with Python's csv, and with pandas where it is installed.
func TestTablesInPython(t *testing.T) {
	python, err := exec.LookPath("/usr/bin/python3")
	if err != nil {
		t.Skip("there is no /usr/bin/python3")
	}
	ts := httptest.NewServer(tabled(t))
	defer ts.Close()
	const program = `
import csv, io, sys, urllib.request
url = sys.argv[1]
text = urllib.request.urlopen(url).read().decode()
rows = list(csv.DictReader(io.StringIO(text, newline="")))
assert [r["id"] for r in rows] == ["KAZ", "UZB", "XXA"], rows
assert rows[0]["name"] == 'Kazakhstan, "Republic"' and rows[0]["aliases"].split("|") == ["Qazaqstan", "QZ"], rows
try:
    import pandas
except ImportError:
    print("no pandas")
    sys.exit()
frame = pandas.read_csv(url)
assert list(frame.columns) == ["countries.totalCount", "id", "name", "capital.name", "aliases"] and len(frame) == 3
assert frame["capital.name"].isna().tolist() == [False, True, True], frame
`
	out, err := exec.Command(python, "-c", program, ts.URL+"/graphql?format=csv-raw&query="+url.QueryEscape(someCountries)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(out) > 0 {
		t.Log(string(out))
	}
}
