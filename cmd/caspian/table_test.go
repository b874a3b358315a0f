package main

import (
	"strings"
	"testing"
)

func TestTableAligns(t *testing.T) {
	table := newTable(" ", "NAME", "EMPTY", "N")
	table.row("哈萨克斯坦", "", "1")
	table.row("Tu\u0308rkiye", "", "2") // the mark above the u is a character of its own
	table.row("a\nb\x1b[31m", "", "3")
	var out strings.Builder
	table.write(&out)
	const want = " NAME        N\n 哈萨克斯坦  1\n Tu\u0308rkiye     2\n a b [31m    3\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	out.Reset()
	newTable("", "NAME").write(&out)
	if out.Len() > 0 {
		t.Errorf("a table without rows writes %q", out.String())
	}
}

func TestSpan(t *testing.T) {
	at := func(s string) *string { return &s }
	for _, c := range []struct {
		from, to *string
		want     string
	}{
		{nil, nil, ""}, {at("2019"), at("2019"), "2019"}, {at("2019"), at("2022-09"), "2019 to 2022-09"},
		{at("1997"), at(".."), "since 1997"}, {at("1997"), nil, "since 1997"}, {nil, at("2019"), "until 2019"},
	} {
		if got := span(c.from, c.to); got != c.want {
			t.Errorf("%v %v: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}
