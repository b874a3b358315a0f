package caspian_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
)

var update = flag.Bool("update", false, "rewrite the answers in README.md")

// documents returns the files for people, by slash-separated path.
func documents(t *testing.T) []string {
	t.Helper()
	list := []string{"README.md", "CONTRIBUTING.md", "Dockerfile", "docker-compose.yml"}
	err := filepath.WalkDir("docs", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			list = append(list, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	link = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	// A word in backquotes that has a slash or the extension of a source file.
	named  = regexp.MustCompile("`((?:[\\w.-]+/)+[\\w.-]*|[\\w-]+\\.(?:go|md|yaml|yml|graphql|py|toml))`")
	target = regexp.MustCompile("`make ([a-z-]+)`")
)

// TestPathsInDocumentsExist follows every link and every path in backquotes.
func TestPathsInDocumentsExist(t *testing.T) {
	// Files that users create, and texts that only look like paths.
	ours := []string{"data/", "bin/caspian", "bin/man", "mine.graphql", "tokens.txt", "application/json"}
	makefile := read(t, "Makefile")
	for _, doc := range documents(t) {
		text := read(t, doc)
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			to, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(to, "://") {
				continue
			}
			file := path.Join(path.Dir(doc), to)
			if to == "" {
				file = doc
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s links to %s, which does not exist", doc, m[1])
			} else if heading != "" && !slices.Contains(headings(read(t, file)), heading) {
				t.Errorf("%s links to %s, which has no such heading", doc, m[1])
			}
		}
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			if slices.Contains(ours, m[1]) || m[1][0] >= '0' && m[1][0] <= '9' { // a date
				continue
			}
			if _, err := os.Stat(m[1]); err != nil {
				t.Errorf("%s names %s, which does not exist", doc, m[1])
			}
		}
		for _, m := range target.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(makefile, "\n"+m[1]+":") {
				t.Errorf("%s names make %s, which is not a target", doc, m[1])
			}
		}
	}
	if n := strings.Count(read(t, "docs/ARCHITECTURE.md"), "\n"); n > 200 {
		t.Errorf("docs/ARCHITECTURE.md has %d lines; the limit is 200", n)
	}
}

var (
	testCommand = regexp.MustCompile("go test ([^`\n]*?)-(?:run|bench) '?([A-Za-z][\\w|$]*)")
	testFunc    = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
)

