package graph

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestBookmark: a bookmark names one commit of one history, and no other.
func TestBookmark(t *testing.T) {
	at := time.UnixMicro(1_700_000_000_000_000).UTC()
	is := Identity{Store: "ab12", Epoch: 3}
	b := NewBookmark(is, 17, at)
	if read, err := ParseBookmark(b.String()); err != nil || read != b || read.Seq != 17 || read.Epoch != 3 {
		t.Fatalf("%s is read as %v, %v", b, read, err)
	}
	if err := b.Names(is, at); err != nil {
		t.Error(err)
	}
	empty := NewBookmark(is, 0, time.Time{})
	if err := empty.Names(is, time.Time{}); err != nil {
		t.Errorf("of the empty store: %v", err)
	}
	for what, c := range map[string]struct {
		b    Bookmark
		want string
	}{
		"another store":         {NewBookmark(Identity{"cd34", 3}, 17, at), "another store"},
		"another epoch":         {NewBookmark(Identity{"ab12", 2}, 17, at), "it is of epoch 2, and the store is at epoch 3"},
		"another commit":        {NewBookmark(is, 17, at.Add(time.Microsecond)), "another commit 17"},
		"the number of another": {func() Bookmark { x := NewBookmark(is, 16, at); x.Seq = 17; return x }(), "another commit 17"},
	} {
		var ge *Error
		if err := c.b.Names(is, at); !errors.As(err, &ge) || ge.Code != HistoryReplaced || !strings.Contains(ge.Message, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if NewBookmark(is, 18, at).Of(is) != nil {
		t.Error("a commit that the store does not have yet is taken for one of another history")
	}
}

// FuzzParseBookmark: what is read is written the same, and everything else is refused with a sentence.
func FuzzParseBookmark(f *testing.F) {
	for _, seed := range []string{NewBookmark(Identity{"ab", 1}, 5, time.UnixMicro(7)).String(), "", "17", "1.1.", "01.1.AAAAAAAAAAAAAAAA", "1.1.AAAAAAAAAAAAAAA=", "-1.1.AAAAAAAAAAAAAAAA", "9223372036854775808.1.AAAAAAAAAAAAAAAA", "1.1.AAAAAAAAAAAAAAAA.", "1.1.AAAAAAAAAAAAAAAA\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ParseBookmark(text)
		var ge *Error
		if err == nil && b.String() != text || err != nil && (!errors.As(err, &ge) || ge.Code != BadInput) {
			t.Errorf("%q: %v, %v", text, b, err)
		}
	})
}
