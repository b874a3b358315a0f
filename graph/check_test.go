package graph_test

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/schema"
)

var update = flag.Bool("update", false, "write what the cases give into their files")

// A case is the files of one name in an archive: withdraw.* is committed to the
// store of base.yaml first, change.* is what is checked, ontology.graphql
// is appended to the default ontology. {{KAZ.name}} is the id of the store's
// first such claim, {{change KAZ.name}} that of the change's.
type checkCase struct {
	name  string
	files map[string]string
}

func checkCases(t *testing.T, fn func(t *testing.T, c checkCase) string) {
	paths, err := filepath.Glob("testdata/check/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		cases := map[string]checkCase{}
		for _, f := range ar.Files {
			name, file, _ := strings.Cut(f.Name, ": ")
			if _, ok := cases[name]; !ok {
				order = append(order, name)
				cases[name] = checkCase{name, map[string]string{}}
			}
			if cases[name].files[file] != "" {
				t.Fatalf("%s: %s is there twice", path, f.Name)
			}
			cases[name].files[file] = string(f.Data)
		}
		out := &txtar.Archive{Comment: ar.Comment}
		for _, name := range order {
			c := cases[name]
			got := ""
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txt")+": "+name, func(t *testing.T) { got = fn(t, c) })
			for _, f := range ar.Files {
				if n, file, _ := strings.Cut(f.Name, ": "); n == name && file != "want" {
					out.Files = append(out.Files, f)
				}
			}
			out.Files = append(out.Files, txtar.File{Name: name + ": want", Data: []byte(got)})
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func read(t testing.TB, name, text string) *graph.Change {
	t.Helper()
	f, err := codec.Formats.ForFile(name)
	if err != nil {
		t.Fatal(err)
	}
	ch := &graph.Change{}
	err = f.Decode(t.Context(), name, strings.NewReader(text), func(op graph.Op) error {
		ch.Ops = append(ch.Ops, op)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

var placeholder = regexp.MustCompile(`\{\{(change )?([\w-]+)\.(\w+)\}\}`)

// fill puts the ids of claims in their places.
func fill(t testing.TB, o *schema.Ontology, st *naiveState, name, text string) string {
	t.Helper()
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		m := placeholder.FindStringSubmatch(p)
		claims := st.claims
		if m[1] != "" {
			// The id of a claim depends neither on the claims it supersedes nor on the rest
			// of the change.
			ops := read(t, name, placeholder.ReplaceAllString(text, graph.ClaimID{}.String())).Ops
			claims = nil
			for _, op := range ops {
				if op.Kind != graph.Assert || string(op.Claim.Subject) != m[2] || op.Claim.Predicate != m[3] {
					continue
				}
				alone := &graph.Change{Ops: []graph.Op{op}}
				for _, d := range ops {
					if d.Kind == graph.Declare {
						alone.Ops = append(alone.Ops, d)
					}
				}
				alone.Ops[0].Claim.Supersedes = nil
				res, problems := graph.Check(o, st, alone)
				if problems == nil {
					claims = append(claims, &naiveClaim{res.Commit.Claims[0], true})
					continue
				}
				// In a circle or under a key that is taken: the store does not matter for an id.
				bare := newState()
				bare.types = st.types
				if res, problems = graph.Check(o, bare, alone); problems != nil {
					t.Fatal(problems)
				}
				claims = append(claims, &naiveClaim{res.Commit.Claims[0], true})
			}
		}
		for _, c := range claims {
			if string(c.Subject) == m[2] && c.Predicate == m[3] {
				return c.ID().String()
			}
		}
		t.Fatalf("%s: no such claim", p)
		return ""
	})
}

func baseState(t testing.TB, o *schema.Ontology) *naiveState {
	t.Helper()
	text, err := os.ReadFile("testdata/check/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	st := newState()
	commit(t, o, st, read(t, "base.yaml", string(text)))
	return st
}

func commit(t rapid.TB, o *schema.Ontology, st *naiveState, ch *graph.Change) *graph.Result {
	t.Helper()
	res, problems := graph.Check(o, st, ch)
	if problems != nil {
		t.Fatal(problems)
	}
	if err := st.apply(&res.Commit); err != nil {
		t.Fatal(err)
	}
	return res
}

func outcome(res *graph.Result, problems graph.Problems) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&b, "%s [%s]\n", p, p.Code)
	}
	if res != nil {
		for _, p := range res.Notices {
			fmt.Fprintf(&b, "notice: %s [%s]\n", p, p.Code)
		}
		c := res.Commit
		again := ""
		if n := len(c.Reinstatements); n > 0 {
			again = fmt.Sprintf(", %d reinstatements", n)
		}
		fmt.Fprintf(&b, "%d entities, %d claims, %d retractions%s, %d known\n", len(c.Entities), len(c.Claims), len(c.Retractions), again, res.Known)
	}
	// Ids of the cases' own claims are of no interest.
	return regexp.MustCompile(`\bc[a-z2-7]{26}\b`).ReplaceAllString(b.String(), "c…")
}

func TestCheckCases(t *testing.T) {
	checkCases(t, func(t *testing.T, c checkCase) string {
		o, err := schema.Load("ontology.graphql", schema.Default+c.files["ontology.graphql"])
		if err != nil {
			t.Fatal(err)
		}
		st := baseState(t, o)
		for _, name := range []string{"withdraw.yaml", "withdraw.jsonl"} {
			if text, ok := c.files[name]; ok {
				// All ids are those of the base.
				commit(t, o, st, read(t, name, fill(t, o, st, name, text)))
			}
		}
		name := "change.yaml"
		for _, other := range []string{"change.jsonl", "change.nq"} {
			if _, ok := c.files[other]; ok {
				name = other
			}
		}
		ch := read(t, name, fill(t, o, st, name, c.files[name]))
		res, problems := graph.Check(o, st, ch)
		got := outcome(res, problems)
		if want := c.files["want"]; got != want && !*update {
			t.Errorf("got:\n%swant:\n%s", got, want)
		}
		if problems != nil {
			if res != nil {
				t.Error("a refused change has a result")
			}
			return got
		}
		if n := len(res.Commit.Entities) + len(res.Commit.Claims) + len(res.Commit.Retractions) + len(res.Commit.Reinstatements) + res.Known; n != len(ch.Ops) {
			t.Errorf("%d operations are accounted for of %d", n, len(ch.Ops))
		}
		if len(c.files["ontology.graphql"]) > 0 {
			return got
		}
		if err := st.apply(&res.Commit); err != nil {
			t.Error(err)
		}
		again, problems := graph.Check(o, st, ch)
		if problems != nil || !again.Commit.Empty() || again.Known != len(ch.Ops) {
			t.Errorf("the same change again: %s", outcome(again, problems))
		}
		return got
	})
}

// goCases are messages that no file format can bring about.
var goCases = []struct {
	op   graph.Op
	want string
	code graph.Code
}{
	{graph.Op{}, "the operation does nothing; assert, retract, reinstate, declare, merge, unmerge or undo", graph.BadInput},
	{graph.Op{Kind: 99}, "the operation does nothing; assert, retract, reinstate, declare, merge, unmerge or undo", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Value = graph.Value{} }), "name of KAZ has no value", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Confidence = math.NaN() }), "the confidence NaN is not between 0 and 1", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Confidence = math.Inf(1) }), "the confidence +Inf is not between 0 and 1", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Rank = 7 }), "the rank 7 does not exist", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Attribution = 9 }), "the attribution 9 does not exist", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Note = strings.Repeat("x", graph.MaxText+1) }), "the note has 16385 bytes; the limit is 16384", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Locator = strings.Repeat("x", graph.MaxLocator+1) }), "the locator has 1025 bytes; the limit is 1024", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Original = "\xff" }), "the original is not valid UTF-8", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Value = graph.StringValue("\xff") }), "the name of KAZ is not valid UTF-8", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Value = graph.StringValue(strings.Repeat("x", graph.MaxText+1)) }), "the name of KAZ has 16385 bytes; the limit is 16384", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Value = graph.IntValue(3) }), "name of KAZ is a value of kind int; the ontology wants string", graph.WrongType},
	{claimOp(func(c *graph.Claim) {
		c.Valid = graph.Interval{From: graph.DayDate(2025, 1, 1), To: graph.DayDate(2024, 1, 1)}
	}), "the interval 2025-01-01/2024-01-01 ends before it begins; exchange its dates", graph.BadInput},
	{claimOp(func(c *graph.Claim) {
		c.Qualifiers = []graph.QualifierValue{{Name: "lang", Value: graph.StringValue("kk")}, {Name: "lang", Value: graph.StringValue("ru")}}
	}), "name of KAZ has the qualifier lang twice", graph.Duplicate},
	{claimOp(func(c *graph.Claim) { c.Predicate, c.Value = "gdp", graph.QuantityValue(math.Inf(1), "USD") }), "gdp of KAZ is not a finite number", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Predicate, c.Value = "coordinates", graph.CoordinatesValue(math.NaN(), 0) }), "coordinates of KAZ is not a point on the Earth", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Predicate, c.Value = "coordinates", graph.CoordinatesValue(0, 181) }), "coordinates of KAZ is not a point on the Earth", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Predicate, c.Value = "independence", graph.DateValue(graph.OpenDate) }), "independence of KAZ is not a date", graph.BadInput},
	{claimOp(func(c *graph.Claim) { c.Predicate, c.Value = "capital", graph.EntityValue("") }), "capital of KAZ: an id is missing", graph.BadInput},
	{claimOp(func(c *graph.Claim) {
		c.Predicate, c.Value = "borders", graph.EntityValue("UZB")
		c.Qualifiers = []graph.QualifierValue{{Name: "lengthKm", Value: graph.FloatValue(math.NaN())}}
	}), "borders(lengthKm) of KAZ is not a finite number", graph.BadInput},
	{graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Reason: "\xff"}}, "the reason is not valid UTF-8", graph.BadInput},
	{graph.Op{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Reason: "\xff"}}, "the reason is not valid UTF-8", graph.BadInput},
}

