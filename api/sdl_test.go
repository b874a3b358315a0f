package api_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

// TestSmallSDL compares the whole API of a small ontology that uses each element of the ontology
// language once.
func TestSmallSDL(t *testing.T) {
	const ontology = "testdata/small-ontology.graphql"
	text, err := os.ReadFile(ontology)
	if err != nil {
		t.Fatal(err)
	}
	o, err := schema.Load(ontology, string(text))
	if err != nil {
		t.Fatal(err)
	}
	g, err := live.Open(context.Background(), &memory{}, o, live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g})
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "testdata/small.graphql", a.SDL())
}

// TestOutline compares an outline of the API of the built-in ontology: one line a
// definition, and for the ontology's own types one line a field. A digest at
// its end covers what a line leaves out: arguments, descriptions, and the types of
// fields of the definitions that the generator adds.
func TestOutline(t *testing.T) {
	a := seeded(t)
	own := map[string]bool{"Entity": true, "Query": true, "Mutation": true, "Subscription": true, "Claim": true, "View": true}
	for _, typ := range schema.MustDefault().Types {
		own[typ.Name] = true
	}
	compareGolden(t, "testdata/outline.txt", outline(a.SDL(), own))
}

func compareGolden(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	t.Errorf("the API differs from %s:\n%sif that is meant, run go test ./api -run '%s' -update and read the diff", golden, difference(string(want), got), t.Name())
}

// difference lists the lines that only one of two texts has, at most 40.
func difference(want, got string) string {
	var b strings.Builder
	n := 0
	only := func(mark string, a, b2 string, out *strings.Builder) {
		has := map[string]int{}
		for line := range strings.Lines(b2) {
			has[line]++
		}
		for line := range strings.Lines(a) {
			if has[line]--; has[line] < 0 {
				if n++; n <= 40 {
					out.WriteString(mark + line)
				}
			}
		}
	}
	only("- ", want, got, &b)
	only("+ ", got, want, &b)
	if n > 40 {
		fmt.Fprintf(&b, "and %d more lines\n", n-40)
	}
	return b.String()
}

var (
	definitionHead = regexp.MustCompile(`(?m)^(schema|scalar|type|interface|input|enum|union|directive)\b[^\n]*$`)
	fieldHead      = regexp.MustCompile(`(?m)^  (\w+)(\(\n(?:    .*\n|\n)*  \)|\([^)]*\))?(?:: (.*))?$`)
)

// outline shortens printed SDL.
func outline(sdl string, own map[string]bool) string {
	var b strings.Builder
	from := 0
	for _, at := range definitionHead.FindAllStringIndex(sdl, -1) {
		head, end := strings.TrimSuffix(sdl[at[0]:at[1]], " {"), at[1]
		if strings.HasSuffix(sdl[:end], "{") {
			end += strings.Index(sdl[end:], "\n}") + len("\n}")
		}
		body := sdl[at[0]:end]
		digest := fmt.Sprintf("%x", sha256.Sum256([]byte(sdl[from:end])))[:8] // its description included
		from = end
		fields := fieldHead.FindAllStringSubmatch(body, -1)
		words := strings.Fields(head)
		if len(words) > 1 && own[words[1]] {
			fmt.Fprintf(&b, "%s #%s\n", head, digest)
			for _, f := range fields {
				args := ""
				if f[2] != "" {
					args = "(…)"
				}
				fmt.Fprintf(&b, "  %s%s: %s\n", f[1], args, f[3])
			}
			continue
		}
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = f[1]
		}
		slices.Sort(names)
		fmt.Fprintf(&b, "%s: %s #%s\n", head, strings.Join(names, " "), digest)
	}
	return b.String()
}
