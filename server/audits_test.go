package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/audits.jsonl again, where Node is installed")

// audit is one of graphql-http's audits as audits.mjs reports it: its verdict, its requests
// and their answers.
type audit struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Verdict   string     `json:"verdict"`
	Reason    string     `json:"reason,omitempty"`
	Exchanges []exchange `json:"exchanges"`
}

type exchange struct {
	Method  string            `json:"method"`
	Query   string            `json:"query"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Status  int               `json:"status"`
	Type    string            `json:"type"`
	Data    bool              `json:"data"`
	Errors  bool              `json:"errors"`
}

// contradicted are the audits that contradict the edition of September 2026, each with the
// sentence of the edition. Everything else that graphql-http audits must hold. (74FF, which
// wants 400 for an invalid document, sends text that is not a document at all: its field
// begins with a digit.)
var contradicted = map[string]string{
	"423L": "If the request is not a well-formed GraphQL-over-HTTP request, status code 422 SHOULD be used.",
	"86EE": "If the variable values cannot be coerced to match the operation's variable definitions, status code 422 SHOULD be used.",
}

const auditsFile = "testdata/audits.jsonl"

// nodeModules returns the folder with the packages that Node runs; the test is
// skipped where Node or the package is absent.
func nodeModules(t *testing.T, pkg string) (node, dir string) {
	t.Helper()
	dir = filepath.Join("testdata", "js")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node on this machine")
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", pkg)); err != nil {
		t.Skipf("the npm package %s is not installed; make js installs it", pkg)
	}
	return node, dir
}

func parseAudits(t *testing.T, text []byte) []audit {
	t.Helper()
	var out []audit
	sc := bufio.NewScanner(bytes.NewReader(text))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var a audit
		if err := json.Unmarshal(sc.Bytes(), &a); err != nil {
			t.Fatalf("%v\n%s", err, sc.Text())
		}
		out = append(out, a)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAudits lets Node run all audits of graphql-http (what a server MUST, SHOULD and MAY do)
// against the service, and holds the stored exchanges to what it asked.
func TestAudits(t *testing.T) {
	node, dir := nodeModules(t, "graphql-http")
	ts := httptest.NewServer(started(t, Options{}))
	defer ts.Close()
	cmd := exec.CommandContext(t.Context(), node, "audits.mjs", ts.URL+"/graphql")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("audits.mjs: %v\n%s", err, &stderr)
	}
	audits := parseAudits(t, out)
	if len(audits) != 61 {
		t.Errorf("%d audits; graphql-http 1.23 has 61", len(audits))
	}
	for _, a := range audits {
		if norm := contradicted[a.ID]; (a.Verdict == "ok") != (norm == "") {
			t.Errorf("%s %s: %s: %s; the norm: %q", a.ID, a.Name, a.Verdict, a.Reason, norm)
		}
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(auditsFile, out, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(auditsFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(stored, out) {
		t.Errorf("%s is not what the audits ask and get now; go test ./server -run Audits -update writes it", auditsFile)
	}
}

// TestStoredAudits sends the requests that the audits sent when they last ran, for machines
// without Node.
func TestStoredAudits(t *testing.T) {
	text, err := os.ReadFile(auditsFile)
	if err != nil {
		t.Fatal(err)
	}
	audits := parseAudits(t, text)
	if len(audits) != 61 {
		t.Errorf("%d audits are stored, not 61", len(audits))
	}
	ts := httptest.NewServer(started(t, Options{}))
	defer ts.Close()
	for _, a := range audits {
		if (a.Verdict == "ok") != (contradicted[a.ID] == "") {
			t.Errorf("%s %s is stored as %q", a.ID, a.Name, a.Verdict)
		}
		for _, x := range a.Exchanges {
			r, err := http.NewRequestWithContext(t.Context(), x.Method, ts.URL+"/graphql"+x.Query, strings.NewReader(x.Body))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range x.Headers {
				r.Header.Set(name, value)
			}
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			var answer map[string]json.RawMessage
			err = json.NewDecoder(res.Body).Decode(&answer)
			res.Body.Close()
			if err != nil {
				t.Errorf("%s %s: the answer is not JSON: %v", a.ID, a.Name, err)
			}
			got := exchange{x.Method, x.Query, x.Headers, x.Body, res.StatusCode, res.Header.Get("Content-Type"), answer["data"] != nil, answer["errors"] != nil}
			if got.Status != x.Status || got.Type != x.Type || got.Data != x.Data || got.Errors != x.Errors {
				t.Errorf("%s %s: %d %s data %t errors %t, want %d %s %t %t", a.ID, a.Name, got.Status, got.Type, got.Data, got.Errors, x.Status, x.Type, x.Data, x.Errors)
			}
		}
	}
}
