package schema

import (
	"errors"
	"flag"
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

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the cases give into their files")

// prelude comes after each bad ontology, so that its own lines count from 1;
// a case that begins with "# whole" has no prelude.
const prelude = `
interface Entity { name: String @time(kind: STATE) }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
type Country implements Entity @entity(plural: "countries") { capital: City @time(kind: STATE) }
type City implements Entity @entity(plural: "cities") { population: Int @time(kind: OBSERVATION) }
enum Unit { km @measures(dimension: "length") t @measures(dimension: "mass") }
`

func TestPrelude(t *testing.T) {
	if _, err := Load("prelude", prelude); err != nil {
		t.Fatal(err)
	}
}

// badCases calls fn with each case of testdata/bad and what it wants, and
// writes back what fn returns under -update.
func badCases(t *testing.T, fn func(name, text, want string) string) {
	files, err := filepath.Glob("testdata/bad/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out := &txtar.Archive{Comment: ar.Comment}
		want := map[string]string{}
		for _, f := range ar.Files {
			if name, ok := strings.CutSuffix(f.Name, " | want"); ok {
				want[name] = string(f.Data)
			}
		}
		for _, f := range ar.Files {
			if strings.HasSuffix(f.Name, " | want") {
				continue
			}
			got := fn(strings.TrimSuffix(filepath.Base(file), ".txt")+": "+f.Name, string(f.Data), want[f.Name])
			out.Files = append(out.Files, f, txtar.File{Name: f.Name + " | want", Data: []byte(got)})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func refusal(t *testing.T, text string) string {
	if !strings.HasPrefix(text, "# whole") {
		text += prelude
	}
	o, err := Load("my.graphql", text)
	var faults *Error
	if !errors.As(err, &faults) {
		t.Errorf("accepted, or refused with another error: %v", err)
		return "accepted\n"
	}
	if o != nil {
		t.Errorf("a refused ontology came as well")
	}
	return err.Error() + "\n"
}

func TestBadOntologies(t *testing.T) {
	badCases(t, func(name, text, want string) string {
		got := ""
		t.Run(name, func(t *testing.T) {
			got = refusal(t, text)
			if got != want && !*update {
				t.Errorf("got:\n%swant:\n%s", got, want)
			}
			// The same faults come in the same order, whatever the order in which maps are
			// walked.
			for range 5 {
				if again := refusal(t, text); again != got {
					t.Errorf("another time it gives:\n%s", again)
				}
			}
			lines := strings.Split(strings.TrimSpace(got), "\n")
			if n := len(lines); !strings.HasPrefix(name, "several") && n != 1 && !severalPlaces[name] {
				t.Errorf("%d faults for one:\n%s", n, got)
			}
			if !slices.IsSortedFunc(lines, func(a, b string) int { return lineOf(t, a) - lineOf(t, b) }) {
				t.Errorf("not in the order of the file:\n%s", got)
			}
		})
		return got
	})
}

// severalPlaces are cases whose one reason shows in several places.
var severalPlaces = map[string]bool{
	"declare: name of the API":               true,
	"directives: arguments missing in order": true,
	"types: interfaces in a circle":          true,
	"mirror: of one that leads elsewhere":    true,
	"mirror: same in different qualifiers":   true,
}

func lineOf(t *testing.T, problem string) int {
	m := regexp.MustCompile(`^my\.graphql:(\d+):\d+: .`).FindStringSubmatch(problem)
	if m == nil {
		t.Fatalf("no file:line:column and sentence: %q", problem)
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// TestEveryRuleHasACase finds the messages in the code and looks for each in the cases.
func TestEveryRuleHasACase(t *testing.T) {
	var all strings.Builder
	badCases(t, func(_, _, want string) string { all.WriteString(want); return want })
	for _, file := range []string{"load.go", "link.go", "names.go", "numbers.go", "consistency.go"} {
		for _, format := range failures(t, file) {
			if !verbs(format).MatchString(all.String()) {
				t.Errorf("%s: no case gives %q", file, format)
			}
		}
	}
}

// failures returns the messages that the loader fails with.
func failures(t *testing.T, file string) []string {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var formats []string
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); !ok || sel.Sel.Name != "fail" || len(call.Args) < 2 {
			return true
		}
		if lit, ok := call.Args[1].(*ast.BasicLit); ok {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			formats = append(formats, s)
		} else {
			t.Errorf("%s: a message is not a literal", file)
		}
		return true
	})
	return formats
}

// verbs makes a pattern of a format.
func verbs(format string) *regexp.Regexp {
	parts := regexp.MustCompile(`%[a-z]`).Split(format, -1)
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return regexp.MustCompile(`(?m)^my\.graphql:\d+:\d+: ` + strings.Join(parts, `.*`) + `$`)
}

// FuzzLoad checks that loading does not panic, and that every fault has its position.
func FuzzLoad(f *testing.F) {
	f.Add(prelude)
	f.Add(Default)
	cases, _ := filepath.Glob("testdata/bad/*.txt")
	for _, file := range cases {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, c := range ar.Files {
			f.Add(string(c.Data))
			f.Add(string(c.Data) + prelude)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := Load("my.graphql", text)
		var faults *Error
		switch {
		case err == nil && o == nil:
			t.Fatal("neither an ontology nor an error")
		case err != nil && (!errors.As(err, &faults) || len(faults.Problems) == 0):
			t.Fatalf("no list of faults: %v", err)
		case err != nil:
			for _, p := range faults.Problems {
				if p.Pos.Line < 1 || p.Message == "" {
					t.Fatalf("a fault without a place or a sentence: %v", p)
				}
			}
		}
	})
}