func claimOp(change func(*graph.Claim)) graph.Op {
	c := graph.Claim{Subject: "KAZ", Predicate: "name", Value: graph.StringValue("x"), Source: "src", Confidence: 1}
	change(&c)
	return graph.Op{Kind: graph.Assert, Claim: c}
}

func TestCheckByGo(t *testing.T) {
	o := schema.MustDefault()
	for _, c := range goCases {
		c.op.Position = graph.Position{Path: "operations[0]"}
		_, problems := graph.Check(o, baseState(t, o), &graph.Change{Ops: []graph.Op{c.op}})
		if len(problems) == 0 || problems[0].Message != c.want || problems[0].Code != c.code || problems[0].Position.Path != "operations[0]" {
			t.Errorf("got %v, want %s: %s", problems, c.code, c.want)
		}
	}
	// The kinds that a value may have besides the ontology's.
	for _, x := range []struct {
		predicate string
		v         graph.Value
		want      graph.Kind
	}{
		{"population", graph.LooseValue("5"), graph.IntKind}, {"landlocked", graph.LooseValue("true"), graph.BoolKind},
		{"name", graph.LooseValue("5"), graph.StringKind}, {"independence", graph.StringValue("1991-12-16"), graph.DateKind},
	} {
		res, problems := graph.Check(o, baseState(t, o), &graph.Change{Ops: []graph.Op{claimOp(func(c *graph.Claim) { c.Predicate, c.Value = x.predicate, x.v })}})
		if problems != nil || res.Commit.Claims[0].Value.Kind() != x.want {
			t.Errorf("%s %v: %v", x.predicate, x.v, problems)
		}
	}
}

