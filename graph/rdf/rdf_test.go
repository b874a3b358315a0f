package rdf

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// written writes quads in a short form: IRIs in <>, blank nodes after _:, literals with type or language.
func written(quads []Quad) string {
	term := func(t Term) string {
		switch {
		case t.Kind == None:
			return ""
		case t.Kind == IRI:
			return " <" + t.Text + ">"
		case t.Kind == Blank:
			return " _:" + t.Text
		case t.Lang != "":
			return fmt.Sprintf(" %q@%s", t.Text, t.Lang)
		case t.Datatype == XSDString:
			return fmt.Sprintf(" %q", t.Text)
		}
		return fmt.Sprintf(" %q^^%s", t.Text, t.Datatype[strings.LastIndexAny(t.Datatype, "#/")+1:])
	}
	var b strings.Builder
	for _, q := range quads {
		fmt.Fprintf(&b, "%d%s%s%s%s\n", q.Line, term(q.Subject), term(q.Predicate), term(q.Object), term(q.Graph))
	}
	return b.String()
}

func decode(text string, syntax Syntax, o Options) (quads []Quad, err error) {
	err = Decode(strings.NewReader(text), syntax, o, func(q Quad) error { quads = append(quads, q); return nil })
	return quads, err
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name   string
		syntax Syntax
		text   string
		want   string
	}{
		{"lines", NQuads, "# c\r\n<a:b> <a:p> \"x\\u00E9\"@fr-CA <a:g> . # c\n_:n <a:p> _:m.o .", `2 <a:b> <a:p> "xé"@fr-CA <a:g>
3 _:n <a:p> _:m.o
`},
		{"objects", Turtle, `@prefix : <http://e/x#> . PREFIX p.q: <s/>
BASE <http://e/a/b?c>
:s a p.q:t, <../u>; ;
  :n 1, -1.0, +.5, 1.e3, true, false.
:s:%41\~ <> """a"b
c""", 'd'^^:d .`, `3 <http://e/x#s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://base/s/t>
3 <http://e/x#s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/u>
4 <http://e/x#s> <http://e/x#n> "1"^^integer
4 <http://e/x#s> <http://e/x#n> "-1.0"^^decimal
4 <http://e/x#s> <http://e/x#n> "+.5"^^decimal
4 <http://e/x#s> <http://e/x#n> "1.e3"^^double
4 <http://e/x#s> <http://e/x#n> "true"^^boolean
4 <http://e/x#s> <http://e/x#n> "false"^^boolean
5 <http://e/x#s:%41~> <http://e/a/b?c> "a\"b\nc"
6 <http://e/x#s:%41~> <http://e/a/b?c> "d"^^d
`},
		{"lists and graphs", TriG, `<a:s> <a:p> (1 [<a:q> ()]). [<a:p> 1] . GRAPH _:g {[] <a:p> 1} {<a:s> <a:p> 2.}`, `1 _:/1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> "1"^^integer
1 _:/2 <a:q> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>
1 _:/1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:/3
1 _:/3 <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> _:/2
1 _:/3 <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>
1 <a:s> <a:p> _:/1
1 _:/4 <a:p> "1"^^integer
1 _:/5 <a:p> "1"^^integer _:g
1 <a:s> <a:p> "2"^^integer
`},
	} {
		quads, err := decode(c.text, c.syntax, Options{Base: "http://base/"})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := written(quads); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
}

