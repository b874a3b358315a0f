package documents

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRead(t *testing.T) {
	const doc = "{__typename}"
	good := fmt.Sprintf("{%q: %q, \"sha256:%s\": \"{graph{sequence}}\", \"front-page.v2\": \"{a:__typename}\"}", HashOf(doc), doc, HashOf("{graph{sequence}}"))
	d, err := Read("docs.json", strings.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{HashOf(doc): doc, HashOf("{graph{sequence}}"): "{graph{sequence}}", "front-page.v2": "{a:__typename}", HashOf("{a:__typename}"): "{a:__typename}"} {
		if d.byID[id] != want || !d.text[want] {
			t.Errorf("%s is %q", id, d.byID[id])
		}
	}
	seen := 0
	err = d.Check(func(doc string) error {
		seen++
		if strings.HasPrefix(doc, "{a") {
			return errors.New("no a")
		}
		return nil
	})
	if seen != 3 || err == nil || err.Error() != "document front-page.v2: no a" {
		t.Errorf("%d documents checked: %v", seen, err)
	}
	for text, want := range map[string]string{
		``:              "docs.json:1: EOF; the file must be one JSON object",
		`[]`:            "docs.json:1: this is not an object",
		`{}`:            "docs.json:1: the file has no document",
		"{\n\"a\": 1,":  "docs.json:2: a: the document must be a string, not 1",
		`{"a":"x"} {}`:  "there is more after the object",
		`{"a":"x",`:     "the file must be one JSON object",
		`{"a b":"x"}`:   `"a b" is not an id`,
		`{"":"x"}`:      `"" is not an id`,
		`{"ä":"x"}`:     `"ä" is not an id`,
		`{"a":["x"]}`:   "the document must be a string, not [\"x\"]",
		`{"a":"\ud8"}`:  "invalid character",
		"{\"a\":\"\xff": "unexpected EOF",
		"{\"a\":\"x\",\n\"a\":\"y\",\n\"b\":null}":             "docs.json:2: a is given twice\ndocs.json:3: b: the document must be a string, not null",
		fmt.Sprintf("{%q:\"{x}\"}", HashOf(doc)):               "is not the SHA-256 of its document, which is " + HashOf("{x}"),
		fmt.Sprintf("{\"sha256:%s\":\"{x}\"}", HashOf(doc)):    "is not the SHA-256 of its document",
		fmt.Sprintf("{\"\\u0061\":\"x\", \"a\": %q}", "{x:y}"): "a is given twice",
	} {
		if _, err := Read("docs.json", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{`{"a":"{b}"}`, `{"a":1}`, `{"a":"x","a":"y"}`, `[`, `{"sha256:a":"b"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Read("f", strings.NewReader(text))
		if (d == nil) == (err == nil) {
			t.Fatal(d, err)
		}
	})
}

// TestStoreModel compares the documents that are kept with a list: the last used come
// first, and as many as fit stay.
func TestStoreModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(0, 5*keptOverhead).Draw(t, "limit")
		p := NewStore(nil, false, limit)
		var model []string
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			doc := strings.Repeat(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "letter"), rapid.IntRange(1, 400).Draw(t, "length"))
			at := slices.Index(model, doc)
			if at >= 0 {
				model = append([]string{doc}, slices.Delete(slices.Clone(model), at, at+1)...)
			}
			if rapid.Bool().Draw(t, "keep") {
				p.keep(HashOf(doc), doc)
				if at < 0 && len(doc)+keptOverhead <= limit {
					model = append([]string{doc}, model...)
					size := 0
					for i, d := range model {
						if size += len(d) + keptOverhead; size > limit {
							model = model[:i]
							break
						}
					}
				}
			} else if got, ok := p.get(HashOf(doc)); ok != (at >= 0) || ok && got != doc {
				t.Fatalf("%.5s… of %d: %t, want %t", doc, len(doc), ok, at >= 0)
			}
			documents, bytes, _, _ := p.Stats()
			if documents != len(model) || bytes > limit {
				t.Fatalf("%d documents in %d bytes, want %d in at most %d", documents, bytes, len(model), limit)
			}
		}
	})
}