func TestCheckLeavesTheChangeAlone(t *testing.T) {
	o := schema.MustDefault()
	op := claimOp(func(c *graph.Claim) {
		c.Predicate, c.Value = "exports", graph.LooseValue("uranium")
		c.Qualifiers = []graph.QualifierValue{{Name: "share", Value: graph.LooseValue("0.5")}, {Name: "scope", Value: graph.LooseValue("all")}}
		c.Confidence = 0.123456
	})
	ch := &graph.Change{Ops: []graph.Op{op}, Key: "k"}
	res, problems := graph.Check(o, baseState(t, o), ch)
	if problems != nil {
		t.Fatal(problems)
	}
	c := ch.Ops[0].Claim
	if c.Value.Kind() != graph.LooseKind || c.Qualifiers[0].Name != "share" || c.Qualifiers[0].Value.Kind() != graph.LooseKind || c.Confidence != 0.123456 {
		t.Errorf("Check changed its input: %+v", c)
	}
	got := res.Commit.Claims[0]
	if got.Confidence != 0.1235 || got.Qualifiers[0].Name != "scope" || got.Qualifiers[1].Value != graph.FloatValue(0.5) || res.Commit.Key != "k" {
		t.Errorf("the claim is %+v", got)
	}
	if res.IDs[0] != got.ID() {
		t.Error("the id is that of another claim")
	}
}

