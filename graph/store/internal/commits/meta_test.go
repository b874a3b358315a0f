package commits

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// FuzzMeta compares the fast reader of meta literals with encoding/json.
func FuzzMeta(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"q":[["year","int","2023"],["share","float","0.5"]],"t":"2020/..","s":"wfb","l":"row 3","c":0.95}`,
		`{"r":"PREFERRED","a":"REPORTED","to":"x","o":"Нұр-Сұлтан","k":"g","n":"a \"b\" \\ \u003c\ud83c\udf0a\n"}`,
		`{"c":1e-3,"l":""}`, `{"q":[]}`, `{"q":null}`, ` { "s" : "x" } `, `{"s":"x"`, `{"s":"x"}}`, `{"s":1}`, `{"q":[["a","b"]]}`,
		`{"s":"a","s":"b"}`, `{"x":"y"}`, `{"c":01}`, `{"c":+1}`, `{"c":0x1}`, `{"c":NaN}`, "{\"s\":\"a\nb\"}", "{\"s\":\"\xff\"}", `{"S":"x"}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got graph.Claim
		var r metaReader
		err := r.read(s, &got)
		var m metaJSON
		var want graph.Claim
		wantErr := json.Unmarshal([]byte(s), &m)
		if wantErr == nil {
			wantErr = r.fill(&m, &want)
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v; encoding/json: %v", s, err, wantErr)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\n%+v; encoding/json:\n%+v", s, got, want)
		}
	})
}
