package text_test

import (
	"testing"

	"github.com/caspian-kg/caspian/graph/text"
)

func TestOdd(t *testing.T) {
	for s, odd := range map[string]bool{
		"": false, "zzqqxx": false, "Киргизия": false, "Объект": false, "Нью-Йорк": false, "ьцямь": true, "есъаь": true,
		"שלום עולם": false, "אעץמאנ": true, "נתניהו": false, "قيظذعشث": true, "سمرقند": false, "الله": false, "לססם": false, "זסם": true,
	} {
		if got := text.Odd(s); got != odd {
			t.Errorf("%q is odd: %v", s, got)
		}
	}
}
