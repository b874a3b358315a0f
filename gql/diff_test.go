package gql

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/gql/internal/document"
)

var forceStored = flag.Bool("stored", false, "compare with the stored verdicts even where Node is")

var update = flag.Bool("update", false, "rewrite the golden files from the reference implementation (needs Node and npm ci in testdata/js)")

// The differential tests compare the engine with graphql-js, the reference implementation:
// live if Node and testdata/js/node_modules are present (npm ci --prefix gql/testdata/js),
// and otherwise with its stored verdicts.

type refRequest struct {
	Query         string          `json:"query,omitempty"`
	Variables     json.RawMessage `json:"variables,omitempty"`
	OperationName string          `json:"operationName,omitempty"`
	Mode          string          `json:"mode"`
}

type refError struct {
	Message string `json:"message"`
	Path    []any  `json:"path"`
}

type refAnswer struct {
	Syntax bool       `json:"syntax,omitempty"`
	Rules  []string   `json:"rules,omitempty"`
	Places []string   `json:"places,omitempty"`
	Valid  bool       `json:"valid,omitempty"`
	Data   *string    `json:"data,omitempty"`
	Errors []refError `json:"errors,omitempty"`
	SDL    string     `json:"sdl,omitempty"`
	// Digest replaces all of a long answer in the golden files.
	Digest string `json:"digest,omitempty"`
}

// reference asks graphql-js, or reads its stored answers.
func reference(t *testing.T, suite, sdl string, requests []refRequest) []refAnswer {
	t.Helper()
	if answers, ok := ask(t, sdl, requests); ok {
		golden(t, suite, requests, answers)
		return answers
	}
	t.Log("no Node or no testdata/js/node_modules: comparing with the stored verdicts")
	return stored(t, suite, requests)
}

func ask(t *testing.T, sdl string, requests []refRequest) ([]refAnswer, bool) {
	t.Helper()
	if _, err := os.Stat("testdata/js/node_modules/graphql"); err != nil || *forceStored {
		return nil, false
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, false
	}
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(map[string]string{"schema": sdl})
	for _, r := range requests {
		_ = enc.Encode(r)
	}
	cmd := exec.Command(node, "reference.mjs")
	cmd.Dir, cmd.Stdin = "testdata/js", &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("reference.mjs: %v\n%s", err, stderr.String())
	}
	var answers []refAnswer
	for line := range bytes.Lines(out) {
		var a refAnswer
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(requests) {
		t.Fatalf("reference.mjs answered %d of %d", len(answers), len(requests))
	}
	return answers, true
}

func goldenPath(suite string) string { return filepath.Join("testdata", "golden", suite+".txt") }

// goldenLine returns what is stored of one answer: a digest of the request, and the
// answer itself where it is short.
func goldenLine(r refRequest, a refAnswer) string {
	req, _ := json.Marshal(r)
	id := sha256.Sum256(req)
	text, _ := json.Marshal(a)
	if len(text) > 300 {
		text, _ = json.Marshal(refAnswer{Syntax: a.Syntax, Valid: a.Valid, Digest: digest(a)})
	}
	return hex.EncodeToString(id[:6]) + " " + string(text)
}

func digest(a refAnswer) string {
	text, _ := json.Marshal(a)
	d := sha256.Sum256(text)
	return hex.EncodeToString(d[:10])
}

func golden(t *testing.T, suite string, requests []refRequest, answers []refAnswer) {
	t.Helper()
	var b strings.Builder
	for i := range requests {
		b.WriteString(goldenLine(requests[i], answers[i]) + "\n")
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(goldenPath(suite)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(goldenPath(suite), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if readFile(t, goldenPath(suite)) != b.String() {
		t.Errorf("%s is out of date: run go test ./gql -update and read the difference", goldenPath(suite))
	}
}

// stored reads the golden answers.
func stored(t *testing.T, suite string, requests []refRequest) []refAnswer {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(readFile(t, goldenPath(suite)), "\n"), "\n")
	if len(lines) != len(requests) {
		t.Fatalf("%s has %d verdicts for %d documents: run the test with -update where Node is", goldenPath(suite), len(lines), len(requests))
	}
	out := make([]refAnswer, len(lines))
	for i, line := range lines {
		id, verdict, _ := strings.Cut(line, " ")
		if want, _, _ := strings.Cut(goldenLine(requests[i], refAnswer{}), " "); id != want {
			t.Fatalf("%s line %d is about another document: run the test with -update where Node is", goldenPath(suite), i+1)
		}
		if err := json.Unmarshal([]byte(verdict), &out[i]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// same compares our answer with the reference's, which may be a digest.
func same(ours, reference refAnswer) bool {
	if reference.Digest != "" {
		return digest(ours) == reference.Digest
	}
	a, _ := json.Marshal(ours)
	b, _ := json.Marshal(reference)
	return bytes.Equal(a, b)
}

// ourAnswer executes a request and brings the answer into the reference's form.
func ourAnswer(t *testing.T, e *Engine, r refRequest) refAnswer {
	t.Helper()
	resp := e.Execute(context.Background(), &Request{
		Query: r.Query, Variables: r.Variables, OperationName: r.OperationName,
		Root: Ref{Obj: &worldObject{seed: 1}}, AllowMutation: true,
	})
	var body struct {
		Data   json.RawMessage `json:"data"`
		Errors []refError      `json:"errors"`
	}
	if err := json.Unmarshal(resp.Body, &body); err != nil {
		t.Fatalf("%s: %v: %s", r.Query, err, resp.Body)
	}
	out := refAnswer{Valid: resp.HasData, Errors: body.Errors}
	if resp.HasData {
		data := string(body.Data)
		out.Data = &data
	}
	return out
}

// ourRules lists the rules that a document breaks.
func ourRules(e *Engine, query string) refAnswer {
	text, err := document.Prescan(query, e.limits.document())
	if err != nil {
		return refAnswer{}
	}
	doc, err := document.Parse(text)
	if err != nil {
		return refAnswer{}
	}
	out := refAnswer{Syntax: true}
	if _, err := document.Validate(e.schema, text, doc, e.limits.document()); err != nil {
		for _, f := range err.Errors {
			rule := f.Rule
			if rule == "" {
				rule = err.Code
			}
			if !slices.Contains(out.Rules, rule) {
				out.Rules = append(out.Rules, rule)
			}
		}
		slices.Sort(out.Rules)
	}
	return out
}

func describe(a refAnswer) string {
	b, _ := json.Marshal(a)
	return string(b)
}

func TestReferenceSDL(t *testing.T) {
	e := worldEngine(t, Limits{})
	sdl := e.SDL()
	got := reference(t, "sdl", sdl, []refRequest{{Mode: "sdl"}})[0]
	if !same(refAnswer{SDL: sdl}, got) {
		t.Errorf("the printed schema differs from the reference's\n%s", diffLines(sdl, got.SDL))
	}
	again := worldEngine(t, Limits{})
	if again.SDL() != sdl {
		t.Error("the same schema printed twice differs")
	}
}

func diffLines(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d: ours %q, reference %q", i+1, x[i], y[i])
		}
	}
	return fmt.Sprintf("lengths: ours %d lines, reference %d", len(x), len(y))
}
