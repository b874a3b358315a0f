package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/caspian-kg/caspian/api"
)

var update = flag.Bool("update", false, "rewrite the expected answers; read the diff")

// TestAnswers executes each document of testdata/answers on the seeds, with 2026-01-15 as
// today, and compares the answer. A file has query.graphql, optionally variables.json, and
// answer.json.
func TestAnswers(t *testing.T) {
	files, err := filepath.Glob("testdata/answers/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	a := seeded(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := map[string][]byte{}
			for _, f := range ar.Files {
				part[f.Name] = f.Data
			}
			r := a.Begin().Execute(t.Context(), &api.Request{Query: string(part["query.graphql"]), Variables: part["variables.json"]})
			var got bytes.Buffer
			if err := json.Indent(&got, r.Body, "", "  "); err != nil {
				t.Fatalf("the answer is not JSON: %v\n%s", err, r.Body)
			}
			got.WriteByte('\n')
			if *update {
				kept := ar.Files[:0]
				for _, f := range ar.Files {
					if f.Name != "answer.json" {
						kept = append(kept, f)
					}
				}
				ar.Files = append(kept, txtar.File{Name: "answer.json", Data: got.Bytes()})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got.String() != string(part["answer.json"]) {
				t.Errorf("got %s\nwant %s", got.String(), part["answer.json"])
			}
		})
	}
}