// TestFaults checks where and how faults are reported.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		syntax Syntax
		text   string
		want   string
	}{
		{NTriples, "<a:b> <a:p> <a:o> .\n<a:b> <a:p> <o> .", "2:16: the IRI <o> is not absolute"},
		{NTriples, "<a:b> <a:p> <a:o> <a:g> .", "1:19: '<' where '.' should be, at the end of a statement"},
		{NTriples, "<a:b> <a:p> <a:o> . <a:b>", "1:21: '<' after the dot of a statement; the next one belongs on the next line"},
		{NTriples, "<a:b> <a:p>\n", `1:12: '\n' where the object should be, an IRI in <> or a blank node`},
		{NQuads, "<a:b> <a:p> \"x", "1:15: the document ends within a text; its closing quotes are missing"},
		{NQuads, "<a:b> <a:p> \"\\uD800\" .", "1:20: U+D800 is not a character"},
		{NQuads, "<a:\xff> <a:p> <a:o> .", "1:4: the text is not valid UTF-8"},
		{Turtle, "@prefix a: <b:c> .\n a:x b:y 1 .", `2:7: the prefix "b" is not declared`},
		{Turtle, "<a:b> <a:p> <c d> .", `1:16: an IRI may not contain ' '; write it as %20`},
		{Turtle, "<a:b> <a:p> <c> .", "1:16: the IRI <c> is relative, and the document has no base"},
		{Turtle, "<a:b> <a:p> [ <a:q> 1 .", "1:23: '.' where ']' should be, at the end of a blank node"},
		{Turtle, "<a:g> { <a:b> <a:p> 1 }", "1:7: '{' where a name with a prefix should be"},
		{Turtle, "<a:b> <a:p> 1e .", "1:15: ' ' where the exponent of a number should be"},
		{TriG, "{ <a:b> <a:p> 1", "1:16: the document ends where '}' should be, at the end of a graph"},
		{Turtle, "prefxi a: <a:b>", `1:7: "prefxi" is not a directive, and a name needs a prefix and a colon`},
		{Turtle, "<a:b> <a:p> " + strings.Repeat("(", 200), "1:141: blank nodes and lists are nested more than 128 deep"},
		{Turtle, "<a:b> <a:p> \"" + strings.Repeat("x", 2000), "1:1015: an IRI, a name or a literal is longer than 1000 bytes"},
	} {
		_, err := decode(c.text, c.syntax, Options{MaxToken: 1000})
		var fault *Error
		if !errors.As(err, &fault) || err.Error() != c.want {
			t.Errorf("%.40q: %v, want %s", c.text, err, c.want)
		}
	}
	stop := errors.New("stop")
	if err := Decode(strings.NewReader("<a:b> <a:p> 1 ."), Turtle, Options{}, func(Quad) error { return stop }); err != stop {
		t.Error(err)
	}
}

// TestFaultsOfLines goes on after each fault of a line.
func TestFaultsOfLines(t *testing.T) {
	const text = "\ufeff<a:b> <a:p> \"x\n<a:b> <a:p> <o\n> .\n<a:b> <a:p> <a:\xff> .\r\n<a:b> <a:p> <a:o> .\n<a:b"
	var faults []string
	quads, err := decode(text, NTriples, Options{Fault: func(e *Error) { faults = append(faults, e.Error()) }})
	want := []string{`1:15: a line ends within a text; write \n, or close the text`, `2:15: an IRI may not contain '\n'; write it as %0A`,
		"3:1: '>' where the subject should be, an IRI in <> or a blank node", "4:16: the text is not valid UTF-8", "6:5: the document ends within an IRI"}
	if err != nil || len(quads) != 1 || quads[0].Line != 5 || !slices.Equal(faults, want) {
		t.Errorf("%v, %v\n%s", quads, err, strings.Join(faults, "\n"))
	}
}

func TestResolve(t *testing.T) {
	// The examples of RFC 3986, sections 5.4.1 and 5.4.2.
	for ref, want := range map[string]string{
		"g:h": "g:h", "g": "http://a/b/c/g", "./g": "http://a/b/c/g", "g/": "http://a/b/c/g/", "/g": "http://a/g", "//g": "http://g",
		"?y": "http://a/b/c/d;p?y", "g?y": "http://a/b/c/g?y", "#s": "http://a/b/c/d;p?q#s", "": "http://a/b/c/d;p?q", ".": "http://a/b/c/",
		"..": "http://a/b/", "../g": "http://a/b/g", "../..": "http://a/", "../../g": "http://a/g", "../../../g": "http://a/g",
		"/./g": "http://a/g", "/../g": "http://a/g", "g.": "http://a/b/c/g.", "..g": "http://a/b/c/..g", "./../g": "http://a/b/g",
		"./g/.": "http://a/b/c/g/", "g;x=1/../y": "http://a/b/c/y", "g?y/../x": "http://a/b/c/g?y/../x", "g#s/../x": "http://a/b/c/g#s/../x",
	} {
		if got := resolve("http://a/b/c/d;p?q", ref); got != want {
			t.Errorf("%q is %s, want %s", ref, got, want)
		}
	}
	if got := resolve("http://a", "g"); got != "http://a/g" {
		t.Error(got)
	}
}

