package caspian_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A tic is a turn of phrase that a reader has to read twice. The list is short and has few false
// alarms: matches of right are removed before pattern is searched.
type tic struct {
	signs   string // One of these parts is in each match, in lower case; they are found faster than the pattern.
	pattern *regexp.Regexp
	right   *regexp.Regexp // Nil where every match is wrong.
	better  string
}

var tics = []tic{
	{
		"behind",
		regexp.MustCompile(`(?i)\bbehind\b`),
		regexp.MustCompile(`(?i)\bbehind (a|an|the|two|several|such a|reverse|load)?\s*([a-z0-9]+ )?(prox(y|ies)|balancers?)|\b(fall|falls|fell|fallen|falling|lag|lags|leave|leaves|left) (\S+ ){0,3}behind\b|\S+[-_]behind\b|^behind$`), // The last is the value of a metric's label.
		"after (in an order), under or of (a cause)",
	},
	{
		"told",
		regexp.MustCompile(`(?i)\btold\b`),
		regexp.MustCompile(`(?i)\btold (\S+ ){0,3}apart\b`),
		"reported, stated, distinguished",
	},
	{
		"tell",
		regexp.MustCompile(`(?i)\btells\b|\btell (whether|how|what|which|who|no|nothing)\b`),
		regexp.MustCompile(`(?i)\btells (\S+ ){0,6}apart\b|\b(can|could|cannot|can't|to) tell\b`),
		"reports, says, returns",
	},
	{
		"is no |are no |was no |were no |be no ",
		regexp.MustCompile(`(?i)\b(is|are|was|were|be) no [a-z]`),
		regexp.MustCompile(`(?i)\b(there|where|it) (is|are|was|were|will be|would be|must be|can be|may be) no [a-z]+|\bno (longer|more|less|other|[a-z]+er)\b`),
		"is not a",
	},
	{"whoever", regexp.MustCompile(`(?i)\bwhoever\b`), nil, "who, a client that, any caller who"},
	{"whatever", regexp.MustCompile(`(?i)\bwhatever (is|was|has|can|comes|else|holds|reads|writes|they)\b`), nil, "what, anything that, everything that"},
	{
		"stand|stood",
		regexp.MustCompile(`(?i)\b(stands|stand|stood)\b`),
		regexp.MustCompile(`(?i)\b(stands|stand|stood) (in )?for\b|\bfor which \S+ stands\b|\bstands in where\b|\bstand-|\bstand alone\b`),
		"is, is recorded, is written",
	},
	{
		"lie",
		regexp.MustCompile(`\b[Ll]ies?\b`),
		// Dates lie between others, and places lie somewhere.
		regexp.MustCompile(`\blies? (\S+ )?(between|within|outside|inside|beyond|in the (future|past))\b|\blies (in (the town|[A-Z])|[0-9]|on the [A-Z])`),
		"is, is stored",
	},
	{" own", regexp.MustCompile(`(?i)\bof (one's|its|their|his|our|your|my) own($|[.,;:)]| (and|as|at|by|for|in|so|that|to|until|when|where|which|with)\b)`), nil, "its own, separate"},
	{"in vain", regexp.MustCompile(`(?i)\bin vain\b`), nil, "without effect"},
	{"said of", regexp.MustCompile(`(?i)\bsaid of\b`), nil, "the claims about"},
	{"so many|so much", regexp.MustCompile(`(?i)\bso (many|much)\b`), regexp.MustCompile(`(?i)\bso (many|much) (\S+ ){0,3}(that|as)\b`), "this many"},
	{"anew", regexp.MustCompile(`(?i)\banew\b`), nil, "again; rebuilt"},
	{"worked out|works out|work out", regexp.MustCompile(`(?i)\bworked out\b|\bworks? out\b`), nil, "computed, decided"},
	{"made of|made from", regexp.MustCompile(`(?i)\b(is|are|was|were|be) made (of|from)\b`), nil, "is built from, consists of, is derived from"},
	{"for ever", regexp.MustCompile(`(?i)\bfor ever\b`), nil, "forever"},
	{"the most", regexp.MustCompile(`(?i)\bthe least and the most\b|\bthe most is\b`), nil, "the lowest and the highest; the limit is"},
	{"given up", regexp.MustCompile(`(?i)\bgiven up\b`), nil, "abandoned, disconnected, withdrawn"},
	{"but for", regexp.MustCompile(`(?i)\bbut for\b`), nil, "except, apart from, without"},
	{"holds|wants", regexp.MustCompile(`^((Test|[Ff]uzz|check)\w*|Check) (holds|wants)\b`), nil, "compares A with B, checks that"},
	{"used up", regexp.MustCompile(`(?i)\bused up\b`), nil, "exhausted, spent"},
	{"surest", regexp.MustCompile(`(?i)\bsurest\b`), nil, "of the highest confidence, the most certain"},
	{"that of|those of", regexp.MustCompile(`(?i)\b(is|are) (that|those) of what\b`), nil, "name the thing again"},
	{"where", regexp.MustCompile(`(?i)\bwhere (it is |they are )?not (nil|empty|zero)\b`), nil, "if not nil"},
	{"line", regexp.MustCompile(`(?i)\b(object|claim|token|settings|quad),? (one )?a line\b`), nil, "one per line"},
}

