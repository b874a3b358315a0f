package console

import (
	"strings"
	"testing"
)

func TestTableAligns(t *testing.T) {
	table := NewTable(" ", "NAME", "EMPTY", "N")
	table.Row("哈萨克斯坦", "", "1")
	table.Row("Tu\u0308rkiye", "", "2") // the mark above the u is a separate character
	table.Row("a\nb\x1b[31m", "", "3")
	var out strings.Builder
	table.Write(&out)
	const want = " NAME        N\n 哈萨克斯坦  1\n Tu\u0308rkiye     2\n a b [31m    3\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	out.Reset()
	NewTable("", "NAME").Write(&out)
	if out.Len() > 0 {
		t.Errorf("a table without rows writes %q", out.String())
	}
}