// TestIsomorphic checks the comparison that the suites rely on.
func TestIsomorphic(t *testing.T) {
	a, _ := decode("_:a <x:p> _:b . _:b <x:p> _:a , 1 .", Turtle, Options{})
	for text, want := range map[string]bool{
		"_:b <x:p> _:a . _:a <x:p> 1, _:b .":     true,
		"_:b <x:p> _:a . _:a <x:p> 2, _:b .":     false,
		"_:b <x:p> _:a . _:a <x:p> 1, _:a .":     false,
		"_:b <x:p> _:a . _:a <x:p> 1 .":          false,
		"<x:b> <x:p> _:a . _:a <x:p> 1, <x:b> .": false,
	} {
		b, err := decode(text, Turtle, Options{})
		for i := range b {
			b[i].Line = 1
		}
		if got := isomorphic(a, b); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

// FuzzDecode reads any text: no panic, every quad well formed, and the same quads when the
// quads of a document are written as N-Quads and read again.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"<a:b> <a:p> \"x\"@en .", "@prefix : <a:> . :a :b [ :c (1 2.0 'x'^^:d) ] .", "GRAPH <a:g> { [] <a:p> <> }", "_:a <a:p> 1.e5 , \"\"\"a\"\"\" .",
		`{"@context": {"@vocab": "a:", "g": {"@container": "@graph"}}, "@graph": [{"p": [1, {"@list": ["x"]}], "g": {"@reverse": {"q": {"@id": "_:b"}}}}]}`} {
		for syntax := range 5 {
			f.Add(s, byte(syntax))
		}
	}
	f.Fuzz(func(t *testing.T, text string, syntax byte) {
		quads, err := decode(text, Syntax(syntax%5), Options{Base: "http://e/"})
		var fault *Error
		if err != nil && (!errors.As(err, &fault) || fault.Line < 1 || fault.Column < 1) {
			t.Fatalf("%v", err)
		}
		var b strings.Builder
		for i := range quads {
			q := &quads[i]
			q.Line = 0
			for _, term := range []*Term{&q.Subject, &q.Predicate, &q.Object, &q.Graph} {
				term.Text = strings.Replace(term.Text, "/", "anonymous-", map[Kind]int{Blank: 1}[term.Kind])
				writeTerm(&b, *term)
			}
			b.WriteString(".\n")
		}
		again, err := decode(b.String(), NQuads, Options{})
		for i := range again {
			again[i].Line = 0
		}
		if err != nil || !reflect.DeepEqual(again, quads) {
			t.Fatalf("%v\n%s", err, b.String())
		}
	})
}

var escape = strings.NewReplacer("\\", "\\\\", "\"", "\\\"", "\n", "\\n", "\r", "\\r")

func writeTerm(b *strings.Builder, t Term) {
	switch {
	case t.Kind == IRI:
		b.WriteString("<" + t.Text + "> ")
	case t.Kind == Blank:
		b.WriteString("_:" + t.Text + " ")
	case t.Kind == Literal && t.Lang != "":
		b.WriteString("\"" + escape.Replace(t.Text) + "\"@" + t.Lang + " ")
	case t.Kind == Literal:
		b.WriteString("\"" + escape.Replace(t.Text) + "\"^^<" + t.Datatype + "> ")
	}
}

func BenchmarkDecode(b *testing.B) {
	line := "<http://example.org/entity/%d> <http://example.org/name> \"Kasachstan und mehr\"@de .\n"
	var text strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&text, line, i)
	}
	for name, syntax := range map[string]Syntax{"NQuads": NQuads, "Turtle": Turtle} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				n := 0
				if err := Decode(strings.NewReader(text.String()), syntax, Options{}, func(Quad) error { n++; return nil }); err != nil || n != 10000 {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10000, "ns/quad")
		})
	}
}
