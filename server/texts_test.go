package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/schema"
)

const textSource = `{"entity":"src","type":"Source"}` + "\n" + `{"entity":"KAZ","type":"Country"}` + "\n"

var textOntology = sync.OnceValue(schema.MustDefault)

// claimOf reads a file and returns the id of its only claim of a name.
func claimOf(t *rapid.T, f *codec.Format, text string) (string, graph.Value) {
	var ch graph.Change
	take := func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil }
	for _, part := range []struct {
		f    *codec.Format
		text string
	}{{codec.JSONLines, textSource}, {f, text}} {
		if err := part.f.Decode(t.Context(), "x", strings.NewReader(part.text), take); err != nil {
			t.Fatalf("%v in %s", err, part.text)
		}
	}
	res, problems := graph.Check(textOntology(), graph.Nothing, &ch)
	if problems != nil {
		t.Fatalf("%v in %s", problems, graph.Clip(text))
	}
	return res.IDs[0].String(), res.Commit.Claims[0].Value
}

func inJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// escaped writes every character of a JSON string as escapes.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r > 0xFFFF {
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return `"` + b.String() + `"`
}

// TestTextsThroughEveryDoor states one name in many Unicode forms by every way of writing:
// it becomes one claim, which filters find in every form.
func TestTextsThroughEveryDoor(t *testing.T) {
	s := started(t, Options{})
	mutate := func(t *rapid.T, declared, variable, literal string) string {
		body := fmt.Sprintf(`{"query":%s,"variables":{"v":%s}}`, inJSON(fmt.Sprintf(`mutation%s { transact(input: {dryRun: true, operations: [
			{declare: {id: "src", type: "Source"}}, {declare: {id: "KAZ", type: "Country"}},
			{assert: {subject: "KAZ", predicate: "name", value: %s, source: "src", locator: "p1"}}]}) { ids } }`, declared, literal)), variable)
		w := ask(s, "POST", "/graphql", body)
		var got struct {
			Data struct{ Transact struct{ IDs []string } }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Data.Transact.IDs) != 1 {
			t.Fatalf("%s: %s", body, w.Body)
		}
		return got.Data.Transact.IDs[0]
	}
	names := []rune("aåéÅñがกิ각Ωᾳ‘ʻ-– \u0301\u0323\u3099\u200D")
	rapid.Check(t, func(t *rapid.T) {
		name := "K" + string(rapid.SliceOfN(rapid.SampledFrom(names), 0, 6).Draw(t, "name")) + "z"
		want, value := "", graph.Value{}
		for _, form := range []string{norm.NFC.String(name), norm.NFD.String(name), name, " " + norm.NFD.String(name) + "\n", "\uFEFF" + name + "\u200B"} {
			for door, id := range map[string]func() string{
				"JSON lines": func() string {
					id, v := claimOf(t, codec.JSONLines, `{"subject":"KAZ","predicate":"name","value":`+inJSON(form)+`,"source":"src","locator":"p1"}`)
					value = v
					return id
				},
				"JSON lines, escaped": func() string {
					id, _ := claimOf(t, codec.JSONLines, `{"subject":"KAZ","predicate":"name","value":`+escaped(form)+`,"source":"src","locator":"\u0070\u0031 "}`)
					return id
				},
				"a seed": func() string {
					id, _ := claimOf(t, codec.Seed, "defaults: {source: src, at: p1}\nentities: {KAZ: {name: "+inJSON(form)+"}}")
					return id
				},
				"N-Quads": func() string {
					text := strings.NewReplacer("\n", `\n`).Replace(form)
					id, _ := claimOf(t, codec.NQuads, `<caspian:e/KAZ> <caspian:p/name> "`+text+"\" _:c .\n_:c <caspian:m/source> <caspian:e/src> .\n_:c <caspian:m/locator> \"p1\" .")
					return id
				},
				"a variable":          func() string { return mutate(t, "($v: Value)", inJSON(form), "$v") },
				"an escaped variable": func() string { return mutate(t, "($v: Value)", escaped(form), "$v") },
				"a literal":           func() string { return mutate(t, "", "null", inJSON(form)) },
				"an escaped literal":  func() string { return mutate(t, "", "null", escaped(form)) },
			} {
				switch got := id(); {
				case want == "":
					want = got
				case got != want:
					t.Fatalf("%q through %s is the claim %s, and was %s", form, door, got, want)
				}
			}
		}
		if !norm.NFC.IsNormalString(value.Text()) {
			t.Fatalf("%q is kept as %q", name, value.Text())
		}
	})
}

