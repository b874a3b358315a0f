package codes

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/errors.md")

// constants returns the codes that the package declares, by the names of their
// constants.
func constants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if out[spec.Names[0].Name], err = strconv.Unquote(lit.Value); err != nil {
				t.Fatal(err)
			}
		}
		return true
	})
	return out
}

// TestList: each code is declared once and listed once, has a constant of its name, and
// every part of its entry is filled in.
func TestList(t *testing.T) {
	spelled := regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`)
	listed := map[string]bool{}
	for _, e := range List {
		if listed[e.Code] {
			t.Errorf("%s is listed twice", e.Code)
		}
		listed[e.Code] = true
		if !spelled.MatchString(e.Code) || len(e.Status) == 0 || e.Meaning == "" || e.Action == "" {
			t.Errorf("%+v", e)
		}
		for _, s := range e.Status {
			if s != Partial && (s < 400 || s > 599) {
				t.Errorf("%s: status %d", e.Code, s)
			}
		}
		if found, ok := Find(e.Code); !ok || found.Code != e.Code {
			t.Errorf("%s is not found", e.Code)
		}
	}
	declared := constants(t)
	for name, code := range declared {
		if !strings.EqualFold(name, strings.ReplaceAll(code, "_", "")) {
			t.Errorf("%s is %s", name, code)
		}
		if !listed[code] {
			t.Errorf("%s is not listed", code)
		}
	}
	if len(declared) != len(List) {
		t.Errorf("%d declared, %d listed", len(declared), len(List))
	}
}

const page = "../docs/errors.md"

// table returns what the page has of the codes.
func table() string {
	var b strings.Builder
	b.WriteString("| code | status | what has happened | what to do |\n|---|---|---|---|\n")
	for _, e := range List {
		status := make([]string, len(e.Status))
		for i, s := range e.Status {
			status[i] = strconv.Itoa(s)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", e.Code, strings.Join(status, ", "), marked(e.Meaning), marked(e.Action))
	}
	return b.String()
}

var literal = regexp.MustCompile(`--[a-z-]+|__[a-z]+|application/[a-z+-]+|extensions\.[A-Za-z]+|ifSequence|operationId|operationName|minSequence|Authorization: Bearer TOKEN|Retry-After|/[a-z]+(?:\.[a-z]+)?\b`)

// marked puts flags, headers and the like into code marks.
func marked(text string) string {
	return literal.ReplaceAllStringFunc(text, func(s string) string { return "`" + s + "`" })
}

// TestPage compares docs/errors.md with the list.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	isRow := func(l string) bool { return strings.HasPrefix(l, "|") }
	from := slices.IndexFunc(lines, isRow)
	if from < 0 {
		t.Fatalf("%s has no table", page)
	}
	to := from
	for to < len(lines) && isRow(lines[to]) {
		to++
	}
	if got := strings.Join(lines[from:to], ""); got != table() {
		if !*update {
			t.Fatalf("%s is not what List says; go test ./codes -update writes it", page)
		}
		whole := strings.Join(lines[:from], "") + table() + strings.Join(lines[to:], "")
		if err := os.WriteFile(page, []byte(whole), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
