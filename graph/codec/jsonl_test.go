package codec

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/schema"
)

func TestJSONLinesDocument(t *testing.T) {
	id := graph.ClaimID{1}.String()
	ops, err := decode(JSONLines, "x.jsonl", "\ufeff"+`{"entity":"KAZ","type":"Country"}
{"subject":"KAZ","predicate":"capital","object":"astana","valid":"1997-12-10/..","source":"factbook","locator":"kz.json","confidence":0.9}

   {"subject":"KAZ","predicate":"population","value":20432662,"valid":"2025","source":"factbook","qualifiers":{}}   `+"\r\n"+`
{"subject":"KAZ","predicate":"gdp","value":{"unit":"USD","value":3.50},"qualifiers":{"b":true,"a":{"entity":"UZB"}},"confidence":null,"note":null}
{"subject":"KAZ","predicate":"coordinates","value":{"lat":48,"lon":68}}
{"subject":"KAZ","predicate":"name","value":"\u049a\u0430\u0437 \"x\" \\","supersedes":["`+id+`"]}
{"retract":"`+id+`","reason":"misread"}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`KAZ is Country`,
		`KAZ capital entity:astana valid 1997-12-10/.. by factbook "kz.json" 0.9`,
		`KAZ population loose:20432662 valid 2025 by factbook "" 1`,
		`KAZ gdp quantity:3.5 USD a=UZB b=true by  "" 1`,
		`KAZ coordinates coordinates:48,68 by  "" 1`,
		`KAZ name loose:Қаз "x" \ by  "" 1`,
		`retract ` + id + ` "misread"`,
	}
	lines := []int{1, 2, 4, 6, 7, 8, 9}
	for i, op := range ops {
		if i >= len(want) || said(op) != want[i] || op.Position != (graph.Position{File: "x.jsonl", Line: lines[i]}) {
			t.Errorf("%v: %s", op.Position, said(op))
		}
	}
	if len(ops) != len(want) {
		t.Errorf("%d operations", len(ops))
	}
}

func TestJSONLinesBytes(t *testing.T) {
	good := `{"entity":"KAZ","type":"Country"}`
	for _, c := range []struct{ text, want string }{
		{"{\"entity\":\"\xff\",\"type\":\"Country\"}\n" + good, "x.jsonl:1: the line is not valid UTF-8"},
		{good + "\n" + `{"subject":"` + strings.Repeat("x", MaxLine) + `"}` + "\n" + good, "x.jsonl:2: the line is longer than 1048576 bytes"},
		{good + "\n" + strings.Repeat(" ", 3*MaxLine) + "\n" + good, "x.jsonl:2: the line is longer than 1048576 bytes"},
		{`{"subject":"KAZ","predicate":"name","value":` + strings.Repeat("[", 20_000), "x.jsonl:1: not well-formed JSON at byte 10044: exceeded max depth"},
		{`{"subject":"KAZ","predicate":"name","value":` + strings.Repeat(`{"a":`, 20_000), "x.jsonl:1: not well-formed JSON at byte 50040: exceeded max depth"},
	} {
		_, err := decode(JSONLines, "x.jsonl", c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("%.40q: %.200v", c.text, err)
		}
	}
	// A line of the greatest length is read, and a line that is too long does not stop the
	// lines after it.
	pad := strings.Repeat(" ", MaxLine-len(good)-1)
	ops, err := decode(JSONLines, "x.jsonl", pad+good+"\n"+pad+"  "+good+"\n"+good)
	if err == nil || err.Error() != "x.jsonl:2: the line is longer than 1048576 bytes" || len(ops) != 2 || ops[1].Position.Line != 3 {
		t.Errorf("%d operations, %v", len(ops), err)
	}
	var keys strings.Builder
	keys.WriteString(`{"subject":"KAZ"`)
	for i := 0; keys.Len() < MaxLine-20; i++ {
		fmt.Fprintf(&keys, `,"k%d":1`, i)
	}
	if _, err := decode(JSONLines, "x.jsonl", keys.String()+"}"); err == nil || !strings.HasPrefix(err.Error(), `x.jsonl:1: unknown key "k0"; a line with`) {
		t.Errorf("many keys: %.200v", err)
	}
	if _, err := decode(JSONLines, "x.jsonl", strings.Repeat("{}\n", 1000)); err == nil || !strings.HasSuffix(err.Error(), "\nand 900 more problems") {
		t.Errorf("many problems: %.100v", err)
	}
}

// TestLines compares the reader of lines with plain splitting of the text.
func TestLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.OneOf(
			rapid.StringMatching(`[ a-z\r]{0,5}`),
			rapid.Map(rapid.SampledFrom([]int{64<<10 - 1, 64 << 10, 64<<10 + 1, 128 << 10, MaxLine - 1, MaxLine, MaxLine + 1}), func(n int) string { return strings.Repeat("x", n) }),
		)).Draw(t, "lines")
		text := strings.Join(parts, "\n")
		var ps Faults
		got := map[int]string{}
		var r io.Reader = strings.NewReader(text)
		if rapid.Bool().Draw(t, "slowly") && len(text) < 1000 {
			r = iotest.OneByteReader(r)
		}
		if err := lines(context.Background(), "x", r, &ps, func(n int, line []byte) error {
			got[n] = string(line)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		long := map[int]bool{}
		for _, p := range ps.list {
			long[p.Position.Line] = true
		}
		for i, want := range parts {
			n := len(want)
			if i < len(parts)-1 {
				n++ // the end of the line counts
			}
			switch want = strings.TrimSpace(want); {
			case n > MaxLine:
				if !long[i+1] {
					t.Fatalf("line %d of %d bytes is taken", i+1, n)
				}
			case long[i+1] || got[i+1] != want:
				t.Fatalf("line %d of %d bytes is read as %d bytes, too long: %v", i+1, n, len(got[i+1]), long[i+1])
			}
		}
	})
}

// drawListed draws a graph in which claims supersede others or are withdrawn.
func drawListed(t *rapid.T, o *schema.Ontology) *listedGraph {
	g := &listedGraph{o: o, withdrawn: map[graph.ClaimID]bool{}}
	var drawn graph.Change
	for _, e := range [][2]string{
		{"s1", "Source"}, {"s2", "Source"}, {"KAZ", "Country"}, {"e1", "Organisation"}, {"e2", "Organisation"},
		{"e3", "Organisation"}, {"g1", "Resource"}, {"g2", "Resource"},
	} {
		drawn.Ops = append(drawn.Ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: graph.ID(e[0]), Type: e[1]}})
	}
	for range rapid.IntRange(0, 6).Draw(t, "claims") {
		drawn.Ops = append(drawn.Ops, graph.Op{Kind: graph.Assert, Claim: anyClaim(t)})
	}
	res, problems := graph.Check(o, graph.Nothing, &drawn)
	if problems != nil {
		t.Fatal(problems)
	}
	g.entities = res.Commit.Entities
	for i := range res.Commit.Claims {
		c := res.Commit.Claims[i]
		if i > 0 {
			old := g.claims[rapid.IntRange(0, i-1).Draw(t, "old")].ID()
			if !g.withdrawn[old] && rapid.Bool().Draw(t, "supersedes") {
				c.Supersedes, g.withdrawn[old] = []graph.ClaimID{old}, true
			}
		}
		g.claims = append(g.claims, c)
	}
	for i := range g.claims {
		if rapid.IntRange(0, 4).Draw(t, "reinstated") == 0 {
			delete(g.withdrawn, g.claims[i].ID())
		}
	}
	for i := range g.claims {
		if rapid.IntRange(0, 4).Draw(t, "retracted") == 0 {
			g.withdrawn[g.claims[i].ID()] = true
		}
	}
	return g
}

// withdrawnBy returns the claims that a commit retracts or supersedes, and does not reinstate.
func withdrawnBy(c *graph.Commit) map[graph.ClaimID]bool {
	all := map[graph.ClaimID]bool{}
	for _, r := range c.Retractions {
		all[r.Claim] = true
	}
	for i := range c.Claims {
		for _, old := range c.Claims[i].Supersedes {
			all[old] = true
		}
	}
	for _, r := range c.Reinstatements {
		delete(all, r.Claim)
	}
	return all
}

// TestJSONLinesRoundTrip: what is written reads as the same entities, claims
// and withdrawals.
func TestJSONLinesRoundTrip(t *testing.T) {
	o := graphtest.Ontology(t)
	rapid.Check(t, func(t *rapid.T) {
		g := drawListed(t, o)
		var buf bytes.Buffer
		if err := JSONLines.Encode(context.Background(), &buf, g); err != nil {
			t.Fatal(err)
		}
		ops, err := decode(JSONLines, "x.jsonl", buf.String())
		if err != nil {
			t.Fatalf("%v\n%s", err, buf.String())
		}
		res, problems := graph.Check(o, graph.Nothing, &graph.Change{Ops: ops})
		if problems != nil {
			t.Fatalf("%v\n%s", problems, buf.String())
		}
		got := &res.Commit
		if fmt.Sprint(got.Entities) != fmt.Sprint(g.entities) || len(got.Claims) != len(g.claims) || !maps.Equal(withdrawnBy(got), g.withdrawn) {
			t.Fatalf("read back: %d claims, %v withdrawn; written: %d, %v\n%s", len(got.Claims), withdrawnBy(got), len(g.claims), g.withdrawn, buf.String())
		}
		for i := range g.claims {
			if want, got := fmt.Sprintf("%#v", g.claims[i]), fmt.Sprintf("%#v", got.Claims[i]); got != want {
				t.Fatalf("written: %s\nread: %s", want, got)
			}
		}
	})
}

// TestJSONLinesBatches checks that a withdrawal made by a superseding claim is left to that
// claim, which may come in another batch.
func TestJSONLinesBatches(t *testing.T) {
	old := graph.Claim{Subject: "KAZ", Predicate: "name", Value: graph.StringValue("a"), Source: "s", Confidence: 1}
	now := old
	now.Value, now.Supersedes = graph.StringValue("b"), []graph.ClaimID{old.ID()}
	gone := old
	gone.Value = graph.StringValue("c")
	g := &listedGraph{o: graphtest.Ontology(t), claims: []graph.Claim{old, gone, now}, withdrawn: map[graph.ClaimID]bool{old.ID(): true, gone.ID(): true}}
	var buf bytes.Buffer
	if err := JSONLines.Encode(context.Background(), &buf, g); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(buf.String(), `{"retract":"`); got != 1 || !strings.Contains(buf.String(), `{"retract":"`+gone.ID().String()+`","reason":"it was \"wrong\""}`) {
		t.Errorf("%d retractions:\n%s", got, buf.String())
	}
}

func FuzzJSONLines(f *testing.F) {
	ar, err := txtar.ParseFile("testdata/jsonl/bad.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range ar.Files {
		if !strings.HasSuffix(c.Name, " | want") {
			for line := range strings.Lines(string(c.Data)) {
				f.Add(line)
			}
		}
	}
	f.Add(`{"subject":"KAZ","predicate":"gdp","value":{"unit":"USD","value":3.50},"qualifiers":{"b":true,"a":{"entity":"UZB"}}}`)
	f.Fuzz(func(t *testing.T, text string) { fuzzDecode(t, JSONLines, "x.jsonl", text) })
}
