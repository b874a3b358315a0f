package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// halves finds escapes of surrogates, of which the lone ones are refused.
var halves = regexp.MustCompile(`(?i)\\u[d][89a-f]`)

// FuzzJSON holds the reader of variables to encoding/json.
func FuzzJSON(f *testing.F) {
	for _, v := range []string{`{"a":[1,-2.5e+3,true,false,null,"x\u00e9\ud83d\ude00\ud83d\n"]}`, ` [ ] `, `{}`, `01`, `1.`, `-`, `"\x"`, `"\u12"`, "\"\xff\"", `tru`, `{"a":1,"a":2}`, `[1,]`, `{"a"}`, `1e`, `"\ud800\u0041"`, ``, `nullx`, `"\u+123"`} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want any
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		err := dec.Decode(&want)
		if err == nil {
			if _, end := dec.Token(); end != io.EOF {
				err = errors.New("a tail")
			}
		}
		got, fail := Read(t.Context(), []byte(text), 10_000, len(text)+1)
		if err == nil && fail != nil && strings.ContainsRune(fmt.Sprint(want), utf8.RuneError) &&
			(!utf8.ValidString(text) || halves.MatchString(text)) {
			return // we refuse what encoding/json replaces
		}
		if (err == nil) != (fail == nil) {
			t.Fatalf("%q: encoding/json says %v, we say %v", text, err, fail)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %#v, want %#v", text, got, want)
		}
	})
}