// TestCommandsNameTests looks for what the commands of the documents run. A name of no test runs nothing, and says
// "ok". XXX stands for none.
func TestCommandsNameTests(t *testing.T) {
	tests := map[string][]string{} // by folder
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if d != nil && d.Name() == "node_modules" {
			return fs.SkipDir
		}
		if err == nil && strings.HasSuffix(file, "_test.go") {
			for _, m := range testFunc.FindAllStringSubmatch(read(t, file), -1) {
				dir := path.Dir(filepath.ToSlash(file))
				tests[dir] = append(tests[dir], m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range documents(t) {
		for _, m := range testCommand.FindAllStringSubmatch(read(t, doc), -1) {
			for name := range strings.SplitSeq(m[2], "|") {
				if !strings.Contains("XXX", name) && !runs(tests, strings.Fields(m[1]), regexp.MustCompile(name)) {
					t.Errorf("%s: go test %s runs no test %s", doc, m[1], name)
				}
			}
		}
	}
}

// runs reports whether one of the packages in a command has a test whose name fits. A command without packages is
// run in some other folder.
func runs(tests map[string][]string, words []string, name *regexp.Regexp) bool {
	in, found := false, false
	for _, word := range words {
		if !strings.HasPrefix(word, ".") {
			continue
		}
		in = true
		dir, below := strings.CutSuffix(word, "/...")
		dir = path.Clean(dir)
		for folder, names := range tests {
			if folder == dir || below && (dir == "." || strings.HasPrefix(folder, dir+"/")) {
				found = found || slices.ContainsFunc(names, name.MatchString)
			}
		}
	}
	if in {
		return found
	}
	for _, names := range tests {
		if slices.ContainsFunc(names, name.MatchString) {
			return true
		}
	}
	return false
}

var (
	headingLine = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// headings are the anchors that GitHub makes from the headings of a document.
func headings(text string) []string {
	var anchors []string
	for _, m := range headingLine.FindAllStringSubmatch(text, -1) {
		anchors = append(anchors, strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return anchors
}

// seeded returns the graph of the built-in seeds, in memory, and its API.
func seeded(t *testing.T) (*live.Graph, *api.API) {
	t.Helper()
	g, err := live.Open(t.Context(), &live.Unkept{}, schema.MustDefault(), live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(seeds.Files, "*.[yn]a*")
	if err != nil {
		t.Fatal(err)
	}
	var ch graph.Change
	for _, name := range names {
		format, err := datasets.Formats.ForFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := seeds.Files.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		err = format.Decode(t.Context(), name, f, func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Commit(t.Context(), &ch); err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g, Version: "test", Now: func() time.Time { return time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	return g, a
}

var sharedSeeds *api.API

// readOnlySeeds returns the API of the built-in seeds to a test that only reads them; they are loaded once.
func readOnlySeeds(t *testing.T) *api.API {
	t.Helper()
	if sharedSeeds == nil {
		_, sharedSeeds = seeded(t)
	}
	return sharedSeeds
}

var question = regexp.MustCompile("(?s)```graphql\n(.*?)```\n```json\n(.*?)```")

// TestReadmeAnswers runs the queries in README.md and compares the answers there.
func TestReadmeAnswers(t *testing.T) {
	text := read(t, "README.md")
	found := question.FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		t.Fatal("README.md has no query with its answer")
	}
	a := readOnlySeeds(t)
	for _, m := range found {
		res := a.Begin().Execute(t.Context(), &api.Request{Query: m[1]})
		if res.Errors > 0 {
			t.Fatalf("%s", res.Body)
		}
		var body struct {
			Data json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal(res.Body, &body); err != nil {
			t.Fatal(err)
		}
		got := compact(t, body.Data)
		if *update {
			text = strings.Replace(text, m[2], got, 1)
			continue
		}
		if got != m[2] {
			t.Errorf("README.md shows\n%sbut the answer is\n%s(go test -run Readme -update . writes it)", m[2], got)
		}
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

var block = regexp.MustCompile("(?s)```(graphql|json|yaml)\n(.*?)```")

// TestGuidesRun runs every query of the guides, and imports every example.
func TestGuidesRun(t *testing.T) {
	g, a := seeded(t)
	names, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, name := range append(names, "README.md") {
		for _, m := range block.FindAllStringSubmatch(read(t, name), -1) {
			format := map[string]*codec.Format{"yaml": codec.Seed, "json": codec.JSONLines}[m[1]]
			switch {
			case m[1] == "graphql":
				res := answer(t, a, &api.Request{Query: m[2], AllowMutation: true})
				if res.Errors > 0 {
					t.Errorf("%s: %s\n%s", name, res.Body, m[2])
				}
			case strings.HasPrefix(m[2], "{\n"):
				continue // an answer
			default:
				var ch graph.Change
				err := format.Decode(t.Context(), name, strings.NewReader(m[2]), func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
				if err == nil {
					_, err = g.Check(&ch)
				}
				if err != nil {
					t.Errorf("%s: %v\n%s", name, err, m[2])
				}
			}
			ran++
		}
	}
	if ran < 10 {
		t.Errorf("only %d examples were found", ran)
	}
}

// answer returns the answer, or the first event of a subscription.
func answer(t *testing.T, a *api.API, r *api.Request) *gql.Response {
	t.Helper()
	sub, res := a.Begin().Subscribe(t.Context(), r, api.Follow{})
	if sub == nil {
		return res
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := sub.Wait(ctx); err != nil {
		t.Fatalf("%s: no event: %v", r.Query, err)
	}
	return sub.Answer(ctx)
}

var (
	shortList = regexp.MustCompile(`\{\n\s+("[^{}\[\]\n]*"): ("[^"\n]*"|[^{}\[\]\n]*)\n\s+\}`)
	nodesList = regexp.MustCompile(`\[\n\s+((?:\{[^{}\[\]\n]*\},?\n?\s*)+)\]`)
)

// compact indents JSON and puts small objects, and lists of them, on one line.
func compact(t *testing.T, raw []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	text := shortList.ReplaceAllString(out.String(), "{ $1: $2 }")
	text = nodesList.ReplaceAllStringFunc(text, func(list string) string {
		items := strings.Join(strings.Fields(strings.Trim(list, "[]")), " ")
		if len(items) > 100 {
			return list
		}
		return "[" + items + "]"
	})
	return text + "\n"
}

// TestExampleTypeReachesTheSchema loads the ontology with the example of
// CONTRIBUTING.md.
func TestExampleTypeReachesTheSchema(t *testing.T) {
	m := regexp.MustCompile("(?s)```graphql\n(.*?)```").FindStringSubmatch(read(t, "CONTRIBUTING.md"))
	if m == nil {
		t.Fatal("CONTRIBUTING.md adds no type")
	}
	if n := strings.Count(m[1], "\n"); n != 5 {
		t.Errorf("the example has %d lines", n)
	}
	o, err := schema.Load("ontology.graphql", schema.Default+"\n"+m[1])
	if err != nil {
		t.Fatal(err)
	}
	g, err := live.Open(t.Context(), &live.Unkept{}, o, live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"type Lighthouse implements Entity", "\n  lighthouse(", "\n  lighthouses(", "input LighthouseFilter"} {
		if !strings.Contains(a.SDL(), want) {
			t.Errorf("the schema has no %q", want)
		}
	}
}
