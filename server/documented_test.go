package server

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/gql"
)

func servingPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "serving.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMetricsAreDocumented holds docs/serving.md to the metrics that there are.
func TestMetricsAreDocumented(t *testing.T) {
	tracer, err := NewTracer(TracerOptions{URL: "http://x", Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	metrics := ask(limited(t, Options{Tracer: tracer}, gql.Limits{}), "GET", "/metrics", "").Body.String()
	var there []string
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\w+) `).FindAllStringSubmatch(metrics, -1) {
		there = append(there, m[1])
	}
	var told []string
	for _, m := range regexp.MustCompile("`((?:caspian|go)_[a-z_]+)`").FindAllStringSubmatch(servingPage(t), -1) {
		told = append(told, m[1])
	}
	slices.Sort(there)
	slices.Sort(told)
	if !slices.Equal(there, told) {
		t.Errorf("there are\n%s\nand docs/serving.md names\n%s", strings.Join(there, " "), strings.Join(told, " "))
	}
}

// TestCodesAreDocumented wants every code that the server and the engine's limits give named
// on the page, and no other.
func TestCodesAreDocumented(t *testing.T) {
	page := servingPage(t)
	known := map[string]bool{"UNAVAILABLE": true, gql.CodeTimeout: true, string(api.CodeBehind): true}
	for _, pattern := range []string{"*.go", "../gql/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if text, err := strconv.Unquote(lit.Value); err == nil && strings.HasPrefix(text, "LIMIT_") {
						known[text] = true
					}
				}
				spec, ok := n.(*ast.ValueSpec)
				if !ok || len(spec.Values) != 1 || !strings.HasPrefix(strings.ToLower(spec.Names[0].Name), "code") {
					return true
				}
				if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					known[text] = true
				}
				return true
			})
		}
	}
	// A field's own, and what clients of HTTP never see.
	for _, code := range []string{gql.CodeNull, gql.CodeInternal, gql.CodeCancelled, gql.CodeSubscription} {
		delete(known, code)
	}
	for code := range known {
		if !strings.Contains(page, "`"+code+"`") {
			t.Errorf("docs/serving.md does not name %s", code)
		}
	}
	for _, m := range regexp.MustCompile("`([A-Z][A-Z_]{6,})`").FindAllStringSubmatch(page, -1) {
		if !known[m[1]] && !strings.HasPrefix(m[1], "CASPIAN_") { // an environment variable
			t.Errorf("docs/serving.md names %s, which nothing gives", m[1])
		}
	}
}
