package sheet_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/gql/sheet"
)

// shaped reads a shape as nested lists of names, where a name with brackets is a list.
func shaped(fields ...any) (list []*gql.Shape) {
	for _, f := range fields {
		switch f := f.(type) {
		case string:
			list = append(list, &gql.Shape{Name: strings.TrimSuffix(f, "[]"), List: strings.HasSuffix(f, "[]")})
		case []any:
			list[len(list)-1].Fields = shaped(f...)
		}
	}
	return list
}

type of = []any

// TestLayout names the columns of shapes, and refuses those that do not fit into a table.
func TestLayout(t *testing.T) {
	for _, c := range []struct {
		shape of
		want  string
	}{
		{of{"country", of{"name", "capital", of{"name"}, "aliases[]"}}, "country.name country.capital.name country.aliases"},
		{of{"countries", of{"totalCount", "nodes[]", of{"id", "capital", of{"id"}}}}, "countries.totalCount id capital.id"},
		{of{"countries", of{"nodes[]", of{"id"}, "edges[]", of{"cursor"}}}, "a table has one list, and the answer has countries.nodes and countries.edges: select one of them, or ask for JSON"},
		{of{"countries", of{"nodes[]", of{"id", "borders", of{"nodes[]", of{"id"}}}}}, "a table has one list, and each of countries.nodes has another, countries.nodes.borders.nodes: leave that out, or ask for it alone, of one entity or from a root field"},
		{of{"country", of{"id", "cities", of{"nodes[]", of{"country", of{"id"}}}}}, `a table cannot have two columns "country.id": give one of the fields another alias`},
	} {
		s, err := sheet.New(&gql.Shape{Fields: shaped(c.shape...)})
		got := fmt.Sprint(err)
		if err == nil {
			got = strings.Join(s.Columns, " ")
		}
		if got != c.want {
			t.Errorf("%v:\ngot  %s\nwant %s", c.shape, got, c.want)
		}
	}
}

// TestCells writes values of every kind.
func TestCells(t *testing.T) {
	shape := &gql.Shape{Fields: shaped("outer", "list[]", of{"a", "b[]"}, "after")}
	s, err := sheet.New(shape)
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"data":{"outer":"o","list":[{"a":"x, \"y\"\nz","b":["p","q"]},{"a":null,"b":[]},null,{"a":"","b":null},{"a":-1.5e3,"b":["-2"]},
		{"a":"=1+1","b":["+a"]},{"a":{"k":[1]},"b":["-"]},{"a":" é ","b":["＝1"]},{"a":"-0x1p-2","b":["@x"]}],"after":true},"extensions":{"sequence":1}}`
	const want = "outer,a,b,after\r\n" +
		"o,\"x, \"\"y\"\"\nz\",p|q,true\r\n" +
		"o,,\"\",true\r\n" +
		"o,,,true\r\n" +
		"o,\"\",,true\r\n" +
		"o,-1.5e3,-2,true\r\n" +
		"o,'=1+1,'+a,true\r\n" +
		"o,\"{\"\"k\"\":[1]}\",'-,true\r\n" +
		"o,\" é \",'＝1,true\r\n" +
		"o,'-0x1p-2,'@x,true\r\n"
	var out bytes.Buffer
	if err := s.Write(&out, []byte(body)); err != nil || out.String() != want {
		t.Errorf("%v\ngot\n%s\nwant\n%s", err, out.String(), want)
	}
	s.Raw = true
	if err := s.Write(&out, []byte(body)); err != nil || !strings.Contains(out.String(), "o,=1+1,+a,true") {
		t.Errorf("%v: formulas are not kept:\n%s", err, out.String())
	}
}

// TestAgainstModel compares random tables with a plain walk over the decoded JSON.
func TestAgainstModel(t *testing.T) {
	shape := &gql.Shape{Fields: shaped("x", of{"s", "list[]", of{"s", "o", of{"s", "p", of{"t"}}, "t"}}, "u")}
	s, err := sheet.New(shape)
	if err != nil {
		t.Fatal(err)
	}
	s.Raw = true
	rapid.Check(t, func(t *rapid.T) {
		answer := drawn(t, shape)
		body, err := json.Marshal(map[string]any{"data": answer})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := s.Write(&out, body); err != nil {
			t.Fatal(err)
		}
		got, err := csv.NewReader(&out).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{s.Columns}
		x, _ := answer.(map[string]any)["x"].(map[string]any)
		items, _ := x["list"].([]any)
		for _, item := range items {
			outer := func(path ...string) string { return at(answer, path) }
			row := func(path ...string) string { return at(item, path) }
			want = append(want, []string{outer("x", "s"), row("s"), row("o", "s"), row("o", "p", "t"), row("t"), outer("u")})
		}
		if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Fatalf("%s\ngot  %q\nwant %q", body, got, want)
		}
	})
}

// drawn is a random value of a shape.
func drawn(t *rapid.T, shape *gql.Shape) any {
	one := func(label string) any {
		if shape.Name != "" && rapid.IntRange(0, 4).Draw(t, label) == 0 {
			return nil
		}
		if shape.Fields == nil {
			return rapid.StringMatching(`[a",|\n =é']{0,4}`).Draw(t, label)
		}
		m := map[string]any{}
		for _, f := range shape.Fields {
			m[f.Name] = drawn(t, f)
		}
		return m
	}
	if !shape.List {
		return one(shape.Name)
	}
	list := []any{}
	for range rapid.IntRange(0, 3).Draw(t, "length") {
		list = append(list, one("item"))
	}
	return list
}

func at(v any, path []string) string {
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	text, _ := v.(string)
	return text
}