func TestIfSeq(t *testing.T) {
	o := schema.MustDefault()
	st := baseState(t, o)
	for seq, ok := range map[graph.Seq]bool{0: false, 1: true, 2: false} {
		_, problems := graph.Check(o, st, &graph.Change{IfSeq: &seq})
		if (problems == nil) != ok || !ok && (problems[0].Code != graph.SeqMismatch || problems[0].Message != fmt.Sprintf("the store is at sequence 1, not %d; read again and decide again", seq)) {
			t.Errorf("at %d: %v", seq, problems)
		}
	}
}

func TestRemarks(t *testing.T) {
	o := schema.MustDefault()
	ch := &graph.Change{Ops: []graph.Op{
		{Kind: graph.Notice, Notice: "two 100% of a kind", Position: graph.Position{File: "kz.json", Path: "Economy"}},
		claimOp(func(c *graph.Claim) {}), claimOp(func(c *graph.Claim) {}),
		{Kind: graph.Notice, Notice: "last"},
	}}
	res, problems := graph.Check(o, baseState(t, o), ch)
	if problems != nil || len(res.Notices) != 3 || res.Notices[0].String() != "kz.json: Economy: two 100% of a kind" || res.Notices[2].Message != "last" {
		t.Errorf("%v, %v", res, problems)
	}
}

func TestNothing(t *testing.T) {
	o := schema.MustDefault()
	res, problems := graph.Check(o, graph.Nothing, read(t, "change.yaml", "entities: {src: {type: Source, name: {value: x, source: src}}}"))
	if problems != nil || len(res.Commit.Claims) != 1 {
		t.Errorf("%v", problems)
	}
	if _, problems := graph.Check(o, graph.Nothing, &graph.Change{Ops: []graph.Op{{Kind: graph.Retract}}}); len(problems) != 1 {
		t.Errorf("a retraction from nothing: %v", problems)
	}
}

// TestBigCircle: a long chain costs about its length, circle or not.
func TestBigCircle(t *testing.T) {
	o := schema.MustDefault()
	const n = 20_000
	var text strings.Builder
	text.WriteString(`{"entity":"src","type":"Source"}` + "\n")
	for i := range n {
		fmt.Fprintf(&text, `{"entity":"t%d","type":"Topic"}`+"\n", i)
		fmt.Fprintf(&text, `{"subject":"t%d","predicate":"broader","object":"t%d","source":"src"}`+"\n", i, (i+1)%n)
	}
	_, problems := graph.Check(o, graph.Nothing, read(t, "change.jsonl", text.String()))
	want := "change.jsonl:3: t0 broader would run in a circle: t0 → t1 → t2 → t3 → t4 → t5 → t6 → 19993 more → t0"
	if len(problems) != 1 || problems[0].String() != want {
		t.Errorf("got %v", problems)
	}
}

// TestEveryMessageHasACase finds the messages in the code and looks for each in the cases.
func TestEveryMessageHasACase(t *testing.T) {
	var all strings.Builder
	paths, _ := filepath.Glob("testdata/check/*.txt")
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			if strings.HasSuffix(f.Name, ": want") {
				all.Write(f.Data)
			}
		}
	}
	for _, c := range goCases {
		all.WriteString(": " + c.want + "\n")
	}
	all.WriteString(": " + misfitAgain + "\n: " + nothingStated + "\n")
	for _, file := range []string{"check.go", "circles.go", "withdraw.go", "sync.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 3 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "problem" && sel.Sel.Name != "notice" {
				return true
			}
			lit, ok := call.Args[2].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: a message is not a literal", file)
				return true
			}
			format, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			parts := regexp.MustCompile(`%[a-z]`).Split(format, -1)
			for i, p := range parts {
				parts[i] = regexp.QuoteMeta(p)
			}
			if re := regexp.MustCompile(`(?m)(^|: )` + strings.Join(parts, ".*")); !re.MatchString(all.String()) {
				t.Errorf("%s: no case gives %q", file, format)
			}
			return true
		})
	}
	var ge *graph.Error
	if _, err := codec.Formats.ByName("xml"); !errors.As(err, &ge) {
		t.Error("an unknown format is an error of the caller")
	}
}
