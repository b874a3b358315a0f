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

// halves finds escaped surrogates; lone ones must be refused.
var halves = regexp.MustCompile(`(?i)\\u[d][89a-f]`)

// FuzzJSON compares the reader of variables with encoding/json.
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
		all := map[string]any{}
		r := jsonReader{src: []byte(text), maxDepth: 10_000, maxValues: len(text) + 1}
		isObject, failed := r.members(t.Context(), func(key []byte, v any) { all[string(key)] = v })
		if object, ok := got.(map[string]any); ok != (isObject && failed == nil) || ok && !reflect.DeepEqual(all, object) {
			t.Errorf("%q: as members %v and %v, as a value %v", text, all, failed, got)
		}
		if isObject && fmt.Sprint(failed) != fmt.Sprint(fail) {
			t.Errorf("%q: as members %v, as a value %v", text, failed, fail)
		}
	})
}

// TestManyVariables checks that many declared variables are found just as few are, and that
// the last of two values counts.
func TestManyVariables(t *testing.T) {
	for _, n := range []int{1, 16, 17, 100} {
		defs := make([]Variable, n)
		var text strings.Builder
		text.WriteString(`{"unknown":[1],`)
		for i := range defs {
			defs[i].name = fmt.Sprint("v", i)
			fmt.Fprintf(&text, `"v%d":"first","v%d":"%d",`, i, i, i)
		}
		text.WriteString(`"other":null}`)
		var vars Variables
		for range 2 { // the second time in the same memory
			if err := vars.Decode(t.Context(), []byte(text.String()), defs, Limits{Bytes: 1 << 20, Values: 1000, Depth: 10}); err != nil {
				t.Fatal(err)
			}
			for i, got := range vars.given {
				if got != fmt.Sprint(i) {
					t.Errorf("of %d variables number %d is %v", n, i, got)
				}
			}
			vars.Reset()
		}
	}
}

// someVariables returns the variables of a transact, about n bytes long.
func someVariables(size int) []byte {
	var b strings.Builder
	b.WriteString(`{"first":50,"after":"Y3Vyc29yOjEyMw","operations":[`)
	for i := 0; b.Len() < size-150; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"assert":{"subject":"KAZ-%d","predicate":"population","value":%d,"source":"wb","valid":"2024","confidence":0.9%d,"note":"caf\u00e9 \"x\"","open":true,"gone":null}}`, i, i*1000, i%10)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

// BenchmarkRead is the measurement of decision-json.md.
func BenchmarkRead(b *testing.B) {
	for _, size := range []struct {
		name  string
		bytes int
	}{{"small", 0}, {"1KB", 1 << 10}, {"1MB", 1 << 20}} {
		src := someVariables(size.bytes)
		for name, read := range map[string]func() error{
			"ours": func() error { _, err := Read(b.Context(), src, 100, 500_000); return err },
			"encoding": func() error {
				var v any
				dec := json.NewDecoder(strings.NewReader(string(src)))
				dec.UseNumber()
				return dec.Decode(&v)
			},
		} {
			b.Run(size.name+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				b.ReportAllocs()
				for b.Loop() {
					if err := read(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
