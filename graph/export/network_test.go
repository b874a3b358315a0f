package export

import (
	"encoding/xml"
	"strings"
	"testing"
)

// TestComment: what is written as a comment can be read, whatever hyphens it has.
func TestComment(t *testing.T) {
	for n := range 8 {
		text := "a" + strings.Repeat("-", n) + "b\n"
		if err := xml.Unmarshal([]byte("<!--\n"+comment(text)+"--><a/>"), new(struct{})); err != nil {
			t.Errorf("%q becomes %q: %v", text, comment(text), err)
		}
	}
}
