package document

import (
	"testing"
)

func TestMutates(t *testing.T) {
	for _, tc := range []struct {
		document, operation string
		want                bool
	}{
		{"{a}", "", false},
		{"mutation{a}", "", true},
		{"mutation", "", false},
		{"query Q{a} mutation M{a}", "M", true},
		{"query Q{a} mutation M{a}", "Q", false},
		{"query Q{a} mutation M{a}", "", true},
		{"{mutation{b}}", "", false},
		{"#mutation M{a}\n{a}", "", false},
		{`{a(b:"mutation{a}" c:"""mutation {""")}`, "", false},
		{"query notmutation{a}", "", false},
		{"mutation #M\n{a}", "", true},
		{"mutation\"", "", false},
	} {
		if got := Mutates(tc.document, tc.operation); got != tc.want {
			t.Errorf("%q by %q: %v", tc.document, tc.operation, got)
		}
	}
}
