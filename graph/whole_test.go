package graph

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestWholeNumbers: a decimal text is a whole number where the fraction that it
// means is one that 64 bits hold.
func TestWholeNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[+-]?[0-9]{1,12}(\.[0-9]{0,8})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "text")
		exact, ok := new(big.Rat).SetString(text)
		want := ok && exact.IsInt() && exact.Num().IsInt64()
		v, err := ParseValue(IntKind, text)
		if (err == nil) != want || want && v.Int() != exact.Num().Int64() {
			t.Fatalf("%q is %v, %v; it means %v", text, v, err, exact)
		}
	})
}