// TestFilterInEveryForm asks by GET for a name in all its forms.
func TestFilterInEveryForm(t *testing.T) {
	s := started(t, Options{})
	w := ask(s, "POST", "/graphql", `{"query":"mutation { transact(input: {operations: [{declare: {id: \"src\", type: \"Source\"}}, {declare: {id: \"TUR\", type: \"Country\"}}, {assert: {subject: \"TUR\", predicate: \"name\", value: \"Tu\u0308rkiye\", source: \"src\"}}]}) { sequence } }"}`)
	if strings.Contains(w.Body.String(), "errors") {
		t.Fatal(w.Body)
	}
	for _, form := range []string{"Türkiye", norm.NFD.String("Türkiye"), "TURKIYE", " türkıye"} {
		for _, target := range []string{
			"/graphql?query=" + url.QueryEscape(`{countries(where:{name:{eq:`+inJSON(form)+`}}){nodes{name}}}`),
			"/graphql?query=" + url.QueryEscape(`query($n:String){countries(where:{name:{eq:$n}}){nodes{name}}}`) + "&variables=" + url.QueryEscape(`{"n":`+escaped(form)+`}`),
		} {
			if w := ask(s, "GET", target, ""); !strings.Contains(w.Body.String(), `"nodes":[{"name":"Türkiye"}]`) {
				t.Errorf("%q: %s", form, w.Body)
			}
		}
	}
}

// TestHalvesOfCharacters checks that every reader of JSON refuses a lone surrogate, which
// would become U+FFFD.
func TestHalvesOfCharacters(t *testing.T) {
	s := started(t, Options{})
	for _, body := range []string{
		`{"query":"query($n: String) { countries(where: {name: {eq: $n}}) { totalCount } }","variables":{"n":"x\ud800"}}`,
		`{"query":"query($n: String) { countries(where: {name: {eq: $n}}) { totalCount } }","variables":{"n":"\udc00\ud800x"}}`,
		`{"query":"{ countries(where: {name: {eq: \"\ud83d\"}}) { totalCount } }"}`,
		`{"query":"{ countries(where: {name: {eq: \"\\ud83d\"}}) { totalCount } }"}`,
		`{"query":"{ countries(where: {name: {eq: \"\\u{d83d}\"}}) { totalCount } }"}`,
	} {
		if w := ask(s, "POST", "/graphql", body); !strings.Contains(w.Body.String(), "errors") || strings.Contains(w.Body.String(), "totalCount") || strings.Contains(w.Body.String(), "\uFFFD") {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	for _, target := range []string{
		"/graphql?query=" + url.QueryEscape(`query($n:String){countries(where:{name:{eq:$n}}){totalCount}}`) + "&variables=%7B%22n%22%3A%22%ED%A0%80%22%7D",
		"/graphql?query=" + url.QueryEscape(`query($n:String){countries(where:{name:{eq:$n}}){totalCount}}`) + "&variables=" + url.QueryEscape(`{"n":"\ud800"}`),
		"/graphql?query=%7Bcountries(where%3A%7Bname%3A%7Beq%3A%22%ED%A0%80%22%7D%7D)%7BtotalCount%7D%7D",
	} {
		if w := ask(s, "GET", target, ""); !strings.Contains(w.Body.String(), "errors") {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	for _, line := range []string{`"x\ud800"`, `"\udc00"`, `"\ud800\ud800"`, `"\\\ud800"`, `"\ud83d\u0041"`} {
		err := codec.JSONLines.Decode(t.Context(), "x", strings.NewReader(`{"subject":"KAZ","predicate":"name","value":`+line+`,"source":"src"}`), func(graph.Op) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "half of a character") {
			t.Errorf("%s: %v", line, err)
		}
	}
	for _, line := range []string{`"\\ud800"`, `"\ud83d\ude00"`, `"\\\ud83d\ude00"`} {
		if err := codec.JSONLines.Decode(t.Context(), "x", strings.NewReader(`{"subject":"KAZ","predicate":"name","value":`+line+`,"source":"src"}`), func(graph.Op) error { return nil }); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	for format, text := range map[*codec.Format]string{
		codec.Seed: "entities: {KAZ: {name: \"\\ud800\"}}", codec.NQuads: `<caspian:e/KAZ> <caspian:p/name> "\ud800" _:c .`,
	} {
		if err := format.Decode(t.Context(), "x", strings.NewReader(text), func(op graph.Op) error {
			return fmt.Errorf("it is read as %q", op.Claim.Value.Text())
		}); err == nil || strings.Contains(err.Error(), "read as") {
			t.Errorf("%s: %v", format.Name, err)
		}
	}
}