// proseFiles has the suffixes and names of files that are checked as a whole: documents, descriptions in the
// ontology and the seeds, pages, and scripts with their comments.
var proseFiles = []string{".md", ".graphql", ".yaml", ".yml", ".html", ".js", ".ts", ".tsx", ".css", ".py", ".sh", "Makefile", "Dockerfile", "run"}

// TestWords looks for tics in everything that people read: documents, descriptions, pages, and
// the comments and strings of Go files (not their identifiers).
func TestWords(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path = filepath.ToSlash(path)
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || name == "testdata" || name == "data" || name == "bin" || name == ".git" || path == "web/dist/build" {
				return filepath.SkipDir
			}
			return nil
		}
		isProse := slices.ContainsFunc(proseFiles, func(end string) bool { return strings.HasSuffix(path, end) && (end != "run" || path == ".ci/run") })
		switch {
		case path == "words_test.go" || strings.HasPrefix(path, "bench/compare/gqlgen/") || strings.HasSuffix(path, "package-lock.json"):
		case filepath.Ext(path) == ".go":
			for _, text := range goTexts(t, path) {
				report(t, text.at, text.text)
			}
		case isProse:
			text := read(t, path)
			for _, m := range findTics(strings.ReplaceAll(text, "\n", " ")) {
				t.Errorf("%s:%d: %s", path, 1+strings.Count(text[:m.offset], "\n"), m)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type located struct{ at, text string }

// goTexts returns the comments and the strings of a Go file.
func goTexts(t *testing.T, path string) []located {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var texts []located
	for _, group := range file.Comments {
		at := fset.Position(group.Pos())
		texts = append(texts, located{fmt.Sprintf("%s:%d", path, at.Line), strings.Join(strings.Fields(group.Text()), " ")})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, located{fmt.Sprintf("%s:%d", path, fset.Position(lit.Pos()).Line), strings.Join(strings.Fields(text), " ")})
		return true
	})
	return texts
}

func report(t *testing.T, at, text string) {
	t.Helper()
	for _, m := range findTics(text) {
		t.Errorf("%s: %s", at, m)
	}
}

// A finding is a tic at its offset in a text.
type finding struct {
	offset          int
	excerpt, better string
}

func (f finding) String() string { return fmt.Sprintf("…%s…: better: %s", f.excerpt, f.better) }

func findTics(text string) []finding {
	var found []finding
	lower := strings.ToLower(text)
	for _, tic := range tics {
		if !slices.ContainsFunc(strings.Split(tic.signs, "|"), func(sign string) bool { return strings.Contains(lower, sign) }) {
			continue
		}
		left := text
		if tic.right != nil {
			left = tic.right.ReplaceAllStringFunc(text, func(s string) string {
				return strings.Repeat("·", len(s)/len("·")) + strings.Repeat(" ", len(s)%len("·"))
			})
		}
		for _, at := range tic.pattern.FindAllStringIndex(left, -1) {
			from, to := max(0, at[0]-30), min(len(text), at[1]+30)
			found = append(found, finding{at[0], strings.ToValidUTF8(text[from:to], ""), tic.better})
		}
	}
	return found
}

// TestWordsFindsTics shows what the list finds and what it leaves alone.
func TestWordsFindsTics(t *testing.T) {
	for text, want := range map[string]int{
		"the page behind this cursor":                      1,
		"a service behind a proxy falls far behind":        0,
		"faults are told by line; Told whether it is open": 2,
		"claims are told apart by a hash":                  0,
		"it tells whether a claim holds":                   1,
		"what is no JSON":                                  1,
		"there is no claim, and it is no longer in view":   0,
		"whoever waits":                                    1,
		"the name stands beside the claim, as they lie":    2,
		"ISO 3166 stands for countries; it lies within it": 0,
		"a package of its own, made anew":                  2,
		"at most so many; so many that nothing fits":       1,
		"an id is made of what is said of it":              2,
		"checkNote holds the note against the surest":      2,
		"a test wants it; one token a line, but for the 1": 2,
		"one token per line; what a line holds":            0,
		"it is that of what follows; where not nil":        2,
	} {
		if got := findTics(text); len(got) != want {
			t.Errorf("%q: found %v, want %d", text, got, want)
		}
	}
}
