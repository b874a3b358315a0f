package codec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/caspian-kg/caspian/graph"
)

// said writes an operation on one line.
func said(op graph.Op) string {
	switch op.Kind {
	case graph.Declare:
		return fmt.Sprintf("%s is %s", op.Entity.ID, op.Entity.Type)
	case graph.Retract:
		return fmt.Sprintf("retract %s %q", op.Retract.Claim, op.Retract.Reason)
	}
	c := op.Claim
	s := fmt.Sprintf("%s %s %s:%s", c.Subject, c.Predicate, c.Value.Kind(), c.Value)
	for _, q := range c.Qualifiers {
		s += fmt.Sprintf(" %s=%s", q.Name, q.Value)
	}
	if !c.Valid.Empty() {
		s += " valid " + c.Valid.String()
	}
	return s + fmt.Sprintf(" by %s %q %v", c.Source, c.Locator, c.Confidence)
}

// TestSeedDocument is the example of the format's documentation.
func TestSeedDocument(t *testing.T) {
	ops, err := decode(Seed, "x.yaml", `
entities:
  KAZ:                          # an id
    name: Kazakhstan
    type: Country
    capital: {to: astana, valid: 1997-12-10/.., confidence: 0.95}
    _: {at: "p9"}
    borders:
      - {to: CHN, lengthKm: 1765}
    memberOf:
      - _: {at: "p4", role: MEMBER}
      - un
      - {to: sco, role: OBSERVER}
    exports: {to: uranium, value: 3 USD}
  UZB: {name: {value: Uzbekistan, at: ""}}
defaults: {source: article, confidence: 0.8}   # wherever they are
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`KAZ name loose:Kazakhstan by article "p9" 0.8`,
		`KAZ is Country`,
		`KAZ capital entity:astana valid 1997-12-10/.. by article "p9" 0.95`,
		`KAZ borders entity:CHN lengthKm=1765 by article "p9" 0.8`,
		`KAZ memberOf loose:un role=MEMBER by article "p4" 0.8`,
		`KAZ memberOf entity:sco role=OBSERVER by article "p4" 0.8`,
		`KAZ exports entity:uranium value=3 USD by article "p9" 0.8`,
		`UZB name loose:Uzbekistan by article "" 0.8`,
	}
	for i, op := range ops {
		if i >= len(want) || said(op) != want[i] {
			t.Errorf("%d: %s", i, said(op))
		}
	}
	if len(ops) != len(want) {
		t.Errorf("%d operations, want %d", len(ops), len(want))
	}
	if p := ops[4].Position; p != (graph.Position{File: "x.yaml", Line: 12, Path: "KAZ.memberOf[1]"}) {
		t.Errorf("the place of the fifth is %v", p)
	}
}

// TestSeedTexts checks that texts which YAML would read as something else remain texts.
func TestSeedTexts(t *testing.T) {
	for _, text := range []string{
		"NO", "no", "on", "off", "yes", "y", "True", "1e3", "1_000", "0o17", "017", "0x1F", "1.0", "1.50", ".5", "+1", ".inf", ".nan",
		"2025-06-18", "2025-06-18T00:00:00Z", "12:30:45", "1997-12-10/..", "..", "48,68", "3 bcm", "=",
	} {
		for _, yaml := range []string{text, `"` + text + `"`, `'` + text + `'`} {
			ops, err := decode(Seed, "x.yaml", "entities: {KAZ: {name: {value: "+yaml+"}}}")
			if strings.Contains(text, ",") && yaml == text {
				ops, err = decode(Seed, "x.yaml", "entities:\n  KAZ:\n    name: "+yaml)
			}
			if err != nil || len(ops) != 1 || ops[0].Claim.Value != graph.LooseValue(text) {
				t.Errorf("%s: %v, %v", yaml, ops, err)
			}
		}
	}
	for _, id := range []string{"NO", "null", "~", "1", "1.0", "true", "2025-06-18"} {
		ops, err := decode(Seed, "x.yaml", "entities: {"+id+": {type: Country}}")
		if err != nil || len(ops) != 1 || ops[0].Entity.ID != graph.ID(id) {
			t.Errorf("the id %s: %v, %v", id, ops, err)
		}
	}
	// Words that YAML reads as null are texts if they are in quotes, and null otherwise.
	for _, text := range []string{"~", "null", "Null", "NULL", ""} {
		if ops, err := decode(Seed, "x.yaml", `entities: {KAZ: {name: "`+text+`"}}`); err != nil || ops[0].Claim.Value != graph.LooseValue(text) {
			t.Errorf("%q in quotes: %v, %v", text, ops, err)
		}
		if _, err := decode(Seed, "x.yaml", "entities: {KAZ: {name: "+text+"}}"); err == nil || !strings.Contains(err.Error(), "the value is missing") {
			t.Errorf("%q: %v", text, err)
		}
	}
	long := "entities:\n  KAZ:\n    note1: >-\n      a\n      b\n    note2: |\n      a\n      b\n"
	if ops, err := decode(Seed, "x.yaml", long); err != nil || ops[0].Claim.Value.Text() != "a b" || ops[1].Claim.Value.Text() != "a\nb\n" {
		t.Errorf("texts of several lines: %v, %v", ops, err)
	}
}

func TestSeedNothing(t *testing.T) {
	for _, text := range []string{"", "\n\n", "# only words\n", "---\n", "---\n# words\n", "~", "entities: {}", "defaults: {}\nentities: {}\n", "\ufeffentities: {}"} {
		if ops, err := decode(Seed, "x.yaml", text); err != nil || len(ops) != 0 {
			t.Errorf("%q: %v, %v", text, ops, err)
		}
	}
}

func TestSeedSupersedes(t *testing.T) {
	a, b := graph.ClaimID{1}, graph.ClaimID{2}
	ops, err := decode(Seed, "x.yaml", fmt.Sprintf("entities: {KAZ: {_: {source: s}, name: [{value: x, supersedes: %s}, {value: y, supersedes: [%s, %s]}, z]}}", a, a, b))
	if err != nil || len(ops) != 3 {
		t.Fatal(ops, err)
	}
	for i, want := range []string{fmt.Sprint([]graph.ClaimID{a}), fmt.Sprint([]graph.ClaimID{a, b}), "[]"} {
		if got := fmt.Sprint(ops[i].Claim.Supersedes); got != want {
			t.Errorf("%d supersedes %s, want %s", i, got, want)
		}
	}
}

// TestSeedBytes checks bytes that editors do not show.
func TestSeedBytes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"entities:\n  KAZ: {name: \"\xff\"}\n", "x.yaml:2: the line is not valid UTF-8"},
		{"\xfe\xff\x00e\x00n", "x.yaml:1: the line is not valid UTF-8"},
		{"entities: {KAZ: {name: \"a\x00b\"}}", "x.yaml:1: not well-formed YAML: control characters are not allowed (value: 0)"},
		{"entities: " + strings.Repeat("{a: ", 20_000), "x.yaml:1: not well-formed YAML: exceeded max depth of 10000"},
		{"entities: " + strings.Repeat("[", 20_000), "x.yaml:1: not well-formed YAML: exceeded max depth of 10000"},
	} {
		if _, err := decode(Seed, "x.yaml", c.text); err == nil || err.Error() != c.want {
			t.Errorf("%.40q: %v, want %s", c.text, err, c.want)
		}
	}
	// The "billion laughs" are refused before they expand.
	laughs := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'z'; c++ {
		laughs += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	_, err := decode(Seed, "x.yaml", laughs)
	var ps graph.Problems
	if !errors.As(err, &ps) || len(ps) != MaxProblems+1 || ps[MaxProblems].Message != "and 126 more problems" || !strings.Contains(ps[0].Message, "anchors and aliases") {
		t.Errorf("%d problems: %.200v", len(ps), err)
	}
	big := "entities:\n  KAZ: {name: x}\n#" + strings.Repeat("x", maxSeedFile)
	if _, err := decode(Seed, "x.yaml", big); err == nil || err.Error() != "x.yaml: the file has more than 64 MB; split it" {
		t.Errorf("a big file: %.100v", err)
	}
	name := strings.Repeat("x", 1<<20)
	if _, err := decode(Seed, "x.yaml", "entities: {"+name+": {"+name+": [[x]]}}\n"+name+": x"); err == nil || len(err.Error()) > 2000 {
		t.Error("a long key makes a long message")
	}
}

// TestSeedFiles reads the seeds of the project: none has a fault of form.
func TestSeedFiles(t *testing.T) {
	files, err := filepath.Glob("../../seeds/*.yaml")
	if err != nil || len(files) == 0 {
		t.Skip("there are no seeds beside this checkout's graph/")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if ops, err := decode(Seed, filepath.Base(file), string(text)); err != nil || len(ops) == 0 {
			t.Errorf("%s: %d operations, %v", file, len(ops), err)
		}
	}
}

func TestForFile(t *testing.T) {
	for name, want := range map[string]*Format{"a.yaml": Seed, "b/c.YML": Seed, "a.jsonl": JSONLines, "a.ndjson": JSONLines} {
		if f, err := Formats.ForFile(name); f != want || err != nil {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
	for _, name := range []string{"", "a", "a.doc", "yaml", ".yaml.bak"} {
		if f, err := Formats.ForFile(name); err == nil {
			t.Errorf("%q is %s", name, f.Name)
		}
	}
	seen := map[string]bool{}
	for _, f := range Formats {
		if got, err := Formats.ByName(f.Name); got != f || err != nil || seen[f.Name] {
			t.Errorf("%s: %v", f.Name, err)
		}
		seen[f.Name] = true
		if f.About == "" || f.Decode == nil && f.DecodeDir == nil && f.Encode == nil {
			t.Errorf("%s says nothing or does nothing", f.Name)
		}
	}
	if _, err := Formats.ByName("xml"); err == nil || !strings.Contains(err.Error(), "seed, jsonl") {
		t.Errorf("an unknown format: %v", err)
	}
}

// fuzzDecode checks that decoding does not panic, that every problem and operation
// has a position, and that every claim has a value.
func fuzzDecode(t *testing.T, f *Format, name, text string) {
	ops, err := decode(f, name, text)
	var ps graph.Problems
	if err != nil && !errors.As(err, &ps) {
		t.Fatalf("no list of problems: %v", err)
	}
	if len(ps) > MaxProblems+1 {
		t.Fatalf("%d problems", len(ps))
	}
	// YAML ends a line at these as well.
	lines := strings.Count(strings.NewReplacer("\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text), "\n") + 1
	for i, p := range ps {
		if (p.Position.Line < 1 || p.Position.Line > lines) && i < MaxProblems && !strings.Contains(p.Message, "YAML") || p.Message == "" || p.Code == "" {
			t.Fatalf("a problem without a place: %#v", p)
		}
	}
	for _, op := range ops {
		if op.Position.File != name || op.Position.Line < 1 || op.Kind == 0 {
			t.Fatalf("an operation without a place: %#v", op)
		}
		if op.Kind == graph.Assert && op.Claim.Value.Kind() == graph.NoKind {
			t.Fatalf("a claim without a value: %#v", op)
		}
	}
}

func FuzzSeed(f *testing.F) {
	ar, err := txtar.ParseFile("testdata/seed/bad.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range ar.Files {
		if !strings.HasSuffix(c.Name, " | want") {
			f.Add(string(c.Data))
		}
	}
	if text, err := fs.ReadFile(os.DirFS("../../seeds"), "kazakh-capital.yaml"); err == nil {
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) { fuzzDecode(t, Seed, "x.yaml", text) })
}
