package analyses

import "testing"

// TestPagesContinueAfterTheLimit: a page that the limit of work cut short has a next page, which
// starts where the walk ended, not after the last item.
func TestPagesContinueAfterTheLimit(t *testing.T) {
	items := []string{"a", "b", "c"}
	for n := range 4 {
		p := &analysisPage{n: n, partial: true, rest: "on", cursor: func(i int) string { return items[i] }}
		info := p.pageInfo()
		if !info.Next || info.Count < 1 || info.Cursor(info.Count-1) != "on" {
			t.Errorf("a page of %d: %v, %d items", n, info.Next, info.Count)
		}
		if n > 1 && info.Cursor(0) != "a" {
			t.Errorf("a page of %d starts at %s", n, info.Cursor(0))
		}
	}
	if info := (&analysisPage{n: 2, cursor: func(i int) string { return items[i] }}).pageInfo(); info.Next || info.Cursor(1) != "b" {
		t.Error("a whole page has no other")
	}
}
