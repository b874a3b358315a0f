package document

import (
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		`query Q ( $a : Int = 12 ) { a ( id : "secret", n: -1.5e3, e: RED ) @skip(if: true) { ... on T { b } ...F } }`: `query Q($a:Int=0){a(id:"" n:0 e:RED)@skip(if:true){...on T{b}...F}}`,
		"{a #secret\n b}":       `{a b}`,
		`{a(s:"""sec"ret""")}`:  `{a(s:"")}`,
		`{a(s:"sec\"ret",t:1)}`: `{a(s:"" t:0)}`,
		"":                      "",
		`{a(s:"secret`:          `{a(s:…`,
		`{a ~secret}`:           `{a…`,
	} {
		if got := Redact(in, 200); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if got := Redact(`{a b c d e f}`, 9); got != "{a b c d…" {
		t.Errorf("cut to %s", got)
	}
}

// FuzzRedact checks that no string or number is left, and that the document otherwise means the
// same: redacting it again changes nothing.
func FuzzRedact(f *testing.F) {
	f.Add(`query($a:Int=12){a(id:"x",n:-1.5e3)...F}#c`)
	f.Add(`{a(s:"""x"y""")}`)
	f.Fuzz(func(t *testing.T, document string) {
		got := Redact(document, 1000)
		if again := Redact(got, 1000); again != got && !strings.HasSuffix(got, "…") {
			t.Errorf("%q became %q, then %q", document, got, again)
		}
		if strings.ContainsAny(got, "123456789#\\") && !strings.ContainsAny(document, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") {
			t.Errorf("%q became %q", document, got)
		}
	})
}
